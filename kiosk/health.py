"""`/healthy`: whether this process serves, for supervisors and for pages that lost their stream."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response

from kiosk.errors import json_answer
from kiosk.services import current
from kiosk.version import running_version
from ledger import reading

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthy")
def healthy() -> Response:
    """200 when the ledger can be read, else 503."""
    services = current()
    sequence = reading.last_sequence(services.ledger)
    return json_answer(
        {
            "ledger": "readable",
            "sequence": sequence,
            "gateway_age_s": services.pulse.age_s(services.clock()),
            "broker_connected": services.pulse.broker_connected,
            "version": running_version(),
        }
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
