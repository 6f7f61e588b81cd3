"""Read models of delay: of each finished part of an order, and summed for each link, product and production date."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

from shopfloor.delays import Delay, Part, Silence, delays, shared
from shopfloor.site import Line, Link

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Row, Transaction

STANDS = "state NOT IN ('withdrawn', 'overturned') AND NOT (state = 'resolved' AND note IS NOT NULL)"
"""`shopfloor.flags.stands` for rows of flags."""


def _link_finished(tx: Transaction, event: Event) -> None:
    """Another finish of the same part takes the place of the one before."""
    line, link = event.place
    detail, order = event.detail, str(event.order)
    _count_all(tx, order, -1)
    product = tx.row('SELECT product FROM orders WHERE "order" = ?', (order,))
    tx.run(
        'INSERT OR REPLACE INTO delays ("order", link, line, product, planned_at, planned_on, planned_hour,'
        " finished_at, late_min, buffer_min, inherited_min, own_min, absorbed_min, controlled_by, previous, handoffs,"
        " silences, share) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, NULL, ?, ?, ?, ?)",
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
            json.dumps(detail.get("silences", [])),
            detail.get("share", "0"),
        ),
    )
    _reckon(tx, order)
    _count_all(tx, order, 1)


def _link_unfinished(tx: Transaction, event: Event) -> None:
    order, (_, link) = str(event.order), event.place
    _count_all(tx, order, -1)
    tx.run('DELETE FROM delays WHERE "order" = ? AND link = ?', (order, link))
    _reckon(tx, order)
    _count_all(tx, order, 1)


def judge_silence_again(tx: Transaction, flag: int) -> None:
    """After a flag turned out wrong, or right after all: who answers for minutes of a part that is finished."""
    row = tx.row(
        'SELECT "order" FROM flags JOIN delays USING ("order", link) WHERE flag = ? AND silent', (flag,)
    )
    if row is not None:
        _count_all(tx, row["order"], -1)
        _reckon(tx, row["order"])
        _count_all(tx, row["order"], 1)


def _reckon(tx: Transaction, order: str) -> None:
    """What each finished part has inherited from those that are finished, what it added itself, who shares that."""
    rows = tx.rows('SELECT * FROM delays WHERE "order" = ?', (order,))
    known = {row["link"] for row in rows}
    line = Line("", "", tuple(_as_link(row, known) for row in rows))
    found = delays(line, {row["link"]: Part(row["late_min"], buffer_min=row["buffer_min"]) for row in rows})
    tx.run_many(
        "UPDATE delays SET inherited_min = ?, own_min = ?, absorbed_min = ?, controlled_by = ?, taken = ?"
        ' WHERE "order" = ? AND link = ?',
        [_figures(found[row["link"]], order, _taken(tx, row, found[row["link"]].own_min)) for row in rows],
    )


def _taken(tx: Transaction, row: Row, own_min: int) -> dict[str, int]:
    """What the silent links take of a part's own minutes; a flag that was wrong was no silence."""
    silences = [
        Silence(silent, running_min)
        for flag, silent, running_min in json.loads(row["silences"])
        if tx.row(f"SELECT 1 FROM flags WHERE flag = ? AND {STANDS}", (flag,)) is not None  # noqa: S608  # our own words
    ]
    answers = shared(own_min, row["link"], silences, Fraction(row["share"]))
    return {link: minutes for link, minutes in answers.items() if link != row["link"] and minutes}


def _as_link(row: Row, known: set[str]) -> Link:
    previous = json.loads(row["previous"])
    return Link(row["link"], row["link"], after=tuple(each for each in previous if each in known))


def _figures(delay: Delay, order: str, taken: dict[str, int]) -> tuple[object, ...]:
    return (
        delay.inherited_min,
        delay.own_min,
        delay.absorbed_min,
        delay.controlled_by,
        json.dumps(taken, sort_keys=True),
        order,
        delay.link,
    )


def _count_all(tx: Transaction, order: str, sign: int) -> None:
    """Add the parts of an order to the sums of their days, or take them out; a day of nothing has no row."""
    sums: dict[tuple[str, str, str, str], list[int]] = {}
    for row in tx.rows('SELECT * FROM delays WHERE "order" = ?', (order,)):
        where = row["line"], row["link"]
        minutes = sums.setdefault((*where, row["planned_on"], row["product"]), [0] * 7)
        minutes[2] += sign * max(0, row["own_min"])
        minutes[3] += sign * max(0, -row["own_min"])
        minutes[4] += sign * row["inherited_min"]
        # What silence moves counts on the day of the late part on both sides, so that every period keeps the sum.
        for silent, taken_min in json.loads(row["taken"]).items():
            minutes[5] += sign * taken_min
            theirs = row["line"], silent, row["planned_on"], row["product"]
            sums.setdefault(theirs, [0] * 7)[6] += sign * taken_min
        for on, due, late in json.loads(row["handoffs"]):
            day = sums.setdefault((*where, on, row["product"]), [0] * 7)
            day[0] += sign * due
            day[1] += sign * late
    tx.run_many(
        "INSERT INTO link_days (line, link, on_day, product, due, late, own_min, recovered_min, inherited_min,"
        " shared_min, silent_min) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (line, link, on_day, product)"
        " DO UPDATE SET due = due + excluded.due, late = late + excluded.late, own_min = own_min + excluded.own_min,"
        " recovered_min = recovered_min + excluded.recovered_min,"
        " inherited_min = inherited_min + excluded.inherited_min, shared_min = shared_min + excluded.shared_min,"
        " silent_min = silent_min + excluded.silent_min",
        [(*key, *values) for key, values in sums.items()],
    )
    if sign < 0:
        tx.run_many(
            "DELETE FROM link_days WHERE line = ? AND link = ? AND on_day = ? AND product = ? AND due = 0"
            " AND late = 0 AND own_min = 0 AND recovered_min = 0 AND inherited_min = 0 AND shared_min = 0"
            " AND silent_min = 0",
            list(sums),
        )


PROJECTIONS = {"link_finished": _link_finished, "link_unfinished": _link_unfinished}
