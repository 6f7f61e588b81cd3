"""A line as backward subdivision walks it: its links from the last to the first, with their calendars."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import NamedTuple, TypeAlias

from shopfloor.calendar import Calendar
from shopfloor.instants import NO_TIME, Duration, Instant
from shopfloor.site import Line, Link

Due: TypeAlias = tuple[Instant, int]
"""A latest, and the link's hour it belongs to: the last that ends a buffer before; -1 if none is known."""


@dataclass(frozen=True, eq=False, slots=True)
class Stage:
    """A link with its calendar and what it hands to each next link."""

    link: Link
    calendar: Calendar
    buffer: Duration
    """By how much its targets come before their latest: the ship buffer for the last link."""
    handovers: tuple[Handover, ...]

    def lead_begins_at(self, hour: int) -> Instant:
        """When everything must have come for an hour: the lead before its start; a milestone's end."""
        return _lead_begins_at(self.link, self.calendar, hour)


class Dues(dict[int, Due]):
    """When an hour of the next link needs its work, and the giver's hour that it is due in; by that hour."""

    def __init__(self, giver: Link, gives: Calendar, taker: Link, takes: Calendar) -> None:
        super().__init__()
        self._giver, self._gives = giver, gives
        self._taker, self._takes = taker, takes

    def __missing__(self, hour: int) -> Due:
        begins_at = _lead_begins_at(self._taker, self._takes, hour)
        latest_at = self._gives.back(begins_at, self._giver.transfer)
        due_at = self._gives.back(latest_at, self._giver.buffer)
        due = self[hour] = latest_at, self._gives.last_hour_ending_by(due_at)
        return due


class Handover(NamedTuple):
    """What a link hands to one of its next links, and when."""

    taker: str
    due_by: Dues


class Chain:
    """A line from its last link to its first. It holds no capacity, so all floors of a time may share it."""

    def __init__(self, line: Line, calendars: Mapping[str, Calendar]) -> None:
        self.line = line
        self.calendars = calendars
        dues: dict[Hashable, Dues] = {}

        def handover(giver: Link, taker: Link) -> Handover:
            gives, takes = calendars[giver.id], calendars[taker.id]
            # Most links of a line work alike, and what is counted for one holds for the others.
            alike = gives, giver.transfer, giver.buffer, takes, taker.lead, taker.kind
            return Handover(taker.id, dues.setdefault(alike, Dues(giver, gives, taker, takes)))

        self.backward = [
            Stage(
                link := line.link(link_id),
                calendars[link_id],
                link.buffer if (nexts := line.next_links(link_id)) else line.ship_buffer,
                tuple(handover(link, after) for after in nexts),
            )
            for link_id in reversed(links_forward(line))
        ]
        self.last = self.backward[0]

    def last_hour(self, due_at: Instant) -> int:
        """The last link's hour that an order's whole quantity is due in."""
        calendar = self.last.calendar
        return calendar.last_hour_ending_by(calendar.back(due_at, self.line.ship_buffer))


def _lead_begins_at(link: Link, calendar: Calendar, hour: int) -> Instant:
    at = calendar.ends[hour] if link.kind == "milestone" else calendar.starts[hour]
    return at if link.lead == NO_TIME else calendar.back(at, link.lead)


def links_forward(line: Line) -> list[str]:
    """The links' ids, previous before next; the same however the line is written down."""
    sorter = TopologicalSorter({link.id: link.after for link in line.links})
    sorter.prepare()
    forward: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        forward += ready
        sorter.done(*ready)
    return forward
