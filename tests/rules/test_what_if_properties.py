"""What is always true of what a change does to orders, over random floors."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.changes import with_closed_day, with_station, with_station_out
from shopfloor.instants import Instant
from shopfloor.lost_hours import hours_to_come, loads_in_force
from shopfloor.orders import LinkTargets, Order, OrderPlan, ReleasedOrder
from shopfloor.planning import loads_of, plan_orders
from shopfloor.site import Site
from shopfloor.versions import MovedHour
from shopfloor.what_if import what_if
from tests.rules.plan_cases import Case, begun_cases, cases

pytestmark = pytest.mark.usefixtures("near_horizon")


def in_force(plans: Sequence[OrderPlan]) -> list[ReleasedOrder]:
    return [ReleasedOrder(plan.order, 1, plan.links, {}) for plan in plans if plan.feasible]


@st.composite
def changed(draw: st.DrawFn, case: Case) -> Site:
    """The site with one more station, a station less for good, or a closed day."""
    kind = draw(st.sampled_from(["more", "out", "closed"]))
    if kind == "closed" or not case.site.stations:
        return with_closed_day(case.site, draw(dates(case)))
    station = draw(st.sampled_from(list(case.site.stations.values())))
    if kind == "out":
        return with_station_out(case.site, station.id, case.now)
    return with_station(case.site, station.line, station.link)


def dates(case: Case) -> st.SearchStrategy[date]:
    return st.sampled_from([case.from_on + timedelta(days=day) for day in range(9)])


def in_force_beside_drafts(case: Case) -> tuple[list[OrderPlan], list[Order]]:
    """All orders but the last released, as far as they are feasible; the last and the others are drafts."""
    plans = plan_orders(case.site, case.orders[:-1], now=case.now)
    late = [plan.order for plan in plans if not plan.feasible]
    return [plan for plan in plans if plan.feasible], [*late, case.orders[-1]]


def gives(links: Sequence[LinkTargets]) -> Counter[tuple[str, Instant]]:
    return Counter(
        {(link.link, hour.start_at): hour.give for link in links for hour in link.hours if hour.give}
    )


def with_moves(before: Sequence[LinkTargets], hours: Sequence[MovedHour]) -> Counter[tuple[str, Instant]]:
    """What was given in each hour, and the differences on top."""
    told = gives(before)
    for hour in hours:
        assert told[hour.link, hour.start_at] == hour.before
        told[hour.link, hour.start_at] += hour.after - hour.before
    return +told


@given(cases())
def test_without_a_change_nothing_becomes_of_drafts_and_no_hour_is_lost(case: Case) -> None:
    plans, drafts = in_force_beside_drafts(case)
    found = what_if(case.site, case.site, released=in_force(plans), drafts=drafts, now=case.now)
    assert not any(effect.is_any for effect in found.effects if not effect.released)
    assert all(effect.earliest_before == effect.earliest_after for effect in found.effects)
    assert (found.becomes_feasible, found.becomes_infeasible, found.lost) == ((), (), ())


@given(cases(), st.data())
def test_one_more_station_never_makes_a_draft_alone_infeasible_or_ship_later(
    case: Case, data: st.DataObject
) -> None:
    plans, drafts = in_force_beside_drafts(case)
    link = data.draw(st.sampled_from(case.line.links))
    if link.kind == "milestone":
        return
    other = with_station(case.site, "line", link.id)
    found = what_if(case.site, other, released=in_force(plans), drafts=drafts[-1:], now=case.now)
    effect = found.effects[-1]
    assert effect.feasible_after or not effect.feasible_before
    if effect.earliest_before is not None and not effect.feasible_after:
        assert effect.earliest_after is not None
        assert effect.earliest_after <= effect.earliest_before
    assert found.lost == ()


@given(cases(), st.data())
def test_a_closed_day_never_makes_a_draft_alone_feasible_or_ship_earlier(
    case: Case, data: st.DataObject
) -> None:
    # Its hours are a part of those there were, so every lag reaches back as far or further and all holds less.
    other = with_closed_day(case.site, data.draw(dates(case)))
    found = what_if(case.site, other, released=(), drafts=case.orders[:1], now=case.now)
    (effect,) = found.effects
    assert effect.feasible_before or not effect.feasible_after
    if effect.earliest_after is not None and not effect.feasible_before:
        assert effect.earliest_before is not None
        assert effect.earliest_before <= effect.earliest_after


@given(cases(), st.data())
def test_the_hours_of_drafts_are_exactly_the_difference_of_the_two_plans(
    case: Case, data: st.DataObject
) -> None:
    plans, drafts = in_force_beside_drafts(case)
    other = data.draw(changed(case))
    loads = [load for plan in plans for load in loads_of(plan)]
    before = plan_orders(case.site, drafts, now=case.now, loads=loads)
    after = plan_orders(other, drafts, now=case.now, loads=loads)
    found = what_if(case.site, other, released=in_force(plans), drafts=drafts, now=case.now)
    effects = found.effects[len(plans) :]
    for effect, old, new in zip(effects, before, after, strict=True):
        assert (effect.feasible_before, effect.feasible_after) == (old.feasible, new.feasible)
        assert (effect.earliest_before, effect.earliest_after) == (old.earliest_ship_at, new.earliest_ship_at)
        assert with_moves(old.links, effect.hours) == gives(new.links)


@given(begun_cases(), st.data())
def test_a_released_order_keeps_its_hours_while_none_is_lost_else_they_make_all_that_is_left_to_give(
    case: Case, data: st.DataObject
) -> None:
    plans = plan_orders(case.site, case.orders, now=case.now)
    released = [replace(each, given=case.done.get(each.order.order, {})) for each in in_force(plans)]
    found = what_if(case.site, data.draw(changed(case)), released=released, drafts=(), now=case.now)
    lost = {hour.order for hour in found.lost if not hour.already}
    for effect, each in zip(found.effects, released, strict=True):
        if each.order.order not in lost:
            assert not effect.is_any
            continue
        if not effect.feasible_after:
            assert effect.hours == ()
            continue
        left = Counter(
            {link.id: each.order.quantity - each.given.get(link.id, 0) for link in case.line.links}
        )
        sums: Counter[str] = Counter()
        for (link, _), give in with_moves(each.links, effect.hours).items():
            sums[link] += give
        assert sums == +left


@given(cases(), st.data())
def test_hours_lost_are_those_that_the_other_site_does_not_work_or_has_less_room_in_than_they_make(
    case: Case, data: st.DataObject
) -> None:
    released = in_force(plan_orders(case.site, case.orders, now=case.now))
    other = data.draw(changed(case))
    found = what_if(case.site, other, released=released, drafts=(), now=case.now)
    slow = replace(case, site=other).slow()
    slots = {link.id: [slot.start_at for slot in slow.slots(link)] for link in case.line.links}
    for load in loads_in_force(released, case.now):
        if load.start_at in slots[load.link]:
            slow.load(load)
    why: dict[tuple[str, str, Instant], str] = {}
    for each in released:
        for link, hour in hours_to_come(each.links, case.now):
            if hour.start_at not in slots[link]:
                why[each.order.order, link, hour.start_at] = "closed"
            elif hour.make:
                left = slow.seconds(case.line, case.line.link(link))
                if left[slots[link].index(hour.start_at)] < 0:
                    why[each.order.order, link, hour.start_at] = "over capacity"
    assert {(hour.order, hour.link, hour.start_at): hour.why for hour in found.lost} == why
    assert len(found.lost) == len(why)
