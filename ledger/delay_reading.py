"""Questions about delay: the parts of one order as they stand, and sums over links and days."""

from __future__ import annotations

from datetime import date

from ledger.store import Ledger, Row


def parts(ledger: Ledger, order: str) -> list[Row]:
    """Each link's part of an order: planned, and either finished with its lateness, or since when it owes.

    `unmet_end_at` is None of a part that has nothing overdue and nothing left to give.
    """
    return ledger.rows(
        "SELECT l.link, l.unmet_end_at, d.finished_at, d.late_min, d.buffer_min, IFNULL(d.planned_at,"
        ' (SELECT MAX(end_at) FROM targets t WHERE t."order" = l."order" AND t.link = l.link AND t.give > 0))'
        ' AS planned_at FROM order_links l LEFT JOIN delays d USING ("order", link) WHERE l."order" = ?',
        (order,),
    )


def sums_by_link(ledger: Ledger, line: str, first_on: date, last_on: date) -> list[Row]:
    """Of each link of a line over production dates: handoffs due and late, minutes own, recovered and inherited."""
    return ledger.rows(
        f"SELECT link, {_SUMS} GROUP BY link", (line, first_on.isoformat(), last_on.isoformat())
    )  # our own words


def sums_by_product(ledger: Ledger, line: str, first_on: date, last_on: date) -> list[Row]:
    """The same of each product of a line."""
    return ledger.rows(
        f"SELECT product, {_SUMS} GROUP BY product",  # our own words
        (line, first_on.isoformat(), last_on.isoformat()),
    )


def latest_parts(
    ledger: Ledger, line: str, link: str, first_on: date, last_on: date, limit: int
) -> list[Row]:
    """The finished parts of a link that added most to the lateness of their orders."""
    return ledger.rows(
        "SELECT * FROM delays WHERE line = ? AND link = ? AND planned_on BETWEEN ? AND ?"
        ' ORDER BY own_min DESC, "order" LIMIT ?',
        (line, link, first_on.isoformat(), last_on.isoformat(), limit),
    )


_SUMS = """SUM(due) AS due, SUM(late) AS late, SUM(own_min) AS own_min, SUM(recovered_min) AS recovered_min,
       SUM(inherited_min) AS inherited_min
  FROM link_days WHERE line = ? AND on_day BETWEEN ? AND ?"""
