"""The rules of backward subdivision, read slowly: a calendar in ticks of five minutes, everything by search.

It shares nothing with what it checks but the frozen values. Shifts, breaks and outages lie on whole ticks; dues,
`now` and lags may be anything. It knows nothing before its first date, which has to lie a day before `now`.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from zoneinfo import ZoneInfo

from shopfloor.instants import Duration, Instant, instant_of, moment_of
from shopfloor.orders import Load, Order
from shopfloor.site import Line, Link, ShiftPattern, Site, Station

TICK_MS = 300_000
HOUR_TICKS = 12
DAY_TICKS = 24 * HOUR_TICKS

Row = tuple[Instant, Instant, str, int, int, int, Instant]
NOTHING: Mapping[str, int] = {}


@dataclass
class Slot:
    """An hour of a shift, with the ticks in it that work."""

    start_at: Instant
    end_at: Instant
    shift: str
    working: list[Instant]


@dataclass
class Outcome:
    """What became of an order: rows as in HourTarget, or what is short."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    makes: dict[str, dict[int, int]] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)


@lru_cache(maxsize=64)
def walls_of(zone: ZoneInfo, base: Instant, ticks: int) -> list[datetime]:
    """What the clock on the wall shows at the start of each tick."""
    return [moment_of(base + tick * TICK_MS, zone).replace(tzinfo=None) for tick in range(ticks)]


@lru_cache(maxsize=10_000)
def tick_of(zone: ZoneInfo, base: Instant, ticks: int, wall: datetime) -> int:
    """The first tick at which the wall shows a time or, where the clock skips it, a later one."""
    walls = walls_of(zone, base, ticks)
    return next((tick for tick, shows in enumerate(walls) if shows >= wall), ticks)


