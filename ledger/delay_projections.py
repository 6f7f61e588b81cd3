"""Read models of delay: of each finished part of an order, and summed for each link, product and production date."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shopfloor.delays import Delay, Part, delays
from shopfloor.site import Line, Link

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Row, Transaction


def _link_finished(tx: Transaction, event: Event) -> None:
    """Another finish of the same part takes the place of the one before."""
    line, _, link = str(event.link).partition("/")
    detail, order = event.detail, str(event.order)
    _count_all(tx, order, -1)
    product = tx.row('SELECT product FROM orders WHERE "order" = ?', (order,))
    tx.run(
        'INSERT OR REPLACE INTO delays ("order", link, line, product, planned_at, planned_on, planned_hour,'
        " finished_at, late_min, buffer_min, inherited_min, own_min, absorbed_min, controlled_by, previous, handoffs)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, NULL, ?, ?)",
        (
            order,
            link,
            line,
            product["product"] if product else "",
            detail["planned_at"],
            detail["planned_on"],
            detail["planned_hour"],
            event.occurred_at,
            detail["late_min"],
            detail["buffer_min"],
            json.dumps(detail["previous"]),
            json.dumps(detail["handoffs"]),
        ),
    )
    _reckon(tx, order)
    _count_all(tx, order, 1)


def _link_unfinished(tx: Transaction, event: Event) -> None:
    order, link = str(event.order), str(event.link).partition("/")[2]
    _count_all(tx, order, -1)
    tx.run('DELETE FROM delays WHERE "order" = ? AND link = ?', (order, link))
    _reckon(tx, order)
    _count_all(tx, order, 1)


def _reckon(tx: Transaction, order: str) -> None:
    """What each finished part has inherited from those that are finished, and what it added itself."""
    rows = tx.rows('SELECT * FROM delays WHERE "order" = ?', (order,))
    known = {row["link"] for row in rows}
    line = Line("", "", tuple(_as_link(row, known) for row in rows))
    found = delays(line, {row["link"]: Part(row["late_min"], buffer_min=row["buffer_min"]) for row in rows})
    tx.run_many(
        "UPDATE delays SET inherited_min = ?, own_min = ?, absorbed_min = ?, controlled_by = ?"
        ' WHERE "order" = ? AND link = ?',
        [_figures(each, order) for each in found.values()],
    )


def _as_link(row: Row, known: set[str]) -> Link:
    previous = json.loads(row["previous"])
    return Link(row["link"], row["link"], after=tuple(each for each in previous if each in known))


def _figures(delay: Delay, order: str) -> tuple[object, ...]:
    return (
        delay.inherited_min,
        delay.own_min,
        delay.absorbed_min,
        delay.controlled_by,
        order,
        delay.link,
    )


def _count_all(tx: Transaction, order: str, sign: int) -> None:
    """Add the parts of an order to the sums of their days, or take them out; a day of nothing has no row."""
    sums: dict[tuple[str, str, str, str], list[int]] = {}
    for row in tx.rows('SELECT * FROM delays WHERE "order" = ?', (order,)):
        where = row["line"], row["link"]
        minutes = sums.setdefault((*where, row["planned_on"], row["product"]), [0] * 5)
        minutes[2] += sign * max(0, row["own_min"])
        minutes[3] += sign * max(0, -row["own_min"])
        minutes[4] += sign * row["inherited_min"]
        for on, due, late in json.loads(row["handoffs"]):
            day = sums.setdefault((*where, on, row["product"]), [0] * 5)
            day[0] += sign * due
            day[1] += sign * late
    tx.run_many(
        "INSERT INTO link_days (line, link, on_day, product, due, late, own_min, recovered_min, inherited_min)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (line, link, on_day, product) DO UPDATE SET"
        " due = due + excluded.due, late = late + excluded.late, own_min = own_min + excluded.own_min,"
        " recovered_min = recovered_min + excluded.recovered_min,"
        " inherited_min = inherited_min + excluded.inherited_min",
        [(*key, *values) for key, values in sums.items()],
    )
    if sign < 0:
        tx.run_many(
            "DELETE FROM link_days WHERE line = ? AND link = ? AND on_day = ? AND product = ? AND due = 0"
            " AND late = 0 AND own_min = 0 AND recovered_min = 0 AND inherited_min = 0",
            list(sums),
        )


PROJECTIONS = {"link_finished": _link_finished, "link_unfinished": _link_unfinished}
