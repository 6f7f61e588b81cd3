"""Questions about refused scans: those that wait for a lead, and those that are settled."""

from __future__ import annotations

from typing import Literal

from ledger.flags import LARGEST_NUMBER
from ledger.settling import FORCIBLE
from ledger.store import Ledger, Row

Show = Literal["open", "forcible", "settled"]

_WHICH = {
    "open": "(settled IS NOT NULL) = 0",
    "forcible": f"settled IS NULL AND word = '{FORCIBLE}'",
    "settled": "(settled IS NOT NULL) = 1",
}
"""As the indices of `refused` say it."""


def page(ledger: Ledger, show: Show, limit: int, before: int | None = None) -> list[Row]:
    """Refusals of a sort, the newest first; those with a smaller number than `before`."""
    return ledger.rows(
        f"SELECT * FROM refused WHERE {_WHICH[show]} AND id < ? ORDER BY id DESC LIMIT ?",  # noqa: S608  # one of three texts
        (LARGEST_NUMBER if before is None else min(before, LARGEST_NUMBER), limit),
    )


def counts(ledger: Ledger) -> dict[str, int]:
    """How many of each sort are kept."""
    return {show: _count(ledger, which) for show, which in _WHICH.items()}


def one(ledger: Ledger, number: int) -> Row | None:
    """One refusal, if it is still kept."""
    return ledger.row("SELECT * FROM refused WHERE id = ?", (min(number, LARGEST_NUMBER),))


def can_force(row: Row) -> bool:
    """Whether a lead's word makes a refusal count: nobody scanned the batch at a link, but it is there."""
    return row["settled"] is None and row["word"] == FORCIBLE and row["scan"] is not None


def _count(ledger: Ledger, which: str) -> int:
    row = ledger.row(f"SELECT COUNT(*) FROM refused WHERE {which}")  # noqa: S608  # one of three texts
    return int(row[0]) if row else 0
