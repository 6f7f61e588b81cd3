"""Devices on their page: what is known of each, strangers that become devices, and the inspector."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from kiosk.services import Services
from kiosk.views.devices import stranger_key, visible
from ledger.device_records import keep_overheard
from ledger.devices import set_device_state
from ledger.site_versions import site_versions
from shopfloor.instants import HOUR_MS, MINUTE_MS
from shopfloor.overheard import KEPT_MESSAGES, KEPT_STRANGERS, DeviceFacts, Overheard, RawMessage, Stranger
from shopfloor.scans import Scan, Unreadable
from station_config import load
from tests.factory import Plant
from tests.web.planner_visit import said

TAKE_IN = {
    "called": "bench",
    "called_profile": "tasmota-serial",
    "profile": "tasmota-serial",
    "id": "bench",
    "station": "sew-1",
    "mode": "",
    "person": "Ann",
    "why": "a new scanner",
}


def raw(plant: Plant, **facts: object) -> RawMessage:
    message = RawMessage(
        plant.now, "interlock/hz1/scanner-cut/scan", b"7K30411\r", 8, retained=False, device="scanner-cut",
        known=True, profile="native", became="scan", code="7K30411",
    )  # fmt: skip
    return replace(message, **facts)  # type: ignore[arg-type]  # as named


def hear(plant: Plant, *messages: RawMessage, facts: tuple[DeviceFacts, ...] = ()) -> None:
    keep_overheard(plant.ledger, plant.site, Overheard(messages, facts), plant.now)


def meet(plant: Plant, *names: str, profile: str = "tasmota-serial", topic: str = "tele/{}/RESULT") -> None:
    strangers = tuple(
        Stranger(profile, name, topic.format(name), b'{"SerialReceived":"<b>"}', plant.now + number)
        for number, name in enumerate(names)
    )
    keep_overheard(plant.ledger, plant.site, Overheard(strangers=strangers), plant.now)


def row(page: str, device: str) -> str:
    found = next(part for part in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if f">{device}</a>" in part)
    return said(found)


@pytest.fixture
def page(client: FlaskClient, floor: Plant) -> str:
    """Cut is offline, Sew scans with a clock that is off, Pack was silent since yesterday's morning."""
    now = floor.now
    set_device_state(floor.ledger, floor.site, "scanner-cut", online=False, now=now - 5 * MINUTE_MS)
    scan = Scan("scanner-sew", "7K30411", now - MINUTE_MS, device_at=now + 8 * MINUTE_MS)
    bad = Unreadable("scanner-sew", "interlock/hz1/scanner-sew/scan", now, b"\xff", 1, "no text")
    floor.recorder.record([scan, replace(scan, code="7K30412"), bad], now)
    facts = DeviceFacts("scanner-pack", now - 24 * HOUR_MS, battery=12, model="Mark 3")
    hear(floor, facts=(facts,))
    return client.get("/devices").text


def test_a_device_that_said_goodbye_is_offline(page: str) -> None:
    assert "scanner-cut" in row(page, "scanner-cut")
    assert "OFFLINE" in row(page, "scanner-cut")
    assert "never" in row(page, "scanner-cut")


def test_a_device_without_presence_talks_and_its_clock_and_refusals_are_told(page: str) -> None:
    words = row(page, "scanner-sew")
    for word in ("talks", "just now", "+9 min", "2 scans", "3 refused"):
        assert word in words


def test_a_device_that_says_nothing_while_its_line_works_is_silent_and_not_late(page: str) -> None:
    words = row(page, "scanner-pack")
    for word in ("SILENT", "24 h ago", "12 %", "Mark 3"):
        assert word in words


def test_a_night_makes_no_device_silent(client: FlaskClient, floor: Plant) -> None:
    hear(floor, facts=(DeviceFacts("scanner-pack", floor.now),))
    floor.now += 18 * HOUR_MS  # 09:10 on Wednesday: three hours of work, a break and a night
    assert "SILENT" in row(client.get("/devices").text, "scanner-pack")
    floor.now -= 2 * HOUR_MS
    assert "talks" in row(client.get("/devices").text, "scanner-pack")


def test_counts_are_of_the_sites_day(client: FlaskClient, floor: Plant) -> None:
    floor.recorder.record([Scan("scanner-cut", "X", floor.now)], floor.now)
    assert "1 scan " in row(client.get("/devices").text, "scanner-cut")
    floor.now += 10 * HOUR_MS
    assert "0 scans" in row(client.get("/devices").text, "scanner-cut")
    floor.recorder.record([Scan("scanner-cut", "X", floor.now)], floor.now)
    words = row(client.get("/devices").text, "scanner-cut")
    assert "1 scan 1 refused" in words


def test_a_scan_out_of_a_buffer_says_nothing_about_the_clock(client: FlaskClient, floor: Plant) -> None:
    late = floor.now - 3 * HOUR_MS
    floor.recorder.record([Scan("scanner-cut", "X", floor.now, device_at=late, seq=1)], floor.now)
    assert "clock" not in row(client.get("/devices").text, "scanner-cut")
    floor.recorder.record([Scan("scanner-cut", "X", floor.now, device_at=late)], floor.now)
    assert "\N{MINUS SIGN}3 h" in row(client.get("/devices").text, "scanner-cut")


