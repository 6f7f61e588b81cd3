"""Read models: how each kind of event changes them. Only events go in, so that they can be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import (
    countermeasure_projections,
    delay_projections,
    flag_projections,
    hour_projections,
    order_projections,
    step_projections,
)

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Transaction

STEPS = ("received", "given", "scrapped", "split")
KEPT_ACTIONS = 8
"""Last actions that a station's kiosk shows."""


def project(tx: Transaction, event: Event, sequence: int) -> None:
    """Bring the read models up to one event."""
    if event.kind in STEPS:
        step_projections.take(tx, step_projections.taken_in(event, sequence))
    else:
        _PROJECTIONS[event.kind](tx, event)
    text = event.detail.get("text")
    if event.station and text:
        tx.run(
            "INSERT INTO last_actions (station, sequence, occurred_at, text) VALUES (?, ?, ?, ?)",
            (event.station, sequence, event.occurred_at, text),
        )
        if _sweeps(sequence):
            tx.run(
                "DELETE FROM last_actions WHERE station = ?1 AND sequence <= (SELECT sequence FROM last_actions"
                " WHERE station = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)",
                (event.station, KEPT_ACTIONS),
            )


def _sweeps(sequence: int) -> bool:
    """One event in four takes old actions away: by its number alone, and in no pattern that a station could miss."""
    return (sequence * 2_654_435_761 >> 16) % 4 == 0


def _nothing(tx: Transaction, event: Event) -> None:
    """A person's word about scans, whose consequences are events of their own; or who may speak to the broker."""


_PROJECTIONS = {
    **order_projections.PROJECTIONS,
    **delay_projections.PROJECTIONS,
    **hour_projections.PROJECTIONS,
    **countermeasure_projections.PROJECTIONS,
    **flag_projections.PROJECTIONS,
    "voided": step_projections.voided,
    "scan_forced": _nothing,
    "scan_discarded": _nothing,
    "sheet_entered": _nothing,
    "photo_attached": _nothing,
    "device_added": _nothing,
    "device_revoked": _nothing,
}
