"""Batches from the view of one link: what is on its way to it, what it has in hand, and the way of one batch."""

from __future__ import annotations

from ledger.store import Ledger, Row
from shopfloor.site import Line


def coming(ledger: Ledger, line: str, link: str, limit: int) -> list[Row]:
    """Handoffs given to a link and not received, the oldest first: at a join one for each previous link."""
    return ledger.rows(
        'SELECT h.batch, h.giver, h."order", h.quantity AS units, h.given_at AS since_at, b.number, o.product'
        ' FROM handoffs h JOIN batches b USING (batch) JOIN orders o ON o."order" = h."order"'
        " WHERE h.line = ? AND h.receiver = ? AND h.received_at IS NULL ORDER BY h.given_at LIMIT ?",
        (line, link, limit),
    )


def coming_of_order(ledger: Ledger, of: tuple[str, str, str, str], limit: int) -> list[Row]:
    """What is on its way of one order; `of`: line, receiver, giver, order."""
    return ledger.rows(
        "SELECT batch, quantity AS units, given_at AS since_at FROM handoffs"
        ' WHERE line = ? AND receiver = ? AND received_at IS NULL AND giver = ? AND "order" = ?'
        " ORDER BY given_at, batch LIMIT ?",
        (*of, limit),
    )


def in_hand(ledger: Ledger, line: Line, link: str, limit: int) -> list[Row]:
    """What a link can give: what it received, the longest first; at a first link what is released, by due."""
    sql = _RECEIVED if line.previous_links(link) else _RELEASED
    return ledger.rows(sql, {"line": line.id, "link": link, "limit": limit})


_RECEIVED = """
SELECT p.batch, b."order", p.received - p.lost AS units, p.received_at AS since_at, b.number, o.product
  FROM positions p JOIN batches b USING (batch) JOIN orders o ON o."order" = b."order"
 WHERE p.link = :link AND p.given_at IS NULL AND p.received > p.lost AND o.line = :line
 ORDER BY p.received_at LIMIT :limit
"""
_RELEASED = """
SELECT b.batch, b."order", IIF(p.received_at IS NULL, b.quantity, p.received) - IFNULL(p.lost, 0) AS units,
       p.received_at AS since_at, b.number, o.product
  FROM order_links l JOIN orders o USING ("order") JOIN batches b USING ("order")
  LEFT JOIN positions p ON p.batch = b.batch AND p.link = :link
 WHERE l.line = :line AND l.link = :link AND l.unmet_end_at IS NOT NULL AND p.given_at IS NULL
   AND IIF(p.received_at IS NULL, b.quantity, p.received) > IFNULL(p.lost, 0)
 ORDER BY l.unmet_end_at, l."order", b.number LIMIT :limit
"""


def half_received(ledger: Ledger, line: Line, link: str, limit: int) -> list[Row]:
    """Batches at a join of which a part came and no other is on its way, the longest first.

    `came`: the links it came from, with blanks between.
    """
    previous = len(line.previous_links(link))
    return ledger.rows(_HALF_RECEIVED, {"line": line.id, "link": link, "previous": previous, "limit": limit})


_HALF_RECEIVED = """
SELECT p.batch, b."order", MIN(h.quantity - h.short) AS units, p.received_at AS since_at, b.number, o.product,
       GROUP_CONCAT(h.giver, ' ') AS came
  FROM positions p JOIN batches b USING (batch) JOIN orders o ON o."order" = b."order"
  JOIN handoffs h ON h.batch = p.batch AND h.receiver = p.link
 WHERE p.link = :link AND p.received = 0 AND p.received_at IS NOT NULL AND p.given_at IS NULL AND o.line = :line
 GROUP BY p.batch HAVING COUNT(h.received_at) = COUNT(*) AND COUNT(*) < :previous
 ORDER BY p.received_at LIMIT :limit
"""


def batch(ledger: Ledger, line: str, code: str) -> Row | None:
    """A batch of a line, with its order and how many batches that has; None for another line's, or none."""
    return ledger.row(
        'SELECT b.batch, b.number, b.quantity, o."order", o.product, o.customer, o.due_at,'
        ' (SELECT COUNT(*) FROM batches a WHERE a."order" = b."order") AS batches'
        ' FROM batches b JOIN orders o USING ("order") WHERE b.batch = ? AND o.line = ?',
        (code, line),
    )
