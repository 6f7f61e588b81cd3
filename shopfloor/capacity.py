"""What a link can still work off, hour by hour: exact, in whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from fractions import Fraction
from math import lcm

from shopfloor.calendar import Calendar, union
from shopfloor.instants import HOUR_MS, Instant
from shopfloor.site import Station


class LinkCapacity:
    """Station time in each hour of a link's calendar: what there was, and what is left.

    It is counted in fractions of a station-millisecond so fine that a unit of every known product costs a
    whole number of them; so nothing is ever rounded but the units of an hour, down.
    """

    def __init__(
        self,
        calendar: Calendar,
        stations: Sequence[Station],
        per_hour: Mapping[str, Fraction],
        now: Instant,
        known: Iterable[str],
    ) -> None:
        """`per_hour`: units of each product that one station makes in an hour; others are never made here.

        `known` are products that will be asked for; another one makes the count finer when it turns up.
        """
        self.calendar = calendar
        self._per_hour = per_hour
        known = [product for product in known if product in per_hour]
        self._scale = lcm(*(per_hour[product].numerator for product in known))
        self.unit_cost = {product: self._cost(product) for product in known}
        """What a unit of a known product takes of an hour."""
        self.total = [worked * self._scale for worked in _station_ms(calendar, stations)]
        """What there is in each hour while nothing is planned."""
        self.left = list(self.total)
        """What is left in each hour; less than nothing where more was released than there is now."""
        self._below: defaultdict[int, dict[int, int]] = defaultdict(dict)
        """Per unit cost: from an hour without room to an earlier one; true for good, as room only shrinks."""
        self.move_to(now)

    def move_to(self, now: Instant) -> None:
        """Hours that have begun count no more."""
        self.first = self.calendar.first_hour_from(now)

    def copy(self) -> LinkCapacity:
        """One that is taken from without touching this one."""
        other = copy(self)
        other.unit_cost, other.left = dict(self.unit_cost), list(self.left)
        other._below = defaultdict(dict)  # noqa: SLF001  # its own
        return other

    def with_stations(self, more: int) -> LinkCapacity:
        """One with that many more stations in every hour."""
        other = self.copy()
        added = [more * hour.working_ms * self._scale for hour in self.calendar.hours]
        other.total = [total + each for total, each in zip(self.total, added, strict=True)]
        other.left = [left + each for left, each in zip(self.left, added, strict=True)]
        return other

    def makes(self, product: str) -> bool:
        """Whether the link has a rate for a product."""
        return product in self._per_hour

    def cost_of(self, product: str) -> int:
        """What a unit takes of an hour; KeyError without a rate."""
        if product not in self.unit_cost:
            self._learn(product)
        return self.unit_cost[product]

    def room_by(self, hour: int, unit_cost: int) -> int:
        """The last hour up to and with `hour` in which a unit fits; below `first` if there is none."""
        left, first = self.left, self.first
        if hour >= first and left[hour] >= unit_cost:
            return hour
        full, below = [], self._below[unit_cost]
        while hour >= first and left[hour] < unit_cost:
            full.append(hour)
            hour = below.get(hour, hour - 1)
        for each in full:
            below[each] = hour
        return hour

    def _cost(self, product: str) -> int:
        rate = self._per_hour[product]
        return HOUR_MS * rate.denominator * (self._scale // rate.numerator)

    def _learn(self, product: str) -> None:
        """Count so much finer that a unit of one more product costs a whole number too."""
        numerator = self._per_hour[product].numerator
        finer = lcm(self._scale, numerator) // self._scale
        if finer > 1:
            self._scale *= finer
            self.total = [total * finer for total in self.total]
            self.left = [left * finer for left in self.left]
            self._below = defaultdict(dict)
        self.unit_cost = {each: self._cost(each) for each in (*self.unit_cost, product)}


def _station_ms(calendar: Calendar, stations: Sequence[Station]) -> list[int]:
    """The working time of each hour, summed over the stations that are in service."""
    hours = calendar.hours
    summed = [len(stations) * hour.working_ms for hour in hours]
    for station in stations:
        out = ((begin, calendar.ends_at if end is None else end) for begin, end in station.out_of_service)
        for begin, end in union(out):
            for index in range(max(calendar.hour_of(begin), 0), calendar.first_hour_from(end)):
                start_at, end_at = max(begin, hours[index].start_at), min(end, hours[index].end_at)
                summed[index] -= calendar.working_ms(start_at, end_at) if start_at < end_at else 0
    return summed
