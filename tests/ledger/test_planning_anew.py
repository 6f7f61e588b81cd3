"""A released order is planned anew: the plan in force stays until the other one is agreed, and is kept then."""

from __future__ import annotations

import pytest

from ledger import drafts
from ledger.errors import RuleRefused
from ledger.plans import plan_versions, released_order, targets_of
from tests.factory import china
from tests.ledger.planners import Planners


def test_until_it_is_agreed_the_plan_in_force_stays(planners: Planners) -> None:
    planners.draft()
    planners.agree()
    before = released_order(planners.plant.ledger, "A-1")
    planners.propose("26 17:00")
    assert planners.confirmed() == {"purchasing"}
    assert released_order(planners.plant.ledger, "A-1") == before
    planners.confirm("sales")
    assert planners.confirm("production") is True
    after = released_order(planners.plant.ledger, "A-1")
    assert after is not None
    assert (after.plan_version, after.order.due_at) == (2, china("26 17:00"))
    assert before is not None
    assert {each.link: each for each in targets_of(planners.plant.ledger, "A-1", 1)} == {
        each.link: each for each in before.links
    }
    versions = plan_versions(planners.plant.ledger, "A-1")
    assert [(each.version, each.why) for each in versions] == [(1, ""), (2, "the customer asked")]
    assert drafts.confirmations(planners.plant.ledger, "A-1", 2)["purchasing"].person == "Ana"
    assert planners.taken() == 600


def test_a_plan_anew_with_the_same_due_asks_production_alone(planners: Planners) -> None:
    planners.draft()
    planners.agree()
    planners.propose("25 17:00")
    assert planners.confirmed() == {"sales", "purchasing"}
    assert planners.confirm("production") is True


def test_hours_that_have_begun_keep_their_target_and_what_was_given_counts(planners: Planners) -> None:
    planners.draft()
    planners.agree()
    for code in planners.plant.codes()[:3]:
        planners.plant.scan("scanner-cut", code, "24 14:20")
        planners.plant.now += 60_000
        planners.plant.scan("scanner-cut", code)
    planners.plant.now = china("24 15:30")
    planners.propose("26 17:00")
    planners.agree()
    assert [planners.hour_target("cut", f"24 {hour}:00") for hour in (14, 15, 16)] == [40, 40, 0]
    again = {each.link: each.hours for each in targets_of(planners.plant.ledger, "A-1", 2)}
    # Of 200 its running hour owes 80 in all; the rest is planned from the next hour on, and 60 are given.
    assert [hour.cumulative for hour in again["cut"][:1]] == [80]
    assert again["cut"][0].start_at == china("24 15:00")
    assert sum(hour.give for hour in again["cut"][1:]) == 120
    assert all(hour.start_at >= planners.plant.now for hour in again["cut"][1:])
    assert again["cut"][-1].cumulative == again["sew"][-1].cumulative == 200
    (unmet,) = planners.plant.ledger.rows("SELECT unmet_end_at FROM order_links WHERE link = 'cut'")
    assert unmet["unmet_end_at"] == again["cut"][0].end_at
    assert planners.taken() == 120 + 200 + 200


def test_a_released_order_that_is_on_time_can_always_be_moved_later(planners: Planners) -> None:
    """The plan in force is itself a plan: its running hours count, and a milestone's lead runs already."""
    planners.draft()
    planners.agree()
    for now in ("24 14:30", "24 15:10"):
        planners.plant.now = china(now)
        if now == "24 15:10":
            for code in planners.plant.codes()[:2]:
                planners.plant.scan("scanner-cut", code, "24 14:40")
                planners.plant.now += 60_000
                planners.plant.scan("scanner-cut", code)
            planners.plant.now = china(now)
        planners.propose("26 17:00")
        assert planners.desk.look_at("A-1", planners.plant.now).plan.feasible
        planners.discard()


def test_material_that_is_used_up_is_not_asked_for_again(planners: Planners) -> None:
    planners.draft()
    planners.agree()
    planners.plant.now = china("25 11:00")
    for code in planners.plant.codes():
        planners.plant.scan("scanner-cut", code)
        planners.plant.now += 30_000
        planners.plant.scan("scanner-cut", code)
    planners.propose("27 17:00")
    assert planners.desk.look_at("A-1", planners.plant.now).needed_at is None
    assert planners.confirmed() == {"purchasing"}


def test_what_cannot_be_planned_anew_says_why(planners: Planners) -> None:
    planners.draft()
    with pytest.raises(RuleRefused, match="order A-1 is not released; change its draft"):
        planners.propose()
    planners.agree()
    planners.propose()
    with pytest.raises(RuleRefused, match="a change of order A-1 is being agreed already"):
        planners.propose()
    with pytest.raises(RuleRefused, match="the quantity of order A-1 cannot change"):
        planners.change(quantity=220)


def test_shipping_gives_the_hours_back_and_ends_what_was_being_agreed(planners: Planners) -> None:
    planners.draft()
    planners.agree()
    planners.propose("27 17:00")
    planners.ship(at="24 09:00")
    planners.plant.now = china("24 10:00")
    assert planners.taken() == 0
    assert not planners.is_draft()
    with pytest.raises(RuleRefused, match="order A-1 is shipped"):
        planners.propose()
