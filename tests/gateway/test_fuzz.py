"""Arbitrary payloads on every topic: nothing raises, and no scan comes out that was not in the message."""

from __future__ import annotations

import base64
import binascii
import json
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.messages import DeviceState, Settled
from shopfloor.scans import Scan, Unreadable
from tests.gateway.sample_site import everyone, hear

SAMPLES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "samples" / "makers.toml").read_text(encoding="utf-8")
)["sample"]
PAYLOADS = [sample["payload"].encode() for sample in SAMPLES]
TOPICS = [
    *sorted({sample["topic"] for sample in SAMPLES}),
    "interlock/hz1/x/ack",
    "nobody/has/this",
    "interlock/x",
]
COMMAND_WORDS = {"CMDBACKS": ("TRIGGER_DOUBLE_CLICK", "DOUBLE", "double"), "CMDABSENT8": ("SINGLE", "single")}
PIECES = [b"]C1", b"]J0", b"]", b"\x1d", b"(01)", b"(10)A", b"https://x/01/", b"\x02", b"\xff", b'"', b"{", b"}", b"[",
          b"null", b"1e999", b"\\ud800", b"\x00", b"-1", b"9" * 40, b"NaN", "é٣".encode()]  # fmt: skip


def arbitrary(luck: random.Random) -> bytes:
    """Noise, a sample with a few wounds, two samples run together, or JSON of odd things under known keys."""
    kind = luck.randrange(4)
    if kind == 0:
        return luck.randbytes(luck.randrange(60))
    payload = bytearray(luck.choice(PAYLOADS))
    if kind == 1:
        payload += luck.choice(PAYLOADS)
    if kind == 2:  # one of four
        keys = ["code", "id", "at", "seq", "quantity", "SerialReceived", "barcode", "data", "timestamp", "action",
                "date", "serverId", "values", "scan_code", "device_serial", "event_type", "Time", "PN532"]  # fmt: skip
        odd = [
            None,
            True,
            -1,
            2**70,
            1.5,
            "",
            "7K30411",
            [],
            {},
            ["7K30411"],
            {"Data": "x"},
            "\x00",
            "]C110A",
            "scan",
        ]
        return json.dumps({luck.choice(keys): luck.choice(odd) for _ in range(luck.randrange(5))}).encode()
    for _ in range(luck.randrange(1, 5)):
        at = luck.randrange(len(payload) + 1)
        if luck.random() < 0.5:  # either
            payload[at:at] = luck.choice(PIECES)
        else:
            del payload[at : at + luck.randrange(1, 30)]
    return bytes(payload)


def texts(said: object) -> Iterator[str]:
    """Every text in decoded JSON, also what stands in it as base64."""
    if isinstance(said, dict):
        for value in said.values():
            yield from texts(value)
    elif isinstance(said, list):
        for value in said:
            yield from texts(value)
    elif isinstance(said, str):
        yield said
        try:
            yield base64.b64decode(said, validate=True).decode()
        except (ValueError, binascii.Error):
            return


def was_in(code: str, payload: bytes) -> bool:
    text = payload.decode()
    try:
        inside = [text, *texts(json.loads(text))]
    except ValueError:
        inside = [text]
    if code in COMMAND_WORDS and any(word in inside for word in COMMAND_WORDS[code]):
        return True
    return any(code in each or code in each.replace("*", "") for each in inside)


def fuzz(count: int, seed: int) -> int:
    """How many of so many payloads were scans."""
    luck = random.Random(seed)  # noqa: S311  # the same payloads each time
    site = everyone()
    scans = 0
    for _ in range(count):
        topic, payload = luck.choice(TOPICS), arbitrary(luck)
        item = hear(site, topic, payload, retained=luck.random() < 0.1).item  # a tenth
        assert isinstance(item, Scan | Unreadable | DeviceState | Settled)
        if isinstance(item, Scan):
            scans += 1
            assert was_in(item.code, payload), (topic, payload, item.code)
            assert 1 <= len(item.code) <= 200
        elif isinstance(item, Unreadable):
            assert item.reason.endswith(".")
    return scans


def test_arbitrary_payloads_neither_raise_nor_make_scans() -> None:
    assert 0 < fuzz(4_000, seed=1) < 2_000


@pytest.mark.slow
def test_a_hundred_thousand_arbitrary_payloads_neither_raise_nor_make_scans() -> None:
    assert fuzz(100_000, seed=2) > 0
