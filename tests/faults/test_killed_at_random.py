"""Gateway and web server killed under load at random moments: what was confirmed is stored, and counts once."""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPException
from typing import Self

import pytest
from paho.mqtt.client import Client, MQTTMessage

from gateway.broker_address import BrokerAddress
from gateway.device import ScannerClient
from interlock import clock
from interlock.plant import RESTART_AFTER_S
from ledger.errors import LedgerUnavailable
from shopfloor.instants import DAY_MS
from shopfloor.orders import Order
from tests.faults.oracle import broken_promises
from tests.live_site import Site
from tests.waiting import wait_for

DEVICE = "scanner-cut"
PER_ORDER = 500
APART_S = 0.01
"""From one scan to the next: else the oracle has a hundred thousand to look at."""
LONGEST_MS = 60
"""A part dies so long after a scan at the most: in the middle of another one, mostly."""


class Load:
    """Scans over MQTT and over HTTP until it is told to end; each is sent again until it is confirmed."""

    def __init__(self, site: Site) -> None:
        self.confirmed: list[str] = []
        self.scanned = 0
        """Over MQTT."""
        self._site = site
        self._enough = threading.Event()
        self._codes = self._orders()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._scan, self._post)]
        broker = BrokerAddress(site.broker.host, site.broker.port)
        self.scanner = ScannerClient("e2e", broker, "hand", devices=(DEVICE,), resend_after_s=0.5, window=20)
        self.at_answer: Callable[[], None] | None = None
        """Done once, when the next answer arrives over MQTT: before anybody knows of it."""
        take = self.scanner._on_message

        def first_act(client: Client, facts: object, message: MQTTMessage) -> None:
            act, self.at_answer = self.at_answer, None
            if act is not None:
                act()
            take(client, facts, message)

        self.scanner._client.on_message = first_act

    def __enter__(self) -> Self:
        self.scanner.connect()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self.scanner.close()

    def end(self) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(30)  # one that still waits for an answer then is told by the test

    @property
    def answered(self) -> int:
        """Confirmed so far, by both."""
        return self.answered_by("gateway") + self.answered_by("kiosk")

    def answered_by(self, part: str) -> int:
        return len(self.scanner.answers) if part == "gateway" else len(self.confirmed)

    def _orders(self) -> Iterator[str]:
        number = 0
        while True:
            now = clock.now()
            order = Order(f"K-{number}", "parts", "part", PER_ORDER * 20, now + 1_500 * DAY_MS)
            try:
                codes = self._site.release(order, began=now, now=now)
            except LedgerUnavailable:  # another process writes for long, on a slow machine
                continue
            yield from codes
            number += 1

    def _next(self) -> str:
        with self._lock:
            return next(self._codes)

    def _scan(self) -> None:
        while not self._enough.is_set():
            self.scanned += 1
            said = {"id": f"a{self.scanned}", "seq": self.scanned, "code": self._next()}
            self.scanner.publish(DEVICE, json.dumps(said).encode())
            self._enough.wait(APART_S)

    def _post(self) -> None:
        number = 0
        while not self._enough.is_set():
            number += 1
            scan_id = f"w{number}"
            body = json.dumps({"id": scan_id, "device": DEVICE, "code": self._next()}).encode()
            while not self._is_recorded(body):
                self._enough.wait(0.05)
            self.confirmed.append(scan_id)
            self._enough.wait(APART_S)

    def _is_recorded(self, body: bytes) -> bool:
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self._site.base}/api/v1/scans", body, headers)  # noqa: S310  # the test's own server
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310  # the test's own server
                return bool(json.load(answer)["result"] != "refused")
        except (HTTPException, OSError, ValueError):  # killed in the middle of it
            return False


def clean_start_s(site: Site, load: Load) -> float:
    """What a stop and a start of the gateway take on this machine, until it confirms a scan."""
    part = site.part("gateway")
    part.stop()
    began_s = time.monotonic()
    part.start()
    until_it_confirms(load, "gateway")
    return time.monotonic() - began_s


def killed_for_s(site: Site, load: Load, name: str, *, at_answer: bool) -> float:
    """From its death to the next scan that it confirms; `at_answer`: it dies when it has just answered."""
    part = site.part(name)
    assert part.pid is not None
    kill = partial(os.kill, part.pid, signal.SIGKILL)
    if at_answer:
        load.at_answer = kill
    else:
        kill()
    wait_for(lambda: not part.alive, what="its end")
    died_s = time.monotonic()
    wait_for(lambda: site.is_back(name), 20, "its restart")
    until_it_confirms(load, name)
    return time.monotonic() - died_s


def until_it_confirms(load: Load, name: str) -> None:
    before = load.answered_by(name)
    wait_for(lambda: load.answered_by(name) > before, 30, "a scan that it confirms")


@pytest.mark.parametrize(
    "times", [4, pytest.param(50, marks=[pytest.mark.faults_long, pytest.mark.timeout(900)])]
)
def test_killed_under_load_at_random_moments_it_loses_and_doubles_nothing(site: Site, times: int) -> None:
    luck = random.Random(times)  # noqa: S311  # a test's own luck
    with Load(site) as load:
        clean_s = clean_start_s(site, load)
        took_s: list[float] = []
        for kill in range(times):
            goal = load.answered + luck.randint(1, 40)
            wait_for(lambda goal=goal: load.answered >= goal, 30, "scans to be confirmed")
            time.sleep(luck.random() * LONGEST_MS / 1000)  # the random moment itself: nothing is waited for
            name = "kiosk" if kill % 4 == 3 else "gateway"  # one in four
            took_s.append(killed_for_s(site, load, name, at_answer=kill % 2 == 0))
        load.end()
        answers = load.scanner.wait_all(60)
    told = [answer.scan_id or "" for answer in answers if answer.result != "refused"]
    assert len(told) == load.scanned
    confirmed = [*told, *load.confirmed]
    assert broken_promises(site.ledger, confirmed=confirmed, sequences={DEVICE: load.scanned}) == []
    if times > 10:  # enough for a median
        assert statistics.median(took_s) < 2 * clean_s + RESTART_AFTER_S + 1, (clean_s, took_s)
