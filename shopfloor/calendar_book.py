"""The calendars of a site's links, made when first asked for and widened as time goes on."""

from __future__ import annotations

from datetime import date, timedelta

from shopfloor.calendar import Calendar, Hour, calendar_of
from shopfloor.instants import HOUR_MS, Instant, moment_of
from shopfloor.site import Line, Site

_AROUND = timedelta(days=21)
_MARGIN = timedelta(days=7)
"""A calendar is made anew when an instant comes this near to its first or last day."""


class CalendarBook:
    """One calendar for each different set of shifts; links that share shifts share it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._made: dict[tuple[str, ...], tuple[date, date, Calendar]] = {}

    def of_link(self, line: Line, link_id: str, at: Instant) -> Calendar:
        """The link's calendar, wide enough for what happens around an instant."""
        return self._of(tuple(sorted(line.link(link_id).shifts)), at)

    def of_link_between(self, line: Line, link_id: str, from_at: Instant, to_at: Instant) -> Calendar:
        """The link's calendar, wide enough for what happens around two instants and between them."""
        self.of_link(line, link_id, from_at)
        return self.of_link(line, link_id, to_at)

    def of_line(self, line: Line, at: Instant) -> Calendar:
        """The union of its links' shifts."""
        return self._of(tuple(sorted({shift for link in line.links for shift in link.shifts})), at)

    def hour_of_work(self, line: Line, link_id: str, at: Instant) -> Hour:
        """The hour that work done at an instant counts into: breaks and overtime go to the hour before.

        Of a link that has no shift for weeks around, it is the clock's hour.
        """
        calendar = self.of_link(line, link_id, at)
        if not calendar.hours:
            start_at = at - at % HOUR_MS
            return Hour(start_at, start_at + HOUR_MS, 0, "")
        return calendar.hours[max(calendar.hour_of(at), 0)]

    def _of(self, shifts: tuple[str, ...], at: Instant) -> Calendar:
        on = moment_of(at, self._site.zone).date()
        made = self._made.get(shifts)
        if made is None or not made[0] + _MARGIN <= on <= made[1] - _MARGIN:
            first, last = on - _AROUND, on + _AROUND
            if made is not None:
                first, last = min(first, made[0]), max(last, made[1])
            made = (first, last, calendar_of(self._site, shifts, first, last))
            self._made[shifts] = made
        return made[2]
