"""What is always true of plans, over random lines with branches, calendars, batches, orders and loads."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.instants import DAY_MS, MINUTE_MS, SECOND_MS, Duration, Instant, instant_of
from shopfloor.orders import Order, OrderPlan
from shopfloor.planning import loads_of, plan_orders, promise
from shopfloor.site import Line, Link, Product, ShiftPattern, Site, Station
from tests.rules.plan_reference import TICK_MS, SlowFloor

DAYS = 10
EVERY_DAY, WORKDAYS = frozenset(range(7)), frozenset(range(5))
PATTERNS = [
    ShiftPattern("early", time(6), time(14), EVERY_DAY, ((time(10), time(10, 30)),)),
    ShiftPattern("late", time(14), time(22), WORKDAYS, ((time(17, 45), time(18, 15)),)),
    ShiftPattern("night", time(22), time(6), EVERY_DAY, ((time(0, 15), time(0, 45)), (time(5), time(5, 10)))),
    ShiftPattern("day", time(7, 30), time(16, 15), EVERY_DAY, ((time(12), time(12, 30)),)),
    ShiftPattern("office", time(8), time(17), WORKDAYS, ((time(12), time(13)),)),
]
SHIFTS = [
    ("early", "late"),
    ("early", "late", "night"),
    ("night",),
    ("day",),
    ("office",),
    ("early", "night"),
]
# The nights from the 28th to the 29th of March and from the 24th to the 25th of October have 7 and 9 hours.
BEGINNINGS = [date(2026, 3, 25), date(2026, 10, 21), date(2026, 11, 23)]
LAGS = st.sampled_from(
    [Duration(working_ms=m * MINUTE_MS) for m in (0, 0, 0, 15, 30, 60, 150)] + [Duration(0, 1)]
)
RATES = st.sampled_from([Fraction(rate) for rate in ("6", "7.5", "12", "40", "100/3", "250")])


@dataclass
class Case:
    site: Site
    orders: list[Order]
    now: Instant
    from_on: date

    def slow(self) -> SlowFloor:
        return SlowFloor(self.site, self.from_on, DAYS, self.now)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    count = draw(st.integers(2, 6))
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
                lead=draw(LAGS),
                transfer=draw(LAGS),
                buffer=draw(LAGS),
                shifts=draw(st.sampled_from(SHIFTS)),
            )
        )
    return Line("line", "", tuple(links), draw(LAGS))


@st.composite
def cases(draw: st.DrawFn, most_orders: int = 4) -> Case:
    line = draw(lines())
    workers = [link.id for link in line.links if link.kind == "work"]
    stations = [f"{link}#{n}" for link in workers for n in range(draw(st.integers(1, 2)))]
    from_on = draw(st.sampled_from(BEGINNINGS))
    products = [Product("plain", "line", "", draw(st.integers(1, 12)))]
    rates = draw(st.dictionaries(st.sampled_from(workers), RATES)) if workers else {}
    products.append(Product("fancy", "line", "", draw(st.integers(1, 12)), rates))
    zone = ZoneInfo(draw(st.sampled_from(["Europe/Berlin", "Europe/Berlin", "Asia/Shanghai"])))
    site = Site(
        id="site",
        name="",
        zone=zone,
        holidays=draw(
            st.frozensets(st.sampled_from([from_on + timedelta(days=d) for d in range(DAYS)]), max_size=1)
        ),
        shifts={pattern.id: pattern for pattern in PATTERNS},
        lines={"line": line},
        products={product.id: product for product in products},
        stations={name: Station(name, "", "line", name.partition("#")[0]) for name in stations},
        devices={},
    )
    now = instant_of(datetime.combine(from_on, time(), zone)) + draw(st.integers(288, 400)) * TICK_MS
    orders = [
        Order(
            f"A-{n}",
            "line",
            draw(st.sampled_from(["plain", "fancy"])),
            draw(st.integers(1, 60)),
            now
            + draw(st.integers(-20, 140) | st.integers(10, 140)) * 15 * TICK_MS
            + draw(st.integers(0, 14)) * TICK_MS,
            priority=draw(st.integers(1, 3)),
        )
        for n in range(draw(st.integers(1, most_orders)))
    ]
    return Case(site, orders, now, from_on)


def makes_of(slow: SlowFloor, plan: OrderPlan) -> dict[str, dict[int, int]]:
    """Per link and slot what a plan makes."""
    line = slow.site.lines[plan.order.line]
    return {
        link.link: {
            slot: hour.make
            for hour in link.hours
            for slot, at in enumerate(slow.slots(line.link(link.link)))
            if slow.instant(at.begin) == hour.start_at
        }
        for link in plan.links
    }


def assert_within_capacity(slow: SlowFloor, plans: Sequence[OrderPlan]) -> None:
    for plan in plans:
        for load in loads_of(plan):
            slow.load(load)
    assert all(second >= 0 for left in slow.left.values() for second in left)


@given(cases())
def test_plans_are_those_that_a_slow_reading_of_the_rules_gives(case: Case) -> None:
    slow = case.slow().plan(case.orders)
    for plan in plan_orders(case.site, case.orders, now=case.now):
        outcome = slow[plan.order.order]
        assert {short.link: short.quantity for short in plan.short} == outcome.short
        assert plan.feasible is not bool(outcome.short)
        if plan.feasible:
            found = {
                link.link: [
                    (h.start_at, h.end_at, h.shift, h.make, h.give, h.cumulative, h.latest_at)
                    for h in link.hours
                ]
                for link in plan.links
            }
            assert found == outcome.rows


@given(cases())
def test_gives_sum_to_the_order_and_makes_stay_within_working_time_and_capacity(case: Case) -> None:
    plans = plan_orders(case.site, case.orders, now=case.now)
    for plan in plans:
        for link in plan.links if plan.feasible else ():
            work = case.site.lines["line"].link(link.link).kind == "work"
            assert sum(hour.give for hour in link.hours) == plan.order.quantity
            assert sum(hour.make for hour in link.hours) == (plan.order.quantity if work else 0)
            assert all(case.now <= hour.start_at for hour in link.hours)
            assert all(hour.end_at <= hour.latest_at for hour in link.hours if hour.give)
    assert_within_capacity(case.slow(), plans)


@given(cases())
def test_what_is_due_is_given_and_nothing_can_be_moved_an_hour_later(case: Case) -> None:
    plans = [plan for plan in plan_orders(case.site, case.orders, now=case.now) if plan.feasible]
    slow, line = case.slow(), case.site.lines["line"]
    assert_within_capacity(slow, plans)
    for plan in plans:
        makes = makes_of(slow, plan)
        batch = case.site.products[plan.order.product].batch
        for link in (link for link in line.links if link.kind == "work"):
            required = slow.required(plan.order, line, link, makes)[1:]
            cost, left = slow.unit_seconds(plan.order.product, link), slow.seconds(line, link)
            made, quantity = 0, plan.order.quantity
            for slot in range(len(required)):
                made += makes[link.id].get(slot, 0)
                given_by = quantity if made == quantity else made // batch * batch
                assert given_by >= required[slot]
                if makes[link.id].get(slot):
                    one_less = (made - 1) // batch * batch
                    full = slot + 1 == len(required) or left[slot + 1] < cost
                    assert one_less < required[slot] or full


@given(cases(most_orders=3), st.integers(1, 500))
def test_a_later_due_never_makes_a_feasible_order_infeasible(case: Case, later: int) -> None:
    before = plan_orders(case.site, case.orders, now=case.now)
    for i, plan in enumerate(before):
        if plan.feasible:
            orders = list(case.orders)
            orders[i] = replace(plan.order, due_at=plan.order.due_at + later * TICK_MS)
            assert plan_orders(case.site, orders, now=case.now)[i].feasible


@given(cases())
def test_an_added_order_takes_only_what_released_ones_have_left(case: Case) -> None:
    released = plan_orders(case.site, case.orders[:-1], now=case.now)
    loads = [load for plan in released for load in loads_of(plan)]
    added = plan_orders(case.site, case.orders[-1:], now=case.now, loads=loads)
    assert_within_capacity(case.slow(), [*released, *added])
    slow = case.slow()
    for load in loads:
        slow.load(load)
    assert slow.subdivide(case.orders[-1]).short == {s.link: s.quantity for s in added[0].short}


@given(cases(), st.randoms(use_true_random=False))
def test_a_line_in_another_order_of_links_gives_the_same_plans(case: Case, random: object) -> None:
    line = case.site.lines["line"]
    links = list(line.links)
    random.shuffle(links)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    site = replace(case.site, lines={"line": replace(line, links=tuple(links))})
    assert plan_orders(site, case.orders, now=case.now) == plan_orders(case.site, case.orders, now=case.now)


@given(cases(most_orders=2))
def test_the_promise_is_feasible_and_a_second_earlier_is_not(case: Case) -> None:
    planned, asked = case.orders[:-1], case.orders[-1]
    loads = [load for plan in plan_orders(case.site, planned, now=case.now) for load in loads_of(plan)]
    promised_at = promise(
        case.site, product=asked.product, quantity=asked.quantity, now=case.now, loads=loads
    )
    assert promised_at is not None
    assert promised_at < case.now + 60 * DAY_MS
    for due_at, feasible in ((promised_at, True), (promised_at - SECOND_MS, False)):
        order = replace(asked, due_at=due_at)
        (plan,) = plan_orders(case.site, [order], now=case.now, loads=loads)
        assert plan.feasible is feasible
        assert plan.earliest_ship_at == (None if feasible else promised_at)
