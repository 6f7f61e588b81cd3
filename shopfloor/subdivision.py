"""One order divided backward over a line, against the capacity that is left.

The curve C of a link is what it must have made by the end of each hour. It ends with the whole quantity in
the hour of the last need, and C before an hour is the larger of what is due by then, in whole batches,
and what the hour cannot hold: as late as possible, within capacity. Where a link has given some already,
the curve begins there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shopfloor.calendar import Calendar
from shopfloor.capacity import LinkCapacity
from shopfloor.chain import Chain, Due, Stage
from shopfloor.instants import Instant
from shopfloor.orders import HourTarget, LinkTargets, Shortage


@dataclass(frozen=True, slots=True)
class Task:
    """What is divided: a quantity in whole batches, less what each link has given of it already."""

    product: str
    quantity: int
    batch: int
    due_at: Instant
    given: Mapping[str, int] = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)
    """What links have made already, where that is more than they have given: part of a batch."""
    arriving: Mapping[str, Instant] = field(default_factory=dict)
    """When a milestone that is under way already is due: its lead has begun, and need not fit once more."""

    def given_by(self, link_id: str) -> int:
        return self.given.get(link_id, 0) if self.given else 0

    def made_by(self, link_id: str) -> int:
        return max(self.given_by(link_id), self.made.get(link_id, 0)) if self.made else self.given_by(link_id)


class Needs(NamedTuple):
    """What the next links need of a link: each cumulative quantity later and more than the one before it."""

    due_by: Sequence[Due]
    quantities: Sequence[int]


class Work(NamedTuple):
    """What a link makes in some of its hours, in time order, and has made by the end of each."""

    hours: list[int]
    makes: list[int]
    cumulative: list[int]
    """With what it had given before."""
    needs: Needs


_NOTHING = Work([], [], [], Needs([], []))


@dataclass(frozen=True, eq=False, slots=True)
class Subdivision:
    """One order's work on every link; with any shortage it is not feasible and not complete."""

    task: Task
    works: dict[str, Work]
    short: list[Shortage]


def subdivide(
    chain: Chain, capacities: Mapping[str, LinkCapacity], task: Task, *, last_hour: int, now: Instant
) -> Subdivision:
    """Divide a quantity backward from the last link's hour; takes no capacity.

    Links before one that is short are not looked at: what they owe would be a guess.
    """
    done = Subdivision(task, {}, [])
    for stage in chain.backward:
        link_id = stage.link.id
        needs = _needs(stage, done.works, task, last_hour)
        if needs is None:
            continue
        given = task.given_by(link_id)
        if given:
            needs = _unmet(needs, given)
        work: Work | Shortage
        if not needs.quantities:
            work = _NOTHING
        elif link_id in capacities:
            work = _work(stage, capacities[link_id], needs, task, given)
        else:
            work = _milestone(stage, needs, task, given, now)
        if isinstance(work, Shortage):
            done.short.append(work)
        else:
            done.works[link_id] = work
    done.short.reverse()
    return done


def take(capacities: Mapping[str, LinkCapacity], done: Subdivision) -> None:
    """Take a feasible order's work out of the capacity that is left."""
    for link_id, work in done.works.items():
        if work.hours and link_id in capacities:
            capacity = capacities[link_id]
            left, cost = capacity.left, capacity.cost_of(done.task.product)
            for hour, make in zip(work.hours, work.makes, strict=True):
                left[hour] -= make * cost


def targets(chain: Chain, done: Subdivision) -> tuple[LinkTargets, ...]:
    """A feasible order's hours with a make or a give, from the first link to the last."""
    return tuple(
        LinkTargets(
            link_id, tuple(_rows(chain.calendars[link_id], work, done.task, done.task.given_by(link_id)))
        )
        for link_id, work in reversed(done.works.items())
    )


def _needs(stage: Stage, works: Mapping[str, Work], task: Task, last_hour: int) -> Needs | None:
    """What the next links need, the order's due of the last one; None when a next link is short."""
    if not stage.handovers:
        return Needs([(task.due_at, last_hour)], [task.quantity])
    if any(handover.taker not in works for handover in stage.handovers):
        return None
    if len(stage.handovers) == 1:
        ((taker, due_by),) = stage.handovers
        return Needs([due_by[hour] for hour in works[taker].hours], works[taker].cumulative)
    needs = sorted(
        (due_by[hour], quantity)
        for taker, due_by in stage.handovers
        for hour, quantity in zip(works[taker].hours, works[taker].cumulative, strict=True)
    )
    dues: list[Due] = []
    quantities: list[int] = []
    for due, quantity in needs:
        if not quantities or quantity > quantities[-1]:
            dues.append(due)
            quantities.append(quantity)
    return Needs(dues, quantities)


