"""Times in forms: one that nobody touched stays as it is stored, one that the clock skips is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.forms import Form, field_text
from kiosk.services import Services
from ledger import drafts
from shopfloor.instants import instant_from_text
from tests.factory import Plant, worked_order
from tests.rules.planning_sites import BERLIN
from tests.web.planner_visit import act, take_in


@pytest.fixture
def browser(services: Services) -> FlaskClient:
    return create_app(services).test_client()


@pytest.mark.parametrize("stored", ["2026-10-25T02:30:00+01:00", "2026-11-25T17:00:30+01:00"])
def test_a_field_that_still_says_what_the_page_showed_means_the_stored_time(stored: str) -> None:
    at = instant_from_text(stored)
    shown = field_text(at, BERLIN)
    assert Form({"due": shown}, BERLIN).instant("due") != at
    assert Form({"due": shown}, BERLIN).instant("due", unless=at) == at
    assert Form({"due": "2026-11-26T17:00"}, BERLIN).instant("due", unless=at) != at
    assert Form({"due": ""}, BERLIN).instant("due", unless=at) is None


def test_a_time_that_the_clock_skips_is_a_fault_of_its_field() -> None:
    form = Form({"due": "2028-03-26T02:30"}, BERLIN)
    assert form.instant("due") is None
    (fault,) = form.faults
    assert (fault.field, "write 2028-03-26T03:30 or another" in fault.text) == ("due", True)


def test_a_change_of_something_else_leaves_a_due_with_seconds_and_its_confirmations(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    order = worked_order("N-1")
    take_in(services, replace(order, due_at=order.due_at + 30_000))
    act(browser, "N-1", "confirm", role="sales")
    act(browser, "N-1", "confirm", role="production")
    answer = act(browser, "N-1", "change", due="2026-11-25T17:00", quantity="200", priority="-7")
    assert answer.status_code == 303, answer.text
    draft = drafts.draft(plant.ledger, "N-1")
    assert draft is not None
    assert (draft.order.due_at, draft.order.priority) == (order.due_at + 30_000, -7)
    assert set(draft.confirmations) == {"sales", "production"}


@pytest.mark.parametrize(
    ("text", "number"), [("-1", -1), ("7", 7), ("--1", None), ("1.0", None), ("-", None), ("٣", None)]
)
def test_a_number_may_be_negative_where_the_field_takes_it(text: str, number: int | None) -> None:
    form = Form({"priority": text}, BERLIN)
    read = form.number("priority", -10, 10)
    assert (read if not form.faults else None) == number
    assert Form({"quantity": "-1"}, BERLIN).number("quantity", 1, 10) == 1
