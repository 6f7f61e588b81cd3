"""Broker, gateway, or both die while events go out: who listens misses none, and learns of them in order."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interlock import clock
from ledger import reading
from ledger.recorder import Recorder
from shopfloor.instants import DAY_MS
from shopfloor.orders import Order
from shopfloor.scans import Scan
from tests.broker_fixtures import Mosquitto, RunningBroker
from tests.faults.oracle import broken_promises
from tests.listener import Listener
from tests.live_site import Site
from tests.provision import find_program
from tests.waiting import wait_for

BATCHES = 2_000
COMMIT = 50


@pytest.fixture
def listener(broker: RunningBroker) -> Iterator[Listener]:
    with Listener(broker, "e2e") as client:
        if isinstance(broker, Mosquitto):  # it knows the session after a kill only if it had saved it
            wait_for(lambda: b"listener" in saved(broker), what="Mosquitto to save the session")
        yield client


@pytest.fixture
def site(listener: Listener, broker: RunningBroker, make_site: Callable[[RunningBroker], Site]) -> Site:
    """It begins to publish when somebody listens already."""
    assert listener.heard == []
    return make_site(broker)


def saved(broker: Mosquitto) -> bytes:
    store = Path(broker._folder) / "mosquitto.db"
    return store.read_bytes() if store.exists() else b""


@pytest.mark.parametrize("dies", ["broker", "gateway", "both"])
def test_who_listens_hears_every_event_in_order_whatever_dies_in_the_middle(
    site: Site, broker: RunningBroker, listener: Listener, dies: str
) -> None:
    now = clock.now()
    codes = site.release(Order("B-1", "parts", "part", BATCHES * 20, now + 90 * DAY_MS), began=now, now=now)
    recorder = Recorder(site.ledger, site.plant.config.site)

    def record(first: int, last: int) -> None:
        """As the web server records taps: another process than the one that publishes."""
        for begin in range(first, last, COMMIT):
            scans = [
                Scan("scanner-cut", code, clock.now(), scan_id=code) for code in codes[begin : begin + COMMIT]
            ]
            recorder.record(scans, clock.now())

    record(0, BATCHES // 2)
    wait_for(lambda: len(listener.heard) > BATCHES // 20, what="the first events")
    if dies != "gateway":
        broker.kill()
    if dies != "broker":
        site.kill("gateway")
    heard = len(listener.heard)
    record(BATCHES // 2, BATCHES)
    if dies != "gateway":
        broker.start()
    if dies != "broker":
        wait_for(lambda: site.is_back("gateway"), what="the gateway's restart")
    last = reading.last_sequence(site.ledger)
    wait_for(lambda: last in listener.sequences[heard:], 40, "the last event")
    assert heard < last // 2 + COMMIT
    assert listener.first_told == list(range(1, last + 1))
    assert broken_promises(site.ledger, confirmed=codes) == []


def two_beats(site: Site) -> None:
    """Time enough for the gateway to note how far the events have gone."""
    for _ in range(2):
        before = beat(site)
        wait_for(lambda before=before: beat(site) != before, what="the gateway's beat")


def beat(site: Site) -> int | None:
    row = site.ledger.row("SELECT value FROM tallies WHERE name = 'proved_at'")
    return row["value"] if row else None


@pytest.mark.mosquitto
@pytest.mark.parametrize("dies", ["broker", "both"])
def test_events_that_a_killed_broker_had_acknowledged_and_forgot_are_told_again(
    tmp_path: Path, make_site: Callable[[RunningBroker], Site], dies: str
) -> None:
    program = find_program("mosquitto")
    assert program is not None
    (tmp_path / "mosquitto").mkdir()
    broker = Mosquitto(program, tmp_path / "mosquitto", autosave_s=1800)
    broker.start()
    try:
        with Listener(broker, "e2e", "away"):
            pass
        broker.signal(signal.SIGUSR1)  # save now; what comes later is lost with a kill
        wait_for(lambda: b"away" in saved(broker), what="Mosquitto to save the session")
        with Listener(broker, "e2e", "there") as there:
            site = make_site(broker)
            last = len(site.codes) + 1
            site.publish_all("scanner-cut", [f'{{"id": "{code}", "code": "{code}"}}' for code in site.codes])
            wait_for(lambda: last in there.sequences, what="the last event")
            if dies == "both":
                two_beats(site)
                site.kill("gateway")
            broker.kill()
            broker.start()
            wait_for(lambda: site.is_back("gateway"), what="the gateway's restart")
        with Listener(broker, "e2e", "away") as away:
            wait_for(lambda: last in away.sequences, 20, "the last event for who was away")
            assert away.first_told == list(range(1, last + 1))
    finally:
        broker.kill()


def test_a_stop_and_a_start_repeat_a_little_and_miss_nothing(site: Site, listener: Listener) -> None:
    site.publish("scanner-cut", f'{{"id": "a1", "code": "{site.codes[0]}"}}')
    wait_for(lambda: len(listener.heard) == 2, what="the release and the scan")
    site.plant.stop()
    site.plant.start()
    site.publish("scanner-cut", f'{{"id": "a2", "code": "{site.codes[1]}"}}')
    wait_for(lambda: len(listener.first_told) == 3, 20, "the scan after the start")
    assert listener.first_told == [1, 2, 3]
