"""Arbitrary payloads on every topic: nothing raises, and no scan comes out that was not in the message."""

from __future__ import annotations

import base64
import binascii
import json
import random
from collections.abc import Iterator

import pytest

from gateway.messages import DeviceState, Settled
from shopfloor.scans import Scan, Unreadable
from tests.gateway.noise import TOPICS, arbitrary
from tests.gateway.sample_site import everyone, hear

COMMAND_WORDS = {"CMDBACKS": ("TRIGGER_DOUBLE_CLICK", "DOUBLE", "double"), "CMDABSENT8": ("SINGLE", "single")}


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
