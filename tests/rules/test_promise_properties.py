"""The promise and the earliest ship, against a search that tries one due after the other from now on."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.floor import Floor
from shopfloor.instants import DAY_MS, SECOND_MS, Instant
from shopfloor.orders import Order
from shopfloor.planning import loads_of, plan_orders, promise
from tests.rules.plan_cases import Case, begun_cases, cases
from tests.rules.plan_reference import NOTHING, TICK_MS, SlowFloor
from tests.rules.planning_sites import at, polos, site_of, work

pytestmark = pytest.mark.usefixtures("near_horizon")
SEARCHED_MS = 8 * DAY_MS
SMALL = cases(links=(2, 4), orders=(1, 3))


def dues(slow: SlowFloor) -> Iterator[Instant]:
    """Every tick from now on and the second after it: whatever begins or ends does so at a tick."""
    for tick_at in range(slow.now, slow.now + SEARCHED_MS, TICK_MS):
        yield from (tick_at, tick_at + SECOND_MS)


def first_feasible_due(slow: SlowFloor, order: Order, given: Mapping[str, int] = NOTHING) -> Instant | None:
    """The first due that the slow reference finds feasible; None if there is none in the days searched.

    A due matters only by the hour that the whole quantity belongs to, so each such hour is tried once.
    """
    line = slow.site.lines[order.line]
    tried: dict[int, bool] = {}
    for due_at in dues(slow):
        slot = slow.last_slot_ending_by(line.last, slow.back(line.last, due_at, line.ship_buffer))
        if slot not in tried:
            tried[slot] = not slow.subdivide(replace(order, due_at=due_at), given).short
        if tried[slot]:
            return due_at
    return None


def assert_is_first(found: Instant | None, promised_at: Instant | None, slow: SlowFloor) -> None:
    if found is None:
        assert promised_at is None or promised_at >= slow.now + SEARCHED_MS
    else:
        assert promised_at == found


@given(SMALL)
def test_the_promise_is_the_first_feasible_due_that_a_search_from_now_on_finds(case: Case) -> None:
    *planned, asked = case.orders
    slow = case.slow()
    loads = [load for plan in plan_orders(case.site, planned, now=case.now) for load in loads_of(plan)]
    for load in loads:
        slow.load(load)
    found = first_feasible_due(slow, asked)
    product, quantity = asked.product, asked.quantity
    assert_is_first(
        found, promise(case.site, product=product, quantity=quantity, now=case.now, loads=loads), slow
    )
    assert_is_first(found, Floor(case.site, now=case.now, loads=loads).promise(product, quantity), slow)


@given(SMALL)
def test_the_earliest_ship_is_the_first_feasible_due_beside_all_orders_that_are(case: Case) -> None:
    slow = case.slow()
    slow.plan(case.orders)
    for plan in plan_orders(case.site, case.orders, now=case.now):
        if plan.feasible:
            assert plan.earliest_ship_at is None
        else:
            assert_is_first(first_feasible_due(slow, plan.order), plan.earliest_ship_at, slow)


@given(begun_cases(links=(2, 4), orders=(1, 2)))
def test_the_earliest_ship_of_an_order_that_is_begun_counts_what_was_given(case: Case) -> None:
    slow = case.slow()
    slow.plan(case.orders, case.done)
    for plan in Floor(case.site, now=case.now).plan(case.orders, case.done):
        if not plan.feasible:
            found = first_feasible_due(slow, plan.order, case.done[plan.order.order])
            assert_is_first(found, plan.earliest_ship_at, slow)


def test_orders_alike_but_for_what_was_given_have_an_earliest_ship_each() -> None:
    # At 40 an hour from Monday 08:00: 400 are ready on Tuesday at 10:00, the 80 that are left of 400 at 10:00.
    orders = [polos(400, "11-23 09:00", "A-1"), polos(400, "11-23 09:00", "A-2")]
    plans = Floor(site_of(work("sew", 40)), now=at("11-23 08:00")).plan(orders, {"A-2": {"sew": 320}})
    assert [plan.earliest_ship_at for plan in plans] == [at("11-24 10:00"), at("11-23 10:00")]


@given(SMALL)
def test_the_promise_is_feasible_and_a_second_earlier_is_not(case: Case) -> None:
    *planned, asked = case.orders
    loads = [load for plan in plan_orders(case.site, planned, now=case.now) for load in loads_of(plan)]
    promised_at = promise(
        case.site, product=asked.product, quantity=asked.quantity, now=case.now, loads=loads
    )
    for due_at, feasible in ((promised_at, True), (promised_at - SECOND_MS, False)) if promised_at else ():
        (plan,) = plan_orders(case.site, [replace(asked, due_at=due_at)], now=case.now, loads=loads)
        assert plan.feasible is feasible
        assert plan.earliest_ship_at == (None if feasible else promised_at)


@given(SMALL, st.integers(0, 1500))
def test_every_due_after_the_promise_is_feasible(case: Case, later: int) -> None:
    *planned, asked = case.orders
    floor = Floor(case.site, now=case.now)
    floor.plan(planned)
    promised_at = floor.promise(asked.product, asked.quantity)
    if promised_at is not None:
        (plan,) = floor.plan([replace(asked, due_at=promised_at + later * TICK_MS)])
        assert plan.feasible
