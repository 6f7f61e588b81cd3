"""When reports are sent by themselves: a shift's after the shift, a week's on Monday morning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal, TypeAlias

from shopfloor.calendar import Shift
from shopfloor.calendar_book import CalendarBook
from shopfloor.instants import DAY_MS, MINUTE_MS, Instant, moment_of
from shopfloor.site import Site
from shopfloor.wall_time import wall_instant

ReportName: TypeAlias = Literal["shift", "responsibility"]
SENT_REPORTS: tuple[ReportName, ...] = ("shift", "responsibility")

SETTLED_MS = 15 * MINUTE_MS
"""After a shift: what its scanners still have in hand comes first."""
WEEK_AT = time(7)
"""On Monday, when Sunday's night shift is over."""
LATEST_MS = 2 * DAY_MS
"""A report that could not be sent for so long is not sent any more: it is read on its page."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ReportDue:
    """One report of one line, or of all lines."""

    name: ReportName
    line: str
    """Empty: all lines."""
    due_at: Instant
    shift: str = ""
    first_on: date | None = None
    last_on: date | None = None
    """Of a week."""


def reports_due(
    site: Site, calendars: CalendarBook, name: ReportName, line: str, after_at: Instant, now: Instant
) -> list[ReportDue]:
    """What became due after an instant and by now, in order."""
    after_at = max(after_at, now - LATEST_MS)
    found = _weeks(site, line, now) if name == "responsibility" else _shifts(site, calendars, line, now)
    return sorted(
        (each for each in found if after_at < each.due_at <= now), key=lambda each: (each.due_at, each.shift)
    )


def _shifts(site: Site, calendars: CalendarBook, line_id: str, now: Instant) -> Iterator[ReportDue]:
    line = site.lines[line_id]
    worked: dict[str, Shift] = {}
    for link in line.links:
        shifts: Iterable[Shift] = calendars.of_link(line, link.id, now).shifts
        worked.update((shift.id, shift) for shift in shifts if now - 2 * LATEST_MS < shift.end_at <= now)
    for shift in worked.values():
        yield ReportDue("shift", line_id, shift.end_at + SETTLED_MS, shift.id)


def _weeks(site: Site, line_id: str, now: Instant) -> Iterator[ReportDue]:
    today = moment_of(now, site.zone).date()
    monday = today - timedelta(days=today.weekday())
    due_at = wall_instant(monday, WEEK_AT, site.zone)
    yield ReportDue(
        "responsibility", line_id, due_at, first_on=monday - _WEEK, last_on=monday - timedelta(days=1)
    )
