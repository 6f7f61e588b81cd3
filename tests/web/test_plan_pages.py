"""The load of a line, through Flask's test client; sentences worked by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Services
from ledger.drafts import By
from shopfloor.changes import with_closed_day, with_rate, with_station_out
from shopfloor.instants import DAY_MS, HOUR_MS
from tests.factory import WORKED_SITE, Plant, china, worked_order
from tests.web.conftest import services_of
from tests.web.plan_visit import cells, draft, get, said

SECOND_LINE = """
[[line]]
id = "hats"
name = "Hats <felt>"

[[line.link]]
id = "felt"
name = "Felting"
per_hour = 10
shifts = ["day"]

[[product]]
id = "bowler"
line = "hats"
batch = 1

[[station]]
id = "felt-1"
link = "hats/felt"
"""


@pytest.fixture
def browser(services: Services) -> FlaskClient:
    """On the plant on Monday 08:00 before any order; each test releases and drafts its own."""
    return create_app(services).test_client()


@pytest.mark.parametrize(
    "address", ["/plan", "/plan?zoom=weeks", "/plan/what-if", "/plan/what-if?station=shirts/sew"]
)
def test_a_page_of_the_plan_is_fresh_and_has_nothing_inline(
    browser: FlaskClient, plant: Plant, address: str
) -> None:
    plant.release(worked_order())
    draft(plant, worked_order("D-1", 400, "24 12:00"))
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", answer.text)
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))


def test_before_any_order_the_plan_says_what_to_do(browser: FlaskClient) -> None:
    html = get(browser, "/plan")
    assert "Nothing is planned on this line yet." in said(html)
    assert 'href="/plan/new"' in html
    assert 'href="/plan/import"' in html


def test_a_cell_says_what_is_taken_of_what_and_by_which_orders(browser: FlaskClient, plant: Plant) -> None:
    """Of 190, Packing leaves room for 10 at 11:00 and Sewing at 08:00 on Wednesday: the second order takes them."""
    plant.release(worked_order("A-1", 190), worked_order("A-7", 60))
    told = cells(get(browser, "/plan"))
    assert "Sewing Wed 25 Nov 08-09: 40 of 40, orders A-1 30, A-7 10; full" in told
    assert "Packing Wed 25 Nov 11-12: 50 of 50, orders A-1 40, A-7 10; full" in told
    assert "Sewing Tue 24 Nov 15-16: 10 of 40, orders A-7 10" in told
    assert "Cutting Mon 23 Nov 08-09: 0 of 100" in told


def test_drafts_stand_on_top_of_what_is_released(browser: FlaskClient, plant: Plant) -> None:
    plant.release(worked_order())
    draft(plant, worked_order("D-1", 20, "25 17:00"))
    html = get(browser, "/plan")
    assert "Packing Wed 25 Nov 10-11: 0 of 50; drafts D-1 20" in cells(html)
    assert html.count('class="ld-drafted"') == 3 + 1  # one cell of each link, and the legend
    assert "None: all drafts are feasible beside each other" in said(html)


def test_the_row_of_an_hour_leads_to_its_orders(browser: FlaskClient, plant: Plant) -> None:
    plant.release(replace(worked_order(), order="A 1/7"))
    html = get(browser, "/plan")
    assert '<a href="/orders/A%201/7">A 1/7</a> 40' in html
    assert "Tue 24 Nov 14-15 40 of 100 A 1/7 40" in said(html)


def test_a_draft_that_cannot_be_kept_is_explained_by_what_is_short_the_promise_and_a_way_out(
    browser: FlaskClient, plant: Plant
) -> None:
    """Packing starts Monday 11:00, so Sewing owes 360 by 17:00 and can make 320.

    At the earliest Sewing begins at 11:00, is through on Tuesday 14:00, Packing at 16:00. With two stations there
    Packing begins on Monday 14:00 and is the one that decides: Tuesday 14:00. The ship buffer is an hour.
    """
    draft(plant, worked_order("D-2", 400, "24 12:00"))
    told = said(get(browser, "/plan"))
    assert (
        "Sewing lacks 40 before Mon 23 Nov 17:00; earliest ship date Tue 24 Nov 17:00;"
        " with one more station at Sewing Tue 24 Nov 15:00." in told
    )
    assert 'href="/orders/D-2"' in get(browser, "/plan")


def test_drafts_that_are_feasible_alone_but_not_together_are_told_apart(
    browser: FlaskClient, plant: Plant
) -> None:
    draft(plant, worked_order("D-1", 200, "24 12:00"), worked_order("D-2", 200, "24 12:00"))
    told = said(get(browser, "/plan"))
    assert "D-2 200 Polo" in told
    assert "Feasible alone, but not beside the other drafts." in told
    assert "Not feasible." not in told
    assert "D-1 200" not in told


def test_a_change_of_a_released_order_that_cannot_be_kept_is_explained(
    browser: FlaskClient, plant: Plant, services: Services
) -> None:
    plant.release(worked_order())
    at = plant.now + 5 * HOUR_MS
    services.desk.propose("A-1", at, By("Li", "web", plant.now), why="sooner", now=plant.now)
    told = said(get(browser, "/plan"))
    assert "A-1 200" in told
    assert "change of a released order" in told
    assert "Not feasible." in told


def test_what_is_not_explained_is_counted_and_found_in_the_list_of_orders(
    browser: FlaskClient, plant: Plant, services: Services
) -> None:
    draft(plant, *(worked_order(f"D-{number:02}", 400, "24 12:00") for number in range(10)))
    for number in range(5):
        plant.release(worked_order(f"R-{number}", 20, "27 17:00"))
        by = By("Li", "web", plant.now)
        services.desk.propose(f"R-{number}", plant.now + 4 * DAY_MS, by, why="later", now=plant.now)
    told = said(get(browser, "/plan"))
    assert told.count("Not feasible.") == 8
    assert "2 drafts more cannot be kept: see the list of orders" in told
    assert "1 change of a released order more is being agreed and was not looked at here" in told


def test_hours_that_were_closed_after_the_release_are_over_capacity_and_named(
    browser: FlaskClient, plant: Plant, services: Services
) -> None:
    plant.release(worked_order())
    services.adopt(replace(plant.config, site=with_closed_day(plant.site, date(2026, 11, 25))))
    html = get(browser, "/plan")
    told = cells(html)
    assert "Sewing Wed 25 Nov 13-14: 40 of 0, orders A-1 40; CLOSED: no working time any more" in told
    assert "Sewing ▲ over capacity 5 times" in said(html)
    for zoom in ("shifts", "days", "weeks"):
        assert any("CLOSED" in each for each in cells(get(browser, f"/plan?zoom={zoom}")))


def test_hours_with_less_room_than_was_released_are_over_capacity(
    browser: FlaskClient, plant: Plant, services: Services
) -> None:
    plant.release(worked_order())
    slower = with_rate(plant.site, "shirts", "sew", Fraction(20))
    services.adopt(replace(plant.config, site=slower))
    assert "Sewing Wed 25 Nov 08-09: 40 of 20, orders A-1 40; OVER CAPACITY" in cells(get(browser, "/plan"))
    assert any("OVER CAPACITY" in each for each in cells(get(browser, "/plan?zoom=days")))


def test_days_and_weeks_say_shares_and_lead_closer(browser: FlaskClient, plant: Plant) -> None:
    plant.release(worked_order())
    html = get(browser, "/plan?zoom=days")
    assert "Sewing Wed 25 Nov: 62 % taken" in cells(html)  # five hours of eight
    assert "?zoom=hours&amp;from=2026-11-25T00%3A00%2B0800#load" in html
    weeks = get(browser, "/plan?zoom=weeks")
    assert "Sewing week 48 from Mon 23 Nov: 12 % taken" in cells(weeks)  # five hours of forty
    assert "?zoom=days&amp;from=2026-11-23T00%3A00%2B0800#load" in weeks


def test_the_hour_that_runs_is_not_of_the_load(browser: FlaskClient, plant: Plant) -> None:
    plant.release(worked_order())
    plant.now += HOUR_MS // 2
    html = get(browser, "/plan")
    assert cells(html)[0].startswith("Cutting Mon 23 Nov 09-10")
    assert "Mon 23 Nov 09:00 - " in said(html)


def test_pages_of_the_load_join_and_the_first_has_nothing_earlier(browser: FlaskClient, plant: Plant) -> None:
    plant.release(worked_order())
    first = get(browser, "/plan")
    assert "← earlier" not in first
    later = unescape(re.findall(r'href="([^"]+)" rel="next"', first)[0])
    second = get(browser, f"/plan{later}")
    assert cells(first)[23].startswith("Cutting Wed 25 Nov 16-17")
    assert cells(second)[0].startswith("Cutting Thu 26 Nov 08-09")
    earlier = unescape(re.findall(r'href="([^"]+)" rel="prev"', second)[0])
    assert cells(get(browser, f"/plan{earlier}")) == cells(first)


@pytest.mark.parametrize("begin", ["yesterday", "1999-01-01", "2199-12-31T00:00", "-5"])
@pytest.mark.parametrize("zoom", ["hours", "shifts", "days", "weeks", "purple"])
def test_any_window_that_an_address_asks_for_is_answered(
    browser: FlaskClient, plant: Plant, zoom: str, begin: str
) -> None:
    plant.release(worked_order())
    get(browser, f"/plan?zoom={zoom}&from={begin}")


def test_several_lines_are_chosen_by_tabs_and_an_unknown_one_is_named(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "two", WORKED_SITE + SECOND_LINE)
    client = create_app(services_of(plant)).test_client()
    html = get(client, "/plan?line=hats&zoom=days")
    assert re.findall(r'<a href="([^"]+)"( aria-current="page")?>(Shirts|Hats)', html) == [
        ("?zoom=days&amp;line=shirts", "", "Shirts"),
        ("?zoom=days&amp;line=hats", ' aria-current="page"', "Hats"),
    ]
    assert "Hats &lt;felt&gt;" in html
    assert "There is no line socks; known are shirts, hats." in said(get(client, "/plan?line=socks", 404))
    plant.close()


def test_a_site_without_a_line_or_a_shift_is_answered(tmp_path: Path) -> None:
    plant = Plant(
        tmp_path / "idle", WORKED_SITE.replace('days = ["mon", "tue", "wed", "thu", "fri"]', 'days = ["mon"]')
    )
    services = services_of(plant)
    client = create_app(services).test_client()
    draft(plant, worked_order())
    closed = plant.site
    for week in range(120):
        closed = with_closed_day(closed, date.fromordinal(date(2026, 11, 23).toordinal() + 7 * week))
    services.adopt(replace(plant.config, site=closed))
    assert "No shift works in this time." in said(get(client, "/plan"))
    get(client, "/plan?zoom=days")
    plant.close()


def row(html: str, link: str) -> str:
    """One link's row of the picture."""
    found = re.search(
        rf'<g class="ld-row" data-link="{link}">.*?(?=<g class="ld-row"|</svg>)', html, re.DOTALL
    )
    assert found
    return found[0]