def _unmet(needs: Needs, given: int) -> Needs:
    """Without what is given already."""
    met = bisect_right(needs.quantities, given)
    return Needs(needs.due_by[met:], needs.quantities[met:])


def _milestone(stage: Stage, needs: Needs, task: Task, given: int, now: Instant) -> Work | Shortage:
    """All that is missing by the first need, in one hour that the lead still fits before; or it is short."""
    due = needs.due_by[0]
    hour = due[1]
    if (
        hour < 0
        or stage.calendar.starts[hour] < now
        or (stage.lead_begins_at(hour) < now and not _under_way(stage, task, hour))
    ):
        return Shortage(stage.link.id, task.quantity - given, _end_of(stage, due))
    return Work([hour], [0], [task.quantity], Needs([due], [task.quantity]))


def _under_way(stage: Stage, task: Task, hour: int) -> bool:
    """Whether a milestone has begun early enough to be there by the end of an hour."""
    due_at = task.arriving.get(stage.link.id)
    return due_at is not None and due_at <= stage.calendar.ends[hour]


def _work(stage: Stage, capacity: LinkCapacity, needs: Needs, task: Task, given: int) -> Work | Shortage:
    """A link's hours from the last need back; or the units that would have had to be made before now."""
    unit_cost = capacity.cost_of(task.product)
    hours: list[int] = []
    makes: list[int] = []
    cumulative: list[int] = []
    due_by, quantities = needs
    left, hour, earlier = task.quantity, due_by[-1][1], len(due_by) - 2
    begun = task.made_by(stage.link.id)
    while left > begun:
        hour = capacity.room_by(hour, unit_cost)
        if hour < capacity.first:
            work = Work(hours[::-1], makes[::-1], cumulative[::-1], needs)
            return Shortage(stage.link.id, left - begun, _lacks_by(stage, work, task, given, left))
        while earlier >= 0 and due_by[earlier][1] >= hour:
            earlier -= 1
        owed_before = max(_whole_batches(quantities[earlier], task, given), begun) if earlier >= 0 else begun
        make = min(left - owed_before, capacity.left[hour] // unit_cost)
        if make:
            hours.append(hour)
            makes.append(make)
            cumulative.append(left)
            left -= make
        hour = due_by[earlier][1] if left == owed_before else hour - 1
    hours.reverse()
    makes.reverse()
    cumulative.reverse()
    return Work(hours, makes, cumulative, needs)


def _whole_batches(units: int, task: Task, given: int) -> int:
    """As many batches after those given as it takes; the order's last batch may be smaller."""
    return min(given - (given - units) // task.batch * task.batch, task.quantity)


def _lacks_by(stage: Stage, work: Work, task: Task, given: int, left: int) -> Instant:
    """The end of the first hour by which as much is owed, beyond all that fits until then, as is short.

    Until that hour every hour is filled, so what was found to fit is all that fits.
    """
    made = at = 0
    for due, quantity in zip(*work.needs, strict=True):
        while at < len(work.hours) and work.hours[at] <= due[1]:
            made += work.makes[at]
            at += 1
        if _whole_batches(quantity, task, given) - made == left:
            return _end_of(stage, due)
    raise AssertionError("what is short is owed by some need")


def _end_of(stage: Stage, due: Due) -> Instant:
    """The end of the hour that something is due in; before the first hour that is known, when it is due."""
    latest_at, hour = due
    return stage.calendar.ends[hour] if hour >= 0 else stage.calendar.back(latest_at, stage.buffer)


def _rows(calendar: Calendar, work: Work, task: Task, given: int) -> list[HourTarget]:
    rows: list[HourTarget] = []
    due_by, quantities = work.needs
    first, need, quantity, batch = given, 0, task.quantity, task.batch
    for hour, make, made in zip(work.hours, work.makes, work.cumulative, strict=True):
        cumulative = made if made == quantity else made - (made - first) % batch
        while quantities[need] < cumulative:
            need += 1
        slot = calendar.hours[hour]
        rows.append(
            HourTarget(
                slot.start_at, slot.end_at, slot.shift, make, cumulative - given, cumulative, due_by[need][0]
            )
        )
        given = cumulative
    return rows
