"""One order divided backward over a line, against the capacity that is left.

The curve C of a link is what it must have made by the end of each hour. It ends with the whole quantity in
the hour of the last need, and C before an hour is the larger of what is due by then, in whole batches,
and what the hour cannot hold: as late as possible, within capacity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import NamedTuple

from shopfloor.calendar import Calendar
from shopfloor.capacity import LinkCapacity
from shopfloor.instants import NO_TIME, Instant
from shopfloor.orders import HourTarget, LinkTargets, Shortage
from shopfloor.site import Line, Link


class Need(NamedTuple):
    """A cumulative quantity that the next links need of a link."""

    latest_at: Instant
    hour: int
    """The link's hour it belongs to: the last that ends a buffer before the latest; -1 if none is known."""
    quantity: int


class Work(NamedTuple):
    """What a link makes in some of its hours, in time order, and has made by the end of each."""

    hours: list[int]
    makes: list[int]
    cumulative: list[int]
    needs: Sequence[Need]


@dataclass(frozen=True, eq=False, slots=True)
class ChainLink:
    """A link with its calendar and what is left of its capacity."""

    link: Link
    calendar: Calendar
    first: int
    """The first hour that starts at or after now."""
    capacity: LinkCapacity | None
    """None for a milestone."""


class Handover:
    """When a link must have given what an hour of its next link begins with."""

    def __init__(self, giver: ChainLink, taker: ChainLink) -> None:
        self.taker = taker.link.id
        self._giver, self._taker = giver, taker
        self._known: dict[int, tuple[Instant, int]] = {}

    def needed(self, hour: int) -> tuple[Instant, int]:
        """The latest for an hour of the next link, and the giver's hour that it is due in."""
        known = self._known.get(hour)
        if known is None:
            giver, calendar = self._giver.link, self._giver.calendar
            latest_at = calendar.back(_lead_begins_at(self._taker, hour), giver.transfer)
            due_at = calendar.back(latest_at, giver.buffer)
            known = self._known[hour] = latest_at, calendar.last_hour_ending_by(due_at)
        return known


class Chain:
    """A line from its last link to its first, each link with the handovers to its next links."""

    def __init__(self, line: Line, links: Mapping[str, ChainLink], now: Instant) -> None:
        self.line = line
        self.now = now
        self.links = links
        self.last = links[line.last.id]
        self.backward = [
            (
                links[link_id],
                [Handover(links[link_id], links[after.id]) for after in line.next_links(link_id)],
            )
            for link_id in reversed(_forward(line))
        ]

    def last_hour(self, due_at: Instant) -> int:
        """The last link's hour that an order's whole quantity is due in."""
        calendar = self.last.calendar
        return calendar.last_hour_ending_by(calendar.back(due_at, self.line.ship_buffer))


