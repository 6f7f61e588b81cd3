"""The same id with different content is refused; and no caller can write what no page could show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ledger import agreeing, drafts, taking_in
from ledger.checking import faults
from ledger.errors import IdTaken, OrdersRefused, RuleRefused
from shopfloor.instants import Instant, instant_from_text
from tests.factory import china, worked_order
from tests.ledger.planners import MATERIAL, Planners

FAR: list[Instant] = [instant_from_text("9999-12-31T23:59:59+00:00"), -62135596800000]


def test_orders_that_come_in_again_under_one_id_have_to_be_the_same(planners: Planners) -> None:
    ledger, now = planners.plant.ledger, planners.plant.now
    first = [worked_order(), worked_order("A-2")]

    def take_in(*orders: Any, person: str = "Mei") -> None:
        taking_in.draft_orders(ledger, orders, planners.by(person, tap="K"), now=now)

    take_in(*first)
    take_in(*first)
    others: list[Callable[[], None]] = [
        lambda: take_in(worked_order(quantity=999), worked_order("A-2")),
        lambda: take_in(worked_order(), replace(worked_order("A-2"), customer="Lotus")),
        lambda: take_in(worked_order(due="26 17:00"), worked_order("A-2")),
        lambda: take_in(*first, worked_order("A-3")),
        lambda: take_in(worked_order()),
        lambda: take_in(*first[::-1]),
        lambda: take_in(*first, person="Bo"),
    ]
    for other in others:
        with pytest.raises(IdTaken):
            other()
    assert planners.events("order_drafted") == 2


def test_a_confirmation_under_one_id_is_one_with_the_same_dates(planners: Planners) -> None:
    planners.draft()
    planners.confirm("sales", tap="s", may_move_to=china("27 17:00"))
    planners.confirm("sales", tap="s", may_move_to=china("27 17:00"), seen=1)
    planners.confirm("purchasing", tap="p")
    planners.confirm("purchasing", tap="p", material_at=None, seen=1)
    for moved in (None, china("28 17:00")):
        with pytest.raises(IdTaken):
            planners.confirm("sales", tap="s", may_move_to=moved, seen=1)
    with pytest.raises(IdTaken):
        planners.confirm("purchasing", tap="p", material_at=MATERIAL + 1, seen=1)
    assert planners.events("order_confirmed") == 2


def test_a_reason_or_a_person_makes_another_act(planners: Planners) -> None:
    planners.draft()
    planners.confirm("sales")
    ledger, now = planners.plant.ledger, planners.plant.now

    def take_back(why: str, person: str = "Mei") -> None:
        agreeing.withdraw(ledger, "A-1", "sales", planners.by(person, tap="W"), why=why, now=now)

    take_back("a slip")
    take_back("a slip ")
    for told in (("another", "Mei"), ("a slip", "Bo")):
        with pytest.raises(IdTaken):
            take_back(*told)


@pytest.mark.parametrize("at", FAR)
def test_an_instant_that_no_page_could_show_is_never_written(planners: Planners, at: Instant) -> None:
    planners.draft()
    ledger, now = planners.plant.ledger, planners.plant.now
    found = planners.found()
    acts: list[Callable[[], Any]] = [
        lambda: taking_in.draft_orders(
            ledger, [replace(worked_order("B"), due_at=at)], planners.by(), now=now
        ),
        lambda: drafts.change_draft(
            ledger,
            replace(found, order=replace(found.order, due_at=at)),
            planners.by(),
            late_material=False,
            now=now,
        ),
        lambda: drafts.change_draft(
            ledger, replace(found, material_at=at), planners.by(), late_material=False, now=now
        ),
        lambda: planners.confirm("sales", may_move_to=at),
        lambda: planners.confirm("purchasing", material_at=at),
    ]
    for act in acts:
        with pytest.raises(RuleRefused, match=r"order (A-1|B) has a time that is not of this century"):
            act()
    planners.agree()
    with pytest.raises(RuleRefused, match="order A-1 has a time that is not of this century"):
        drafts.propose(ledger, "A-1", at, planners.by(), why="so", late_material=False, now=now)


@pytest.mark.parametrize(("fact", "value"), [("quantity", 100), ("customer", "Lotus"), ("priority", 7)])
def test_of_a_released_order_only_the_dates_can_be_agreed_anew(
    planners: Planners, fact: str, value: Any
) -> None:
    planners.draft()
    planners.agree()
    planners.propose()
    found = planners.found()
    other = replace(found, order=replace(found.order, **{fact: value}))
    with pytest.raises(RuleRefused, match=f"the {fact} of order A-1 cannot change: it is released"):
        planners.desk.change(other, planners.by(), now=planners.plant.now)
    planners.change(due="27 17:00")


def test_an_order_of_too_many_batches_does_not_come_in_and_is_not_made_one(planners: Planners) -> None:
    many = worked_order(quantity=200_001)
    for confirmed in (False, True):
        with pytest.raises(OrdersRefused, match="order A-1: 200001 in batches of 20 would be 10001 batches"):
            planners.desk.take_in([many], planners.by(), confirmed=confirmed, now=planners.plant.now)
    planners.draft()
    with pytest.raises(OrdersRefused, match="split the order"):
        planners.change(quantity=200_001)


def test_rows_that_were_made_before_the_door_opened_hold_only_if_nobody_came_first(
    planners: Planners,
) -> None:
    ledger, now = planners.plant.ledger, planners.plant.now
    orders = [worked_order(f"B-{n}") for n in range(3)]
    events = [drafts.drafted(n, order, planners.by()) for n, order in enumerate(orders)]
    ahead = ledger.chained_ahead(events, now)
    planners.draft(worked_order("A-1"), worked_order("A-2"))
    with ledger.write(now) as tx:
        assert not tx.follows(ahead)
        tx.append_ahead(ahead)
    assert faults(ledger) == []
    assert [each.order.order for each in drafts.drafts(ledger)] == ["A-1", "A-2", "B-0", "B-1", "B-2"]


def test_orders_come_in_also_while_others_write_all_the_time(
    planners: Planners, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, now = planners.plant.ledger, planners.plant.now
    made, others = ledger.chained_ahead, iter(range(9))

    def outrun(events: Any, at: Instant) -> Any:
        ahead = made(events, at)
        if events[0].order == "A-1":
            taking_in.draft_orders(ledger, [worked_order(f"B-{next(others)}")], planners.by(), now=now)
        return ahead

    monkeypatch.setattr(ledger, "chained_ahead", outrun)
    planners.draft(worked_order("A-1"), worked_order("A-2"))
    assert planners.is_draft("A-2")
    assert faults(ledger) == []
