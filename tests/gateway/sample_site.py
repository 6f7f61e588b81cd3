"""A site with a device of every maker, and what it reads."""

from __future__ import annotations

from pathlib import Path

from gateway.directory import Directory
from gateway.messages import Arrived, Understood, understand
from interlock.gateway_process import directory_of
from station_config import SiteConfig, check_text
from tests.factory import WORKED_SITE

NOW = 1_795_000_000_000

OWN = """
[[profile]]
id = "proglove-bytes"
like = "proglove"
topics = ["pg2/gateway/{gateway}/+"]
ignore_topics = ["pg2/gateway/{gateway}/feedback!"]
presence = ["pg2/gateway/{gateway}/+"]
answer = "pg2/gateway/{gateway}/feedback!"
code = "scan_bytes"
encoding = "base64"

[[profile]]
id = "camera"
topics = ["cell/{device}/reads"]
code = "values.0.v"
time = "values.0.t"
time_unit = "s"
when = { ok = "true", "values.0.id" = "line.cam" }
strip = "*"
"""

DEVICES = [
    ("scanner-07", "native", ""),
    ("old-1", "bare", ""),
    ("glove-1", "proglove", "MDMR000000064"),
    ("glove-2", "proglove-bytes", "MDMR000000064"),
    ("usb-1", "barcode-server", "cash-register-1"),
    ("serial-1", "tasmota-serial", "bench"),
    ("nfc-1", "tasmota-nfc", "badges"),
    ("button-1", "tasmota-button", "bench"),
    ("button-2", "zigbee2mqtt", "hall/door 1"),
    ("button-3", "zigbee2mqtt", "hall/gate"),  # the embedded broker takes no blanks
    ("umh-1", "umh", "press-3"),
    ("rfid-1", "zebra-rfid", "gate"),
    ("camera-1", "camera", "9"),
]


def device(name: str, profile: str, address: str) -> str:
    called = f'\naddress = "{address}"' if address else ""
    return f'\n[[device]]\nid = "{name}"\nstation = "cut-1"\nprofile = "{profile}"{called}\n'


def config(more: str = "") -> SiteConfig:
    text = WORKED_SITE + "".join(device(*each) for each in DEVICES) + OWN + more
    return check_text(Path(), text)


def everyone(more: str = "") -> Directory:
    return directory_of(config(more))


def arrived(topic: str | None, payload: bytes, **more: object) -> Arrived:
    facts = {"packet_id": 1, "duplicate": False, "retained": False, **more}
    return Arrived(topic, payload, len(payload), **facts)  # type: ignore[arg-type]  # as named


def hear(directory: Directory, topic: str, payload: bytes, **more: object) -> Understood:
    return understand(arrived(topic, payload, **more), directory, NOW)
