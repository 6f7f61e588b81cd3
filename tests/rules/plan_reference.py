"""The rules of backward subdivision, read slowly: time in ticks of five minutes, everything looked up by search.

It shares nothing with what it checks but the frozen values. Every time in it has to be a whole tick.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from shopfloor.instants import Duration, Instant, instant_of, moment_of
from shopfloor.orders import Load, Order
from shopfloor.site import Line, Link, Site

TICK_MS = 300_000
HOUR_TICKS = 12

Row = tuple[Instant, Instant, str, int, int, int, Instant]


@dataclass
class Slot:
    """An hour as a span of ticks."""

    begin: int
    end: int
    shift: str
    working: int


@dataclass
class Outcome:
    """What became of an order: rows as in HourTarget, or what is short."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    makes: dict[str, dict[int, int]] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)


class SlowFloor:
    """A site between two dates, tick by tick."""

    def __init__(self, site: Site, from_on: date, days: int, now: Instant) -> None:
        self.site, self.now = site, now
        self.base = instant_of(datetime.combine(from_on, time(), site.zone))
        ticks = days * 24 * HOUR_TICKS
        self.walls = [
            moment_of(self.base + tick * TICK_MS, site.zone).replace(tzinfo=None) for tick in range(ticks + 1)
        ]
        self._shifts: dict[tuple[str, ...], tuple[list[bool], list[Slot]]] = {}
        self.left: dict[tuple[str, str], list[Fraction]] = {}

    def tick(self, at: Instant) -> int:
        assert (at - self.base) % TICK_MS == 0
        return (at - self.base) // TICK_MS

    def instant(self, tick: int) -> Instant:
        return self.base + tick * TICK_MS

    def working(self, link: Link) -> list[bool]:
        return self._of(link.shifts)[0]

    def slots(self, link: Link) -> list[Slot]:
        return self._of(link.shifts)[1]

    def first(self, link: Link) -> int:
        """The first slot that starts at or after now."""
        return sum(self.instant(slot.begin) < self.now for slot in self.slots(link))

    def back(self, link: Link, tick: int, lag: Duration) -> int:
        if lag.calendar_days:
            days = timedelta(days=lag.calendar_days)
            there = [
                next(i for i, wall in enumerate(self.walls) if wall >= later - days)
                for later in self.walls[tick : tick + 2 * HOUR_TICKS]
            ]
            return min(there)
        working, owed = self.working(link), lag.working_ms // TICK_MS
        while tick > 0 and (owed > 0 or not working[tick - 1]):
            tick -= 1
            owed -= working[tick]
        return tick

    def last_slot_ending_by(self, link: Link, tick: int) -> int:
        return sum(slot.end <= tick for slot in self.slots(link)) - 1

    def seconds(self, line: Line, link: Link) -> list[Fraction]:
        """Station seconds left in each slot."""
        stations = len(self.site.stations_of(line.id, link.id))
        fresh = [Fraction(stations * slot.working * TICK_MS, 1000) for slot in self.slots(link)]
        return self.left.setdefault((line.id, link.id), fresh)

    def unit_seconds(self, product: str, link: Link) -> Fraction:
        rate = self.site.per_hour(product, link)
        assert rate is not None
        return 3600 / rate

    def load(self, load: Load) -> None:
        line = self.site.lines[load.line]
        link = line.link(load.link)
        (slot,) = [i for i, s in enumerate(self.slots(link)) if self.instant(s.begin) == load.start_at]
        self.seconds(line, link)[slot] -= load.make * self.unit_seconds(load.product, link)

    def plan(self, orders: Sequence[Order]) -> dict[str, Outcome]:
        outcomes = {}
        for order in sorted(orders, key=lambda o: (-o.due_at, o.priority, o.order)):
            outcome = outcomes[order.order] = self.subdivide(order)
            line = self.site.lines[order.line]
            for link_id, makes in outcome.makes.items() if not outcome.short else ():
                link = line.link(link_id)
                for slot, make in makes.items() if link.kind == "work" else ():
                    self.seconds(line, link)[slot] -= make * self.unit_seconds(order.product, link)
        return outcomes

    def subdivide(self, order: Order) -> Outcome:
        line, outcome = self.site.lines[order.line], Outcome()
        waiting = list(line.links)
        while waiting:
            link = next(x for x in waiting if not any(x.id in other.after for other in waiting))
            waiting.remove(link)
            if all(after.id in outcome.makes for after in line.next_links(link.id)):
                self._divide(order, line, link, outcome)
        return outcome

    def needs(
        self, order: Order, line: Line, link: Link, makes: dict[str, dict[int, int]]
    ) -> list[tuple[int, int]]:
        """(latest, cumulative) for all that the next links start."""
        if link is line.last:
            return [(self.tick(order.due_at), order.quantity)]
        needs = []
        for after in line.next_links(link.id):
            total = 0
            for slot, make in sorted(makes[after.id].items()):
                milestone = after.kind == "milestone"
                total += order.quantity if milestone else make
                tick = self.slots(after)[slot].end if milestone else self.slots(after)[slot].begin
                if after.lead != Duration():
                    tick = self.back(after, tick, after.lead)
                needs.append((self.back(link, tick, link.transfer), total))
        return needs

    def required(self, order: Order, line: Line, link: Link, makes: dict[str, dict[int, int]]) -> list[int]:
        """What is due by the end of each slot, in whole batches; one more in front for all before the first."""
        required = [0] * (len(self.slots(link)) + 1)
        batch = self.site.products[order.product].batch
        lag = line.ship_buffer if link is line.last else link.buffer
        for latest, quantity in self.needs(order, line, link, makes):
            due = self.last_slot_ending_by(link, self.back(link, latest, lag))
            batches = 0
            while batches < min(quantity, order.quantity):
                batches = min(batches + batch, order.quantity)
            for slot in range(due, len(self.slots(link))):
                required[slot + 1] = max(required[slot + 1], batches)
        return required

    def _divide(self, order: Order, line: Line, link: Link, outcome: Outcome) -> None:
        required = self.required(order, line, link, outcome.makes)
        needs = self.needs(order, line, link, outcome.makes)
        first, total = self.first(link), order.quantity
        if link.kind == "milestone":
            slot = next((i - 1 for i, units in enumerate(required) if units), -1)
            fits = slot >= first
            if fits and link.lead != Duration():
                begins = self.back(link, self.slots(link)[slot].end, link.lead)
                fits = self.instant(begins) >= self.now
            if not fits:
                outcome.short[link.id] = total
                return
            outcome.makes[link.id] = {slot: 0}
            outcome.rows[link.id] = [self._row(link, slot, 0, total, total, min(needs)[0])]
            return
        cost, left = self.unit_seconds(order.product, link), self.seconds(line, link)
        curve = total
        makes: dict[int, int] = {}
        made_by: dict[int, int] = {}
        for slot in reversed(range(first, len(left))):
            before = max(required[slot], curve - int(left[slot] // cost))
            if before < curve:
                makes[slot], made_by[slot] = curve - max(before, 0), curve
            curve = max(before, 0)
        if curve:
            outcome.short[link.id] = curve
            return
        outcome.makes[link.id] = makes
        batch, given = self.site.products[order.product].batch, 0
        rows = outcome.rows[link.id] = []
        for slot in sorted(makes):
            cumulative = total if made_by[slot] == total else made_by[slot] // batch * batch
            latest = min(latest for latest, quantity in needs if quantity >= cumulative)
            rows.append(self._row(link, slot, makes[slot], cumulative - given, cumulative, latest))
            given = cumulative

    def _row(self, link: Link, slot: int, make: int, give: int, cumulative: int, latest: int) -> Row:
        at = self.slots(link)[slot]
        return (
            self.instant(at.begin), self.instant(at.end), at.shift, make, give, cumulative, self.instant(latest)
        )  # fmt: skip

    def _of(self, shift_ids: tuple[str, ...]) -> tuple[list[bool], list[Slot]]:
        if shift_ids not in self._shifts:
            named = [self._shift(wall, shift_ids) for wall in self.walls]
            slots: list[Slot] = []
            for tick, (shift, works) in enumerate(named):
                if not shift:
                    continue
                if not slots or slots[-1].shift != shift or tick - slots[-1].begin == HOUR_TICKS:
                    slots.append(Slot(tick, tick, shift, 0))
                slots[-1].end = tick + 1
                slots[-1].working += works
            self._shifts[shift_ids] = (
                [works for _, works in named],
                [slot for slot in slots if slot.working],
            )
        return self._shifts[shift_ids]

    def _shift(self, wall: datetime, shift_ids: tuple[str, ...]) -> tuple[str, bool]:
        """The dated shift at a wall time, and whether it works then; breaks lie within one day."""
        for pattern in (self.site.shifts[shift_id] for shift_id in shift_ids):
            on = wall.date()
            if pattern.start < pattern.end:
                inside = pattern.start <= wall.time() < pattern.end
            else:
                inside = wall.time() >= pattern.start or wall.time() < pattern.end
                on -= timedelta(days=wall.time() < pattern.end)
            if inside and on.weekday() in pattern.days and on not in self.site.holidays:
                return f"{on}/{pattern.id}", not any(a <= wall.time() < b for a, b in pattern.breaks)
        return "", False
