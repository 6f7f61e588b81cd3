"""What the planners' pages say of how an agreement came about, through Flask's test client."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Services
from tests.factory import Plant, behind_milestone, china, worked_order
from tests.web.conftest import services_of
from tests.web.planner_visit import LARGE, act, card, confirm_all, fault, said, take_in


@pytest.fixture
def browser(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def log(page: str) -> list[str]:
    """The words of each act."""
    return [said(row) for row in re.findall(r"<li data-did.*?</li>", page, re.DOTALL)]


def name_in(page: str, role: str) -> str:
    """The name that is filled in where a role confirms or takes back."""
    found = re.search(rf'id="(?:confirm|withdraw)-{role}-person"[^>]* value="([^"]*)"', page)
    assert found
    return found[1]


def test_a_draft_says_who_changed_what_and_whose_confirmation_that_withdrew(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    take_in(services, worked_order(quantity=400, due="27 17:00"))
    act(browser, "A-1", "confirm", role="sales", person="Li Na")
    act(browser, "A-1", "confirm", role="production", person="Wang")
    plant.now = china("23 14:02")
    act(browser, "A-1", "change", quantity="380", due="2026-11-26T17:00", person="Chef", why="fewer <now>")
    page = browser.get("/orders/A-1").text
    changed = "quantity 400 → 380, due Fri 27 Nov 17:00 → Thu 26 Nov 17:00"
    assert log(page) == [
        f"Mon 23 Nov 14:02 changed by Chef: {changed}; this withdrew sales, production fewer <now>",
        "Mon 23 Nov 08:00 confirmed for production by Wang",
        "Mon 23 Nov 08:00 confirmed for sales by Li Na",
        "Mon 23 Nov 08:00 drafted by Chen: 400 due Fri 27 Nov 17:00",
    ]
    assert "withdrawn 14:02 by the change of Chef: fewer <now>" in card(page, "sales")
    assert "withdrawn" in card(page, "production")
    assert "withdrawn" not in card(page, "purchasing")
    act(browser, "A-1", "confirm", role="sales")
    assert "withdrawn" not in card(browser.get("/orders/A-1").text, "sales")


def test_a_card_says_who_took_its_confirmation_back_and_why(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order())
    act(browser, "A-1", "confirm", role="sales")
    act(browser, "A-1", "withdraw", role="sales", person="Chef", why="the customer called")
    page = browser.get("/orders/A-1").text
    assert "taken back 08:00 by Chef: the customer called" in card(page, "sales")
    assert log(page)[0] == "Mon 23 Nov 08:00 taken back for sales by Chef the customer called"


def test_a_released_order_keeps_its_log_and_folds_what_is_long_ago(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, worked_order())
    confirm_all(browser, "A-1")
    act(browser, "A-1", "propose", due="2026-11-26T17:00", why="the lorry", seen="", person="Li Na")
    act(browser, "A-1", "discard", person="Li Na")
    act(browser, "A-1", "propose", due="2026-11-27T17:00", why="the lorry", seen="", person="Li Na")
    page = browser.get("/orders/A-1").text
    rows = log(page)
    assert [row.split(" ", 4)[4] for row in rows[:4]] == [
        "plan 2 proposed by Li Na: due Wed 25 Nov 17:00 → Fri 27 Nov 17:00 the lorry",
        "plan 2 discarded by Li Na",
        "plan 2 proposed by Li Na: due Wed 25 Nov 17:00 → Thu 26 Nov 17:00 the lorry",
        "released by Zhao",
    ]
    assert len(rows) == 8
    assert "2 earlier" in said(page)


def test_late_material_is_said_before_anybody_confirms(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order())
    act(browser, "A-1", "change", material_at="2026-11-24T14:00")
    assert "after it is first needed" not in said(browser.get("/orders/A-1").text)
    act(browser, "A-1", "change", material_at="2026-11-25T12:00")
    page = browser.get("/orders/A-1").text
    late = "the material comes 22 h after it is first needed"
    assert late in card(page, "purchasing")
    assert said(page).count(late) == 2
    assert late in said(browser.get("/orders").text)


def test_a_name_is_filled_in_only_where_it_confirmed_last(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order(), worked_order("A-2"))
    act(browser, "A-1", "confirm", role="sales", person="Li Na")
    page = browser.get("/orders/A-2").text
    assert [name_in(page, role) for role in ("sales", "production", "purchasing")] == ["Li Na", "", ""]
    answer = act(browser, "A-2", "confirm", role="purchasing", person="Zhao", material_at="")
    assert answer.status_code == 422
    names = [name_in(answer.text, role) for role in ("sales", "production", "purchasing")]
    assert names == ["Li Na", "", "Zhao"]
    assert name_in(browser.get("/orders/A-2").text, "purchasing") == ""


def test_a_due_in_the_past_is_refused_at_its_field(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    take_in(services, worked_order(), worked_order("A-2", 20))
    confirm_all(browser, "A-1")
    past = {"due": "2026-11-23T07:59", "why": "sooner"}
    for number, name in (("A-1", "propose"), ("A-2", "change")):
        answer = act(browser, number, name, **past)
        assert answer.status_code == 422
        assert fault(answer.text, "due") == "is in the past; choose a later day or time"
    # A due that has passed meanwhile may stay while something else is changed.
    plant.now = china("26 08:00")
    told = {"due": "2026-11-25T17:00", "customer": "Lotus"}
    assert act(browser, "A-2", "change", **told).status_code == 303


def test_when_no_more_material_is_needed_purchasing_confirms_without_a_date(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    take_in(services, worked_order())
    confirm_all(browser, "A-1")
    plant.now = china("24 14:00")
    for code in plant.codes():
        for _ in range(2):
            plant.now += 11_000  # a scan within ten seconds is the same scan
            plant.scan("scanner-cut", code)
    act(browser, "A-1", "propose", due="2026-11-26T17:00", why="later", seen="")
    page = browser.get("/orders/A-1").text
    assert "As planned now no more material is needed." in card(page, "purchasing")
    act(browser, "A-1", "withdraw", role="purchasing", why="look again")
    page = browser.get("/orders/A-1").text
    assert "No more material is needed." in card(page, "purchasing")
    assert "confirm-purchasing-material_at" not in page
    assert act(browser, "A-1", "confirm", role="purchasing").status_code == 303
    words = said(browser.get("/orders/A-1").text)
    assert "needed ." not in words
    for role in ("sales", "production"):
        act(browser, "A-1", "confirm", role=role)
    words = said(browser.get("/orders/A-1").text)
    assert "Plan 2 in force" in words
    assert "3 links moved Cutting all given before: Tue 24 Nov" in words
    act(browser, "A-1", "propose", due="2026-11-27T17:00", why="later", seen="")
    for role in ("sales", "production"):
        act(browser, "A-1", "confirm", role=role)
    moved = said(browser.get("/orders/A-1").text).partition("2 links moved")[2].partition("Plan 2")[0]
    assert moved.index("Sewing") < moved.index("Packing") < moved.index("Cutting all given")


def test_links_moved_stand_in_the_order_of_the_chain(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order())
    confirm_all(browser, "A-1")
    act(browser, "A-1", "propose", due="2026-11-26T17:00", why="later", seen="")
    for role in ("sales", "production"):
        act(browser, "A-1", "confirm", role=role)
    words = said(browser.get("/orders/A-1").text).partition("3 links moved")[2]
    places = [words.index(f"{name} ") for name in ("Cutting", "Sewing", "Packing")]
    assert places == sorted(places)


def test_production_sees_a_row_that_begins_when_the_plan_does(tmp_path: object) -> None:
    plant = Plant(tmp_path / "fabric", behind_milestone("fabric", "Fabric in"))  # type: ignore[operator]  # a Path
    services = services_of(plant)
    take_in(services, worked_order())
    production = card(create_app(services).test_client().get("/orders/A-1").text, "production")
    begins = re.search(r"Begins (\w+ \d+ Nov \d\d:\d\d);", production)
    assert begins
    assert f"Fabric in by Tue 24 Nov 14:00 in the hour that begins {begins[1]}" in production
    plant.close()


def test_earliest_dates_say_whether_they_are_alone_or_beside_the_other_drafts(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, LARGE)
    assert "alone" not in said(browser.get("/orders/B-2").text) + said(browser.get("/orders").text)
    take_in(services, worked_order("A-1", 400, "25 17:00"))
    for path in ("/orders", "/orders/B-2"):
        found = re.search(
            r"[Ee]arliest alone:? (\w+ \d+ Nov \d\d:\d\d)[;,] beside the other drafts:? (\w+ \d+ Nov \d\d:\d\d)",
            said(browser.get(path).text),
        )
        assert found, path
        assert found[1] != found[2]


def test_a_draft_that_fits_only_alone_says_its_earliest_beside_the_others(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, worked_order("A-1", 400, "24 17:00"), worked_order("A-2", 400, "24 17:00"))
    assert "earliest beside them Thu 26 Nov 10:00" in said(browser.get("/orders").text)
    pages = [said(browser.get(f"/orders/{number}").text) for number in ("A-1", "A-2")]
    assert (
        sum("It is feasible alone; beside the other drafts the earliest is Thu 26" in page for page in pages)
        == 1
    )


def test_a_line_that_is_gone_leaves_the_page_of_a_released_order_standing(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, worked_order())
    confirm_all(browser, "A-1")
    services.adopt(replace(services.config, site=replace(services.config.site, lines={}, products={})))
    assert browser.get("/orders").status_code == 200
    assert browser.get("/orders/A-1").status_code == 200
