"""What a link can still work off, hour by hour: exact, in whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from math import lcm

from shopfloor.calendar import Calendar
from shopfloor.instants import HOUR_MS


class LinkCapacity:
    """Station time left in each hour of a link's calendar.

    It is counted in fractions of a station-millisecond so fine that a unit of every product costs a whole
    number of them; so nothing is ever rounded but the units of an hour, down.
    """

    def __init__(
        self, calendar: Calendar, stations: int, per_hour: Mapping[str, Fraction], first: int
    ) -> None:
        """`per_hour`: units of each product that one station makes in an hour; `first`: the first usable hour."""
        scale = lcm(*(rate.numerator for rate in per_hour.values()))
        self.first = first
        self.left = [stations * hour.working_ms * scale for hour in calendar.hours]
        self.unit_cost = {
            product: HOUR_MS * rate.denominator * (scale // rate.numerator)
            for product, rate in per_hour.items()
        }
        self._below: defaultdict[int, dict[int, int]] = defaultdict(dict)
        """Per unit cost: from an hour without room to an earlier one; true for good, as room only shrinks."""

    def room_by(self, hour: int, unit_cost: int) -> int:
        """The last hour up to and with `hour` in which a unit fits; below `first` if there is none."""
        left, first, below = self.left, self.first, self._below[unit_cost]
        full = []
        while hour >= first and left[hour] < unit_cost:
            full.append(hour)
            hour = below.get(hour, hour - 1)
        for each in full:
            below[each] = hour
        return hour

    def take(self, hour: int, product: str, units: int) -> None:
        """Take units out of an hour; no more than there is, should the link have become smaller since."""
        self.left[hour] = max(0, self.left[hour] - units * self.unit_cost[product])
