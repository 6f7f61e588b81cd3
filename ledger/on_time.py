"""Orders by when they are due: whether they were kept."""

from __future__ import annotations

from ledger.store import Ledger, Row
from shopfloor.instants import Instant


def orders_due(ledger: Ledger, line: str, from_at: Instant, to_at: Instant) -> list[Row]:
    """Released orders of a line due in [from, to): `due_at` and `shipped_at`, None while open."""
    return ledger.rows(
        'SELECT "order", due_at, shipped_at FROM orders WHERE line = ? AND due_at >= ? AND due_at < ? ORDER BY due_at',
        (line, from_at, to_at),
    )
