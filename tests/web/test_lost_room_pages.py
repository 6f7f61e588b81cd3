"""After a change of the site the pages of orders say which targets have no room any more; numbers worked by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Services
from ledger.drafts import By
from ledger.site_versions import record_site
from shopfloor.changes import with_closed_day, with_station_out
from shopfloor.site import Site
from tests.factory import Plant, china, worked_order
from tests.web.planner_visit import act, said, take_in


@pytest.fixture
def browser(services: Services, plant: Plant) -> FlaskClient:
    """A-1 is released on Monday: Cutting owes 40 in each hour of Tuesday 14-17 and of Wednesday 08-10."""
    plant.release(worked_order(), worked_order("B-2", 20, "27 17:00"))
    plant.now = china("23 10:00")
    return create_app(services).test_client()


def save(services: Services, plant: Plant, site: Site, before: str = "0", after: str = "1") -> None:
    """As the site's page does: recorded, then in force."""
    with plant.ledger.write(plant.now) as tx:
        by = By("Ann", "web", plant.now)
        record_site(tx, by, before=before, after=after, changes=["another site"], why="a feast")
    services.adopt(replace(services.config, site=site))


def without_tuesday(services: Services) -> Site:
    return with_closed_day(services.config.site, date(2026, 11, 24))


def test_while_the_site_has_room_for_all_targets_nothing_is_said(browser: FlaskClient) -> None:
    for path in ("/orders", "/orders/A-1"):
        words = said(browser.get(path).text)
        assert "no room" not in words
        assert "overloaded" not in words


def test_a_day_that_is_closed_stands_on_the_list_and_on_the_order(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    save(services, plant, without_tuesday(services))
    words = said(browser.get("/orders").text)
    lost = "120 owed by Cutting have no room since the change of the site (version 2): plan it anew"
    assert f"no room {lost}" in words
    assert "no room: 1" in words
    assert words.count("on target") == 1, "B-2 only"
    page = browser.get("/orders/A-1").text
    assert f"{lost}. Its due can still be kept." in said(page)
    assert 'href="#plan-anew"' in page
    assert re.search(r'<details class="fold" id="plan-anew" open>', page)
    assert 'name="due" type="datetime-local" value="2026-11-25T17:00"' in page


def test_when_its_due_cannot_be_kept_any_more_what_can_is_filled_in(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    plant.now = china("24 07:00")
    site = with_closed_day(without_tuesday(services), date(2026, 11, 25))
    save(services, plant, site)
    page = browser.get("/orders/A-1").text
    words = said(page)
    # Packing and Sewing both worked on Wednesday, and Cutting on both days.
    assert "200 owed by Cutting have no room, 200 owed by Sewing have no room, 200 owed by Packing" in words
    earliest = re.search(r"Its due cannot be kept any more; earliest: (\w+ \d+) Nov (\d\d:\d\d)\.", words)
    assert earliest
    day, clock = earliest[1].split()[1], earliest[2]
    assert f'id="propose-due" name="due" type="datetime-local" value="2026-11-{day}T{clock}"' in page


def test_hours_above_capacity_are_told_from_closed_ones(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    out = with_station_out(services.config.site, "cut-1", china("24 14:00"), china("24 16:00"))
    save(services, plant, out)
    assert "80 owed by Cutting are in overloaded hours since the change" in said(browser.get("/orders").text)


def test_what_was_given_ahead_needs_no_room(browser: FlaskClient, services: Services, plant: Plant) -> None:
    for code in plant.codes("A-1")[:3]:
        for _ in range(2):
            plant.now += 11_000  # a scan within ten seconds is the same scan
            plant.scan("scanner-cut", code)
    save(services, plant, without_tuesday(services))
    assert "60 owed by Cutting have no room" in said(browser.get("/orders").text)


def test_several_changes_of_the_site_are_all_named(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    save(services, plant, without_tuesday(services))
    save(services, plant, services.config.site, "1", "2")
    assert "since the changes of the site (versions 2 to 3)" in said(browser.get("/orders").text)


def test_a_file_that_was_changed_by_hand_counts_as_well(browser: FlaskClient, services: Services) -> None:
    services.adopt(replace(services.config, site=without_tuesday(services)))
    assert "120 owed by Cutting have no room as the site is now" in said(browser.get("/orders").text)


def test_once_it_is_planned_anew_nothing_is_said_any_more(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    take_in(services, worked_order("C-3", 20, "27 17:00"))
    save(services, plant, without_tuesday(services))
    act(browser, "A-1", "propose", due="2026-11-25T17:00", why="the feast", seen="")
    page = said(browser.get("/orders/A-1").text)
    assert "(version 2): the proposal below plans it anew." in page
    roles = re.search(r"It waits for ([a-z, ]+)\.", page)
    for role in roles[1].split(", ") if roles else ("sales", "production", "purchasing"):
        act(browser, "A-1", "confirm", role=role, material_at="2026-11-23T10:00")
    assert "put in force" in said(browser.get("/orders/A-1").text)
    for path in ("/orders", "/orders/A-1"):
        assert "no room" not in said(browser.get(path).text)
