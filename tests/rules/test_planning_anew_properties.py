"""A released order that is on time: the plan in force is itself a plan, so it can be kept, and moved later."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.floor import Floor
from shopfloor.instants import MINUTE_MS
from shopfloor.orders import Load, ReleasedOrder
from shopfloor.planning import loads_of
from shopfloor.replanning import on_time, progress_of, with_kept
from tests.rules.plan_cases import Case, cases

pytestmark = pytest.mark.usefixtures("near_horizon")


@given(cases(), st.data())
def test_what_is_left_of_an_order_on_time_can_be_planned_anew_by_its_due_or_later(
    case: Case, data: st.DataObject
) -> None:
    plans = [plan for plan in Floor(case.site, now=case.now).plan(case.orders) if plan.feasible]
    if not plans:
        return
    asked = data.draw(st.sampled_from(plans))
    ends = max(link.hours[-1].end_at for link in asked.links if link.hours)
    now = data.draw(st.integers(case.now, ends))
    given_by = {
        link.link: max((hour.cumulative for hour in link.hours if hour.end_at <= now), default=0)
        for link in asked.links
    }
    released = ReleasedOrder(asked.order, 1, asked.links, given_by)
    assert on_time(released, now)
    progress = progress_of(released, now)
    loads: list[Load] = [load for plan in plans if plan is not asked for load in loads_of(plan)]
    floor = Floor(case.site, now=now, loads=[load for load in loads if load.start_at >= now])
    later = data.draw(st.sampled_from([0, 0, 1, 60, 600, 3_000])) * MINUTE_MS
    order = replace(asked.order, due_at=asked.order.due_at + later)
    (plan,) = floor.plan([order], progress={order.order: progress})
    assert plan.feasible
    for link in with_kept(plan.links, progress.kept):
        cumulative = given_by[link.link]
        for hour in link.hours:
            assert hour.start_at >= now or hour.start_at < now < hour.end_at
            cumulative += hour.give
            assert hour.cumulative == cumulative
        assert cumulative == order.quantity
