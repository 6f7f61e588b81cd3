"""Plans in force and before: targets as the rules know them, and the capacity that they take."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from ledger.store import Ledger, Row
from shopfloor.instants import Instant
from shopfloor.orders import HourTarget, LinkTargets, Load, Order, ReleasedOrder


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A plan that is or was in force, and who put it in force why."""

    version: int
    planned_at: Instant
    due_at: Instant
    person: str
    why: str


def released_loads(ledger: Ledger, now: Instant, but_not: Collection[str] = ()) -> list[Load]:
    """The capacity that open orders, but for some of them, take from an instant on: summed, one for each hour."""
    with ledger.snapshot():
        return _loads(ledger, now, but_not)


def _loads(ledger: Ledger, now: Instant, but_not: Collection[str]) -> list[Load]:
    taken = {
        (row["start_at"], row["line"], row["link"], row["product"]): row["make"]
        for row in ledger.rows("SELECT * FROM loads WHERE start_at >= ? AND make > 0", (now,))
    }
    for number in but_not:
        for row in ledger.rows(_TAKEN_BY, (number, now)):
            taken[row["start_at"], row["line"], row["link"], row["product"]] -= row["make"]
    return [
        Load(line, link, start_at, product, make)
        for (start_at, line, link, product), make in taken.items()
        if make
    ]


def loads_of_order(ledger: Ledger, number: str, now: Instant) -> list[Load]:
    """The capacity that one open order takes from an instant on; none when it is shipped or not released."""
    return [
        Load(row["line"], row["link"], row["start_at"], row["product"], row["make"])
        for row in ledger.rows(_TAKEN_BY, (number, now))
    ]


def released_orders(ledger: Ledger, line: str | None = None) -> list[ReleasedOrder]:
    """All open orders, of one line or of all, by due."""
    rows = ledger.rows(
        "SELECT * FROM orders WHERE shipped_at IS NULL AND (?1 IS NULL OR line = ?1) ORDER BY due_at,"
        ' "order"',
        (line,),
    )
    return released_of(ledger, rows)


def released_of(ledger: Ledger, rows: Sequence[Row]) -> list[ReleasedOrder]:
    """Orders in force, of rows of orders: two questions, however many they are."""
    numbers = (json.dumps([row["order"] for row in rows]),)
    given: dict[str, dict[str, int]] = {}
    for each in ledger.rows(_GIVEN, numbers):
        given.setdefault(each["order"], {})[each["link"]] = each["given"]
    targets = {
        number: as_targets(hours)
        for number, hours in groupby(ledger.rows(_TARGETS, numbers), key=itemgetter("order"))
    }
    return [
        ReleasedOrder(
            order_of(row), row["plan_version"], targets.get(row["order"], ()), given.get(row["order"], {})
        )
        for row in rows
    ]


def released_order(ledger: Ledger, number: str) -> ReleasedOrder | None:
    """One order in force, shipped or not; None when it is not released."""
    row = ledger.row('SELECT * FROM orders WHERE "order" = ?', (number,))
    return None if row is None else released_of(ledger, [row])[0]


def plan_versions(ledger: Ledger, number: str) -> list[PlanVersion]:
    """All plans of an order, the first first."""
    rows = ledger.rows('SELECT * FROM plan_versions WHERE "order" = ? ORDER BY version', (number,))
    return [
        PlanVersion(row["version"], row["planned_at"], row["due_at"], row["person"], row["why"])
        for row in rows
    ]


def targets_of(ledger: Ledger, number: str, version: int) -> tuple[LinkTargets, ...]:
    """The targets of one of an order's plans."""
    row = ledger.row('SELECT plan_version FROM orders WHERE "order" = ?', (number,))
    if row is not None and row["plan_version"] == version:
        sql, values = 'SELECT * FROM targets WHERE "order" = ? ORDER BY link, start_at', (number,)
        return as_targets(ledger.rows(sql, values))
    return as_targets(
        ledger.rows(
            'SELECT * FROM old_targets WHERE "order" = ? AND version = ? ORDER BY link, start_at',
            (number, version),
        )
    )


def as_targets(rows: Iterable[Row]) -> tuple[LinkTargets, ...]:
    """Rows of targets, ordered by link and start, as the rules know them."""
    links: dict[str, list[HourTarget]] = {}
    for row in rows:
        links.setdefault(row["link"], []).append(
            HourTarget(
                row["start_at"],
                row["end_at"],
                row["shift"],
                row["make"],
                row["give"],
                row["cumulative"],
                row["latest_at"],
            )
        )
    return tuple(LinkTargets(link, tuple(hours)) for link, hours in links.items())


def order_of(row: Row) -> Order:
    """An order from a row of orders or drafts."""
    return Order(
        row["order"],
        row["line"],
        row["product"],
        row["quantity"],
        row["due_at"],
        row["customer"],
        row["priority"],
    )


_GIVEN = """
SELECT "order", link, given FROM order_links WHERE "order" IN (SELECT value FROM json_each(?)) AND given > 0
"""
_TARGETS = """
SELECT * FROM targets WHERE "order" IN (SELECT value FROM json_each(?)) ORDER BY "order", link, start_at
"""
_TAKEN_BY = """
SELECT t.start_at, t.line, t.link, o.product, t.make FROM targets t JOIN orders o USING ("order")
 WHERE t."order" = ? AND o.shipped_at IS NULL AND t.start_at >= ? AND t.make > 0
"""