def test_hours_without_a_station_in_service_are_hatched_as_no_work(
    browser: FlaskClient, plant: Plant, services: Services
) -> None:
    plant.release(worked_order())
    out = with_station_out(plant.site, "sew-1", china("24 08:00"), china("24 11:00"))
    services.adopt(replace(plant.config, site=out))
    html = get(browser, "/plan")
    slot = (960 - 2 * 12) / 24
    off = re.findall(
        r'class="pp-idle" fill="[^"]+" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', row(html, "sew")
    )
    assert [(float(x), float(width)) for x, width in off] == [(12 + 8 * slot, 3 * slot)]
    assert "pp-idle" not in row(html, "cut")
    assert "Sewing does not work here" in row(html, "sew")
    assert "no work: closed, or no station in service" in said(html)


def test_a_row_says_how_often_its_link_is_full_or_when_it_comes_nearest(
    browser: FlaskClient, plant: Plant
) -> None:
    plant.release(worked_order())
    html = get(browser, "/plan")
    assert "Sewing full 5 of 24 hours" in said(row(html, "sew"))
    assert "Cutting never full; most Tue 24 Nov 14-15, 40 %" in said(row(html, "cut"))
    assert "Sewing never full; most Wed 25 Nov, 62 %" in said(row(get(browser, "/plan?zoom=days"), "sew"))
    draft(plant, worked_order("D-1", 200, "24 17:00"))
    assert "Sewing full 5 of 24 hours, with the drafts 10" in said(row(get(browser, "/plan"), "sew"))


