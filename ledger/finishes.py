"""When a link has given all of an order: noted as an event with its lateness, and again when late news changes that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.events import Event
from ledger.steps import Floor
from ledger.store import Row, Transaction
from shopfloor.delays import buffer_min, lateness_min
from shopfloor.instants import Instant, moment_of

_LINKS = """
SELECT l.link, l.unmet_end_at IS NULL AS met, o.quantity - o.lost AS wanted, o.shipped_at, d.finished_at,
       d.planned_at, d.late_min, d.handoffs, d.silences
  FROM order_links l JOIN orders o USING ("order") LEFT JOIN delays d ON d."order" = l."order" AND d.link = l.link
 WHERE l."order" = ?1 ORDER BY l.link
"""
_GIVES = """
SELECT p.given_at, p.given - IFNULL((SELECT MAX(h.short) FROM handoffs h WHERE h.batch = p.batch
       AND h.giver = p.link), 0) - IFNULL((SELECT SUM(s.quantity) FROM scraps s WHERE s.batch = p.batch
       AND s.charged = p.link AND s.link != p.link), 0) AS units
  FROM batches b JOIN positions p USING (batch) WHERE b."order" = ? AND p.link = ? AND p.given_at IS NOT NULL
 ORDER BY p.given_at, b.number
"""
_SILENT = """
SELECT flag, link, raised_by, raised_at, share FROM flags WHERE "order" = ? AND silent ORDER BY raised_at, flag
"""
_TARGETS_THEN = """
SELECT end_at, shift, cumulative FROM targets WHERE "order" = ?1 AND link = ?2 AND give > 0
   AND ?3 = (SELECT plan_version FROM orders WHERE "order" = ?1)
 UNION ALL
SELECT end_at, shift, cumulative FROM old_targets WHERE "order" = ?1 AND link = ?2 AND give > 0 AND version = ?3
 ORDER BY end_at
"""


@dataclass(frozen=True, slots=True)
class _Finish:
    """What is noted of a link that has given all: when, against which plan, and how many handoffs were late."""

    planned_at: Instant
    planned_on: str
    finished_at: Instant
    late_min: int
    buffer_min: int
    handoffs: list[tuple[str, int, int]]
    """For each production date of a target: handoffs due, and how many of them came late."""
    silences: list[tuple[int, str, int]]
    """For each flag that Interlock had to raise: its number, who kept silent, and minutes from then to the finish."""
    share: str
    """What silence takes; the rule when Interlock first flagged for somebody of the order."""


def note_finish(tx: Transaction, floor: Floor, order: str, link: str) -> None:
    """After a link gave more: note its finish if that was all. Nothing is looked up while it still owes."""
    row = tx.row('SELECT unmet_end_at FROM order_links WHERE "order" = ? AND link = ?', (order, link))
    if row is not None and row["unmet_end_at"] is None:
        note_finishes(tx, floor, order, [link])


def note_finishes(tx: Transaction, floor: Floor, order: str, links: Iterable[str]) -> None:
    """Note what holds now of some links of an order; of all of them once it is shipped."""
    asked = set(links)
    for row in tx.rows(_LINKS, (order,)):
        if (row["link"] not in asked and row["shipped_at"] is None) or not floor.line.has_link(row["link"]):
            continue
        if not row["met"]:
            if row["finished_at"] is not None:
                _append(tx, floor, order, row["link"], "link_unfinished", tx.now, {})
            continue
        finish = _finish_of(tx, floor, order, row)
        if finish is not None and not _is_noted(row, finish):
            detail = {
                "planned_at": finish.planned_at,
                "planned_on": finish.planned_on,
                "planned_hour": moment_of(finish.planned_at - 1, floor.site.zone).hour,
                "late_min": finish.late_min,
                "buffer_min": finish.buffer_min,
                "handoffs": finish.handoffs,
                "previous": [previous.id for previous in floor.line.previous_links(row["link"])],
            }
            if finish.silences:
                detail |= {"silences": finish.silences, "share": finish.share}
            _append(tx, floor, order, row["link"], "link_finished", finish.finished_at, detail)


def _finish_of(tx: Transaction, floor: Floor, order: str, row: Row) -> _Finish | None:
    link = row["link"]
    gives = tx.rows(_GIVES, (order, link))
    finished_at = _complete_at(gives, row["wanted"])
    if finished_at is None:
        finished_at = row["shipped_at"]
    version = tx.row(
        "SELECT IFNULL(MAX(version) FILTER (WHERE planned_at <= ?2), MIN(version)) AS version FROM plan_versions"
        ' WHERE "order" = ?1',
        (order, finished_at),
    )
    targets = tx.rows(_TARGETS_THEN, (order, link, version["version"])) if version else []
    if not targets:
        return None
    planned_at, shift = targets[-1]["end_at"], targets[-1]["shift"]
    floor.calendars.of_line(floor.line, planned_at)  # so that the next one reaches back to it
    line_time = floor.calendars.of_line(floor.line, finished_at)
    silent = tx.rows(_SILENT, (order,))
    last = not floor.line.next_links(link)
    room = floor.line.ship_buffer if last else floor.line.link(link).buffer
    return _Finish(
        planned_at,
        shift.partition("/")[0],
        finished_at,
        lateness_min(line_time, planned_at, finished_at),
        buffer_min(line_time, room, planned_at),
        _handoffs(floor, link, targets, gives),
        [
            (each["flag"], each["raised_by"], lateness_min(line_time, each["raised_at"], finished_at))
            for each in silent
            if each["link"] == link
        ],
        silent[0]["share"] if silent else "0",
    )


def _complete_at(gives: Sequence[Row], wanted: int) -> Instant | None:
    """When the gives added up to all that was wanted; the last of them if they never did."""
    given, at = 0, None
    for give in gives:
        given, at = given + give["units"], int(give["given_at"])
        if given >= wanted:
            break
    return at


def _handoffs(
    floor: Floor, link: str, targets: Sequence[Row], gives: Sequence[Row]
) -> list[tuple[str, int, int]]:
    """Each give belongs to the first target that it and those before fill; one after that hour's end is late.

    What is given in a break counts into the hour before, so it is not late yet.
    """
    days: dict[str, list[int]] = {}
    given, place = 0, 0
    for give in gives:
        given += give["units"]
        while place < len(targets) - 1 and targets[place]["cumulative"] < given:
            place += 1
        target, at = targets[place], give["given_at"]
        calendar = floor.calendars.of_link(floor.line, link, at)
        day = days.setdefault(target["shift"].partition("/")[0], [0, 0])
        day[0] += 1
        day[1] += at > target["end_at"] and calendar.working_ms(target["end_at"], at) > 0
    return [(on, due, late) for on, (due, late) in sorted(days.items())]


def _is_noted(row: Row, finish: _Finish) -> bool:
    if row["finished_at"] is None:
        return False
    noted = (row["finished_at"], row["planned_at"], row["late_min"])
    same = noted == (finish.finished_at, finish.planned_at, finish.late_min)
    return same and all(
        [tuple(each) for each in json.loads(row[name])] == told
        for name, told in (("handoffs", finish.handoffs), ("silences", finish.silences))
    )


def _append(
    tx: Transaction, floor: Floor, order: str, link: str, kind: str, at: Instant, detail: dict[str, object]
) -> None:
    tx.append(
        Event(
            event_id=f"finish/{order}/{link}/{tx.sequence + 1}",
            kind=kind,
            occurred_at=at,
            source="interlock",
            link=f"{floor.line.id}/{link}",
            order=order,
            detail=detail,
        )
    )
