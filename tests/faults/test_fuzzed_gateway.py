"""Arbitrary payloads over a real broker: they neither stop the gateway nor come into the record."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ledger.store import Ledger
from tests import live_site
from tests.broker_fixtures import Mosquitto, RunningBroker
from tests.faults.oracle import broken_promises
from tests.gateway.noise import TOPICS, arbitrary
from tests.gateway.sample_site import DEVICES, OWN, device
from tests.live_site import Site
from tests.waiting import wait_for

PER_PORTION = 5_000
"""Whoever sends keeps no more than that in mind."""
NOBODYS = {"interlock/e2e/x/ack", "nobody/has/this", "interlock/x"}
"""Topics to which the gateway does not listen."""
LAST_WORD = b"\x00the last word"
GLOVE = b"""{"event_type":"scan","event_id":"e1","scan_code":"7K3-0000","device_serial":%s}"""
RECORD = ("events", "positions", "handoffs", "hour_counts", "order_links", "flags")


@pytest.fixture
def site(
    make_site: Callable[[RunningBroker], Site], broker: RunningBroker, monkeypatch: pytest.MonkeyPatch
) -> Site:
    """It has a device of every maker, all of them at cutting."""
    plain = live_site.site_text

    def with_makers(*facts: int) -> str:
        return plain(*facts) + "".join(device(*each) for each in DEVICES) + OWN

    monkeypatch.setattr(live_site, "site_text", with_makers)
    return make_site(broker)


def topics_of(site: Site) -> list[str]:
    """The embedded broker takes no blanks in a topic."""
    found = [topic.replace("/hz1/", "/e2e/") for topic in TOPICS]
    return [topic for topic in found if isinstance(site.broker, Mosquitto) or " " not in topic]


class Shouting:
    """A client that publishes whatever it is given, and waits until the broker has it all."""

    def __init__(self, broker: RunningBroker) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="noise")
        self._client.max_queued_messages_set(0)
        self._client.max_inflight_messages_set(500)
        self._had = threading.Semaphore(0)
        self._client.on_publish = lambda *_: self._had.release()
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()

    def publish(self, messages: list[tuple[str, bytes]]) -> None:
        for topic, payload in messages:
            self._client.publish(topic, payload, qos=1)
        for _ in messages:
            assert self._had.acquire(timeout=30), "the broker takes no more"

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def last_words(ledger: Ledger) -> set[str]:
    rows = ledger.rows("SELECT topic FROM raw_messages WHERE payload = ?", (LAST_WORD,))
    return {row["topic"] for row in rows}


def last_payloads(ledger: Ledger) -> list[bytes]:
    return [row["payload"] for row in ledger.rows("SELECT payload FROM raw_messages")]


def wait_until_all_is_read(site: Site, noise: Shouting, topics: set[str]) -> None:
    """The broker keeps the order within a subscription: whose last word was heard has nothing more to say.

    Only the newest messages are kept, and one subscription may be far behind another: what was heard is remembered,
    and what may have been pushed out meanwhile is said again.
    """
    heard: set[str] = set()

    def more() -> bool:
        found = last_words(site.ledger) - heard
        assert not found & NOBODYS
        heard.update(found)
        return bool(found) or heard >= topics

    while not heard >= topics:
        noise.publish([(topic, LAST_WORD) for topic in sorted((topics | NOBODYS) - heard)])
        wait_for(more, 120, "more of the last words")


def record(ledger: Ledger) -> list[list[tuple[object, ...]]]:
    return [[tuple(row) for row in ledger.rows(f"SELECT * FROM {table}")] for table in RECORD]  # noqa: S608  # our own names


@pytest.mark.parametrize(
    "count", [3_000, pytest.param(100_000, marks=[pytest.mark.faults_long, pytest.mark.timeout(600)])]
)
def test_arbitrary_payloads_neither_stop_the_gateway_nor_come_into_the_record(site: Site, count: int) -> None:
    luck = random.Random(count)  # noqa: S311  # the same payloads each time
    topics, before = topics_of(site), record(site.ledger)
    gateway = site.part("gateway").pid
    noise = Shouting(site.broker)
    try:
        for sent in range(0, count, PER_PORTION):
            portion = min(PER_PORTION, count - sent)
            noise.publish([(luck.choice(topics), arbitrary(luck)) for _ in range(portion)])
        wait_until_all_is_read(site, noise, set(topics) - NOBODYS)
    finally:
        noise.close()
    assert record(site.ledger) == before
    refused = site.ledger.row("SELECT value FROM tallies WHERE name = 'refused'")
    assert refused is not None
    assert refused["value"] > count / 4  # most of it was listened to, and is told
    site.publish("scanner-07", json.dumps({"id": "real-1", "code": site.codes[0]}))
    wait_for(lambda: site.recorded("real")["real-1"] == 1, 30, "a scan after it all")
    assert site.part("gateway").pid == gateway
    assert site.part("gateway").alive
    assert broken_promises(site.ledger, confirmed=["real-1"]) == []


NAMES = (
    "a b",
    " ",
    "*",
    ">",
    "a.b",
    "a..b",
    ".",
    "$SYS",
    "+",
    "#",
    "a/b",
    "//",
    "ä",
    "扫描",
    "\u00a0",
    "\u0007",
)


def test_a_name_that_no_topic_can_hold_ends_no_connection(site: Site) -> None:
    """What devices call themselves in their payloads becomes the topic on which they are answered."""
    noise = Shouting(site.broker)
    try:
        noise.publish(
            [
                ("proglove/gateway/PGGW000000058/scan", GLOVE % json.dumps(name).encode())
                for name in NAMES
                for _ in range(2)
            ]
        )
    finally:
        noise.close()
    site.publish("scanner-07", json.dumps({"id": "real-1", "code": site.codes[0]}))
    wait_for(lambda: site.recorded("real")["real-1"] == 1, 30, "a scan after it all")
    site.publish("scanner-07", json.dumps({"id": "real-2", "code": "7K3-0000"}))
    wait_for(lambda: b"7K3-0000" in b"".join(last_payloads(site.ledger)), 30, "another one")
    assert "the connection was lost" not in (site.folder / "logs" / "gateway.log").read_text()
