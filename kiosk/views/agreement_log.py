"""The log of an order's agreement in the words of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.contexts.agreement import LogChange, LogRow, Withdrawn
from kiosk.services import Services
from kiosk.views.feasibility import date_text
from kiosk.views.frame import when_text
from ledger.agreement_log import Changed, Entry, withdrawn_by
from shopfloor.agreement import Draft
from shopfloor.instants import Instant
from shopfloor.roles import Role

_TIMES = ("due", "material", "may move")


def log_rows(services: Services, log: Sequence[Entry], now: Instant) -> tuple[LogRow, ...]:
    """Each act with its time in full."""
    zone = services.config.site.zone

    def change(changed: Changed) -> LogChange:
        before, after = (
            ""
            if value is None
            else date_text(int(value), now, zone)
            if changed.fact in _TIMES
            else str(value)
            for value in (changed.before, changed.after)
        )
        return LogChange(changed.fact, before, after)

    return tuple(
        LogRow(
            did=entry.did,
            at=date_text(entry.at, now, zone),
            person=entry.person,
            why=entry.why,
            version=entry.version,
            quantity=entry.quantity,
            due=date_text(entry.due_at, now, zone),
            role=entry.role,
            changes=tuple(change(changed) for changed in entry.changes),
            withdrawn=entry.withdrawn,
        )
        for entry in log
    )


def withdrawn_roles(
    services: Services, draft: Draft, log: Sequence[Entry], now: Instant
) -> Mapping[Role, Withdrawn]:
    """Roles whose confirmation of a draft was withdrawn, and by whom."""
    return {
        role: Withdrawn(
            when_text(entry.at, now, services.config.site.zone),
            entry.person,
            entry.did == "changed",
            entry.why,
        )
        for role, entry in withdrawn_by(log, draft.version).items()
        if role not in draft.confirmations
    }
