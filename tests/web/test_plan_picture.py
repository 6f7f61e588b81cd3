"""The picture of a plan: what lies where, worked by hand for the worked example."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import render_template

import kiosk
from kiosk.app import create_app
from kiosk.contexts import PlanPicture
from kiosk.services import Services
from kiosk.views.plan_lanes import words_width
from kiosk.views.plan_picture import plan_picture
from ledger.drafts import By
from shopfloor.changes import with_closed_day
from shopfloor.instants import DAY_MS, instant_from_text
from shopfloor.orders import LinkTargets, Order
from station_config import write_template
from tests.factory import WORKED_SITE, Plant, china, worked_order
from tests.web.conftest import services_of
from tests.web.planner_visit import confirm_all, said

SLOT = (960 - 2 * 12) / 11
"""The worked example has 11 working hours: three on Tuesday, eight on Wednesday."""


def targets(services: Services, order: Order | None = None) -> tuple[LinkTargets, ...]:
    plan = services.desk.plan(order or worked_order(), services.clock())
    assert plan.feasible
    return plan.links


def drawn(services: Services, links: Sequence[LinkTargets], zoom: str = "", **more: Any) -> PlanPicture:
    line = next(iter(services.config.site.lines.values()))
    more.setdefault("begin", "")
    return plan_picture(services, line, links, zoom=zoom, **more)


@pytest.fixture
def picture(services: Services) -> PlanPicture:
    return drawn(services, targets(services), at=services.clock())


@pytest.fixture
def gearbox(tmp_path: Path) -> Any:
    """A plant in Berlin that works round the clock, and a way to draw one of its orders."""
    text = write_template("gearbox", tmp_path / "template").read_text(encoding="utf-8")
    plant = Plant(tmp_path / "gearbox", text)
    services = services_of(plant)

    def draw(now: str, due: str, quantity: int = 150, **more: Any) -> PlanPicture:
        plant.now = instant_from_text(now)
        order = Order("G-1", "gearbox", "gx20", quantity, instant_from_text(due))
        return drawn(services, targets(services, order), **more)

    yield draw
    plant.close()


def test_a_lane_says_what_is_made_and_given_by_when_and_when_the_next_link_needs_it(
    picture: PlanPicture,
) -> None:
    assert [lane.name for lane in picture.lanes] == ["Cutting", "Sewing", "Packing"]
    sewing = picture.lanes[1]
    assert [(slot.name, slot.make, slot.cumulative, slot.latest) for slot in sewing.slots] == [
        ("Wed 25 Nov 08-09", 40, 40, "Wed 25 Nov 11:00"),
        ("Wed 25 Nov 09-10", 40, 80, "Wed 25 Nov 12:00"),
        ("Wed 25 Nov 10-11", 40, 120, "Wed 25 Nov 14:00"),
        ("Wed 25 Nov 11-12", 40, 160, "Wed 25 Nov 15:00"),
        ("Wed 25 Nov 13-14", 40, 200, "Wed 25 Nov 15:00"),
    ]
    assert (sewing.quantity, sewing.by, sewing.latest_by) == (200, "Wed 25 Nov 14:00", "Wed 25 Nov 15:00")


def test_the_target_rises_where_its_hour_ends_and_the_latest_where_the_next_link_needs_it(
    picture: PlanPicture,
) -> None:
    cutting = picture.lanes[0]
    assert cutting.points[0].x == pytest.approx(12 + SLOT, abs=0.1)  # Tuesday 15:00, after one slot
    first_latest = 12 + 2.5 * SLOT  # Tuesday 16:30, in the middle of the third slot
    assert f"L{first_latest:.4g} " in cutting.latest
    assert cutting.room.startswith(cutting.target)
    assert (
        re.findall(r"[\d.]+ [\d.]+", cutting.room.removeprefix(cutting.target))
        == re.findall(r"[\d.]+ [\d.]+", cutting.latest)[::-1]
    )


def test_nights_and_breaks_are_left_out_of_the_hours_and_marked(picture: PlanPicture) -> None:
    assert [tick.label for tick in picture.ticks] == [
        "14", "15", "16", "08", "09", "10", "11", "13", "14", "15", "16",
    ]  # fmt: skip
    assert [tick.label for tick in picture.ticks if tick.folded] == ["08", "13"]
    assert [tick.group for tick in picture.ticks if tick.group] == ["Tue 24 Nov", "Wed 25 Nov"]
    assert not picture.idle


def test_days_run_through_the_nights_and_shade_them(services: Services) -> None:
    picture = drawn(services, targets(services), "days")
    assert [tick.label for tick in picture.ticks] == ["Tue 24 Nov", "Wed 25 Nov"]
    day = (960 - 24) / 2
    assert picture.idle[0] == (12, round(day * 8 / 24, 1))  # until 08:00
    assert picture.lanes[1].slots[0].make == 200


def test_due_and_ship_buffer_stand_at_the_end_of_the_chain(picture: PlanPicture) -> None:
    assert picture.due is not None
    assert picture.ship_by is not None
    assert (picture.due.text, picture.ship_by.text) == ("Wed 25 Nov 17:00", "Wed 25 Nov 16:00")
    assert picture.due.x == 948
    assert picture.ship_by.x == pytest.approx(948 - SLOT, abs=0.1)
    assert picture.now is None
    assert picture.now_before


def test_a_due_outside_of_working_time_stands_at_the_end_and_nothing_comes_later(services: Services) -> None:
    order = worked_order(due="25 20:00")
    picture = drawn(services, targets(services, order), at=services.clock())
    assert picture.due is not None
    assert (picture.due.x, picture.due.text) == (948, "Wed 25 Nov 20:00")
    assert not picture.later


def test_what_was_given_stands_beside_what_is_owed_by_now(services: Services) -> None:
    picture = drawn(services, targets(services), given={"cut": 20}, at=china("24 15:30"))
    cutting, sewing, _ = picture.lanes
    assert cutting.given is not None
    assert (cutting.given.quantity, cutting.given.missing) == (20, 20)
    assert cutting.given.x == pytest.approx(12 + 1.5 * SLOT, abs=0.1)
    assert sewing.given is None
    assert picture.now is not None
    assert picture.now.text == "Tue 24 Nov 15:30"


def test_links_stand_in_the_order_of_the_chain_however_they_come(services: Services) -> None:
    by_name = sorted(targets(services), key=lambda each: each.link)
    assert [each.link for each in by_name] == ["cut", "pack", "sew"]
    assert [lane.link for lane in drawn(services, by_name).lanes] == ["cut", "sew", "pack"]


def test_a_link_that_the_line_no_longer_has_is_still_shown(services: Services) -> None:
    gone = replace(targets(services)[0], link="dye")
    lanes = drawn(services, [gone, *targets(services)]).lanes
    assert [lane.name for lane in lanes] == ["Cutting", "Sewing", "Packing", "dye"]


def test_hours_that_no_shift_has_any_more_are_still_shown(plant: Plant, services: Services) -> None:
    links = targets(services)
    closed = with_closed_day(plant.site, date(2026, 11, 25))
    services.adopt(replace(plant.config, site=closed))
    picture = drawn(services, links, "hours")
    assert [slot.name for slot in picture.lanes[2].slots] == [
        "Wed 25 Nov 11-12", "Wed 25 Nov 13-14", "Wed 25 Nov 14-15", "Wed 25 Nov 15-16",
    ]  # fmt: skip


def test_a_milestone_is_one_step_with_the_whole_quantity(gearbox: Any) -> None:
    picture = gearbox("2026-11-23T06:00+01:00", "2026-11-27T12:00+01:00", 40)
    assert [lane.name for lane in picture.lanes if lane.milestone] == ["Steel in", "Castings in"]
    steel = picture.lanes[0]
    assert [point.quantity for point in steel.points] == [40]
    assert [(slot.make, slot.give) for slot in steel.slots] == [(0, 40)]
    assert steel.off  # the night shift works without purchasing


@pytest.mark.parametrize(
    ("now", "due", "labels"),
    [
        ("2027-03-26T12:00+01:00", "2027-03-28T12:00+02:00", ["00", "01", "03", "04"]),
        ("2027-10-29T08:00+02:00", "2027-10-31T12:00+01:00", ["00", "01", "02A", "02B", "03"]),
    ],
)
def test_a_clock_change_leaves_out_or_repeats_its_hour(
    gearbox: Any, now: str, due: str, labels: list[str]
) -> None:
    picture = gearbox(now, due, zoom="hours")
    shown = [tick.label for tick in picture.ticks]
    first = shown.index("00")
    assert shown[first : first + len(labels)] == labels
    assert all(lane.slots[-1].cumulative == 150 for lane in picture.lanes)
    assert not any(tick.folded for tick in picture.ticks)


@pytest.mark.parametrize(
    ("quantity", "due", "zoom"),
    [(40, "2026-11-27T12:00+01:00", "hours"), (900, "2026-11-30T12:00+01:00", "shifts"),
     (12000, "2027-01-22T12:00+01:00", "days"), (40000, "2027-05-22T12:00+02:00", "weeks")],
)  # fmt: skip
def test_the_useful_zoom_is_chosen_by_the_length_of_the_plan(
    gearbox: Any, quantity: int, due: str, zoom: str
) -> None:
    assert gearbox("2026-11-23T06:00+01:00", due, quantity).zoom == zoom


def test_a_zoom_and_a_window_keep_the_rest_of_the_address(services: Services) -> None:
    with create_app(services).test_request_context("/orders/A-1?theme=dark&zoom=hours"):
        picture = drawn(services, targets(services), "hours", begin=None)
    assert [(zoom.zoom, zoom.address, zoom.chosen) for zoom in picture.zooms] == [
        ("hours", "?theme=dark&zoom=hours#plan", True),
        ("shifts", "?theme=dark&zoom=shifts#plan", False),
        ("days", "?theme=dark&zoom=days#plan", False),
        ("weeks", "?theme=dark&zoom=weeks#plan", False),
    ]
    assert (picture.earlier, picture.later) == ("", "")


def test_a_long_plan_is_paged_and_each_page_joins_the_next(gearbox: Any) -> None:
    now, due = "2026-11-23T06:00+01:00", "2027-01-22T12:00+01:00"
    first = gearbox(now, due, 12000, zoom="hours")
    assert not first.earlier
    later = re.search(r"from=([^&#]+)", first.later)
    assert later
    begin = later[1].replace("%3A", ":").replace("%2B", "+")
    second = gearbox(now, due, 12000, zoom="hours", begin=begin)
    assert second.span.startswith(first.span.partition(" - ")[2])
    assert len(first.ticks) == len(second.ticks) == 40
    earlier = re.search(r"from=([^&#]+)", second.earlier)
    assert earlier
    back = gearbox(now, due, 12000, zoom="hours", begin=earlier[1].replace("%3A", ":").replace("%2B", "+"))
    assert back.span == first.span


@pytest.mark.parametrize("begin", ["yesterday", "9999-12-31T00:00", "1900-01-01", "2026-11-24T25:00", "-1"])
def test_a_window_that_begins_nowhere_is_the_first(services: Services, begin: str) -> None:
    plain = drawn(services, targets(services), "hours")
    assert drawn(services, targets(services), "purple", begin=begin) == plain


def test_in_a_window_the_scale_begins_with_what_was_needed_before(gearbox: Any) -> None:
    now, due = "2026-11-23T06:00+01:00", "2027-01-22T12:00+01:00"
    picture = gearbox(now, due, 12000, zoom="hours", begin="2027-01-08T00:00+01:00")
    gears = next(lane for lane in picture.lanes if lane.link == "gears")
    assert 0 < gears.lowest < gears.slots[0].cumulative
    assert min(point.y for point in gears.points) == pytest.approx(gears.base - 76, abs=0.1)


def test_numbers_never_stand_on_each_other(gearbox: Any) -> None:
    now, due = "2026-11-23T06:00+01:00", "2027-01-22T12:00+01:00"
    for zoom in ("hours", "shifts", "days", "weeks"):
        for lane in gearbox(now, due, 12000, zoom=zoom).lanes:
            words = [point for point in lane.points if point.quantity]
            for one, other in pairwise(words):
                begin = other.x - len(str(other.quantity)) * 9
                assert begin >= one.x or other.y + 16 <= one.y


def html_of(services: Services, picture: PlanPicture) -> str:
    with create_app(services).test_request_context("/"):
        return render_template("plan/_picture.html", picture=picture)


def test_the_table_says_all_that_the_picture_does_and_nothing_is_inline(
    services: Services, picture: PlanPicture
) -> None:
    html = html_of(services, picture)
    table = html[html.index("<table") :]
    rows = [
        " ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]
    assert "Cutting Tue 24 Nov 14-15 40 40 40 Tue 24 Nov 16:30" in rows
    assert len(rows) == 1 + 5 + 5 + 4
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)
    assert "Sewing Wed 25 Nov 13-14: make 40, give 40, 200 in all, latest Wed 25 Nov 15:00" in html
    assert "ship buffer, then due Wed 25 Nov 17:00" in html


def test_a_plan_of_which_nothing_is_left_says_so(services: Services) -> None:
    picture = drawn(services, [LinkTargets("cut", ())], at=services.clock())
    assert "No link owes anything of this plan." in html_of(services, picture)


def test_a_name_is_text_and_never_markup(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "named", WORKED_SITE.replace('"Sewing"', '"<b>Nähen & 缝纫</b>"'))
    services = services_of(plant)
    html = html_of(services, drawn(services, targets(services)))
    plant.close()
    assert "&lt;b&gt;Nähen &amp; 缝纫&lt;/b&gt;" in html
    assert "<b>Nähen" not in html


def test_a_plan_that_is_over_is_shown_until_now_while_it_is_news(services: Services) -> None:
    links = targets(services)
    late = drawn(services, links, given={"cut": 100}, at=china("26 10:00"))
    assert late.now is not None
    assert late.now.text == "Thu 26 Nov 10:00"
    long_ago = drawn(services, links, given={"cut": 200}, at=china("26 10:00") + 30 * DAY_MS)
    assert long_ago.span.endswith("Wed 25 Nov 17:00")


def test_a_link_that_is_through_stays_in_the_chain_as_a_thin_lane(services: Services) -> None:
    """After planning anew only what is left has targets: Cutting has given all, Packing nothing yet."""
    left = [each for each in targets(services) if each.link != "cut"]
    picture = drawn(services, left, given={"cut": 200}, at=services.clock())
    assert [(lane.name, lane.all_given) for lane in picture.lanes] == [
        ("Cutting", 200), ("Sewing", 0), ("Packing", 0),
    ]  # fmt: skip
    cutting, sewing, packing = picture.lanes
    assert cutting.height < sewing.height / 3
    assert (sewing.top, packing.top) == (cutting.top + cutting.height, sewing.top + sewing.height)
    assert picture.height == packing.top + packing.height
    html = html_of(services, picture)
    assert "all given: 200" in html[: html.index("<table")]
    assert "Cutting all given: 200" in " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<table") :]).split())


def test_after_planning_anew_the_page_of_an_order_shows_the_links_that_are_through(
    plant: Plant, services: Services
) -> None:
    plant.release(worked_order("A-1", 40))
    for code in plant.codes():
        plant.scan("scanner-sew", code, "24 09:00")
    browser = create_app(services).test_client()
    services.desk.propose("A-1", china("26 17:00"), By("Li", "web", plant.now), why="later", now=plant.now)
    confirm_all(browser, "A-1")
    page = said(browser.get("/orders/A-1").text)
    assert "Plan 2 in force" in page
    assert "Cutting ✓ all given: 40" in page


def test_names_stand_on_the_line_of_now(services: Services) -> None:
    html = html_of(services, drawn(services, targets(services), at=china("24 14:00")))
    assert html.index('class="pp-now"') < html.index('class="pp-group"') < html.index('class="pp-by"')
    css = (Path(kiosk.__file__).parent / "static" / "plan.css").read_text()
    for words in (".pp .pp-names text", ".pp .pp-by"):
        assert re.search(rf"^{re.escape(words)} .*paint-order: stroke.*stroke-width: 7px", css, re.MULTILINE)


def test_numbers_of_what_is_made_are_written_where_all_fit_or_nowhere(gearbox: Any) -> None:
    now, due = "2026-11-23T06:00+01:00", "2027-01-22T12:00+01:00"
    for zoom, fit in (("hours", False), ("shifts", False), ("weeks", True)):
        picture = gearbox(now, due, 12000, zoom=zoom)
        made = [slot.make_fits for lane in picture.lanes for slot in lane.slots if slot.make]
        assert made
        assert set(made) == {fit}, zoom


def test_labels_of_the_axis_never_run_together(gearbox: Any, tmp_path: Path) -> None:
    now, due = "2026-11-23T06:00+01:00", "2027-01-22T12:00+01:00"
    half = Plant(tmp_path / "half", WORKED_SITE.replace('end = "17:00"', 'end = "16:30"'))
    services = services_of(half)
    pictures = [gearbox(now, due, 12000, zoom=zoom) for zoom in ("hours", "shifts", "days", "weeks")]
    pictures.append(drawn(services, targets(services, worked_order(due="27 16:30", quantity=600)), "hours"))
    half.close()
    for picture in pictures:
        labelled = [tick for tick in picture.ticks if tick.label]
        for one, other in pairwise(labelled):
            assert one.x + words_width(one.label) < other.x, (one, other)


def test_an_hour_is_named_by_its_beginning_also_when_it_is_cut_short(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "half", WORKED_SITE.replace('end = "17:00"', 'end = "16:30"'))
    services = services_of(plant)
    ticks = drawn(services, targets(services, worked_order(due="25 16:30")), "hours").ticks
    plant.close()
    assert [tick.label for tick in ticks if tick.label][-3:] == ["14", "15", "16"]


def test_every_shift_is_named_where_there_is_room(gearbox: Any) -> None:
    ticks = gearbox("2026-11-23T06:00+01:00", "2026-11-30T12:00+01:00", 900, zoom="shifts").ticks
    assert {tick.label for tick in ticks} == {"early", "late", "night"}
