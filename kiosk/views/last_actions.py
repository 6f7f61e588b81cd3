"""What was last done at a station, and which of it can still be taken back there."""

from __future__ import annotations

from kiosk.contexts import Action
from kiosk.services import Services
from ledger import reading
from ledger.corrections import can_undo
from ledger.said import told_in
from ledger.store import Row
from shopfloor.handoffs import clock_text
from shopfloor.instants import HOUR_MS, Instant
from shopfloor.site import Station

LOOKED_AT = 6
SHOWN = 2
OFFERED_MS = HOUR_MS
"""How long an undo is offered; the API takes back also what is older."""


def last_actions(services: Services, station: Station, now: Instant) -> tuple[Action, ...]:
    """The last action, and the last one that can be taken back; else the one before."""
    rows = reading.last_actions(services.ledger, station.id, LOOKED_AT)
    offered = next((place for place, row in enumerate(rows) if _is_offered(services, station, row, now)), -1)
    shown = [0, offered] if offered >= SHOWN else range(len(rows[:SHOWN]))
    zone = services.config.site.zone
    return tuple(
        Action(
            rows[place]["sequence"],
            told_in(rows[place]["said"], rows[place]["text"]),
            clock_text(rows[place]["at"], zone),
            rows[place]["event_id"] if place == offered else "",
        )
        for place in shown
    )


def _is_offered(services: Services, station: Station, row: Row, now: Instant) -> bool:
    if now - row["at"] > OFFERED_MS:
        return False
    return can_undo(services.ledger, services.recorder, station.id, row)