@dataclass(frozen=True, eq=False, slots=True)
class Subdivision:
    """One order's work on every link; with any shortage it is not feasible and not complete."""

    product: str
    quantity: int
    batch: int
    works: dict[str, Work]
    short: list[Shortage]

    def whole_batches_for(self, units: int) -> int:
        """The units of as many batches as it takes; the order's last batch may be smaller."""
        return min(-(-units // self.batch) * self.batch, self.quantity)


def subdivide(
    chain: Chain, *, product: str, batch: int, quantity: int, due_at: Instant, last_hour: int
) -> Subdivision:
    """Divide a quantity backward from the last link's hour; takes no capacity.

    Links before one that is short are not looked at: what they owe would be a guess.
    """
    done = Subdivision(product, quantity, batch, {}, [])
    for chain_link, handovers in chain.backward:
        works = [
            (handover, done.works[handover.taker]) for handover in handovers if handover.taker in done.works
        ]
        if len(works) < len(handovers):
            continue
        needs = _needs(works) if works else [Need(due_at, last_hour, quantity)]
        if chain_link.capacity is None:
            work = _milestone(chain_link, needs, done, chain.now)
        else:
            work = _work(chain_link.capacity, needs, done)
        if isinstance(work, int):
            done.short.append(Shortage(chain_link.link.id, work))
        else:
            done.works[chain_link.link.id] = work
    done.short.reverse()
    return done


def take(chain: Chain, done: Subdivision) -> None:
    """Take a feasible order's work out of the capacity that is left."""
    for link_id, work in done.works.items():
        capacity = chain.links[link_id].capacity
        if capacity is not None:
            for hour, make in zip(work.hours, work.makes, strict=True):
                capacity.take(hour, done.product, make)


def targets(chain: Chain, done: Subdivision) -> tuple[LinkTargets, ...]:
    """A feasible order's hours with a make or a give, from the first link to the last."""
    return tuple(
        LinkTargets(link_id, tuple(_rows(chain.links[link_id].calendar, work, done)))
        for link_id, work in reversed(done.works.items())
    )


def _lead_begins_at(taker: ChainLink, hour: int) -> Instant:
    """When everything must have come for a link's hour: its lead before the start; a milestone's end."""
    calendar, lead = taker.calendar, taker.link.lead
    at = calendar.ends[hour] if taker.capacity is None else calendar.starts[hour]
    return at if lead == NO_TIME else calendar.back(at, lead)


def _needs(works: Sequence[tuple[Handover, Work]]) -> list[Need]:
    """What the next links need, each need earlier than and less than the one after it."""
    needs = [
        Need(*handover.needed(hour), quantity)
        for handover, work in works
        for hour, quantity in zip(work.hours, work.cumulative, strict=True)
    ]
    if len(works) == 1:
        return needs
    highest: list[Need] = []
    for need in sorted(needs):
        if not highest or need.quantity > highest[-1].quantity:
            highest.append(need)
    return highest


def _milestone(chain_link: ChainLink, needs: list[Need], done: Subdivision, now: Instant) -> Work | int:
    """The whole quantity by the first need, in one hour that the lead still fits before; or it is short."""
    hour = needs[0].hour
    if hour < chain_link.first or _lead_begins_at(chain_link, hour) < now:
        return done.quantity
    return Work([hour], [0], [done.quantity], [Need(needs[0].latest_at, hour, done.quantity)])


def _work(capacity: LinkCapacity, needs: list[Need], done: Subdivision) -> Work | int:
    """A link's hours from the last need back; or the units that would have had to be made before now."""
    unit_cost = capacity.unit_cost[done.product]
    hours, makes, cumulative = [], [], []
    left, hour, earlier = done.quantity, needs[-1].hour, len(needs) - 2
    while left:
        hour = capacity.room_by(hour, unit_cost)
        if hour < capacity.first:
            return left
        while earlier >= 0 and needs[earlier].hour >= hour:
            earlier -= 1
        owed_before = done.whole_batches_for(needs[earlier].quantity) if earlier >= 0 else 0
        make = min(left - owed_before, capacity.left[hour] // unit_cost)
        if make:
            hours.append(hour)
            makes.append(make)
            cumulative.append(left)
            left -= make
        hour = needs[earlier].hour if left == owed_before else hour - 1
    hours.reverse()
    makes.reverse()
    cumulative.reverse()
    return Work(hours, makes, cumulative, needs)


def _rows(calendar: Calendar, work: Work, done: Subdivision) -> Iterator[HourTarget]:
    given = need = 0
    for hour, make, made in zip(work.hours, work.makes, work.cumulative, strict=True):
        cumulative = made if made == done.quantity else made - made % done.batch
        while work.needs[need].quantity < cumulative:
            need += 1
        slot, latest_at = calendar.hours[hour], work.needs[need].latest_at
        yield HourTarget(
            slot.start_at, slot.end_at, slot.shift, make, cumulative - given, cumulative, latest_at
        )
        given = cumulative


def _forward(line: Line) -> list[str]:
    """The links' ids, previous before next; the same however the line is written down."""
    sorter = TopologicalSorter({link.id: link.after for link in line.links})
    sorter.prepare()
    forward: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        forward += ready
        sorter.done(*ready)
    return forward
