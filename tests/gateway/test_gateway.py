"""The gateway against real brokers: what is recorded, what is answered, what is left at the broker."""

import threading
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import pytest

from gateway.directory import Directory
from shopfloor.scans import Answer
from shopfloor.site import Device
from station_config import built_in_profiles
from tests.broker_fixtures import RunningBroker
from tests.gateway.rig import SITE, LedgerBusy, MemoryLedger, RunningGateway, Wire
from tests.waiting import wait_for

UTC = ZoneInfo("UTC")
Start = Callable[..., RunningGateway]


def test_a_native_scan_is_recorded_and_then_answered(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    start_gateway()
    wire.listen(f"interlock/{SITE}/+/ack")
    wire.send(
        "scanner-07", {"id": "a1", "seq": 17, "at": "2026-11-24T14:52:03.120Z", "code": "B7", "quantity": 20}
    )
    wait_for(lambda: wire.answers("scanner-07"))
    assert wire.answers("scanner-07") == [{"id": "a1", "result": "recorded", "text": "seen B7"}]
    (scan,) = ledger.scans
    assert (scan.device, scan.code, scan.seq, scan.quantity) == ("scanner-07", "B7", 17, 20)


def test_the_same_id_again_is_answered_again(start_gateway: Start, ledger: MemoryLedger, wire: Wire) -> None:
    start_gateway()
    wire.listen(f"interlock/{SITE}/+/ack")
    for _ in range(2):
        wire.send("scanner-07", {"id": "a1", "code": "B7"})
    wait_for(lambda: len(wire.answers("scanner-07")) == 2)
    assert [said["result"] for said in wire.answers("scanner-07")] == ["recorded", "duplicate"]
    assert len(ledger.scans) == 1


def test_bare_text_is_a_code_and_its_answer_has_no_id(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    start_gateway(directory=Directory(SITE, built_in_profiles(UTC), [Device("old-1", "cut-1", "bare")]))
    wire.listen(f"interlock/{SITE}/+/ack")
    wire.send("old-1", b"4250168519463\r\n")
    wire.send("scanner-07", b"]C00109506000134352")
    wait_for(lambda: wire.answers("old-1") and wire.answers("scanner-07"))
    assert wire.answers("old-1") == [{"id": None, "result": "recorded", "text": "seen 4250168519463"}]
    assert ledger.codes == ["4250168519463", "0109506000134352"]


def test_after_hostile_messages_the_next_scan_is_recorded(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    start_gateway()
    noise = bytes(range(256)) * 1200
    for hostile in (b'{"code":', noise, b"\xff\xfe", b"[" * 8000, b"", b'["B7"]'):
        wire.send("scanner-07", hostile)
    wire.send("scanner-07", {"id": "a1", "code": "B7"})
    wait_for(lambda: ledger.scans)
    assert [len(each.payload) for each in ledger.unreadable] == [8, 2000, 2, 2000, 0, 6]
    assert ledger.unreadable[1].size == len(noise)
    assert ledger.codes == ["B7"]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"quantity": -1}, "The quantity is not between 0 and 1000000000."),
        ({"quantity": 1.5}, "The quantity is not a whole number."),
        ({"seq": "x"}, "The seq is not a whole number."),
        ({"code": ""}, "The code is empty."),
        ({"code": "B" * 201}, "The code has 201 characters; a code has at most 200."),
    ],
)
def test_who_speaks_our_format_is_told_why_a_message_is_no_scan(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire, fault: dict[str, object], why: str
) -> None:
    start_gateway()
    wire.listen(f"interlock/{SITE}/+/ack")
    wire.send("scanner-07", {"id": "a1", "code": "B7", **fault})
    wait_for(lambda: wire.answers("scanner-07"))
    assert wire.answers("scanner-07") == [{"id": "a1", "result": "refused", "text": why}]
    assert not ledger.scans


def test_what_is_no_message_at_all_is_refused_without_an_id(start_gateway: Start, wire: Wire) -> None:
    start_gateway()
    wire.listen(f"interlock/{SITE}/+/ack")
    wire.send("scanner-07", b'{"id": "a1", "code":')
    wait_for(lambda: wire.answers("scanner-07"))
    (said,) = wire.answers("scanner-07")
    assert (said["id"], said["result"]) == (None, "refused")


def test_a_retained_scan_is_no_event(start_gateway: Start, ledger: MemoryLedger, wire: Wire) -> None:
    wire.send("scanner-07", {"id": "old", "code": "B6"}, retain=True)
    start_gateway()
    wire.send("scanner-07", {"id": "new", "code": "B7"})
    wait_for(lambda: ledger.unreadable and ledger.scans)
    assert [each.reason.split(":")[0] for each in ledger.unreadable] == ["retained"]
    assert ledger.ids == {"new"}


