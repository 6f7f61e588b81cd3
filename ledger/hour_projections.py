"""Read models of the hour-by-hour sheet: the last word about each hour, and signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Transaction


def _hour_noted(tx: Transaction, event: Event) -> None:
    line, link = event.place
    detail = event.detail
    tx.run(
        "INSERT INTO hour_notes (line, link, start_at, reason, action, prevention, owner, due_at, person,"
        " noted_at, notes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (line, link, start_at) DO UPDATE SET"
        " reason = excluded.reason, action = excluded.action, prevention = excluded.prevention,"
        " owner = excluded.owner, due_at = excluded.due_at, person = excluded.person,"
        " noted_at = excluded.noted_at, notes = notes + 1",
        (
            line,
            link,
            detail["start_at"],
            event.reason,
            detail["action"],
            detail["prevention"],
            detail["owner"],
            detail["due_at"],
            event.person or "",
            event.occurred_at,
        ),
    )


def _shift_signed(tx: Transaction, event: Event) -> None:
    line, link = event.place
    detail = event.detail
    tx.run(
        "INSERT OR REPLACE INTO shift_signs (line, link, shift, signed_at, person, remark, side)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            line,
            link,
            detail["shift"],
            event.occurred_at,
            event.person or "",
            detail["remark"],
            detail.get("side", ""),
        ),
    )


PROJECTIONS = {"hour_noted": _hour_noted, "shift_signed": _shift_signed}
