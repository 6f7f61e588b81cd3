"""Devices that keep their makers' topics, with passwords: each may do what its profile says, and nothing else."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interlock.access import read_users, rights_of
from interlock.broker import EmbeddedBroker
from interlock.opening import directory_of, open_config
from interlock.violations import ViolationLog
from shopfloor.scans import Scan
from tests.broker_fixtures import Mosquitto
from tests.gateway.rig import MemoryLedger, RunningGateway
from tests.gateway.sample_site import DEVICES, OWN, device, hear
from tests.gateway.test_makers import FILE, payload_of
from tests.secured_site import SecuredSite, ack_topic, add_device
from tests.waiting import wait_for

SAMPLES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["sample"]
SAID = [each for each in SAMPLES if each["as"] in ("scan", "badge", "command", "state")]
TRAPS = [
    ("dotted", "umh", "press.3.1"),
    ("deep", "zigbee2mqtt", "hall//gate.2/"),
    ("lead", "zigbee2mqtt", "/x"),
]
"""Names that the embedded broker's subjects have to write in their own way."""

BRIDGES = {
    "bench": ("--bridge", "tasmota-serial", "--bridge", "tasmota-button", "--place", "device=bench"),
    "zigbee": ("--bridge", "zigbee2mqtt"),
    "pg-1": ("--bridge", "proglove", "--place", "gateway=PGGW000000058"),
    "pg-2": ("--bridge", "proglove-bytes"),
    "usb": ("--bridge", "barcode-server"),
}
SPEAKS = {
    "serial-1": "bench",
    "button-1": "bench",
    "button-2": "zigbee",
    "glove-1": "pg-1",
    "glove-2": "pg-2",
    "usb-1": "usb",
}
"""Who sends what comes from a device, if not the device itself."""
ALONE = [
    "scanner-07",
    "old-1",
    "nfc-1",
    "button-3",
    "umh-1",
    "rfid-1",
    "camera-1",
    *(name for name, _, _ in TRAPS),
]


class MakersSite(SecuredSite):
    """With everybody's password, a broker and a gateway."""

    broker: EmbeddedBroker | Mosquitto
    ledger: MemoryLedger
    gateway: RunningGateway

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "".join(device(*each) for each in [*DEVICES, *TRAPS]) + OWN)
        self.passwords |= {name: add_device(folder, name) for name in ALONE}
        self.passwords |= {name: add_device(folder, name, *words) for name, words in BRIDGES.items()}

    @property
    def heard(self) -> set[tuple[str, str]]:
        return {(scan.device, scan.code) for scan in self.ledger.scans}

    def allowed(self, user: str) -> tuple[str, ...]:
        config = open_config(self.folder)
        return rights_of(user, read_users(self.folder)[user], config).publish