def test_a_link_of_which_nothing_is_taken_is_free(browser: FlaskClient, plant: Plant) -> None:
    draft(plant, worked_order("D-1", 20))
    assert "Sewing free" in said(row(get(browser, "/plan"), "sew"))


@pytest.mark.parametrize(
    ("zoom", "means"),
    [
        ("hours", "units that they make"),
        ("shifts", "units that they make"),
        ("days", "per cent of the room that they take"),
        ("weeks", "per cent of the room that they take"),
    ],
)
def test_the_legend_says_what_the_numbers_are(
    browser: FlaskClient, plant: Plant, zoom: str, means: str
) -> None:
    plant.release(worked_order())
    assert f"40 {means}" in said(get(browser, f"/plan?zoom={zoom}"))


def test_drafts_and_changes_of_released_orders_are_counted_apart(
    browser: FlaskClient, plant: Plant, services: Services
) -> None:
    plant.release(worked_order())
    assert "1 released order 0 drafts What if" in said(get(browser, "/plan"))
    by = By("Li", "web", plant.now)
    services.desk.propose("A-1", plant.now + 4 * DAY_MS, by, why="later", now=plant.now)
    assert "1 released order 1 change What if" in said(get(browser, "/plan"))
    draft(plant, worked_order("D-1", 20), worked_order("D-2", 20))
    assert "1 released order 2 drafts, 1 change What if" in said(get(browser, "/plan"))


def test_every_week_is_named(browser: FlaskClient, plant: Plant) -> None:
    plant.release(worked_order())
    assert len(re.findall(r">W\d\d</text>", get(browser, "/plan?zoom=weeks"))) == 26
