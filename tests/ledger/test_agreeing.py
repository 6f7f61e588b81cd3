"""Time is settled together: drafted, confirmed in each role, released; changes withdraw what they touch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ledger import agreeing, drafts
from ledger.errors import IdTaken, OrdersRefused, RuleRefused
from ledger.plans import plan_versions, released_loads, released_order
from shopfloor.orders import Order
from shopfloor.planning import loads_of, plan_orders
from shopfloor.roles import ROLES, Role
from tests.factory import WORKED_SITE, Plant, china, worked_order
from tests.ledger.planners import Planners

# Draft, confirm, release


def test_a_draft_takes_no_hours_and_has_no_batches(planners: Planners) -> None:
    planners.draft()
    assert planners.taken() == 0
    assert planners.plant.codes() == []
    assert planners.found().waits_for(ROLES) == ROLES


@pytest.mark.parametrize("order", [ROLES, tuple(reversed(ROLES)), ("purchasing", "sales", "production")])
def test_the_third_confirmation_releases_whoever_it_is(planners: Planners, order: tuple[Role, ...]) -> None:
    planners.draft()
    assert [planners.confirm(role) for role in order] == [False, False, True]
    assert not planners.is_draft()
    assert len(planners.plant.codes()) == 10
    (plan,) = plan_orders(planners.plant.site, [worked_order()], now=planners.plant.now)
    in_force = released_order(planners.plant.ledger, "A-1")
    assert in_force is not None
    assert {link.link: link for link in in_force.links} == {link.link: link for link in plan.links}
    key = lambda load: (load.start_at, load.link)  # noqa: E731  # an order to compare in
    loads = released_loads(planners.plant.ledger, planners.plant.now)
    assert sorted(loads, key=key) == sorted(loads_of(plan), key=key)
    assert planners.hour_target("pack", "25 13:00") == 60


def test_it_is_kept_who_confirmed_what_and_when(planners: Planners) -> None:
    planners.draft()
    planners.confirm("sales", may_move_to=china("27 17:00"))
    planners.plant.now += 60_000
    planners.confirm("production")
    planners.confirm("purchasing", material_at=china("24 09:00"))
    given = drafts.confirmations(planners.plant.ledger, "A-1", 1)
    assert [(each.person, each.quantity, each.due_at) for each in given.values()] == [
        (person, 200, china("25 17:00")) for person in ("Mei", "Bo", "Ana")
    ]
    assert given["sales"].may_move_to == china("27 17:00")
    assert (given["production"].at, given["production"].starts_at) == (china("23 08:01"), china("24 14:00"))
    purchasing = given["purchasing"]
    assert (purchasing.material_at, purchasing.needed_at) == (china("24 09:00"), china("24 14:00"))
    assert [(each.version, each.person) for each in plan_versions(planners.plant.ledger, "A-1")] == [
        (1, "Ana")
    ]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_confirms_once(planners: Planners, role: Role) -> None:
    planners.draft()
    planners.confirm(role)
    with pytest.raises(RuleRefused, match=f"order A-1 is confirmed by {role} already"):
        planners.confirm(role)


@pytest.mark.parametrize("role", ["production", "purchasing"])
def test_what_is_not_feasible_is_confirmed_by_sales_alone(planners: Planners, role: Role) -> None:
    planners.draft(worked_order(quantity=4000))
    assert planners.confirm("sales") is False
    with pytest.raises(RuleRefused, match="order A-1 is not feasible"):
        planners.confirm(role)


def test_the_material_may_come_at_the_first_need_and_not_after_it(planners: Planners) -> None:
    planners.draft()
    needed_at = planners.desk.look_at("A-1", planners.plant.now).needed_at
    assert needed_at == china("24 14:00")
    with pytest.raises(RuleRefused, match="the material arrives after it is first needed"):
        planners.confirm("purchasing", material_at=needed_at + 1)
    with pytest.raises(RuleRefused, match="say when the material arrives"):
        planners.confirm("purchasing", material_at=None)
    planners.confirm("purchasing", material_at=needed_at)


def test_the_customer_cannot_move_to_before_the_due(planners: Planners) -> None:
    planners.draft()
    with pytest.raises(RuleRefused, match="cannot move to a time before the due"):
        planners.confirm("sales", may_move_to=china("25 16:59"))


def test_a_confirmation_can_be_taken_back_until_the_release(planners: Planners) -> None:
    planners.draft()
    planners.confirm("sales")

    def withdraw() -> None:
        now, by = planners.plant.now, planners.by()
        agreeing.withdraw(planners.plant.ledger, "A-1", "sales", by, why="a slip", now=now)

    withdraw()
    assert planners.confirmed() == set()
    with pytest.raises(RuleRefused, match="is not confirmed by sales"):
        withdraw()
    planners.agree()
    with pytest.raises(RuleRefused, match="nothing of order A-1 is being agreed"):
        withdraw()


def test_roles_are_configuration(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "site", f'{WORKED_SITE}\n[agreement]\nroles = ["production"]\n')
    planners = Planners(plant)
    planners.draft()
    with pytest.raises(RuleRefused, match="sales does not confirm orders at this site"):
        planners.confirm("sales")
    assert planners.confirm("production") is True
    plant.close()


def test_where_nobody_has_to_confirm_an_order_is_released_when_it_is_drafted(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "site", f"{WORKED_SITE}\n[agreement]\nroles = []\n")
    Planners(plant).draft()
    assert len(plant.codes()) == 10
    plant.close()


def test_one_person_may_confirm_everything_at_once_or_nothing_at_all(planners: Planners) -> None:
    def take_in(*orders: Order) -> None:
        planners.desk.take_in(orders, planners.by("Li"), confirmed=True, now=planners.plant.now)

    with pytest.raises(OrdersRefused) as refused:
        take_in(worked_order(), worked_order("A-2", quantity=4000), worked_order("A-1"))
    assert refused.value.faults == {
        "A-1": "order A-1 is there twice; take one out",
        "A-2": "order A-2 is not feasible: Packing lacks 3250 before Wed 2026-11-25 16:00; "
        "earliest due Fri 2026-12-11 12:00",
    }
    assert planners.events("order_drafted") == 0
    take_in(worked_order(), worked_order("A-2", quantity=100))
    given = drafts.confirmations(planners.plant.ledger, "A-2", 1)
    assert {role: each.person for role, each in given.items()} == dict.fromkeys(ROLES, "Li")
    assert len(planners.plant.codes("A-2")) == 5


# What changes


@pytest.mark.parametrize(
    ("change", "withdrawn"),
    [
        ({"quantity": 180}, ROLES),
        ({"due": "26 17:00"}, ("sales", "production")),
        ({"due": "25 16:00"}, ("sales", "production", "purchasing")),
        ({"due": "20 17:00"}, ("sales", "production", "purchasing")),
        ({"material_at": china("24 13:00")}, ("purchasing",)),
    ],
)
def test_a_change_withdraws_exactly_what_it_touches(
    planners: Planners, change: dict[str, object], withdrawn: tuple[Role, ...]
) -> None:
    for role in ROLES:
        number = f"A-{role}"  # each misses one, so that none is released
        planners.draft(worked_order(number, quantity=160))
        for other in ROLES:
            if other != role:
                planners.confirm(other, number, material_at=china("24 15:00"))
        told = planners.change(number, **change)  # type: ignore[arg-type]  # rows of a table
        assert set(told) == set(withdrawn) - {role}
        assert planners.confirmed(number) == set(ROLES) - {role} - set(withdrawn)
        planners.discard(number, seen=2)


def test_a_change_to_the_same_is_none(planners: Planners) -> None:
    planners.draft()
    planners.confirm("sales")
    assert planners.change(quantity=200) == ()
    assert planners.found().revision == 1


def test_what_was_changed_meanwhile_is_not_confirmed(planners: Planners) -> None:
    planners.draft()
    planners.change(quantity=180)
    for role in ROLES:
        with pytest.raises(RuleRefused, match="order A-1 was changed meanwhile"):
            planners.confirm(role, seen=1)
    with pytest.raises(RuleRefused, match="was changed meanwhile"):
        planners.discard(seen=1)


def test_a_product_is_not_changed(planners: Planners) -> None:
    planners.draft()
    other = replace(planners.found(), order=replace(worked_order(), product="shirt"))
    with pytest.raises(RuleRefused, match="order A-1 stays one of polo"):
        drafts.change_draft(planners.plant.ledger, other, planners.by(), late_material=False, now=0)


def test_the_last_confirmation_does_not_release_beside_orders_it_does_not_know(planners: Planners) -> None:
    planners.draft(worked_order(), worked_order("A-2"))
    for number in ("A-1", "A-2"):
        planners.confirm("sales", number)
        planners.confirm("production", number)
    now = planners.plant.now
    before = planners.desk.look_at("A-2", now)
    planners.confirm("purchasing", "A-1")
    by = planners.by("Ana")
    with pytest.raises(
        RuleRefused, match=r"^other orders were released meanwhile; nothing was released, plan"
    ):
        agreeing.confirm(
            planners.plant.ledger, planners.plant.site, "purchasing", by, before.seen,
            material_at=china("23 09:00"), now=now,
        )  # fmt: skip
    assert planners.confirmed("A-2") == {"sales", "production"}
    assert planners.confirm("purchasing", "A-2", material_at=china("23 09:00")) is True
    assert planners.taken() == 2 * 600


def test_the_floor_that_was_taken_meanwhile_stops_the_release_with_one_sentence(planners: Planners) -> None:
    planners.draft(worked_order(quantity=400), worked_order("A-2", quantity=400))
    for number in ("A-1", "A-2"):
        planners.confirm("production", number)
        planners.confirm("purchasing", number, material_at=china("23 08:00"))
    planners.confirm("sales", "A-1")
    with pytest.raises(
        RuleRefused, match=r"^order A-2 is not feasible any more; change its due or discard it$"
    ):
        planners.confirm("sales", "A-2")
    assert planners.confirmed("A-2") == {"production", "purchasing"}


def test_material_that_came_in_time_for_an_earlier_plan_stops_the_release(planners: Planners) -> None:
    planners.draft(worked_order(), worked_order("A-2", quantity=80))
    planners.confirm("purchasing", "A-2", material_at=china("25 08:00"))
    planners.confirm("production", "A-2")
    planners.agree("A-1")
    with pytest.raises(RuleRefused, match="order A-2 is needed earlier by now than its material arrives"):
        planners.confirm("sales", "A-2")
    planners.change("A-2", material_at=china("24 08:00"))
    planners.agree("A-2")
    assert len(planners.plant.codes("A-2")) == 4


# Once


def test_every_act_that_is_told_twice_counts_once(planners: Planners) -> None:
    for _ in range(2):
        planners.desk.take_in(
            [worked_order()], planners.by(tap="in"), confirmed=False, now=planners.plant.now
        )
    assert planners.confirm("sales", tap="s") is planners.confirm("sales", tap="s") is False
    after = replace(planners.found(), order=worked_order(quantity=160))
    for _ in range(2):
        told = planners.desk.change(after, planners.by(tap="c"), now=planners.plant.now)
        assert told == ("sales",)
    for role in ROLES:
        planners.confirm(role, tap=role)
    assert planners.confirm("purchasing", tap="purchasing", seen=2) is True
    for _ in range(2):
        planners.propose(tap="anew")
    planners.plant.now += 1
    planners.discard(tap="no")
    planners.discard(tap="no")
    kinds = ("order_drafted", "order_confirmed", "order_changed", "order_released", "order_discarded")
    assert [planners.events(kind) for kind in kinds] == [2, 4, 1, 1, 1]


def test_the_id_of_one_act_is_not_taken_for_another(planners: Planners) -> None:
    planners.draft(worked_order(), worked_order("A-2"))
    planners.confirm("sales", tap="tap")
    acts = (
        lambda: planners.confirm("production", tap="tap"),
        lambda: planners.confirm("sales", "A-2", tap="tap"),
        lambda: planners.change(quantity=20, tap="tap"),
        lambda: planners.discard(tap="tap"),
    )
    for act in acts:
        with pytest.raises(IdTaken, match="id tap was used before for something else"):
            act()


def test_a_number_is_taken_until_its_draft_is_discarded(planners: Planners) -> None:
    planners.draft()
    with pytest.raises(OrdersRefused, match="order A-1 is a draft already") as refused:
        planners.draft(worked_order("A-2"), worked_order())
    assert set(refused.value.faults) == {"A-1"}
    assert not planners.is_draft("A-2")
    planners.confirm("sales")
    planners.discard()
    planners.draft()
    assert planners.confirmed() == set()
    planners.agree()
    with pytest.raises(OrdersRefused, match="order A-1 is released already"):
        planners.draft()
    planners.ship()