def test_a_retained_flag_on_a_fresh_scan_does_no_harm(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    start_gateway()
    wire.send("scanner-07", {"id": "a1", "code": "B7"}, retain=True)
    wait_for(lambda: ledger.scans)
    assert not ledger.unreadable


def test_births_and_wills_become_states_and_other_words_are_unreadable(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    wire.send("early", b'{"online": true}', "state", retain=True)
    start_gateway()
    for said in (b'{"online": false}', b"Online", b"offline", b"perhaps", b'{"online": 1}'):
        wire.send("scanner-07", said, "state", retain=True)
    wait_for(lambda: len(ledger.states) >= 4 and len(ledger.unreadable) >= 2)
    assert [state for state in ledger.states if state[0] == "early"] == [("early", True)]
    assert [online for device, online in ledger.states if device == "scanner-07"] == [False, True, False]
    assert [each.payload for each in ledger.unreadable] == [b"perhaps", b'{"online": 1}']


def test_mosquitto_is_spoken_to_in_mqtt_5_and_the_embedded_broker_in_3_1_1(
    start_gateway: Start, request: pytest.FixtureRequest
) -> None:
    expected = {"mosquitto": "MQTT 5", "embedded_broker": "MQTT 3.1.1"}[
        request.node.callspec.params["broker"]
    ]
    assert start_gateway().gateway.protocol == expected


def test_scans_published_while_the_gateway_is_down_arrive_when_it_is_back(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    start_gateway().stop()
    for number in range(20):
        wire.send("scanner-07", {"id": f"a{number}", "code": "B7"})
    assert not ledger.scans
    start_gateway()
    wait_for(lambda: len(ledger.ids) == 20)
    assert [scan.scan_id for scan in ledger.scans] == [f"a{number}" for number in range(20)]


def test_the_gateway_says_when_it_comes_and_when_it_goes(start_gateway: Start, wire: Wire) -> None:
    running = start_gateway()
    wire.listen(f"interlock/{SITE}/gateway/state")
    wait_for(lambda: [said for _, said, _ in wire.heard] == [b'{"online":true}'])
    running.stop()
    wait_for(lambda: wire.heard[-1][1] == b'{"online":false}')


def test_a_ledger_that_fails_for_a_while_loses_nothing_and_confirms_nothing_meanwhile(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    start_gateway()
    wire.listen(f"interlock/{SITE}/+/ack")
    ledger.refuse = LedgerBusy("locked")
    for number in range(10):
        wire.send("scanner-07", {"id": f"a{number}", "code": "B7"})
    wait_for(lambda: ledger.refused >= 3)
    assert not wire.answers("scanner-07")
    ledger.refuse = OSError(28, "No space left on device")
    refused = ledger.refused
    wait_for(lambda: ledger.refused > refused)
    assert not wire.answers("scanner-07")
    ledger.refuse = None
    wait_for(lambda: len(wire.answers("scanner-07")) >= 10)
    assert [said["id"] for said in wire.answers("scanner-07")] == [f"a{number}" for number in range(10)]
    assert {said["result"] for said in wire.answers("scanner-07")} == {"recorded"}


def test_what_the_broker_repeats_during_a_long_stall_is_recorded_once_though_it_has_no_id(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    """The embedded broker sends unacknowledged messages again every 2 s."""
    running = start_gateway()
    ledger.refuse = LedgerBusy("locked")
    for number in range(5):
        wire.send("old-1", f"CODE{number}".encode())
    wait_for(lambda: ledger.refused >= 6)  # more than 3 s
    ledger.refuse = None
    wire.send("old-1", b"LAST")
    wait_for(lambda: "LAST" in ledger.codes)
    assert sorted(ledger.codes) == ["CODE0", "CODE1", "CODE2", "CODE3", "CODE4", "LAST"]
    assert running.gateway.counts.scans == 6


def test_a_batch_on_disk_whose_connection_broke_is_not_recorded_again(
    start_gateway: Start, broker: RunningBroker, ledger: MemoryLedger, wire: Wire
) -> None:
    start_gateway()
    ledger.refuse = LedgerBusy("locked")
    for number in range(5):
        wire.send("old-1", f"CODE{number}".encode())
    wait_for(lambda: ledger.refused >= 1)
    broker.restart()
    wait_for(lambda: ledger.beats[-1])
    ledger.refuse = None
    wire.send("old-1", b"LAST")
    wait_for(lambda: "LAST" in ledger.codes)
    assert sorted(ledger.codes) == ["CODE0", "CODE1", "CODE2", "CODE3", "CODE4", "LAST"]


def test_the_beat_goes_on_and_says_whether_the_broker_is_there(
    start_gateway: Start, broker: RunningBroker, ledger: MemoryLedger
) -> None:
    broker.stop()
    start_gateway(connected=False)
    wait_for(lambda: ledger.beats == [False])
    broker.start()
    wait_for(lambda: ledger.beats[-1])
    broker.stop()
    wait_for(lambda: not ledger.beats[-1])
    broker.start()
    wait_for(lambda: ledger.beats[-1])
    wait_for(lambda: ledger.beats[-2:] == [True, True], what="a beat without a change")


def test_a_bug_in_recording_ends_the_gateway_loudly(broker: RunningBroker, wire: Wire) -> None:
    class Wrong(MemoryLedger):
        def record(self, batch: Sequence[object]) -> list[Answer | None]:
            raise KeyError(len(batch))

    running = RunningGateway(broker, Wrong())
    raised: list[BaseException] = []

    def run() -> None:
        try:
            running.gateway.run()
        except KeyError as bug:
            raised.append(bug)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: running.gateway.connected)
    wire.send("scanner-07", b"B7")
    thread.join(10)
    assert raised
