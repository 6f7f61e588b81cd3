"""The ledger of responsibility: the same sums on the page, through the API and by plain SQL over the events."""

from __future__ import annotations

import json
import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.app import create_app
from ledger import flags, silence
from ledger.flags import Tap
from shopfloor.calendar_book import CalendarBook
from shopfloor.points import NO_POINTS
from tests.factory import WORKED_SITE, Plant, china, worked_order
from tests.ledger.test_delays import hand_on, pass_through
from tests.web.conftest import services_of
from tests.web.secured import As, register_all

WEEK = "from=2026-11-23&to=2026-11-29"


@pytest.fixture
def late(floor: Plant) -> Plant:
    """Cutting two hours late, Sewing half an hour more, Packing a quarter more; Cutting answered a flag."""
    floor.now = china("25 10:05")
    tap = Tap("tap-1", "sew-1", floor.now)
    flag = flags.raise_flag(floor.ledger, floor.site, tap, against="cut", order="A-1", now=floor.now)
    flags.answer_flag(
        floor.ledger,
        floor.site,
        Tap("tap-2", "cut-1", floor.now),
        flag=flag,
        reason="tool",
        promised_at=china("25 12:30"),
        comment="",
        now=floor.now,
    )
    pass_through(floor, {"cut": "25 12:00", "sew": "25 15:30", "pack": "25 16:45"})
    return floor


def links(client: FlaskClient, query: str = WEEK) -> dict[str, Any]:
    answer = client.get(f"/api/v1/responsibility/shirts?{query}")
    assert answer.status_code == 200, answer.text
    return {row["link"]: row for row in answer.json["links"]}


@pytest.mark.usefixtures("late")
def test_the_sums_of_a_week(client: FlaskClient) -> None:
    found = links(client)
    assert {link: row["own_minutes"] for link, row in found.items()} == {"cut": 120, "sew": 30, "pack": 15}
    assert {link: row["inherited_minutes"] for link, row in found.items()} == {
        "cut": 0,
        "sew": 60,
        "pack": 30,
    }
    cut = found["cut"]
    assert (cut["flags"], cut["answered"], cut["promises"], cut["promises_kept"]) == (1, 1, 1, 1)
    assert all(row["handoffs_due"] == row["on_time"] + row["late"] == 10 for row in found.values())


def test_the_sums_are_those_of_the_events(client: FlaskClient, late: Plant) -> None:
    due: Counter[str] = Counter()
    for row in late.ledger.rows("SELECT link, detail FROM events WHERE kind = 'link_finished'"):
        due[row["link"].partition("/")[2]] += sum(day[1] for day in json.loads(row["detail"])["handoffs"])
    assert {link: row["handoffs_due"] for link, row in links(client).items()} == dict(due)


@pytest.mark.usefixtures("late")
def test_another_week_has_nothing(client: FlaskClient) -> None:
    found = links(client, "from=2026-11-16&to=2026-11-22")
    assert set(found) == {"cut", "sew", "pack"}
    assert all(row["handoffs_due"] == row["own_minutes"] == row["flags"] == 0 for row in found.values())
    assert "No link has added a minute" in client.get("/responsibility?from=2026-11-16&to=2026-11-22").text


def test_the_page_says_where_the_minutes_came_from(client: FlaskClient, late: Plant) -> None:
    page = client.get(f"/responsibility?{WEEK}").text
    reason = next(each.name for each in late.site.reasons if each.id == "tool")
    assert reason in page
    assert 'href="/orders/A-1#why"' in page
    assert "no reason given" in page
    of_cutting = client.get(f"/responsibility?link=cut&{WEEK}").text
    assert "no reason given" not in of_cutting


def test_an_order_says_why_it_is_late(client: FlaskClient, late: Plant) -> None:
    why = client.get("/api/v1/orders/A-1").json["delays"]
    assert (why["late_minutes"], why["past_due_minutes"], why["finished"]) == (45, 0, True)
    on_path = [part for part in why["links"] if part["decides"]]
    assert sum(part["own_minutes"] - part["absorbed_minutes"] for part in on_path) == 45
    page = client.get("/orders/A-1").text
    assert "Why is it late?" in page
    assert late.site.name


def test_an_open_order_says_what_is_certain_by_now(client: FlaskClient, floor: Plant) -> None:
    pass_through(floor, {"cut": "25 12:00"})
    floor.now = china("25 13:30")
    why = client.get("/api/v1/orders/A-1").json["delays"]
    parts = {part["link"]: part for part in why["links"]}
    # Sewing owes 40 since 09:00: three and a half working hours; an hour of them is Cutting's after its buffer.
    assert parts["sew"] == {
        "link": "sew",
        "late_minutes": 210,
        "inherited_minutes": 60,
        "own_minutes": 150,
        "absorbed_minutes": 60,
        "answers_for_minutes": 150,
        "silent": False,
        "decides": True,
        "finished": False,
    }
    assert (parts["pack"]["late_minutes"], parts["pack"]["own_minutes"]) == (150, 0)
    assert (why["past_due_minutes"], why["finished"]) == (90, False)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=yesterday", "from: yesterday is no date"),
        ("to=2026-13-40", "to: 2026-13-40 is no date"),
        ("from=2026-11-29&to=2026-11-23", "write the earlier day first"),
        ("from=2010-01-01&to=2026-11-23", "at most ten years"),
    ],
)
def test_dates_that_are_none_get_a_sentence(client: FlaskClient, query: str, says: str) -> None:
    page = client.get(f"/responsibility?{query}")
    assert (page.status_code, says in page.text) == (422, True)
    answer = client.get(f"/api/v1/responsibility/shirts?{query}")
    assert answer.status_code == 400
    assert says.lower() in answer.json["error"].lower()


