"""Broker and gateway die where it hurts; devices that send again until they are answered lose and double nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.broker_address import BrokerAddress
from gateway.device import ScannerClient
from interlock import clock
from ledger import reading
from shopfloor.instants import DAY_MS
from shopfloor.orders import Order
from tests.broker_fixtures import Embedded, Mosquitto, RunningBroker
from tests.faults.crashing_gateway import CRASHED
from tests.faults.oracle import broken_promises
from tests.listener import Listener
from tests.live_site import Site
from tests.provision import find_program
from tests.waiting import wait_for

DEVICE = "scanner-cut"
SCRIPT = Path(__file__).with_name("crashing_gateway.py")
PER_RESTART = 40


@pytest.fixture
def forgetful(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningBroker]:
    """Mosquitto as it comes: it saves what waits for a session every half hour. And the embedded broker."""
    if request.param == "embedded":
        broker: RunningBroker = Embedded(tmp_path)
    else:
        program = find_program("mosquitto")
        assert program is not None
        (tmp_path / "mosquitto").mkdir()
        broker = Mosquitto(program, tmp_path / "mosquitto", autosave_s=1800)
    broker.start()
    yield broker
    broker.kill()


def scan(number: int, code: str) -> bytes:
    return json.dumps({"id": f"a{number}", "seq": number, "code": code}).encode()


def codes_of(site: Site, batches: int) -> list[str]:
    now = clock.now()
    order = Order("B-1", "parts", "part", batches * 20, now + 90 * DAY_MS)
    return site.release(order, began=now, now=now)


@contextmanager
def scanner(broker: RunningBroker) -> Iterator[ScannerClient]:
    address = BrokerAddress(broker.host, broker.port)
    with ScannerClient("e2e", address, "hand", devices=(DEVICE,), resend_after_s=1.0, window=50) as client:
        yield client


def confirmed(client: ScannerClient) -> list[str]:
    """The ids of all scans, once each is answered."""
    return [answer.scan_id or "" for answer in client.wait_all(timeout_s=40) if answer.result != "refused"]


def holds(site: Site, told: Sequence[str], scans: int) -> None:
    """Every scan was confirmed, and every promise is kept."""
    assert sorted(told) == sorted(f"a{n}" for n in range(1, scans + 1))
    assert broken_promises(site.ledger, confirmed=told, sequences={DEVICE: scans}) == []


@pytest.mark.parametrize(
    ("when", "number"), [("before", 5), ("inside", 1), ("inside", 7), ("after", 1), ("after", 10)]
)
def test_a_crash_while_a_scan_is_taken_in_counts_it_once_and_answers_it(
    broker: RunningBroker, make_site: Callable[[RunningBroker], Site], when: str, number: int
) -> None:
    with Listener(broker, "e2e") as listener:
        site = make_site(broker)
        site.part("gateway").stop()
        command = [sys.executable, SCRIPT, site.folder, str(number), when]
        crashing = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
        with scanner(broker) as client:
            for n, code in enumerate(site.codes, start=1):
                client.publish(DEVICE, scan(n, code))
            assert crashing.wait(20) == CRASHED
            assert (len(site.recorded("a")) >= number) == (when == "after"), "it died where it should"
            site.part("gateway").start()
            told = confirmed(client)
        holds(site, told, len(site.codes))
        last = reading.last_sequence(site.ledger)
        wait_for(lambda: last in listener.sequences, 20, "the last event")
        assert listener.first_told == list(range(1, last + 1))


@pytest.mark.parametrize(
    "times", [2, pytest.param(20, marks=[pytest.mark.faults_long, pytest.mark.timeout(300)])]
)
def test_a_broker_that_is_restarted_again_and_again_costs_no_scan_and_no_subscription(
    site: Site, broker: RunningBroker, times: int
) -> None:
    codes = codes_of(site, times * PER_RESTART)
    with scanner(broker) as client:
        for restart in range(times):
            first = restart * PER_RESTART

            def work(first: int = first) -> None:
                for n in range(first, first + PER_RESTART):
                    client.publish(DEVICE, scan(n + 1, codes[n]))

            hand = threading.Thread(target=work, daemon=True)
            hand.start()
            wait_for(
                lambda first=first: len(site.recorded("a")) > first + 5, 20, "scans to be recorded again"
            )
            broker.stop() if restart % 2 else broker.kill()
            broker.start()
            hand.join()
        told = confirmed(client)
    holds(site, told, len(codes))


@pytest.mark.parametrize(
    "forgetful", [pytest.param("mosquitto", marks=pytest.mark.mosquitto), "embedded"], indirect=True
)
def test_scans_that_a_killed_broker_had_acknowledged_arrive(
    forgetful: RunningBroker, make_site: Callable[[RunningBroker], Site]
) -> None:
    site = make_site(forgetful)
    codes = codes_of(site, 40)
    site.part("gateway").stop()
    with scanner(forgetful) as client:
        for n, code in enumerate(codes, start=1):
            client.publish(DEVICE, scan(n, code))
        wait_for(lambda: client._client._out_messages == {}, what="the broker to have all")
        forgetful.kill()
        assert not site.recorded("a")
        forgetful.start()
        site.part("gateway").start()
        told = confirmed(client)
    holds(site, told, len(codes))
