"""What is always true of plans, over random floors; and that they are what a slow reading of the rules gives."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfloor.floor import Floor
from shopfloor.orders import Load, OrderPlan
from shopfloor.planning import loads_of, plan_orders
from tests.rules.plan_cases import Case, assert_in_hand, assert_same, cases, makes_of, rows_of
from tests.rules.plan_reference import TICK_MS, SlowFloor

pytestmark = pytest.mark.usefixtures("near_horizon")
FEW = max(1, settings.default.max_examples * 2 // 5 if settings.default else 25)
"""Examples of what is large: 12 links, 20 orders."""
LARGE = cases(links=(5, 12), orders=(6, 20))


def assert_within_capacity(slow: SlowFloor, plans: Sequence[OrderPlan]) -> None:
    for plan in plans:
        for load in loads_of(plan):
            slow.load(load)
    assert all(second >= 0 for left in slow.left.values() for second in left)


def in_the_order_of_taking(plans: Sequence[OrderPlan]) -> list[OrderPlan]:
    return sorted(plans, key=lambda plan: (-plan.order.due_at, plan.order.priority, plan.order.order))


def assert_all_as_the_slow_reading(case: Case) -> None:
    slow = case.slow().plan(case.orders)
    for plan in plan_orders(case.site, case.orders, now=case.now):
        assert_same(plan, slow[plan.order.order])


@given(cases())
def test_plans_are_those_that_a_slow_reading_of_the_rules_gives(case: Case) -> None:
    assert_all_as_the_slow_reading(case)


@settings(max_examples=FEW)
@given(LARGE)
def test_twenty_orders_on_twelve_links_are_planned_as_a_slow_reading_of_the_rules_does(case: Case) -> None:
    assert_all_as_the_slow_reading(case)


@given(cases())
def test_gives_sum_to_the_order_and_makes_stay_within_working_time_and_capacity(case: Case) -> None:
    plans = plan_orders(case.site, case.orders, now=case.now)
    for plan in plans:
        for link in plan.links if plan.feasible else ():
            work = case.line.link(link.link).kind == "work"
            assert sum(hour.give for hour in link.hours) == plan.order.quantity
            assert sum(hour.make for hour in link.hours) == (plan.order.quantity if work else 0)
            assert all(hour.make >= 0 and hour.give >= 0 and hour.make + hour.give for hour in link.hours)
            assert all(case.now <= hour.start_at for hour in link.hours)
            assert all(hour.end_at <= hour.latest_at for hour in link.hours if hour.give)
    # A load that starts at no hour of its link is an error there: so all of it is in working time.
    assert_within_capacity(case.slow(), plans)


@given(cases())
def test_what_an_hour_begins_with_was_handed_on_a_buffer_and_a_transfer_before(case: Case) -> None:
    slow = case.slow()
    for plan in plan_orders(case.site, case.orders, now=case.now):
        if plan.feasible:
            assert_in_hand(slow, plan)


@given(cases())
def test_what_is_due_is_given_and_nothing_can_be_moved_an_hour_later(case: Case) -> None:
    slow = case.slow()
    for plan in in_the_order_of_taking(plan_orders(case.site, case.orders, now=case.now)):
        if not plan.feasible:
            continue
        makes = makes_of(slow, plan)
        assert_within_capacity(slow, [plan])
        quantity, batch = plan.order.quantity, case.site.products[plan.order.product].batch
        for link in case.line.links:
            required = slow.required(plan.order, case.line, link, makes)[1:]
            if link.kind == "milestone":
                ((slot, _),) = makes[link.id].items()
                assert not any(required[:slot])
                assert required[slot]
                continue
            cost, left = slow.unit_seconds(plan.order.product, link), slow.seconds(case.line, link)
            made = 0
            for slot in range(len(required)):
                made += makes[link.id].get(slot, 0)
                assert (quantity if made == quantity else made // batch * batch) >= required[slot]
                if makes[link.id].get(slot):
                    one_less = (made - 1) // batch * batch
                    full = slot + 1 == len(required) or left[slot + 1] < cost
                    assert one_less < required[slot] or full


@given(cases(orders=(1, 3)), st.integers(1, 500))
def test_a_later_due_never_makes_a_feasible_order_infeasible(case: Case, later: int) -> None:
    before = plan_orders(case.site, case.orders, now=case.now)
    for i, plan in enumerate(before):
        if plan.feasible:
            orders = list(case.orders)
            orders[i] = replace(plan.order, due_at=plan.order.due_at + later * TICK_MS)
            assert plan_orders(case.site, orders, now=case.now)[i].feasible


@given(cases())
def test_an_added_order_takes_only_what_released_ones_have_left(case: Case) -> None:
    *first, last = case.orders
    released = plan_orders(case.site, first, now=case.now)
    loads = [load for plan in released for load in loads_of(plan)]
    (added,) = plan_orders(case.site, [last], now=case.now, loads=loads)
    assert_within_capacity(case.slow(), [*released, added])
    slow = case.slow()
    for load in loads:
        slow.load(load)
    assert_same(added, slow.subdivide(last))


@given(cases())
def test_a_floor_that_is_kept_plans_each_order_as_one_made_anew_beside_the_loads(case: Case) -> None:
    kept = Floor(case.site, now=case.now, products=["plain"])
    loads: list[Load] = []
    for order in case.orders:
        trial = kept.copy()
        (plan,) = kept.plan([order])
        assert plan_orders(case.site, [order], now=case.now, loads=loads) == [plan]
        assert trial.plan([order]) == [plan]
        loads += loads_of(plan)


@given(cases(), st.integers(0, 60))
def test_a_floor_that_grows_old_plans_as_one_made_anew(case: Case, ticks: int) -> None:
    kept = Floor(case.site, now=case.now)
    first = kept.plan(case.orders[:1])
    now = case.now + ticks * TICK_MS
    kept.move_to(now)
    loads = [load for plan in first for load in loads_of(plan)]
    assert kept.plan(case.orders[1:]) == plan_orders(case.site, case.orders[1:], now=now, loads=loads)


@given(cases(), st.randoms(use_true_random=False))
def test_a_line_in_another_order_of_links_gives_the_same_plans(case: Case, random: object) -> None:
    links = [replace(link, after=tuple(reversed(link.after))) for link in case.line.links]
    random.shuffle(links)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    site = replace(case.site, lines={"line": replace(case.line, links=tuple(links))})
    assert plan_orders(site, case.orders, now=case.now) == plan_orders(case.site, case.orders, now=case.now)


@given(cases(links=(2, 4), orders=(4, 9)))
def test_an_order_that_is_not_feasible_changes_nothing_for_the_others(case: Case) -> None:
    plans = plan_orders(case.site, case.orders, now=case.now)
    feasible = [plan.order for plan in plans if plan.feasible]
    without = plan_orders(case.site, feasible, now=case.now)
    assert [rows_of(plan) for plan in without] == [rows_of(plan) for plan in plans if plan.feasible]


@given(cases())
def test_a_shortage_names_the_moment_by_which_most_is_owed_beyond_what_can_be_made(case: Case) -> None:
    slow = case.slow()
    for plan in in_the_order_of_taking(plan_orders(case.site, case.orders, now=case.now)):
        outcome = slow.subdivide(plan.order)
        slow.take(plan.order, outcome)
        for short in plan.short:
            link = case.line.link(short.link)
            required = slow.required(plan.order, case.line, link, outcome.makes)
            if link.kind == "milestone":
                lacks = [int(units > 0) for units in required]
            else:
                cost, left = slow.unit_seconds(plan.order.product, link), slow.seconds(case.line, link)
                fits = [0 if i < slow.first(link) else int(s // cost) for i, s in enumerate(left)]
                lacks = [units - sum(fits[:slot]) for slot, units in enumerate(required)]
                assert max(lacks) == short.quantity
            slot = lacks.index(max(lacks)) - 1
            if slot >= 0:
                assert short.before_at == slow.slots(link)[slot].end_at
