"""Channels on their page: who is told, how each fares, and the button that tries one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.app import create_app
from ledger import notices
from ledger.flag_clocks import FlagClocks
from shopfloor.channels import Channel
from shopfloor.instants import HOUR_MS, MINUTE_MS
from tests.factory import WORKED_SITE, Plant, china, worked_order
from tests.ledger.flagging import Flagging
from tests.web.conftest import services_of
from tests.web.planner_visit import said
from tests.web.secured import As, register_all
from tests.web.test_health import metric

CHANNELS = """
[[notify]]
id = "managers"
address_file = "managers.txt"
roles = ["manager"]
quiet = ["12:00-12:30"]
reports = ["shift", "responsibility"]

[[notify]]
id = "light"
topic = "plant/light"
payload = "ON"
payload_clear = "OFF"
lines = ["shirts"]
"""
ADDRESS = "mailto://plant:hush@mail.example.com?to=manager@example.com"


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """Two channels, both taken up by the gateway on Tuesday at 15:10; one notice for the manager is due."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "managers.txt").write_text(ADDRESS)
    plant = Plant(folder, WORKED_SITE + CHANNELS)
    yield plant
    plant.close()


@pytest.fixture
def floor(plant: Plant) -> Plant:
    plant.release(worked_order())
    plant.now = china("24 15:10")
    notices.keep_channels(plant.ledger, plant.config.channels, plant.now)
    Flagging(plant).raise_("sew-1", "cut", "24 15:10")
    FlagClocks(plant.ledger, plant.site).turn(china("24 16:20"))
    plant.now = china("24 16:20")
    return plant


def channel_of(plant: Plant, name: str) -> Channel:
    return next(each for each in plant.config.channels if each.id == name)


def told_of(client: FlaskClient, name: str) -> str:
    """What the page says of one channel."""
    page = client.get("/notices").text
    found = re.search(rf'<li class="channel" id="channel-{name}".*?</li>', page, re.DOTALL)
    assert found is not None
    return said(found[0])


def test_the_page_tells_who_is_told_and_not_the_address(client: FlaskClient) -> None:
    words = told_of(client, "managers")
    assert "managers.txt" in words
    assert "for manager, shift report, weekly responsibility" in words
    assert "last sent never" in words
    assert "waiting 1" in words
    light = told_of(client, "light")
    assert ("plant/light" in light, "every role, Shirts" in light, "waiting 3" in light) == (True,) * 3
    assert "hush" not in client.get("/notices").text
    assert "mail.example.com" not in client.get("/notices").text


def test_what_fails_says_why_since_when_and_when_it_is_tried_again(client: FlaskClient, floor: Plant) -> None:
    managers = channel_of(floor, "managers")
    notices.note_failed(floor.ledger, managers, "no route to the mail server", floor.now - 20 * MINUTE_MS)
    notices.note_failed(floor.ledger, managers, "no route to the mail server", floor.now)
    words = told_of(client, "managers")
    assert "DOWN" in words
    assert "No route to the mail server 2 tries in 20 min, next at 16:20" in words
    page = client.get("/notices").text
    assert page.index("channel-managers") < page.index("channel-light")


def test_what_got_out_is_told_and_a_light_that_is_on(client: FlaskClient, floor: Plant) -> None:
    light = channel_of(floor, "light")
    sequences = [row["sequence"] for row in notices.waiting(floor.ledger, light)]
    notices.note_told(floor.ledger, light, sequences, floor.now - 3 * MINUTE_MS)
    words = told_of(client, "light")
    assert ("works" in words, "ON" in words, "last sent 3 min ago" in words) == (True,) * 3
    assert "sent 1 waiting 0" in words


def test_the_button_asks_for_a_test_and_the_page_says_how_it_went(client: FlaskClient, floor: Plant) -> None:
    answer = client.post("/notices/managers/test")
    assert (answer.status_code, answer.location) == (303, "/notices#channel-managers")
    assert "The test is on its way." in told_of(client, "managers")
    state = notices.state(floor.ledger, "managers")
    assert state is not None
    assert state["test_asked_at"] == floor.now
    managers = channel_of(floor, "managers")
    notices.note_tested(floor.ledger, managers, floor.now, "", floor.now)
    assert "The test went out 16:20" in told_of(client, "managers")
    client.post("/notices/managers/test")
    notices.note_tested(floor.ledger, managers, floor.now, "no such host", floor.now)
    assert "The test failed 16:20: no such host" in told_of(client, "managers")


def test_a_test_of_what_is_no_channel_is_refused_and_a_loaded_address_leads_back(client: FlaskClient) -> None:
    answer = client.post("/notices/manager/test")
    assert answer.status_code == 404
    assert "managers" in answer.text
    assert client.get("/notices/managers/test").location == "/notices#channel-managers"


def test_a_channel_that_the_gateway_has_not_taken_up_has_no_button(plant: Plant) -> None:
    client = create_app(services_of(plant)).test_client()
    words = told_of(client, "managers")
    assert "not taken up yet" in words
    assert "Send a test" not in words


def test_who_may_not_touch_devices_sees_no_button_and_a_test_says_who_asked(app: Flask, floor: Plant) -> None:
    people = register_all(floor)
    supervisor = As(app, floor).person(people["supervisor"])
    manager = As(app, floor).person(people["manager"])
    assert "Send a test" in supervisor.get("/notices").text
    assert "Send a test" not in manager.get("/notices").text
    assert manager.post("/notices/managers/test").status_code == 403
    assert supervisor.post("/notices/managers/test").status_code == 303
    state = notices.state(floor.ledger, "managers")
    assert state is not None
    assert state["test_by"] == "Sven Supervisor"


def test_without_channels_the_page_says_what_to_write(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "bare")
    try:
        page = create_app(services_of(plant)).test_client().get("/notices").text
        assert "Nobody is told yet." in page
        assert "[[notify]]" in page
    finally:
        plant.close()


def test_a_channel_that_is_down_is_an_alarm_and_the_metrics_tell_each(
    client: FlaskClient, floor: Plant
) -> None:
    managers = channel_of(floor, "managers")
    assert client.get("/healthy").json["alarms"] == []
    notices.note_failed(floor.ledger, managers, "no route", floor.now - 14 * MINUTE_MS)
    assert client.get("/healthy").json["alarms"] == []
    floor.now += HOUR_MS
    (alarm,) = client.get("/healthy").json["alarms"]
    assert "the channel managers for 74 minutes" in alarm
    assert metric(client, r'interlock_notices_waiting\{channel="light"\}') == 3
    assert metric(client, r'interlock_notices_failing\{channel="managers"\}') == 1
    assert metric(client, r'interlock_notices_failing\{channel="light"\}') == 0
    assert metric(client, r'interlock_notices_sent_total\{channel="managers"\}') == 0
