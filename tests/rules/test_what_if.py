"""What a change does to orders: by hand, and what is always true of it over random floors."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from time import process_time

import pytest

from shopfloor.changes import with_closed_day, with_overtime, with_station, with_station_out
from shopfloor.instants import HOUR_MS, Instant
from shopfloor.orders import Order, OrderPlan, ReleasedOrder, Shortage
from shopfloor.planning import plan_orders
from shopfloor.site import Line, Link, Product, Site
from shopfloor.what_if import Effect, LostHour, WhatIf, what_if
from tests.rules.planning_sites import at, days, hours, polos, shirts, site_of, work

NOW = at("11-23 08:00")
ONE_LINK = site_of(work("sew", 40))
TUESDAY, SATURDAY = date(2026, 11, 24), date(2026, 11, 28)


def release(site: Site, *orders: Order, now: Instant = NOW) -> list[ReleasedOrder]:
    plans = plan_orders(site, orders, now=now)
    assert all(plan.feasible for plan in plans)
    return in_force(plans)


def in_force(plans: Sequence[OrderPlan]) -> list[ReleasedOrder]:
    return [ReleasedOrder(plan.order, 1, plan.links, {}) for plan in plans if plan.feasible]


def of_drafts(site: Site, other: Site, *drafts: Order, released: Sequence[ReleasedOrder] = ()) -> WhatIf:
    return what_if(site, other, released=released, drafts=drafts, now=NOW)


def numbers(effects: Sequence[Effect]) -> list[str]:
    return [effect.order.order for effect in effects]


def moves(effect: Effect) -> list[tuple[str, Instant, int, int]]:
    return [(hour.link, hour.start_at, hour.before, hour.after) for hour in effect.hours]


def test_overtime_on_saturday_makes_a_draft_feasible_and_says_which_hours_it_gets() -> None:
    draft = polos(5 * 320 + 40, "11-28 09:00")
    found = of_drafts(ONE_LINK, with_overtime(ONE_LINK, "day", SATURDAY), draft)
    (effect,) = found.becomes_feasible
    assert (effect.order, effect.released, effect.short_after) == (draft, False, ())
    assert (effect.earliest_before, effect.earliest_after) == (at("11-30 09:00"), None)
    assert len(effect.hours) == 41
    assert moves(effect)[-1] == ("sew", at("11-28 08:00"), 0, 40)
    assert found.becomes_infeasible == ()
    assert found.lost == ()


def test_a_closed_day_takes_the_hours_of_a_draft_and_says_what_is_short() -> None:
    found = of_drafts(ONE_LINK, with_closed_day(ONE_LINK, TUESDAY), polos(400, "11-24 17:00"))
    (effect,) = found.becomes_infeasible
    assert effect.short_after == (Shortage("sew", 80, at("11-23 17:00")),)
    assert effect.earliest_after == at("11-25 10:00")
    assert sum(hour.before - hour.after for hour in effect.hours) == 400
    assert found.becomes_feasible == ()


def test_drafts_are_planned_beside_the_targets_in_force_and_beside_each_other() -> None:
    released = release(ONE_LINK, polos(320, "11-23 17:00", "R-1"))
    drafts = polos(320, "11-24 17:00", "A-1"), polos(40, "11-24 17:00", "A-2")
    found = of_drafts(ONE_LINK, with_station(ONE_LINK, "shirts", "sew"), *drafts, released=released)
    assert numbers(found.effects) == ["R-1", "A-1", "A-2"]
    assert numbers(found.becomes_feasible) == ["A-2"]


def test_another_date_for_a_draft_counts_on_the_other_side_only() -> None:
    draft = polos(400, "11-23 17:00")
    due_at = at("11-24 10:00")
    found = what_if(ONE_LINK, ONE_LINK, released=(), drafts=[draft], now=NOW, dues={"A-1": due_at})
    (effect,) = found.becomes_feasible
    assert (effect.order.due_at, effect.due_after) == (draft.due_at, due_at)
    assert sum(hour.after for hour in effect.hours) == 400


def test_released_orders_are_planned_anew_together_from_what_they_have_given() -> None:
    # At 13:00 only 80 are given, not 160: the other 240 need six hours, and four are left.
    (order,) = release(ONE_LINK, polos(320, "11-23 17:00"))
    behind = replace(order, given={"sew": 80})
    other = with_station(ONE_LINK, "shirts", "sew")
    found = what_if(ONE_LINK, other, released=[behind], drafts=(), now=at("11-23 13:00"))
    (effect,) = found.becomes_feasible
    assert effect.released
    assert effect.earliest_before == at("11-24 10:00")
    assert moves(effect) == [
        ("sew", at("11-23 13:00"), 40, 0),
        ("sew", at("11-23 14:00"), 40, 80),
        ("sew", at("11-23 15:00"), 40, 80),
        ("sew", at("11-23 16:00"), 40, 80),
    ]


def test_a_released_order_that_cannot_be_planned_anew_keeps_its_targets() -> None:
    (order,) = release(ONE_LINK, polos(320, "11-24 17:00"))
    other = with_closed_day(ONE_LINK, TUESDAY)
    found = what_if(ONE_LINK, other, released=[order], drafts=(), now=at("11-23 13:00"))
    (effect,) = found.becomes_infeasible
    assert effect.hours == ()
    assert effect.short_after == (Shortage("sew", 160, at("11-23 17:00")),)


def test_targets_on_a_day_that_is_closed_are_lost() -> None:
    released = release(ONE_LINK, polos(40, "11-24 09:00"))
    found = of_drafts(ONE_LINK, with_closed_day(ONE_LINK, TUESDAY), released=released)
    assert found.lost == (
        LostHour("A-1", "shirts", "sew", at("11-24 08:00"), at("11-24 09:00"), "2026-11-24/day", 40, 40, "closed"),
    )  # fmt: skip


def test_of_targets_that_are_lost_those_of_hours_that_have_begun_are_not_told() -> None:
    released = release(ONE_LINK, polos(80, "11-24 10:00"))
    other = with_closed_day(ONE_LINK, TUESDAY)
    found = what_if(ONE_LINK, other, released=released, drafts=(), now=at("11-24 08:30"))
    assert [hour.start_at for hour in found.lost] == [at("11-24 09:00")]


def test_a_milestones_hour_is_lost_too_when_its_day_is_closed() -> None:
    material = Link("material", "Material", kind="milestone", lead=days(1), shifts=("office",))
    office = replace(ONE_LINK.shifts["day"], id="office")
    site = site_of(material, work("sew", 40, "material"), shifts=[ONE_LINK.shifts["day"], office])
    released = release(site, polos(40, "11-25 09:00"))
    other = with_closed_day(site, TUESDAY)
    found = of_drafts(site, other, released=released)
    assert [(hour.link, hour.make, hour.give, hour.why) for hour in found.lost] == [
        ("material", 0, 40, "closed")
    ]


def test_hours_above_capacity_name_all_orders_in_them() -> None:
    site = with_station(ONE_LINK, "shirts", "sew")
    dues = {"A-1": "11-24 09:00", "A-2": "11-24 09:00", "A-3": "11-24 10:00"}
    released = release(site, *(polos(40, due, number) for number, due in dues.items()))
    other = with_station_out(site, "sew-0", at("11-24 00:00"))
    found = of_drafts(site, other, released=released)
    assert [(hour.order, hour.start_at, hour.why, hour.orders) for hour in found.lost] == [
        ("A-1", at("11-24 08:00"), "over capacity", ("A-1", "A-2")),
        ("A-2", at("11-24 08:00"), "over capacity", ("A-1", "A-2")),
    ]


def test_an_hour_that_was_lost_before_the_change_says_so() -> None:
    released = release(ONE_LINK, polos(40, "11-24 09:00"), polos(40, "11-25 09:00", "A-2"))
    site = with_closed_day(ONE_LINK, TUESDAY)
    found = of_drafts(site, with_closed_day(site, TUESDAY + timedelta(1)), released=released)
    assert [(hour.order, hour.already) for hour in found.lost] == [("A-1", True), ("A-2", False)]


def test_targets_of_a_link_or_a_line_that_is_gone_are_lost_as_closed() -> None:
    released = release(shirts(), polos(40, "11-25 17:00"))
    without = site_of(work("cut", 100), work("pack", 50, "cut"))
    found = of_drafts(shirts(), without, released=released)
    assert {(hour.link, hour.why) for hour in found.lost} == {("sew", "closed")}
    empty = replace(ONE_LINK, lines={}, products={}, stations={})
    found = of_drafts(shirts(), empty, released=released)
    assert {hour.link for hour in found.lost} == {"cut", "sew", "pack"}
    assert numbers(found.becomes_infeasible) == ["A-1"]


@pytest.mark.parametrize(
    "change",
    [
        {"product": "hat"},
        {"line": "shoes"},
        {"quantity": 0},
        {"due_at": NOW + 4000 * 24 * HOUR_MS},
        {"product": "rateless"},
    ],
)
def test_an_order_that_a_site_does_not_know_is_infeasible_there_with_nothing_short(
    change: dict[str, object],
) -> None:
    known = polos(40, "11-24 17:00", "A-2")
    order = replace(known, order="A-1", **change)  # type: ignore[arg-type]  # names of its fields
    link = replace(work("sew", 1), per_hour=None)
    rateless = site_of(link, products=[Product("rateless", "shirts", "", 1)])
    lines = {"shirts": Line("shirts", "", (link,))}
    site = ONE_LINK if order.product != "rateless" else replace(rateless, lines=lines)
    released = [ReleasedOrder(order, 1, (), {})]
    found = what_if(site, site, released=released, drafts=[order, known], now=NOW)
    for effect in found.effects[:2]:
        assert (effect.feasible_before, effect.feasible_after) == (False, False)
        assert (effect.short_after, effect.hours, effect.earliest_after) == ((), (), None)
    assert found.effects[2].feasible_after is (site is ONE_LINK)


def test_a_released_order_with_another_due_gives_its_hours_to_drafts() -> None:
    released = release(ONE_LINK, polos(320, "11-23 17:00", "R-1"), polos(320, "11-24 17:00", "R-2"))
    draft = polos(320, "11-23 17:00")
    dues = {"R-1": at("11-25 17:00")}
    found = what_if(ONE_LINK, ONE_LINK, released=released, drafts=[draft], now=NOW, dues=dues)
    moved, stays, gains = found.effects
    assert (moved.feasible_after, len(moved.hours)) == (True, 16)
    assert not stays.is_any
    assert (gains.feasible_before, gains.feasible_after) == (False, True)


def test_a_released_order_with_a_due_that_cannot_be_keeps_its_targets_beside_others_that_move() -> None:
    released = release(ONE_LINK, polos(320, "11-24 17:00", "R-1"), polos(40, "11-25 17:00", "R-2"))
    dues = {"R-1": at("11-23 09:00"), "R-2": at("11-24 17:00")}
    draft = polos(40, "11-25 17:00")
    found = what_if(ONE_LINK, ONE_LINK, released=released, drafts=[draft], now=NOW, dues=dues)
    cannot, moves_on, beside = found.effects
    assert (cannot.feasible_after, cannot.hours) == (False, ())
    # Tuesday stays R-1's, so R-2 goes to the end of Monday, and its Wednesday is free.
    assert moves(moves_on) == [("sew", at("11-23 16:00"), 0, 40), ("sew", at("11-25 16:00"), 40, 0)]
    assert moves(beside) == [("sew", at("11-25 15:00"), 40, 0), ("sew", at("11-25 16:00"), 0, 40)]
    assert found.lost == ()


def test_a_released_order_that_moves_away_from_a_closed_day_loses_no_hour() -> None:
    released = release(ONE_LINK, polos(40, "11-24 09:00", "R-1"), polos(40, "11-24 10:00", "R-2"))
    other = with_closed_day(ONE_LINK, TUESDAY)
    dues = {"R-1": at("11-25 09:00")}
    found = what_if(ONE_LINK, other, released=released, drafts=(), now=NOW, dues=dues)
    assert [hour.order for hour in found.lost] == ["R-2"]


def test_one_more_station_can_make_another_draft_infeasible() -> None:
    # Why more room is promised to one order alone only: A-2, due later, now takes cutting from A-1.
    site = site_of(work("cut", 40), work("sew", 20, "cut"))
    drafts = polos(40, "11-23 11:00", "A-1"), polos(280, "11-23 17:00", "A-2")
    found = of_drafts(site, with_station(site, "shirts", "sew"), *drafts)
    assert numbers(found.becomes_feasible) == ["A-2"]
    assert numbers(found.becomes_infeasible) == ["A-1"]


def test_a_closed_day_can_make_another_draft_feasible() -> None:
    # A-2 takes Monday and Tuesday; with Tuesday closed it is not feasible, and Monday is A-1's.
    drafts = polos(320, "11-23 17:00", "A-1"), polos(640, "11-24 17:00", "A-2")
    found = of_drafts(ONE_LINK, with_closed_day(ONE_LINK, TUESDAY), *drafts)
    assert numbers(found.becomes_feasible) == ["A-1"]
    assert numbers(found.becomes_infeasible) == ["A-2"]


def test_three_hundred_open_orders_take_well_under_a_second() -> None:
    site = site_of(
        *(work(f"link{n}", 400, *([f"link{n - 1}"] if n else []), buffer=hours(1)) for n in range(8))
    )
    orders = [
        replace(polos(200, "12-04 17:00", f"A-{n}"), due_at=at("12-04 17:00") + n * 3 * HOUR_MS)
        for n in range(300)
    ]
    released = release(site, *orders[:200])
    other = with_closed_day(site, TUESDAY)
    what_if(site, other, released=(), drafts=orders[:1], now=NOW)  # calendars are made once
    began = process_time()
    what_if(site, other, released=released, drafts=orders[200:], now=NOW)
    assert process_time() - began < 1
