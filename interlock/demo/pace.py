"""When each link means to hand each batch on: spread over the hour in which it is due, done before its end."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

from interlock.demo.luck import Luck
from ledger.whereabouts import OpenOrder
from shopfloor.instants import MINUTE_MS, Instant
from shopfloor.orders import HourTarget
from shopfloor.site import Line

DONE_BEFORE_MIN = (1, 10)
"""People aim to be done this much before the hour's end."""


class Pace:
    """The targets of all open orders, as the people of each link read them."""

    def __init__(self, line: Line, luck: Luck) -> None:
        self._line = line
        self._luck = luck
        self._dues: dict[str, Instant] = {}
        self._gives: dict[tuple[str, str], list[HourTarget]] = {}
        """By order and link: hours in which anything is due."""
        self._shared: defaultdict[tuple[str, Instant], dict[str, int]] = defaultdict(dict)
        """By link and hour: what each order is due in it."""

    def add(self, order: OpenOrder) -> None:
        """Take in an order's targets, in place of those it had."""
        if order.order in self._dues:
            self.drop(order.order)
        self._dues[order.order] = order.due_at
        for link in order.links:
            hours = [hour for hour in link.hours if hour.give]
            self._gives[order.order, link.link] = hours
            for hour in hours:
                self._shared[link.link, hour.start_at][order.order] = hour.give

    def drop(self, order: str) -> None:
        """Forget an order that is shipped."""
        del self._dues[order]
        for link in self._line.links:
            for hour in self._gives.pop((order, link.id), ()):
                self._shared[link.id, hour.start_at].pop(order, None)
                if not self._shared[link.id, hour.start_at]:
                    del self._shared[link.id, hour.start_at]

    def wanted_at(self, link: str, order: str, cumulative: int) -> Instant:
        """When the link means to have given so much of an order."""
        hours = self._gives.get((order, link)) or []
        hour = next((each for each in hours if each.cumulative >= cumulative), None)
        if hour is None:
            return self._dues.get(order, 0)
        dice = self._luck.of("pace", link, order, cumulative)
        length_ms = hour.end_at - hour.start_at
        if self._line.link(link).kind == "milestone":
            return hour.start_at + int(length_ms * dice.uniform(0.2, 0.8))
        units, total = self._before(link, hour, order)
        units += cumulative - (hour.cumulative - hour.give)
        spare_ms = self._luck.of("spare", link, hour.start_at).randint(*DONE_BEFORE_MIN) * MINUTE_MS
        share = dice.uniform(0.85, 1.0) * units / total
        return hour.start_at + int(max(length_ms - spare_ms, length_ms // 2) * share)

    def owed_by(self, link: str, order: str, at: Instant) -> int:
        """Units of an order that the link's targets asked for by an instant."""
        hours = self._gives.get((order, link), [])
        ended = bisect_right(hours, at, key=_end)
        return hours[ended - 1].cumulative if ended else 0

    def _before(self, link: str, hour: HourTarget, order: str) -> tuple[int, int]:
        """What is due in an hour for orders that come first, and altogether."""
        shared = self._shared[link, hour.start_at]
        mine = self._dues[order], order
        return sum(give for other, give in shared.items() if (self._dues[other], other) < mine), sum(
            shared.values()
        )


def _end(hour: HourTarget) -> Instant:
    return hour.end_at
