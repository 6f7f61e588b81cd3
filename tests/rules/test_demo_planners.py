"""What visitors of the demo find on the planners' table, also after they took something away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.demo.luck import Luck
from interlock.demo.order_desk import OrderDesk
from interlock.demo.planners import OFFER, PLANNERS, RUSH, SOURCE, PlannersTable
from ledger import drafts
from ledger.checking import faults
from ledger.desk import Desk
from ledger.drafts import By
from ledger.plans import plan_versions
from ledger.store import Ledger
from shopfloor.agreement import Draft
from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, Instant, instant_from_text
from shopfloor.roles import ROLES
from shopfloor.site import Site
from station_config import load, write_template

NOW: Instant = instant_from_text("2026-11-16T10:00:00+01:00")


class Office:
    """A gearbox plant with two and a half days of released orders."""

    def __init__(self, folder: Path) -> None:
        write_template("gearbox", folder)
        self.site: Site = load(folder).site
        self.line = self.site.lines["gearbox"]
        self.ledger = Ledger(folder / "ledger.db", create=True)
        self.desk = Desk(self.ledger, self.site)
        self.orders = self.new_order_desk()
        self.orders.work(NOW)

    def new_order_desk(self) -> OrderDesk:
        return OrderDesk(self.ledger, self.site, self.line, Luck("test"), lambda: NOW)

    def set_out(self, at: Instant) -> dict[str, Draft]:
        PlannersTable(self.ledger, self.site, self.line).set_out(at)
        there = drafts.drafts(self.ledger)
        kinds = ["change" if draft.version > 1 else draft.order.order.rstrip("0123456789") for draft in there]
        assert len(set(kinds)) == len(kinds)
        return dict(zip(kinds, there, strict=True))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    assert faults(office.ledger) == []
    office.ledger.close()


def test_every_order_was_agreed_by_the_three_planners(office: Office) -> None:
    rows = office.ledger.rows('SELECT "order" FROM orders')
    assert len(rows) > 5
    for row in rows:
        given = drafts.confirmations(office.ledger, row["order"], 1)
        assert {role: each.person for role, each in given.items()} == dict(PLANNERS)
        assert given["purchasing"].material_at is not None
        assert [version.version for version in plan_versions(office.ledger, row["order"])] == [1]


def test_three_things_in_different_states_lie_there(office: Office) -> None:
    there = office.set_out(NOW + MINUTE_MS)
    assert set(there) == {OFFER, RUSH, "change"}
    assert there[OFFER].waits_for(ROLES) == ("purchasing",)
    look = office.desk.look(there[OFFER], NOW + MINUTE_MS)
    assert look.plan.feasible
    assert look.needed_at is not None
    assert look.needed_at > NOW + DAY_MS
    rush = office.desk.look(there[RUSH], NOW + MINUTE_MS).plan
    assert not rush.feasible
    assert rush.short
    assert rush.earliest_ship_at is not None
    assert there["change"].waits_for(ROLES) == ("production",)
    assert office.desk.look(there["change"], NOW + MINUTE_MS).plan.feasible


def test_what_lies_there_stays_on_a_second_start_and_is_renewed_when_it_is_stale(office: Office) -> None:
    first = office.set_out(NOW + MINUTE_MS)
    again = office.set_out(NOW + 2 * HOUR_MS)
    assert {kind: draft.order for kind, draft in again.items()} == {
        kind: draft.order for kind, draft in first.items()
    }
    later = office.set_out(NOW + 4 * DAY_MS)
    assert [later[kind].order.order for kind in (OFFER, RUSH)] == [f"{OFFER}2", f"{RUSH}2"]
    assert office.desk.look(later[OFFER], NOW + 4 * DAY_MS).plan.feasible


def test_what_a_visitor_releases_is_replaced_and_the_usual_orders_go_on(office: Office) -> None:
    offer = office.set_out(NOW + MINUTE_MS)[OFFER]
    look = office.desk.look(offer, NOW + MINUTE_MS)
    by = By("a visitor", "web", NOW + MINUTE_MS)
    number, seen = offer.order.order, offer.revision
    assert office.desk.confirm(
        number, "purchasing", by, seen=seen, material_at=look.needed_at, now=NOW + MINUTE_MS
    )
    assert office.set_out(NOW + 7 * HOUR_MS)[OFFER].order.order == f"{OFFER}2"
    released = office.new_order_desk().work(NOW + 7 * HOUR_MS)
    assert released
    assert all(order.due_at < NOW + 3 * DAY_MS for order in released)


def test_the_planners_table_says_where_it_comes_from(office: Office) -> None:
    office.set_out(NOW + MINUTE_MS)
    sources = office.ledger.rows("SELECT DISTINCT source FROM events")
    assert [row["source"] for row in sources] == [SOURCE]