@pytest.fixture(scope="module", params=[pytest.param("mosquitto", marks=pytest.mark.mosquitto), "embedded"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakersSite]:
    """One for all tests: none of them changes it."""
    site = MakersSite(tmp_path_factory.mktemp("site"))
    site.broker = (
        site.mosquitto(tmp_path_factory.mktemp("m")) if request.param == "mosquitto" else site.embedded()
    )
    site.broker.start()
    site.ledger = MemoryLedger()
    directory = directory_of(open_config(site.folder))
    site.gateway = RunningGateway(site.gateway_address, site.ledger, directory=directory).start()
    yield site
    site.gateway.stop()
    site.broker.stop()


def is_carried(site: MakersSite, topic: str) -> bool:
    return " " not in topic or isinstance(site.broker, Mosquitto)


@pytest.mark.mosquitto
@pytest.mark.parametrize("sample", SAID, ids=lambda sample: sample["what"])
def test_what_a_makers_device_sends_is_recorded(running: MakersSite, sample: dict[str, Any]) -> None:
    send(running, sample)
    if is_carried(running, sample["topic"]):
        wait_for(lambda: is_heard(running, sample), what=sample["what"])
        return
    after = next(each for each in SAID if is_carried(running, each["topic"]))
    send(running, after)
    wait_for(lambda: is_heard(running, after), what=after["what"])
    assert not is_heard(
        running, sample
    )  # as docs/devices.md says: the embedded broker takes no blanks in topics


def send(site: MakersSite, sample: dict[str, Any]) -> None:
    # Samples share an id, which would make the second a duplicate.
    payload = payload_of(sample).decode().replace("02114da8", f"{SAMPLES.index(sample):08x}")
    done = site.pub(SPEAKS.get(sample["device"], sample["device"]), sample["topic"], payload)
    assert done.returncode == 0 or not is_carried(site, sample["topic"]), done.stderr


def is_heard(site: MakersSite, sample: dict[str, Any]) -> bool:
    if sample["as"] == "state":
        return (sample["device"], sample["online"]) in site.ledger.states
    return (sample["device"], sample["code"]) in site.heard


@pytest.mark.mosquitto
@pytest.mark.parametrize(("name", "profile", "address"), TRAPS)
def test_a_name_that_subjects_write_in_their_own_way_is_carried(
    running: MakersSite, name: str, profile: str, address: str
) -> None:
    topic = f"ia/c/l/{address}/barcode" if profile == "umh" else f"zigbee2mqtt/{address}"
    code = f"C{name.upper()}"
    payload = {"barcode": code} if profile == "umh" else {"action": "single"}
    assert running.pub(name, topic, json.dumps(payload)).returncode == 0
    wait_for(lambda: name in {scan.device for scan in running.ledger.scans}, what="its scan")


@pytest.mark.mosquitto
def test_the_answer_reaches_the_scanner_through_its_gateway(running: MakersSite) -> None:
    answers = "proglove/gateway/PGGW000000058/feedback!"
    assert running.subscribe("pg-1", answers).returncode == 0
    sample = next(each for each in SAMPLES if each["what"] == "a ProGlove scan")
    payload = payload_of(sample).decode().replace("02114da8", "11114da8")
    running.pub("pg-1", sample["topic"], payload)
    wait_for(lambda: any("11114da8" in str(one) for one in running.ledger.ids), what="the scan")
    assert "FEEDBACK_POSITIVE" in running.sub_first("pg-1", answers)


@pytest.mark.mosquitto
def test_a_device_with_a_makers_topics_hears_its_answer_on_the_sites(running: MakersSite) -> None:
    assert running.subscribe("rfid-1", ack_topic("rfid-1")).returncode == 0
    running.pub("rfid-1", "zebra/gate/data", '{"data":{"idHex":"E2FF"}}')
    wait_for(lambda: ("rfid-1", "E2FF") in running.heard, what="the scan")
    assert '"result":"recorded"' in running.sub_first("rfid-1", ack_topic("rfid-1"))


DENIED = [
    ("nfc-1", "tele/bench/SENSOR"),  # another's name
    ("nfc-1", "tele/badges/RESULT"),  # its own name, on a topic that its profile has not
    ("nfc-1", "tele/badges/SENSOR/x"),
    ("umh-1", "ia/customer/location/press-4/barcode"),
    ("umh-1", "ia/customer/press-3/barcode"),
    ("umh-1", "tele/bench/RESULT"),
    ("dotted", "ia/customer/location/press/3/1/barcode"),
    ("camera-1", "cell/8/reads"),
    ("button-3", "zigbee2mqtt/hall/door"),
    ("button-3", "zigbee2mqtt/bridge/request/permit_join"),
    ("deep", "zigbee2mqtt/hall/gate.2"),
    ("bench", "tele/badges/RESULT"),
    ("bench", "stat/badges/RESULT"),
    ("pg-1", "proglove/gateway/PGGW000000099/scan"),  # another gateway
    ("zigbee", "tele/bench/RESULT"),
    ("usb", "barcode-server/barcode/x"),
    ("usb", "interlock/hz1/usb-1/scan"),  # a bridge has none of the site's topics
    ("pg-2", "interlock/hz1/glove-2/scan"),
]


@pytest.mark.mosquitto
def test_nothing_else_is_let_through_and_all_of_it_is_logged(running: MakersSite) -> None:
    before = ViolationLog(running.broker.log)
    states = list(running.ledger.states)
    for user, topic in DENIED:
        running.pub(user, topic, '{"code":"FORGED","barcode":"FORGED","SerialReceived":"FORGED"}')
        running.pub(user, topic, "Offline", retain=True)
    assert running.pub("old-1", "interlock/hz1/old-1/scan", "LASTOFALL").returncode == 0
    wait_for(lambda: ("old-1", "LASTOFALL") in running.heard, what="the last one")
    assert "FORGED" not in {code for _, code in running.heard}
    assert not [each for each in running.ledger.unreadable if b"FORGED" in each.payload]
    assert running.ledger.states == states
    if isinstance(running.broker, EmbeddedBroker):
        assert {(one.device, one.topic) for one in before.new()} == set(DENIED)
    else:
        log = running.broker.log.read_text()
        assert [
            one for one in DENIED if f"Denied PUBLISH from {one[0]} (d0, q1, r0, m1, '{one[1]}'" not in log
        ] == []


@pytest.mark.mosquitto
@pytest.mark.parametrize(
    ("user", "topic"),
    [
        ("nfc-1", "tele/#"),
        ("nfc-1", "tele/+/SENSOR"),
        ("button-3", "zigbee2mqtt/#"),
        ("pg-1", "proglove/gateway/+/feedback!"),
        ("pg-1", "#"),
        ("bench", "tele/+/RESULT"),
    ],
)
def test_what_is_said_to_others_is_not_heard(running: MakersSite, user: str, topic: str) -> None:
    running.subscribe(user, topic)
    others = [
        ("rfid-1", "zebra/gate/data", "{}"),
        ("zigbee", "zigbee2mqtt/hall/x", '{"action":"SECRET"}'),
        ("pg-2", "pg2/gateway/PGGW000000099/feedback!", "SECRET"),
        ("nfc-1", "tele/badges/SENSOR", '{"SECRET":1}'),
    ]
    for who, where, what in others:
        if who != user:
            running.pub(who, where, what)
    assert "SECRET" not in running.sub(user, topic, "-c").stdout


def test_what_one_may_say_is_never_taken_for_another_device(tmp_path: Path) -> None:
    """Whatever the brokers do: what somebody is granted is read as his own word, or as nobody's."""
    site = MakersSite(tmp_path / "site")
    config = open_config(site.folder)
    directory = directory_of(config)
    owners = {name: {name} for name in ALONE} | {
        bridge: {dev for dev, via in SPEAKS.items() if via == bridge} for bridge in BRIDGES
    }
    owners["zigbee"] |= {name for name, profile, _ in [*DEVICES, *TRAPS] if profile == "zigbee2mqtt"}
    for user, own in owners.items():
        for topic_filter in site.allowed(user):
            for word in ("bench", "hall/door 1", "PGGW000000058", "x"):
                topic = topic_filter.replace("#", word).replace("+", word)
                for sample in SAMPLES:
                    read = hear(directory, topic, payload_of(sample))
                    if isinstance(read.item, Scan) and read.raw.known:
                        assert read.item.device in own, (user, topic, sample["what"])


@pytest.mark.parametrize("address", ["*", ">"])
def test_a_name_that_would_mean_any_other_is_let_in_by_mosquitto_only(tmp_path: Path, address: str) -> None:
    site = SecuredSite(tmp_path / "site", device("star", "tasmota-serial", address))
    with pytest.raises(AssertionError, match="for any name"):
        add_device(site.folder, "star")
    assert "star" not in read_users(site.folder)
    text = (site.folder / "site.toml").read_text().replace("[broker]", '[broker]\nhost = "hub"')
    (site.folder / "site.toml").write_text(text)
    add_device(site.folder, "star")
    assert f"topic write tele/{address}/RESULT" in (site.folder / "access" / "mosquitto-acl").read_text()


def test_a_name_that_mosquitto_would_cut_is_not_let_in(tmp_path: Path) -> None:
    site = SecuredSite(tmp_path / "site", 'host = "hub"\n')
    with pytest.raises(AssertionError, match="as another topic"):
        add_device(site.folder, "zigbee", "--bridge", "zigbee2mqtt", "--place", "device=hall ")
    assert "zigbee" not in read_users(site.folder)