class SlowFloor:
    """A site for some days from a date on, tick by tick."""

    def __init__(self, site: Site, from_on: date, days: int, now: Instant) -> None:
        self.site, self.now, self.from_on, self.days = site, now, from_on, days
        self.base = instant_of(datetime.combine(from_on, time(), site.zone))
        self.walls = walls_of(site.zone, self.base, days * DAY_TICKS)
        self.end_at = self.base + days * DAY_TICKS * TICK_MS
        self._shifts: dict[tuple[str, ...], tuple[list[bool], list[Slot]]] = {}
        self._backs: dict[tuple[tuple[str, ...], Instant, Duration], Instant] = {}
        self.left: dict[tuple[str, str], list[Fraction]] = {}

    def instant(self, tick: int) -> Instant:
        return self.base + tick * TICK_MS

    def working(self, link: Link) -> list[bool]:
        return self._of(link.shifts)[0]

    def slots(self, link: Link) -> list[Slot]:
        return self._of(link.shifts)[1]

    def first(self, link: Link) -> int:
        """The first slot that starts at or after now (rule 9)."""
        return sum(slot.start_at < self.now for slot in self.slots(link))

    def back(self, link: Link, at: Instant, lag: Duration) -> Instant:
        """A lag counted back in a link's working time, or in calendar days (rule 3)."""
        key = link.shifts, at, lag
        if key not in self._backs:
            days = lag.calendar_days
            self._backs[key] = self._days_back(at, days) if days else self._work_back(link, at, lag)
        return self._backs[key]

    def last_slot_ending_by(self, link: Link, at: Instant) -> int:
        return bisect_right(self.slots(link), at, key=attrgetter("end_at")) - 1

    def seconds(self, line: Line, link: Link) -> list[Fraction]:
        """Station seconds left in each slot (rule 5)."""
        if (line.id, link.id) not in self.left:
            stations = self.site.stations_of(line.id, link.id)
            self.left[line.id, link.id] = [
                Fraction(TICK_MS, 1000)
                * sum(in_service(each, at) for each in stations for at in slot.working)
                for slot in self.slots(link)
            ]
        return self.left[line.id, link.id]

    def unit_seconds(self, product: str, link: Link) -> Fraction:
        rate = self.site.per_hour(product, link)
        assert rate is not None
        return 3600 / rate

    def load(self, load: Load) -> None:
        line = self.site.lines[load.line]
        link = line.link(load.link)
        (slot,) = [i for i, slot in enumerate(self.slots(link)) if slot.start_at == load.start_at]
        self.seconds(line, link)[slot] -= load.make * self.unit_seconds(load.product, link)

    def plan(
        self, orders: Sequence[Order], done: Mapping[str, Mapping[str, int]] | None = None
    ) -> dict[str, Outcome]:
        """All orders in the order of rule 8; `done`: per order and link the units given already."""
        outcomes = {}
        for order in sorted(orders, key=lambda o: (-o.due_at, o.priority, o.order)):
            outcomes[order.order] = self.subdivide(order, (done or {}).get(order.order, NOTHING))
            self.take(order, outcomes[order.order])
        return outcomes

    def take(self, order: Order, outcome: Outcome) -> None:
        line = self.site.lines[order.line]
        for link_id, makes in outcome.makes.items() if not outcome.short else ():
            link = line.link(link_id)
            for slot, make in makes.items() if link.kind == "work" else ():
                self.seconds(line, link)[slot] -= make * self.unit_seconds(order.product, link)

    def subdivide(self, order: Order, given: Mapping[str, int] = NOTHING) -> Outcome:
        line, outcome = self.site.lines[order.line], Outcome()
        waiting = list(line.links)
        while waiting:
            link = next(x for x in waiting if not any(x.id in other.after for other in waiting))
            waiting.remove(link)
            if all(after.id in outcome.makes for after in line.next_links(link.id)):
                self._divide(order, line, link, outcome, given)
        return outcome

    def needs(
        self, order: Order, line: Line, link: Link, makes: Mapping[str, Mapping[int, int]],
        given: Mapping[str, int] = NOTHING,
    ) -> list[tuple[Instant, int]]:  # fmt: skip
        """(latest, cumulative) for all that the next links start, less what was given already."""
        if link is line.last:
            needs = [(order.due_at, order.quantity)]
        else:
            needs = []
            for after in line.next_links(link.id):
                total = given.get(after.id, 0)
                for slot, make in sorted(makes[after.id].items()):
                    hour, milestone = self.slots(after)[slot], after.kind == "milestone"
                    total = order.quantity if milestone else total + make
                    at = hour.end_at if milestone else hour.start_at
                    if after.lead != Duration():
                        at = self.back(after, at, after.lead)
                    needs.append((self.back(link, at, link.transfer), total))
        return [(latest, quantity) for latest, quantity in needs if quantity > given.get(link.id, 0)]

    def required(
        self, order: Order, line: Line, link: Link, makes: Mapping[str, Mapping[int, int]],
        given: Mapping[str, int] = NOTHING,
    ) -> list[int]:  # fmt: skip
        """What is due by the end of each slot, in whole batches; one more in front for all before the first.

        Batches are counted on from what was given: what is handed on from now on are whole ones.
        """
        required = [given.get(link.id, 0)] * (len(self.slots(link)) + 1)
        batch = self.site.products[order.product].batch
        lag = line.ship_buffer if link is line.last else link.buffer
        for latest, quantity in self.needs(order, line, link, makes, given):
            due = self.last_slot_ending_by(link, self.back(link, latest, lag))
            batches = given.get(link.id, 0)
            while batches < min(quantity, order.quantity):
                batches = min(batches + batch, order.quantity)
            for slot in range(due, len(self.slots(link))):
                required[slot + 1] = max(required[slot + 1], batches)
        return required

    def _divide(
        self, order: Order, line: Line, link: Link, outcome: Outcome, given: Mapping[str, int]
    ) -> None:
        required = self.required(order, line, link, outcome.makes, given)
        needs = self.needs(order, line, link, outcome.makes, given)
        first, total, before = self.first(link), order.quantity, given.get(link.id, 0)
        if before == total:
            outcome.makes[link.id], outcome.rows[link.id] = {}, []
            return
        if link.kind == "milestone":
            slot = next(i - 1 for i, units in enumerate(required) if units > before)
            fits = slot >= first
            if fits and link.lead != Duration():
                fits = self.back(link, self.slots(link)[slot].end_at, link.lead) >= self.now
            if not fits:
                outcome.short[link.id] = total - before
                return
            outcome.makes[link.id] = {slot: 0}
            outcome.rows[link.id] = [self._row(link, slot, 0, total - before, total, min(needs)[0])]
            return
        cost, left = self.unit_seconds(order.product, link), self.seconds(line, link)
        curve = total
        makes: dict[int, int] = {}
        made_by: dict[int, int] = {}
        for slot in reversed(range(first, len(left))):
            # A slot may have less than nothing left when what was released no longer fits.
            by_start = max(required[slot], curve - max(0, int(left[slot] // cost)))
            if by_start < curve:
                makes[slot], made_by[slot] = curve - by_start, curve
            curve = by_start
        if curve > before:
            outcome.short[link.id] = curve - before
            return
        outcome.makes[link.id] = makes
        batch, so_far = self.site.products[order.product].batch, before
        rows = outcome.rows[link.id] = []
        for slot in sorted(makes):
            cumulative = before + (made_by[slot] - before) // batch * batch
            if made_by[slot] == total:
                cumulative = total
            latest = min(latest for latest, quantity in needs if quantity >= cumulative)
            rows.append(self._row(link, slot, makes[slot], cumulative - so_far, cumulative, latest))
            so_far = cumulative

    def _row(self, link: Link, slot: int, make: int, give: int, cumulative: int, latest: Instant) -> Row:
        at = self.slots(link)[slot]
        return at.start_at, at.end_at, at.shift, make, give, cumulative, latest

    def _work_back(self, link: Link, at: Instant, lag: Duration) -> Instant:
        """Of instants of the same working time the earliest, so the walk goes on through what does not work."""
        works, owed = self.working(link), lag.working_ms
        while at > self.base:
            tick = (at - self.base - 1) // TICK_MS
            if not works[tick]:
                at = self.instant(tick)
            elif owed:
                step = min(owed, at - self.instant(tick))
                at, owed = at - step, owed - step
            else:
                break
        return at

    def _days_back(self, at: Instant, days: int) -> Instant:
        """The first instant at which the wall shows that many days less; no later instant may give an earlier."""
        tick = (at - self.base) // TICK_MS
        now = self.walls[tick] + timedelta(milliseconds=(at - self.base) % TICK_MS)
        put_back = [wall for wall in self.walls[tick + 1 : tick + 1 + 2 * HOUR_TICKS] if wall < now]
        search_from = max(0, tick - days * DAY_TICKS - 3 * HOUR_TICKS)
        return min(self._shown_at(wall - timedelta(days=days), search_from) for wall in [now, *put_back])

    def _shown_at(self, wall: datetime, search_from: int) -> Instant:
        """The first instant at which the wall shows a time or, where the clock skips it, a later one."""
        length = timedelta(milliseconds=TICK_MS)
        ticks = range(search_from, len(self.walls))
        tick = next(each for each in ticks if self.walls[each] + length > wall)
        return self.instant(tick) + max(0, (wall - self.walls[tick]) // timedelta(milliseconds=1))

    def _of(self, shift_ids: tuple[str, ...]) -> tuple[list[bool], list[Slot]]:
        if shift_ids not in self._shifts:
            works, slots = [False] * len(self.walls), []
            dates = [self.from_on + timedelta(days=day) for day in range(self.days)]
            dated = [(on, self.site.shifts[x]) for on in dates for x in shift_ids if self._exists(x, on)]
            spans = sorted((*self._span(on, pattern), on, pattern.id) for on, pattern in dated)
            for begin, end, _, _ in spans:
                works[begin:end] = [True] * (end - begin)
            for on, pattern in dated:
                for begin, end in self._breaks(on, pattern):
                    works[begin:end] = [False] * (end - begin)
            for begin, end, on, pattern_id in spans:
                for tick in range(begin, end, HOUR_TICKS):
                    stop = min(tick + HOUR_TICKS, end)
                    working = [self.instant(each) for each in range(tick, stop) if works[each]]
                    slots.append(Slot(self.instant(tick), self.instant(stop), f"{on}/{pattern_id}", working))
            self._shifts[shift_ids] = works, [slot for slot in slots if slot.working]
        return self._shifts[shift_ids]

    def _exists(self, shift_id: str, on: date) -> bool:
        pattern = self.site.shifts[shift_id]
        usual = on.weekday() in pattern.days and on not in self.site.holidays
        return usual or on in pattern.overtime

    def _span(self, on: date, pattern: ShiftPattern) -> tuple[int, int]:
        ends_on = on if pattern.start < pattern.end else on + timedelta(days=1)
        return self._tick(on, pattern.start), self._tick(ends_on, pattern.end)

    def _breaks(self, on: date, pattern: ShiftPattern) -> list[tuple[int, int]]:
        """A break begins at its wall time and lasts its nominal length, whatever the clocks do in it."""
        breaks = []
        for a, b in pattern.breaks:
            begin = self._tick(on + timedelta(days=a < pattern.start), a)
            length = (b.hour * 60 + b.minute - a.hour * 60 - a.minute) % (24 * 60) // 5
            breaks.append((begin, min(begin + length, self._span(on, pattern)[1])))
        return breaks

    def _tick(self, on: date, at: time) -> int:
        return tick_of(self.site.zone, self.base, len(self.walls), datetime.combine(on, at))


def in_service(station: Station, at: Instant) -> bool:
    """Whether a station makes anything in the tick that begins at an instant."""
    return not any(a <= at and (b is None or at < b) for a, b in station.out_of_service)
