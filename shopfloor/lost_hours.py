"""Hours of targets in force that a site, perhaps a changed one, does not work or has no room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from shopfloor.calendar import Calendar, calendar_of
from shopfloor.floor import Floor
from shopfloor.instants import Instant, moment_of
from shopfloor.orders import HourTarget, LinkTargets, Load, Order, ReleasedOrder

_AROUND = timedelta(days=3)
"""A shift's production date differs less than this from the date of any of its hours."""

Why: TypeAlias = Literal["closed", "over capacity"]
_Place: TypeAlias = tuple[Calendar | None, list[int] | None]


@dataclass(frozen=True, slots=True)
class LostHour:
    """An hour with a target in force that its link does not work any more, or is loaded above its capacity in."""

    order: str
    line: str
    link: str
    start_at: Instant
    end_at: Instant
    shift: str
    give: int
    make: int
    why: Why
    orders: tuple[str, ...] = ()
    """Over capacity: all orders that the hour is loaded with."""
    already: bool = False
    """It is lost without the change, too."""


def hours_to_come(links: Iterable[LinkTargets], now: Instant) -> Iterator[tuple[str, HourTarget]]:
    """Hours that have not begun, each with its link."""
    return ((link.link, hour) for link in links for hour in link.hours if hour.start_at >= now)


def loads_in_force(released: Iterable[ReleasedOrder], now: Instant) -> Iterator[Load]:
    """The capacity that targets in force take from now on."""
    return (
        Load(each.order.line, link, hour.start_at, each.order.product, hour.make)
        for each in released
        for link, hour in hours_to_come(each.links, now)
        if hour.make
    )


def lost_hours(floor: Floor, released: Sequence[ReleasedOrder]) -> list[LostHour]:
    """The hours lost of these orders, by order, link and time; `floor` has taken what they make.

    A target belongs to the hour of the floor that contains its start. A link or line that is no longer there is
    closed; of a product that is no longer there nothing is told, as nobody knows what it would take.
    """
    places = _Places(floor, released)
    overloaded: defaultdict[tuple[str, str, int], dict[str, None]] = defaultdict(dict)
    found: list[tuple[Order, str, HourTarget, int | None]] = []
    for each in released:
        order = each.order
        for targets in each.links:
            calendar, left = places.of(order.line, targets.link)
            for hour in targets.hours:
                if hour.start_at < floor.now:
                    continue
                index = None if calendar is None else calendar.hour_at(hour.start_at)
                if index is None:
                    found.append((order, targets.link, hour, None))
                elif left is not None and hour.make and left[index] < 0:
                    overloaded[order.line, targets.link, index][order.order] = None
                    found.append((order, targets.link, hour, index))
    return [
        _lost(order, link, hour, "closed")
        if index is None
        else _lost(order, link, hour, "over capacity", tuple(overloaded[order.line, link, index]))
        for order, link, hour, index in found
    ]


def _lost(order: Order, link: str, hour: HourTarget, why: Why, orders: tuple[str, ...] = ()) -> LostHour:
    at = hour.start_at, hour.end_at, hour.shift
    return LostHour(order.order, order.line, link, *at, hour.give, hour.make, why, orders)


class _Places:
    """The calendar of each link, also of milestones, and what is left of its hours if it has a capacity."""

    def __init__(self, floor: Floor, released: Iterable[ReleasedOrder]) -> None:
        self._floor = floor
        ends = (hour.end_at for each in released for _, hour in hours_to_come(each.links, floor.now))
        zone = floor.site.zone
        self._from_on = moment_of(floor.now, zone).date() - _AROUND
        self._to_on = moment_of(max(ends, default=floor.now), zone).date() + _AROUND
        self._known: dict[tuple[str, str], _Place] = {}

    def of(self, line: str, link: str) -> _Place:
        """Without a calendar when the link is not there."""
        if (line, link) not in self._known:
            self._known[line, link] = self._look_up(line, link)
        return self._known[line, link]

    def _look_up(self, line_id: str, link_id: str) -> _Place:
        site = self._floor.site
        line = site.lines.get(line_id)
        if line is None or not line.has_link(link_id):
            return None, None
        link = line.link(link_id)
        if link.kind == "work":
            capacity = self._floor.hours(line_id, link_id)
            return capacity.calendar, capacity.left
        return calendar_of(site, link.shifts, self._from_on, self._to_on), None
