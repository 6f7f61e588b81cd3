"""What devices of other makers send, and what is read from it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.device_times import device_instant
from gateway.directory import Directory
from gateway.messages import DeviceState, Settled
from gateway.same_reads import SameReads
from shopfloor.instants import instant_from_text
from shopfloor.scans import Scan, Unreadable
from station_config import built_in_profiles
from tests.gateway.sample_site import NOW, everyone, hear

FILE = Path(__file__).parent / "samples" / "makers.toml"
SAMPLES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["sample"]


@pytest.fixture(scope="module")
def site() -> Directory:
    return everyone()


def payload_of(sample: dict[str, Any]) -> bytes:
    """ProGlove ends each message with a line feed."""
    return (sample["payload"] + ("\n" if "ProGlove" in sample["what"] else "")).encode()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["what"])
def test_every_sample_is_read_as_it_should(site: Directory, sample: dict[str, Any]) -> None:
    understood = hear(site, sample["topic"], payload_of(sample))
    item, raw = understood.item, understood.raw
    assert (raw.became, raw.device) == (sample["as"], sample.get("device", ""))
    if sample["as"] in ("scan", "badge", "command"):
        assert isinstance(item, Scan)
        time = sample.get("time")
        assert (item.device, item.code, item.scan_id) == (sample["device"], sample["code"], sample.get("id"))
        assert item.device_at == (None if time is None else instant_from_text(time))
        assert (item.seq, item.quantity) == (sample.get("seq"), sample.get("quantity"))
        assert item.kind == ("code" if sample["as"] == "scan" else sample["as"])
        assert (raw.code, raw.device_at) == (item.code, item.device_at)
    elif sample["as"] == "state":
        assert isinstance(item, DeviceState)
        assert (item.device, item.online) == (sample["device"], sample["online"])
    elif sample["as"] == "refused":
        assert isinstance(item, Unreadable)
        assert sample["why"] in item.reason
    else:
        assert item == Settled(None)
    if "battery" in sample:
        assert understood.facts is not None
        assert understood.facts.battery == sample["battery"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["what"])
def test_a_retained_message_is_never_a_scan(site: Directory, sample: dict[str, Any]) -> None:
    understood = hear(site, sample["topic"], payload_of(sample), retained=True)
    assert not isinstance(understood.item, Scan)
    assert understood.facts is None


def test_one_presence_message_is_about_all_that_is_connected_there(site: Directory) -> None:
    item = hear(site, "tele/bench/LWT", b"Online").item
    assert isinstance(item, DeviceState)
    assert {item.device, *item.others} == {"serial-1", "button-1"}


def test_a_device_nobody_knows_is_kept_with_its_profile_and_taken_for_no_other(site: Directory) -> None:
    understood = hear(site, "tele/scanner-07/RESULT", b'{"SerialReceived":"4250168519463"}')
    assert isinstance(understood.item, Scan)
    assert understood.item.device == "scanner-07 (tasmota-serial)"
    stranger = understood.stranger
    assert stranger is not None
    assert (stranger.profile, stranger.address) == ("tasmota-serial", "scanner-07")
    assert understood.facts is None


def test_a_kiosk_cannot_be_played_by_a_device(site: Directory) -> None:
    assert isinstance(hear(site, "interlock/hz1/station:cut-1/scan", b"7K30411").item, Unreadable)


def test_where_topics_overlap_the_configured_device_decides() -> None:
    other = """
[[profile]]
id = "own-serial"
topics = ["tele/{device}/RESULT"]
code = "Reader"
"""
    site = everyone(other)
    known = hear(site, "tele/bench/RESULT", b'{"SerialReceived":"4250168519463"}')
    assert known.raw.profile == "tasmota-serial"
    unknown = hear(site, "tele/elsewhere/RESULT", b'{"Reader":"4250168519463"}')
    assert unknown.raw.profile == "own-serial"


def test_only_topics_that_somebody_has_are_subscribed_to() -> None:
    wanted = {each.topic_filter: each.retained_again for each in everyone().subscriptions}
    assert wanted["interlock/hz1/+/scan"] is False
    assert wanted["tele/+/LWT"] is True
    assert "zigbee2mqtt/#" in wanted
    profiles = built_in_profiles(ZoneInfo("UTC"))
    alone = Directory("hz1", profiles)
    assert [each.topic_filter for each in alone.subscriptions] == [
        "interlock/hz1/+/scan",
        "interlock/hz1/+/state",
    ]
    listening = Directory("hz1", profiles, listen=["umh"])
    assert "ia/+/+/+/barcode" in {each.topic_filter for each in listening.subscriptions}


def test_a_tag_that_lies_there_is_read_once_until_it_was_away() -> None:
    reads = SameReads()
    seconds = [0, 1, 30, 59, 118, 178, 200]
    again = [reads.again("rfid-1", "E200", NOW + each * 1000, 60_000) for each in seconds]
    assert again == [False, True, True, True, True, False, True]
    assert not reads.again("rfid-2", "E200", NOW, 60_000)


def test_a_naive_time_in_the_hour_that_comes_twice_is_the_one_nearer_to_now() -> None:
    second = instant_from_text("2026-10-25T02:30:00+01:00")
    for pass_at in (second, second - 3_600_000):
        read = device_instant("2026-10-25T02:30:00", "iso", ZoneInfo("Europe/Berlin"), pass_at + 60_000)
        assert read == pass_at
