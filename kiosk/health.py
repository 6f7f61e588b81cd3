"""`/healthy`: whether this process serves, and scans are recorded; for supervisors and pages without a stream."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from flask import Blueprint, Response

from kiosk.errors import json_answer
from kiosk.services import Services, current
from kiosk.version import running_version
from ledger import notices, reading
from ledger.store import LOG_ALARM_BYTES
from shopfloor.broker_faults import what_to_do
from shopfloor.channels import is_down
from shopfloor.instants import MINUTE_MS

MIB = 1024 * 1024

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthy")
def healthy() -> Response:
    """200 when the ledger can be read, else 503. `alarms` says in sentences what needs somebody."""
    services = current()
    sequence = reading.last_sequence(services.ledger)
    return json_answer(
        {
            "ledger": "readable",
            "recording": services.trouble or "well",
            "alarms": list(_alarms(services)),
            "sequence": sequence,
            "gateway_age_s": services.pulse.age_s(services.clock()),
            "broker_connected": services.pulse.broker_connected,
            "version": running_version(),
        }
    )


def _alarms(services: Services) -> Iterator[str]:
    if services.trouble == "damaged":
        why = services.ledger.damage or "the gateway found it so"
        yield f"The record is damaged ({why}): it can only be read, nothing is recorded until a backup is restored."
    elif services.trouble:
        yield (
            "The gateway cannot write the record, the disk is full or fails:"
            " scans wait unconfirmed until it can; make room."
        )
    if services.pulse.broker_fault is not None:
        yield what_to_do(services.pulse.broker_fault)
    now = services.clock()
    for channel in services.config.channels:
        state = notices.state(services.ledger, channel.id)
        if state is not None and is_down(state["failing_since_at"], now):
            minutes = (now - state["failing_since_at"]) // MINUTE_MS
            yield (
                f"Nobody has been told through the channel {channel.id} for {minutes} minutes:"
                " /notices says why and tries it."
            )
    yield from services.warnings(now)
    log_bytes = services.ledger.log_bytes
    if log_bytes > LOG_ALARM_BYTES:
        yield (
            f"The ledger's log has grown to {log_bytes // MIB} MiB:"
            " some program holds a reader of ledger.db open; end it."
        )


@blueprint.errorhandler(500)
def unreadable(_: Exception) -> Response:
    """All that `healthy` does is read the ledger: when it fails, that is why."""
    return json_answer(
        {
            "error": "The ledger cannot be read; the reason is in this server's log.",
            "version": running_version(),
        },
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
