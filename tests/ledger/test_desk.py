"""The planners' desk keeps the floor up to date, whatever is released, planned anew or shipped, and by whom."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import agreeing
from ledger.checking import faults
from ledger.desk import Desk
from ledger.errors import OrdersRefused, RuleRefused
from ledger.plans import plan_versions, released_loads
from ledger.site_versions import record_site
from ledger.store import Ledger
from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS
from shopfloor.orders import Order
from shopfloor.planning import promise
from shopfloor.roles import ROLES
from tests.factory import Plant, china, worked_order
from tests.ledger.planners import MATERIAL, Planners

DEVICES = ("scanner-cut", "scanner-sew", "scanner-pack")


def kept(planners: Planners, desk: Desk | None = None) -> bool:
    return planners.same_as_fresh((desk or planners.desk).floor(planners.plant.now))


class Life:
    """People who do what dice say, some of it refused; two desks, as two processes have them."""

    def __init__(self, planners: Planners, seed: int) -> None:
        self.planners, self.plant, self.dice = planners, planners.plant, random.Random(seed)  # noqa: S311  # a game
        self.other = Desk(self.plant.ledger, self.plant.site)
        self.numbers = ["A-0"]
        self.refused = 0

    def step(self) -> None:
        deeds = (self.draft, self.agree, self.agree, self.confirm, self.change, self.propose, self.propose)
        deed = self.dice.choice((*deeds, self.discard, self.scan, self.scan, self.wait))
        try:
            deed(self.dice.choice(self.numbers[-4:]))
        except RuleRefused:
            self.refused += 1

    def draft(self, _: str) -> None:
        number = f"A-{len(self.numbers)}"
        due = self.plant.now + self.dice.randint(1, 6 * 24) * HOUR_MS
        order = Order(number, "shirts", "polo", self.dice.randint(1, 300), due)
        self.planners.draft(order)
        self.numbers.append(number)

    def agree(self, number: str) -> None:
        if self.planners.is_draft(number):
            for role in self.planners.found(number).waits_for(ROLES):
                self.planners.confirm(role, number, material_at=self.plant.now)

    def confirm(self, number: str) -> None:
        if self.planners.is_draft(number):
            role = self.dice.choice(ROLES)
            self.planners.confirm(role, number, material_at=self.plant.now + DAY_MS)

    def change(self, number: str) -> None:
        if self.planners.is_draft(number):
            material_at = self.dice.choice((None, self.plant.now))
            self.planners.change(
                number, quantity=self.dice.choice((None, 50, 120)), due=None, material_at=material_at
            )

    def propose(self, number: str) -> None:
        due_at = self.plant.now + self.dice.randint(1, 6 * 24) * HOUR_MS
        self.other.propose(number, due_at, self.planners.by(), why="dice", now=self.plant.now)

    def discard(self, number: str) -> None:
        if self.planners.is_draft(number) and self.dice.random() < 0.3:  # now and then
            self.planners.discard(number, seen=self.planners.found(number).revision)

    def scan(self, number: str) -> None:
        codes = self.plant.codes(number)
        for code in codes[: self.dice.randint(1, 6)]:
            for _ in range(self.dice.randint(1, 4)):
                self.plant.now += 11_000
                self.plant.scan(self.dice.choice(DEVICES), code)
        if codes and self.dice.random() < 0.2:  # now and then
            self.planners.ship(number, at="23 08:00")

    def wait(self, _: str) -> None:
        self.plant.now += self.dice.choice((MINUTE_MS, HOUR_MS, 5 * HOUR_MS, DAY_MS))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_any_history_leaves_a_whole_record_and_both_desks_up_to_date(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    plant = Plant(tmp_path_factory.mktemp("site"))
    life = Life(Planners(plant), seed)
    try:
        for n in range(40):
            life.step()
            if n % 4 == 0:
                assert kept(life.planners)
            if n % 7 == 0:
                assert kept(life.planners, life.other)
        assert faults(plant.ledger) == []
        taken = plant.ledger.rows("SELECT MIN(make) AS least FROM loads")
        assert taken[0]["least"] is None or taken[0]["least"] > 0
        for link, at_most in (("cut", 100), ("sew", 40), ("pack", 50)):
            (most,) = plant.ledger.rows("SELECT MAX(make) AS made FROM loads WHERE link = ?", (link,))
            assert (most["made"] or 0) <= at_most
    finally:
        plant.close()


def test_a_lively_history_is_not_all_refusals(planners: Planners) -> None:
    life = Life(planners, seed=4)
    for _ in range(120):
        life.step()
    kinds = ("order_released", "order_replanned", "order_changed", "order_discarded", "given")
    assert all(planners.events(kind) for kind in kinds)
    assert planners.plant.ledger.rows("SELECT 1 FROM orders WHERE shipped_at IS NOT NULL")
    assert 0 < life.refused < 60


def test_what_another_process_releases_is_seen(planners: Planners) -> None:
    assert kept(planners)
    other = Plant(planners.plant.folder)
    theirs = Planners(other)
    theirs.draft()
    theirs.agree()
    assert kept(planners)
    free = promise(
        planners.plant.site,
        product="polo",
        quantity=3000,
        now=planners.plant.now,
        loads=released_loads(other.ledger, planners.plant.now),
    )
    assert planners.desk.promise("polo", 3000, planners.plant.now) == free
    theirs.ship(at="24 08:00")
    planners.plant.now = china("24 08:30")
    assert kept(planners)
    other.close()


def test_what_is_tried_on_a_floor_leaves_the_kept_one_alone(planners: Planners) -> None:
    floor = planners.desk.floor(planners.plant.now)
    floor.plan([worked_order()])
    assert kept(planners)
    planners.desk.plan(worked_order(), planners.plant.now)
    planners.draft(worked_order(), worked_order("A-2"))
    planners.desk.together([planners.found(), planners.found("A-2")], planners.plant.now)
    assert kept(planners)


def test_a_clock_that_was_set_back_is_believed(planners: Planners) -> None:
    planners.draft()
    planners.agree()
    late = Desk(planners.plant.ledger, planners.plant.site)
    planners.plant.now = china("25 10:00")
    assert kept(planners, late)
    planners.plant.now = china("23 08:00")
    assert kept(planners, late)


def test_the_floor_without_one_order_is_as_it_was_before_it(planners: Planners) -> None:
    before = planners.desk.floor(planners.plant.now)
    planners.draft()
    planners.agree()
    without = planners.desk.floor(planners.plant.now, but_not="A-1")
    assert without.hours("shirts", "sew").left == before.hours("shirts", "sew").left
    assert (
        planners.desk.floor(planners.plant.now).hours("shirts", "sew").left
        != before.hours("shirts", "sew").left
    )


def test_drafts_are_planned_beside_each_other_on_what_is_left(planners: Planners) -> None:
    planners.draft(worked_order("A-1", quantity=400), worked_order("A-2", quantity=400))
    both = [planners.found("A-1"), planners.found("A-2")]
    alone = [planners.desk.look(draft, planners.plant.now).plan.feasible for draft in both]
    together = planners.desk.together(both, planners.plant.now)
    assert alone == [True, True]
    assert sorted(plan.feasible for plan in together.values()) == [False, True]


def test_a_due_far_away_or_long_ago_is_looked_at_too(planners: Planners) -> None:
    far = worked_order("A-9")
    for due_at, feasible in ((planners.plant.now + 5 * 365 * DAY_MS, True), (0, False)):
        order = Order(far.order, far.line, far.product, far.quantity, due_at)
        plan = planners.desk.plan(order, planners.plant.now)
        assert plan.feasible is feasible
    with pytest.raises(OrdersRefused, match="more than ten years from now"):
        planners.desk.plan(
            Order("A-9", "shirts", "polo", 1, planners.plant.now + 4000 * DAY_MS), planners.plant.now
        )


def test_a_changed_configuration_stops_a_release_that_was_planned_before_it(planners: Planners) -> None:
    planners.draft()
    planners.confirm("sales")
    planners.confirm("production")
    now = planners.plant.now
    look = planners.desk.look_at("A-1", now)
    with planners.plant.ledger.write(now) as tx:
        record_site(tx, planners.by(), before="a", after="b", changes=["one station less"], why="broken")
    with pytest.raises(RuleRefused, match="the configuration was changed meanwhile"):
        agreeing.confirm(
            planners.plant.ledger, planners.plant.site, "purchasing", planners.by(), look.seen,
            material_at=MATERIAL, now=now,
        )  # fmt: skip
    assert planners.confirm("purchasing") is True


def test_a_draft_of_a_product_that_is_gone_is_not_feasible_and_can_be_discarded(planners: Planners) -> None:
    planners.draft()
    planners.desk.adopt(replace(planners.plant.site, products={}))
    look = planners.desk.look_at("A-1", planners.plant.now)
    assert not look.plan.feasible
    assert planners.desk.together([look.draft], planners.plant.now) == {}
    planners.discard()
    assert not planners.is_draft()


# A ledger that the version before wrote


def test_a_ledger_from_before_agreements_opens_with_what_its_orders_take(tmp_path: Path) -> None:
    written = Path(__file__).parent / "files" / "before_agreements.sql"
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.executescript(written.read_text(encoding="utf-8"))
    ledger = Ledger(tmp_path / "ledger.db")
    try:
        assert faults(ledger) == []
        taken = {(load.link, load.start_at): load.make for load in released_loads(ledger, 0)}
        assert sum(taken.values()) == 3 * (60 + 20)  # the shipped order takes nothing
        assert taken["pack", china("25 15:00")] == 50
        for number, due in (("B-1", "25 17:00"), ("B-2", "25 17:00"), ("B-3", "26 17:00")):
            (version,) = plan_versions(ledger, number)
            assert (version.version, version.due_at, version.person) == (1, china(due), "")
    finally:
        ledger.close()