def test_an_unknown_line_or_link_says_which_there_are(client: FlaskClient) -> None:
    assert client.get("/responsibility?line=nowhere").status_code == 404
    answer = client.get("/responsibility?link=nowhere")
    assert answer.status_code == 404
    assert "known are cut, sew, pack" in answer.text


def test_who_kept_silent_answers_for_its_share_and_the_sum_stays(client: FlaskClient, floor: Plant) -> None:
    """Cutting's last 40 are needed by Wednesday 11:30; at 11:45 Interlock flags for Sewing, which looks on."""
    for code in floor.codes()[:8]:
        hand_on(floor, "scanner-cut", code, "25 09:00")
    floor.now = china("25 11:46")
    spoken = Tap("tap-1", "pack-1", floor.now)
    flags.raise_flag(floor.ledger, floor.site, spoken, against="sew", order="A-1", now=floor.now)
    silence.SilenceWatch(floor.ledger, floor.site, CalendarBook(floor.site)).look(floor.now, floor.now)
    for code in floor.codes()[8:]:
        hand_on(floor, "scanner-cut", code, "25 14:45")
    parts = {part["link"]: part for part in client.get("/api/v1/orders/A-1").json["delays"]["links"]}
    # Planned for 10:00: 225 working minutes late, 120 of them since 11:45 with the break between.
    assert (parts["cut"]["own_minutes"], parts["cut"]["answers_for_minutes"]) == (225, 165)
    assert (parts["sew"]["silent"], parts["sew"]["answers_for_minutes"] - parts["sew"]["own_minutes"]) == (
        True,
        60,
    )
    assert sum(part["answers_for_minutes"] - part["own_minutes"] for part in parts.values()) == 0
    assert "kept silent, answers for" in client.get("/orders/A-1").text


def test_a_cause_leads_to_its_parts_and_a_part_to_its_events(client: FlaskClient, late: Plant) -> None:
    page = client.get(f"/responsibility?{WEEK}").text
    address = re.search(r'href="(\?[^"]*reason=tool[^"]*)"', page)
    assert address is not None
    parts = client.get("/responsibility" + unescape(address[1]).partition("#")[0]).text
    assert "all of them" in parts
    rows = re.findall(r'href="(/responsibility/shirts/(\w+)\?order=A-1)"', parts)
    assert [link for _, link in rows] == ["cut"]
    unsaid = client.get(f"/responsibility?reason=-&{WEEK}").text
    assert set(re.findall(r"/responsibility/shirts/(\w+)\?order", unsaid)) == {"sew", "pack"}
    by_hour = client.get(f"/responsibility?hour=9&{WEEK}").text  # Cutting was due by 10:00
    assert re.findall(r"/responsibility/shirts/(\w+)\?order", by_hour) == ["cut"]

    events = client.get(rows[0][0]).text
    sequences = [int(found) for found in re.findall(r"Number in the record</span> (\d+)", events)]
    counted = late.ledger.rows(
        "SELECT sequence FROM events WHERE link = 'shirts/cut' AND kind IN ('received', 'given', 'flag_raised',"
        " 'flag_answered', 'flag_resolved', 'link_finished') ORDER BY occurred_at, sequence"
    )
    assert sequences == [row["sequence"] for row in counted]
    assert "120 min late by the plan" in events
    assert client.get("/responsibility/shirts/cut?order=none").status_code == 404
    assert client.get("/responsibility/shirts/none?order=A-1").status_code == 404


def test_points_are_shown_where_the_site_counts_some(client: FlaskClient, late: Plant) -> None:
    assert late.site.flags.points == NO_POINTS
    assert {row["points"] for row in links(client).values()} == {0}
    assert ">points<" not in client.get(f"/responsibility?{WEEK}").text


POINTS = f"{WORKED_SITE}\n[points]\nlate = 1\nown_hour = 10\n"


def test_points_follow_from_what_counts(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "site", POINTS)
    plant.release(worked_order())
    pass_through(plant, {"cut": "25 12:00", "sew": "25 15:30", "pack": "25 16:45"})
    client = create_app(services_of(plant)).test_client()
    found = links(client)
    assert {link: row["points"] for link, row in found.items()} == {
        "cut": found["cut"]["late"] + 20,
        "sew": found["sew"]["late"],
        "pack": found["pack"]["late"],
    }
    assert ">points<" in client.get(f"/responsibility?{WEEK}").text
    plant.close()


def test_a_department_s_lead_is_led_to_its_own_minutes_and_flags(app: Flask, floor: Plant) -> None:
    lead = As(app, floor).person(register_all(floor)["lead"])
    for address in ("/responsibility", "/flags"):
        page = lead.get(address).text
        assert "Your links" in page
        assert f'href="{address}?line=shirts&amp;link=sew"' in page
        assert '<b aria-current="page">Sewing</b>' in lead.get(f"{address}?line=shirts&link=sew").text
        assert "Your links" not in As(app, floor).get(address).text
