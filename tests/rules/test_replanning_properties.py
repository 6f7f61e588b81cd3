"""Orders divided again when links have given a part of them already."""

import pytest
from hypothesis import given

from shopfloor.floor import Floor
from tests.rules.plan_cases import Case, assert_in_hand, assert_same, begun_cases

pytestmark = pytest.mark.usefixtures("near_horizon")


@given(begun_cases())
def test_what_is_left_of_orders_is_planned_as_a_slow_reading_of_the_rules_does(case: Case) -> None:
    slow = case.slow().plan(case.orders, case.done)
    for plan in Floor(case.site, now=case.now).plan(case.orders, case.done):
        assert_same(plan, slow[plan.order.order])


@given(begun_cases())
def test_gives_sum_to_what_a_link_has_not_given_yet(case: Case) -> None:
    for plan in Floor(case.site, now=case.now).plan(case.orders, case.done):
        done, quantity = case.done[plan.order.order], plan.order.quantity
        if not plan.feasible:
            assert plan.links == ()
            assert all(0 < short.quantity <= quantity - done.get(short.link, 0) for short in plan.short)
            continue
        hours = {link.link: link.hours for link in plan.links}
        for link in case.line.links:
            cumulative, made = done.get(link.id, 0), 0
            for hour in hours.get(link.id, ()):
                assert hour.make + hour.give > 0
                assert hour.make >= 0
                assert hour.give >= 0
                cumulative, made = cumulative + hour.give, made + hour.make
                assert hour.cumulative == cumulative
            assert cumulative == quantity
            assert made == (quantity - done.get(link.id, 0) if link.kind == "work" else 0)


@given(begun_cases())
def test_whole_batches_are_given_after_those_that_were_given(case: Case) -> None:
    for plan in Floor(case.site, now=case.now).plan(case.orders, case.done):
        batch = case.site.products[plan.order.product].batch
        for link in plan.links:
            # The order's last batch may be smaller, and comes with the last give.
            assert all(hour.give % batch == 0 for hour in link.hours[:-1])


@given(begun_cases())
def test_what_an_hour_begins_with_was_given_before_or_is_handed_on_in_time(case: Case) -> None:
    slow = case.slow()
    for plan in Floor(case.site, now=case.now).plan(case.orders, case.done):
        if plan.feasible:
            assert_in_hand(slow, plan, case.done[plan.order.order])


@given(begun_cases())
def test_an_order_of_which_nothing_was_given_is_planned_as_if_it_were_new(case: Case) -> None:
    nothing = {order.order: dict.fromkeys(case.done[order.order], 0) for order in case.orders}
    floor = Floor(case.site, now=case.now)
    assert floor.copy().plan(case.orders, nothing) == floor.copy().plan(case.orders)
