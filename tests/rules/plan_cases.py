"""Random floors: lines with branches and joins, mixed calendars, overtime, outages, orders, what was given."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from shopfloor.instants import MINUTE_MS, NO_TIME, Duration, Instant, instant_of
from shopfloor.orders import Order, OrderPlan
from shopfloor.site import Line, Link, Product, ShiftPattern, Site, Station
from tests.rules.plan_reference import DAY_TICKS, HOUR_TICKS, NOTHING, TICK_MS, Outcome, Row, SlowFloor
from tests.rules.planning_sites import EVERY_DAY, WORKDAYS

DAYS = 14
PATTERNS = [
    ShiftPattern("early", time(6), time(14), EVERY_DAY, ((time(10), time(10, 30)),)),
    ShiftPattern("late", time(14), time(22), WORKDAYS, ((time(17, 45), time(18, 15)),)),
    ShiftPattern("night", time(22), time(6), EVERY_DAY, ((time(0, 15), time(0, 45)), (time(5), time(5, 10)))),
    ShiftPattern("day", time(7, 30), time(16, 15), EVERY_DAY, ((time(12), time(12, 30)),)),
    ShiftPattern("office", time(8), time(17), WORKDAYS, ((time(12), time(13)),)),
    ShiftPattern("long", time(20, 30), time(5), WORKDAYS, ((time(23), time(23, 40)), (time(1, 45), time(2, 15)))),
    ShiftPattern("bakery", time(2), time(10), EVERY_DAY, ((time(6), time(6, 30)),)),
]  # fmt: skip
SHIFTS = [
    ("early", "late"), ("early", "late", "night"), ("night",), ("day",), ("office",), ("early", "night"),
    ("day", "long"), ("bakery", "late"),
]  # fmt: skip
# Each week but the last has a night in which the clocks change: by an hour, in Lord Howe by half of one.
WEEKS = [
    ("Europe/Berlin", date(2026, 3, 25)), ("Europe/Berlin", date(2026, 10, 21)),
    ("America/New_York", date(2026, 3, 4)), ("America/New_York", date(2026, 10, 28)),
    ("Australia/Lord_Howe", date(2026, 4, 1)), ("Australia/Lord_Howe", date(2026, 9, 30)),
    ("Asia/Shanghai", date(2026, 11, 23)),
]  # fmt: skip
LAGS = st.sampled_from(
    [Duration(working_ms=m * MINUTE_MS) for m in (*[0] * 8, 5, 15, 30, 60, 150)] + [Duration(0, 1)]
)
COMINGS = st.sampled_from([Duration(), Duration(working_ms=240 * MINUTE_MS), Duration(0, 1), Duration(0, 3)])
"""How long a milestone takes to come."""
RATES = st.sampled_from([Fraction(rate) for rate in ("1", "2", "6", "7.5", "12", "40", "100/3", "250")])


@dataclass
class Case:
    site: Site
    orders: list[Order]
    now: Instant
    from_on: date
    done: dict[str, dict[str, int]] = field(default_factory=dict)
    """Per order and link the units given already."""

    @property
    def line(self) -> Line:
        return self.site.lines["line"]

    def slow(self) -> SlowFloor:
        return SlowFloor(self.site, self.from_on, DAYS, self.now)


@st.composite
def lines(draw: st.DrawFn, fewest: int = 2, most: int = 6) -> Line:
    """Links that each hand on to one or two later ones; any may be a milestone, several may be the first."""
    count = draw(st.integers(fewest, most))
    after: dict[int, list[str]] = defaultdict(list)
    for link in range(count - 1):
        straight = draw(st.booleans())
        nexts = st.sets(st.integers(link + 1, count - 1), min_size=1, max_size=2)
        for following in [link + 1] if straight else draw(nexts):
            after[following].append(f"link{link}")
    links = []
    for link in range(count):
        milestone = draw(st.integers(0, 8)) == 5
        links.append(
            Link(
                f"link{link}",
                "",
                kind="milestone" if milestone else "work",
                after=tuple(after[link]),
                per_hour=None if milestone else draw(RATES),
                lead=draw(COMINGS if milestone else LAGS),
                transfer=draw(LAGS),
                buffer=draw(LAGS),
                shifts=draw(st.sampled_from(SHIFTS)),
            )
        )
    return Line("line", "", tuple(links), draw(LAGS))


@st.composite
def outages(draw: st.DrawFn, base: Instant) -> tuple[tuple[Instant, Instant | None], ...]:
    """Mostly none; else spans that may overlap, one perhaps without an end."""
    spans = []
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 0, 1, 2]))):
        begin, ticks = draw(st.integers(0, 6 * DAY_TICKS)), draw(st.none() | st.integers(1, 2 * DAY_TICKS))
        begin_at = base + begin * TICK_MS
        spans.append((begin_at, None if ticks is None else begin_at + ticks * TICK_MS))
    return tuple(spans)


@st.composite
def cases(draw: st.DrawFn, links: tuple[int, int] = (2, 6), orders: tuple[int, int] = (1, 4)) -> Case:
    line = draw(lines(*links))
    zone_name, from_on = draw(st.sampled_from(WEEKS))
    zone = ZoneInfo(zone_name)
    base = instant_of(datetime.combine(from_on, time(), zone))
    dates = st.sampled_from([from_on + timedelta(days=day) for day in range(9)])
    holidays = draw(st.frozensets(dates, max_size=2))
    overtime = draw(
        st.dictionaries(
            st.sampled_from([p.id for p in PATTERNS]), st.frozensets(dates, max_size=2), max_size=3
        )
    )
    workers = [link.id for link in line.links if link.kind == "work"]
    stations = [
        Station(f"{link}#{number}", "", "line", link, draw(outages(base)))
        for link in workers
        for number in range(draw(st.integers(1, 2)))
    ]
    products = [Product("plain", "line", "", draw(st.integers(1, 12)))]
    rates = draw(st.dictionaries(st.sampled_from(workers), RATES)) if workers else {}
    products.append(Product("fancy", "line", "", draw(st.integers(1, 12)), rates))
    site = Site(
        id="site",
        name="",
        zone=zone,
        holidays=holidays,
        shifts={p.id: replace(p, overtime=overtime.get(p.id, frozenset())) for p in PATTERNS},
        lines={"line": line},
        products={product.id: product for product in products},
        stations={station.id: station for station in stations},
        devices={},
    )
    hours = st.integers(0, 9).map(HOUR_TICKS.__mul__)
    now = base + (DAY_TICKS + draw(hours | st.integers(0, 112))) * TICK_MS
    quarters = st.integers(-20, 220) | st.integers(100, 220) | st.integers(180, 220)
    made = [
        Order(
            f"A-{number}",
            "line",
            draw(st.sampled_from(["plain", "fancy"])),
            draw(st.integers(1, 60)),
            now + draw(quarters) * 15 * TICK_MS + draw(st.integers(0, 14)) * TICK_MS,
            priority=draw(st.integers(1, 3)),
        )
        for number in range(draw(st.integers(*orders)))
    ]
    together = draw(st.booleans())  # some are due at the same instant: then their priority decides
    made = [replace(o, due_at=made[0].due_at) if together and n % 2 else o for n, o in enumerate(made)]
    return Case(site, made, now, from_on)


@st.composite
def begun_cases(draw: st.DrawFn, links: tuple[int, int] = (2, 5), orders: tuple[int, int] = (1, 3)) -> Case:
    """Orders of which links have given a part: none more than all before it, a milestone all or nothing."""
    case = draw(cases(links, orders))
    for order in case.orders:
        given: dict[str, int] = {}
        for link in case.line.links:  # made with previous links first
            most = min([given[before] for before in link.after], default=order.quantity)
            if link.kind == "milestone":
                given[link.id] = order.quantity * (most == order.quantity and draw(st.booleans()))
            else:
                given[link.id] = draw(st.integers(0, most) | st.just(most))
        case.done[order.order] = {
            link: units for link, units in given.items() if units or draw(st.booleans())
        }
    return case


def rows_of(plan: OrderPlan) -> dict[str, list[Row]]:
    """A plan in the words of the slow reference."""
    return {
        link.link: [
            (h.start_at, h.end_at, h.shift, h.make, h.give, h.cumulative, h.latest_at) for h in link.hours
        ]
        for link in plan.links
    }


def assert_same(plan: OrderPlan, outcome: Outcome) -> None:
    """A plan is what the slow reference says; a link that has given everything may be named or left out."""
    assert {short.link: short.quantity for short in plan.short} == outcome.short
    assert plan.feasible is not bool(outcome.short)
    if plan.feasible:
        found, told = rows_of(plan), outcome.rows
        assert {link: rows for link, rows in found.items() if rows} == {
            link: rows for link, rows in told.items() if rows
        }


def makes_of(slow: SlowFloor, plan: OrderPlan) -> dict[str, dict[int, int]]:
    """Per link and slot what a plan makes."""
    line = slow.site.lines[plan.order.line]
    return {
        link.id: {
            slot: hour.make
            for planned in plan.links
            for hour in planned.hours
            for slot, at in enumerate(slow.slots(link))
            if planned.link == link.id and at.start_at == hour.start_at
        }
        for link in line.links
    }


def assert_in_hand(slow: SlowFloor, plan: OrderPlan, given: Mapping[str, int] = NOTHING) -> None:
    """Rules 1, 2 and 7, from a feasible plan alone: what an hour begins with was handed on in time before it."""
    line, hours = slow.site.lines[plan.order.line], {link.link: link.hours for link in plan.links}

    def handed_by(link: Link, at: Instant, lag: Duration) -> int:
        due_at = slow.back(link, at, lag)
        before = given.get(link.id, 0)
        return before + sum(h.give for h in hours.get(link.id, ()) if h.end_at <= due_at)

    assert handed_by(line.last, plan.order.due_at, line.ship_buffer) == plan.order.quantity
    for link in line.links:
        begun = given.get(link.id, 0)
        for hour in hours.get(link.id, ()):
            begun += hour.make if link.kind == "work" else hour.give
            at = hour.start_at if link.kind == "work" else hour.end_at
            if link.lead != NO_TIME:
                at = slow.back(link, at, link.lead)
            for before in line.previous_links(link.id):
                if begun > given.get(before.id, 0):
                    assert handed_by(before, slow.back(before, at, before.transfer), before.buffer) >= begun
