"""A broker that goes away under load: what a device was told is recorded is recorded, and nothing is lost."""

import json
import signal
import threading
from collections.abc import Iterator

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gateway.broker_address import BrokerAddress
from gateway.device import ScannerClient
from tests.broker_fixtures import RunningBroker
from tests.gateway.rig import SITE, MemoryLedger, RunningGateway, Wire
from tests.waiting import wait_for

DEVICES = ("scanner-01", "scanner-02")


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def running(broker: RunningBroker, ledger: MemoryLedger) -> Iterator[RunningGateway]:
    started = RunningGateway(broker, ledger).start()
    yield started
    started.stop()


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_a_broker_that_goes_five_times_under_load_loses_and_doubles_nothing(
    how: str, broker: RunningBroker, ledger: MemoryLedger, running: RunningGateway
) -> None:
    ids: list[str] = []
    enough = threading.Event()
    scanner = ScannerClient(
        SITE, BrokerAddress(broker.host, broker.port), "load", devices=DEVICES, resend_after_s=1.0, window=50
    )

    def scan() -> None:
        while not enough.is_set():
            scan_id = f"a{len(ids)}"
            scanner.publish(DEVICES[len(ids) % 2], json.dumps({"id": scan_id, "code": "B7"}).encode())
            ids.append(scan_id)

    with scanner:
        load = threading.Thread(target=scan, daemon=True)
        load.start()
        for connections in range(1, 6):
            # What it had read before the last end is recorded afterwards: that alone is no new connection.
            wait_for(lambda so_far=connections: running.gateway.counts.connects == so_far, 20, "a connection")
            seen = len(ledger.scans)
            wait_for(lambda seen=seen: len(ledger.scans) > seen + 20, 20, "scans to be recorded again")
            broker.stop() if how == "restart" else broker.kill()
            broker.start()
        wait_for(lambda: running.gateway.counts.connects == 6, 20, "a connection")
        wait_for(lambda: scanner.connected)
        enough.set()
        load.join()
        confirmed = {answer.scan_id for answer in scanner.wait_all(timeout_s=30)}
    assert confirmed == set(ids)
    assert sorted(scan.scan_id or "" for scan in ledger.scans) == sorted(ids)
    assert running.gateway.counts.connects == 6


def leave_a_session_without_subscriptions(broker: RunningBroker, client_id: str) -> None:
    """What a broker has after a kill that saved the session itself and not yet what it had subscribed to."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False)
    client.connect(broker.host, broker.port)
    client.loop_start()
    wait_for(client.is_connected, what="the session")
    client.disconnect()
    client.loop_stop()


def test_a_session_that_has_lost_its_subscriptions_gets_them_again(
    broker: RunningBroker, ledger: MemoryLedger
) -> None:
    leave_a_session_without_subscriptions(broker, f"interlock-{SITE}-gateway")
    running, wire = RunningGateway(broker, ledger).start(), Wire(broker)
    try:
        assert running.gateway._connection.session_present
        wire.send(DEVICES[0], {"id": "a1", "code": "B7"})
        wait_for(lambda: ledger.codes == ["B7"], what="the scan")
    finally:
        wire.close()
        running.stop()


def test_a_broker_that_hangs_is_noticed_and_taken_up_again(
    broker: RunningBroker, ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.mqtt_client.KEEPALIVE_S", 1)
    hanging = RunningGateway(broker, ledger).start()
    broker.signal(signal.SIGSTOP)
    wait_for(lambda: not ledger.beats[-1], 5, "a beat without a broker")
    broker.signal(signal.SIGCONT)
    wait_for(lambda: ledger.beats[-1], 5, "a beat with a broker")
    hanging.stop()
