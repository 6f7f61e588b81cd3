"""Read models: how each kind of event changes them. Only events go in, so that they can be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import order_projections, step_projections
from shopfloor.instants import Instant

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Transaction

STEPS = ("received", "given", "scrapped")
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


def _flag_raised(tx: Transaction, event: Event) -> None:
    line, _, link = str(event.link).partition("/")
    detail = event.detail
    tx.run(
        'INSERT INTO flags (flag, line, link, raised_by, station, "order", start_at, end_at, quantity, cumulative,'
        " state, raised_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'raised', ?)",
        (
            detail["flag"],
            line,
            link,
            detail["raised_by"],
            event.station,
            event.order,
            detail["start_at"],
            detail["end_at"],
            event.quantity,
            detail["cumulative"],
            event.occurred_at,
        ),
    )


def _flag_answered(tx: Transaction, event: Event) -> None:
    tx.run(
        "UPDATE flags SET state = 'answered', reason = ?, comment = ?, promised_at = ?, answered_at = ?,"
        " answers = answers + 1 WHERE flag = ?",
        (
            event.reason,
            event.detail["comment"],
            event.detail["promised_at"],
            event.occurred_at,
            event.detail["flag"],
        ),
    )


def _flag_resolved(tx: Transaction, event: Event) -> None:
    _close_flag(tx, event.detail["flag"], "resolved", event.occurred_at)


def _flag_withdrawn(tx: Transaction, event: Event) -> None:
    _close_flag(tx, event.detail["flag"], "withdrawn", event.occurred_at)


def _flag_mistaken(tx: Transaction, event: Event) -> None:
    _close_flag(tx, event.detail["flag"], "resolved", event.occurred_at, event.detail["note"])


def _flag_reopened(tx: Transaction, event: Event) -> None:
    tx.run(
        "UPDATE flags SET state = CASE WHEN answers > 0 THEN 'answered' ELSE 'raised' END, closed_at = NULL,"
        " note = ? WHERE flag = ?",
        (event.detail["note"], event.detail["flag"]),
    )


def _close_flag(tx: Transaction, flag: int, state: str, at: Instant, note: str | None = None) -> None:
    tx.run("UPDATE flags SET state = ?, closed_at = ?, note = ? WHERE flag = ?", (state, at, note, flag))


def _nothing(tx: Transaction, event: Event) -> None:
    """A person's word about a scan, whose consequences are events of their own; or who may speak to the broker."""


_PROJECTIONS = {
    **order_projections.PROJECTIONS,
    "voided": step_projections.voided,
    "scan_forced": _nothing,
    "scan_discarded": _nothing,
    "device_added": _nothing,
    "device_revoked": _nothing,
    "flag_raised": _flag_raised,
    "flag_answered": _flag_answered,
    "flag_resolved": _flag_resolved,
    "flag_mistaken": _flag_mistaken,
    "flag_reopened": _flag_reopened,
    "flag_withdrawn": _flag_withdrawn,
}
