"""Targets that begin later: the board and the kiosk say what is owed next, and a far day with its date."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Services
from kiosk.views import kiosk_page
from kiosk.views.frame import when_text
from ledger import reading
from ledger.reading import NextOwed
from shopfloor.instants import instant_from_text
from shopfloor.orders import Order
from tests.factory import Plant, china, worked_order
from tests.web.planner_visit import said

NOTHING = "No released order needs this link now."


@pytest.fixture
def browser(services: Services) -> FlaskClient:
    """On the plant on Monday 08:00 before any order."""
    return create_app(services).test_client()


def in_december(order: str = "A-1") -> Order:
    """The worked example a week later: Cutting owes 40 by Tuesday 1 December 15:00, Sewing by Wednesday 09:00."""
    return Order(order, "shirts", "polo", 200, instant_from_text("2026-12-02T17:00+08:00"))


def words(browser: FlaskClient, address: str) -> str:
    return said(browser.get(address).text)


def ship(plant: Plant, code: str, *at: str) -> None:
    """A batch into Sewing, into Packing, and out."""
    for device, when in zip(("scanner-sew", "scanner-pack", "scanner-pack"), at, strict=True):
        plant.scan(device, code, when)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("2026-11-23T17:00+08:00", "17:00"),
        ("2026-11-24T17:00+08:00", "Tue 17:00"),
        ("2026-11-28T17:00+08:00", "Sat 17:00"),
        ("2026-11-29T17:00+08:00", "Sun 29 Nov 17:00"),
        ("2026-12-01T17:00+08:00", "Tue 1 Dec 17:00"),
        ("2026-11-18T17:00+08:00", "Wed 17:00"),
        ("2026-11-17T17:00+08:00", "Tue 17 Nov 17:00"),
    ],
)
def test_a_day_is_told_with_its_date_where_the_weekday_could_be_another_weeks(
    plant: Plant, at: str, text: str
) -> None:
    assert when_text(instant_from_text(at), plant.now, plant.site.zone) == text


def test_the_next_target_of_a_link_is_the_first_unmet_one_over_all_orders(plant: Plant) -> None:
    """Packing makes 50 an hour: both orders of 20 fall into its last hour before the ship buffer."""
    plant.release(worked_order("A-1", 20), worked_order("A-2", 20), in_december("A-3"))
    assert reading.next_owed(plant.ledger, "shirts", plant.now)["pack"] == NextOwed(40, china("25 16:00"))
    ship(plant, plant.codes("A-1")[0], "25 15:10", "25 15:11", "25 15:12")
    assert reading.next_owed(plant.ledger, "shirts", plant.now)["pack"] == NextOwed(20, china("25 16:00"))
    ship(plant, plant.codes("A-2")[0], "25 15:30", "25 15:31", "25 15:32")
    later = reading.next_owed(plant.ledger, "shirts", plant.now)["pack"]
    assert later.by_at == instant_from_text("2026-12-02T12:00+08:00")


def test_what_was_given_ahead_is_not_owed_next(plant: Plant) -> None:
    plant.release(worked_order())
    plant.scan("scanner-sew", plant.codes()[0], "24 13:30")
    assert reading.next_owed(plant.ledger, "shirts", plant.now)["cut"] == NextOwed(20, china("24 15:00"))


def test_a_link_with_something_overdue_has_no_target_to_come(plant: Plant) -> None:
    plant.release(worked_order())
    assert "cut" not in reading.next_owed(plant.ledger, "shirts", china("24 15:00"))
    assert reading.next_owed(plant.ledger, "shirts", china("24 14:59"))["cut"].quantity == 40


def test_a_row_of_the_board_says_what_its_link_owes_next(plant: Plant, browser: FlaskClient) -> None:
    plant.release(in_december())
    board = words(browser, "/board/shirts")
    assert "next target 40 by Tue 1 Dec 15:00" in board  # Cutting
    assert "next target 40 by Wed 2 Dec 09:00" in board  # Sewing
    assert "no target" not in board
    plant.now = china("25 08:00")
    assert "next target 40 by Tue 1 Dec 15:00" in words(browser, "/board/shirts")
    plant.now = china("26 08:00")
    assert "next target 40 by Tue 15:00" in words(browser, "/board/shirts")


def test_a_kiosk_says_what_comes_next_and_what_it_owes_next(plant: Plant, browser: FlaskClient) -> None:
    plant.release(in_december())
    kiosk = words(browser, "/kiosk/sew-1")
    assert "From Cutting next target 40 by Tue 1 Dec 15:00" in kiosk
    assert "Nothing is owed in this hour. next target 40 by Wed 2 Dec 09:00" in kiosk
    assert NOTHING not in kiosk
    first = words(browser, "/kiosk/cut-1")
    assert "next target 40 by Tue 1 Dec 15:00" in first
    assert "Nothing that is released" not in first


def test_only_without_a_released_order_a_kiosk_says_that_a_planner_releases_one(
    plant: Plant, services: Services, browser: FlaskClient
) -> None:
    assert NOTHING in words(browser, "/kiosk/cut-1")
    plant.release(worked_order("A-1", 20))
    assert NOTHING not in words(browser, "/kiosk/cut-1")
    plant.scan("scanner-cut", plant.codes()[0], "23 08:10")
    plant.scan("scanner-sew", plant.codes()[0], "23 08:30")
    plant.now = china("24 08:00")
    assert kiosk_page(services, "cut-1").next_target is None
    assert kiosk_page(services, "cut-1").state == "idle"
    told = words(browser, "/kiosk/cut-1")
    assert NOTHING not in told
    assert "Nothing that is released waits for this link any more." in told
