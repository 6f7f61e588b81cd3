"""Who takes which hours of a line: what open orders make in a window of time."""

from __future__ import annotations

from ledger.store import Ledger, Row
from shopfloor.instants import Instant


def makes_between(ledger: Ledger, line: str, from_at: Instant, until_at: Instant) -> list[Row]:
    """Order, link, product, start_at and make of each hour that starts in [from, until), by link and time."""
    return ledger.rows(_MAKES, (line, from_at, until_at))


def loads_between(ledger: Ledger, line: str, from_at: Instant, until_at: Instant) -> list[Row]:
    """Link, start_at and make of each hour that starts in [from, until), summed over orders."""
    return ledger.rows(
        "SELECT link, start_at, SUM(make) AS make FROM loads WHERE start_at >= ? AND start_at < ? AND line = ?"
        " AND make > 0 GROUP BY start_at, link",
        (from_at, until_at, line),
    )


_MAKES = """
SELECT t."order", t.link, o.product, t.start_at, t.end_at, t.shift, t.make
  FROM orders o JOIN order_links l USING ("order") JOIN targets t ON t."order" = l."order" AND t.link = l.link
 WHERE o.line = ? AND o.shipped_at IS NULL AND t.start_at >= ? AND t.start_at < ? AND t.make > 0
 ORDER BY t.link, t.start_at, o.due_at, t."order"
"""