def test_a_stranger_becomes_a_device_of_its_station_with_who_and_why(
    client: FlaskClient, web: Services, floor: Plant
) -> None:
    meet(floor, "bench")
    page = client.get("/devices").text
    assert "1 unknown device talks" in said(page)
    assert "&lt;b&gt;" in page
    answer = client.post("/devices", data={**TAKE_IN, "id": "serial-1", "mode": "in"}, follow_redirects=True)
    assert "serial-1 is a device of this site now." in said(answer.text)
    assert "unknown device talks" not in said(answer.text)
    device = load(floor.folder).site.devices["serial-1"]
    assert (device.station, device.profile, device.address, device.mode) == (
        "sew-1", "tasmota-serial", "bench", "in",
    )  # fmt: skip
    assert web.config.site.devices["serial-1"] == device
    version = site_versions(floor.ledger)[0]
    assert (version.person, version.why, version.changes) == (
        "Ann",
        "a new scanner",
        ("Device serial-1: new",),
    )


def test_a_device_on_the_sites_own_topics_keeps_its_name(client: FlaskClient, floor: Plant) -> None:
    meet(floor, "tablet-9", "Tablet Nine", profile="native", topic="interlock/hz1/{}/scan")
    page = client.get("/devices").text
    assert 'value="tablet-9" autocomplete="off" spellcheck="false" readonly' in page
    assert "Its name cannot be an id" in said(page)
    data = {
        **TAKE_IN,
        "called": "tablet-9",
        "called_profile": "native",
        "id": "tablet-9",
        "profile": "native",
    }
    assert client.post("/devices", data=data).status_code == 303
    text = (floor.folder / "site.toml").read_text(encoding="utf-8")
    assert text.endswith('[[device]]\nid = "tablet-9"\nstation = "sew-1"\n')


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"station": ""}, "station", "choose a station"),
        ({"person": ""}, "person", "write your name"),
        ({"why": " "}, "why", "write why it is added"),
        ({"id": "scanner-cut"}, "id", "another device"),
        ({"id": "Bench!"}, "id", "is not an id"),
        ({"station": "sew-9"}, "station", "no station"),
    ],
)
def test_a_fault_of_the_form_stands_at_its_field_and_nothing_is_saved(
    client: FlaskClient, floor: Plant, changed: dict[str, str], field: str, words: str
) -> None:
    meet(floor, "bench", "other")
    before = (floor.folder / "site.toml").read_bytes()
    answer = client.post("/devices", data=TAKE_IN | changed)
    key = stranger_key("tasmota-serial", "bench")
    assert answer.status_code == 422
    found = re.search(rf'id="{key}-{field}-fault">([^<]+)<', answer.text)
    assert found
    assert words in found[1]
    assert (floor.folder / "site.toml").read_bytes() == before


def test_strangers_and_messages_are_bounded(client: FlaskClient, floor: Plant) -> None:
    meet(floor, *[f"n{number}" for number in range(KEPT_STRANGERS)])
    floor.now += MINUTE_MS
    meet(floor, *[f"m{number}" for number in range(50)])
    names = {each["address"] for each in floor.ledger.rows("SELECT address FROM unknown_devices")}
    assert len(names) == KEPT_STRANGERS
    assert "n0" not in names
    assert "m49" in names
    for _ in range(2):
        hear(floor, *[raw(floor)] * 150)
    (row,) = floor.ledger.rows("SELECT COUNT(*) AS count FROM raw_messages")
    assert row["count"] == KEPT_MESSAGES
    assert "and 180 more" in said(client.get("/devices").text)


def test_the_inspector_shows_each_message_and_how_it_was_read(client: FlaskClient, floor: Plant) -> None:
    hear(
        floor,
        raw(floor, scan_id="a1", seq=17, device_at=floor.now),
        raw(floor, topic="tele/x/RESULT", payload=b"\x02<b>\xff\x1d\x00", size=9000, device="x", known=False,
            profile="tasmota-serial", became="refused", code="", why="Byte 4 of the message is not UTF-8."),
    )  # fmt: skip
    page = client.get("/devices/inspector").text
    words = said(page)
    for word in ("scan scanner-cut native", "code 7K30411 id a1 its time 2026-11-24 15:10:00 number 17",
                 "37 4b 33", "CANNOT BE READ x unknown device tasmota-serial", "Byte 4 of the message",
                 "02 3c 62 3e ff 1d 00 … 9,000 bytes", "<STX><b>\ufffd<GS><NUL>"):  # fmt: skip
        assert word in words
    assert "<b>\ufffd" not in page
    assert 'hx-trigger="every 2s"' in page
    alone = said(client.get("/devices/inspector?device=x&still=1").text)
    assert "7K30411" not in alone
    assert "Held still" in alone


def test_the_inspector_asks_for_its_messages_alone(client: FlaskClient, floor: Plant) -> None:
    hear(floor, raw(floor))
    part = client.get("/devices/inspector/messages?device=scanner-cut").text
    assert part.lstrip().startswith('<section id="messages"')
    assert "7K30411" in part
    assert "7K30411" not in client.get("/devices/inspector/messages?device=scanner-sew").text


def test_every_byte_can_be_shown() -> None:
    shown = visible(bytes(range(256)), 300)
    assert shown.isprintable()
    assert shown.startswith("<NUL><SOH><STX>")
