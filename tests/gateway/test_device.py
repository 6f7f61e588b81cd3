"""The scanner's side: a scan is sent until it is answered."""

import json
from collections.abc import Callable, Iterator

import pytest

from gateway.broker_address import BrokerAddress
from gateway.device import ScannerClient, Unreachable
from interlock.ports import free_port
from shopfloor.scans import Answer
from tests.broker_fixtures import RunningBroker
from tests.gateway.rig import SITE, LedgerBusy, MemoryLedger, RunningGateway, Wire
from tests.waiting import wait_for

Start = Callable[..., RunningGateway]


@pytest.fixture
def scanner(broker: RunningBroker) -> Iterator[ScannerClient]:
    address = BrokerAddress(broker.host, broker.port)
    with ScannerClient(
        SITE, address, "scanners", devices=("s-1", "s-2"), resend_after_s=0.2, window=1000
    ) as client:
        yield client


def native(scan_id: str) -> bytes:
    return json.dumps({"id": scan_id, "code": "B7"}).encode()


def test_thousands_of_scans_of_many_devices_are_all_answered(
    start_gateway: Start, broker: RunningBroker, ledger: MemoryLedger
) -> None:
    start_gateway()
    with ScannerClient(SITE, BrokerAddress(broker.host, broker.port), "bulk") as bulk:
        for number in range(2500):
            bulk.publish(f"s-{number % 7}", native(f"a{number}"), timeout_s=20)
        answers = bulk.wait_all(timeout_s=30)
    assert {answer.scan_id for answer in answers} == {f"a{number}" for number in range(2500)} == ledger.ids
    assert len(ledger.scans) == 2500


def test_a_scan_nobody_answers_is_sent_again(
    start_gateway: Start, scanner: ScannerClient, ledger: MemoryLedger, wire: Wire
) -> None:
    wire.listen(f"interlock/{SITE}/s-1/scan")
    scanner.publish("s-1", native("a1"))
    wait_for(lambda: len(wire.heard) >= 3)
    assert scanner.unanswered == 1
    start_gateway()
    scanner.publish("s-1", native("a2"))
    assert {answer.scan_id for answer in scanner.wait_all(timeout_s=10)} == {"a1", "a2"}
    assert len(ledger.scans) == 2


def test_a_payload_without_an_id_is_sent_once_and_its_answer_is_seen(
    start_gateway: Start, scanner: ScannerClient
) -> None:
    start_gateway()
    scanner.publish("s-1", b"4250168519463\r\n")
    assert scanner.wait_all(timeout_s=10) == []
    wait_for(lambda: scanner.bare_answers)
    assert scanner.bare_answers == [Answer("s-1", None, "recorded", "seen 4250168519463")]


def test_a_full_window_makes_the_scanner_wait(
    start_gateway: Start, broker: RunningBroker, ledger: MemoryLedger
) -> None:
    start_gateway()
    ledger.refuse = LedgerBusy("locked")
    with ScannerClient(SITE, BrokerAddress(broker.host, broker.port), "narrow", window=3) as narrow:
        for number in range(3):
            narrow.publish("s-1", native(f"a{number}"))
        with pytest.raises(TimeoutError, match="3 scans have no answer"):
            narrow.publish("s-1", native("a3"), timeout_s=0.1)
        with pytest.raises(TimeoutError, match="3 scans have no answer"):
            narrow.wait_all(timeout_s=0.1)
        ledger.refuse = None
        narrow.publish("s-1", native("a3"), timeout_s=10)
        assert len(narrow.wait_all(timeout_s=10)) == 4


def test_hostile_payloads_pass_through_the_client_unharmed(
    start_gateway: Start, scanner: ScannerClient, ledger: MemoryLedger
) -> None:
    start_gateway()
    for payload in (b'{"code":', b"\xff", b'{"id":"\xff"}', b'{"id":17,"code":"B7"}', b'{"id":' * 2000):
        scanner.publish("s-1", payload)
    scanner.wait_all(timeout_s=10)
    wait_for(lambda: len(ledger.unreadable) == 5)


def test_devices_are_reported_online_and_at_the_end_offline(
    start_gateway: Start, broker: RunningBroker, ledger: MemoryLedger
) -> None:
    start_gateway()
    with ScannerClient(SITE, BrokerAddress(broker.host, broker.port), "two", devices=("d-1", "d-2")):
        wait_for(lambda: {("d-1", True), ("d-2", True)} <= set(ledger.states))
    wait_for(lambda: {("d-1", False), ("d-2", False)} <= set(ledger.states))


def test_a_broker_that_is_not_there_is_named() -> None:
    port = free_port()
    scanner = ScannerClient(SITE, BrokerAddress("127.0.0.1", port), "alone")
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}"):
        scanner.connect(timeout_s=0.3)
    scanner.close()
