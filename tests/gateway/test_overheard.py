"""Over real brokers: devices of other makers, the answers they get, what is overheard, and a configuration taken up."""

from __future__ import annotations

import json
from collections.abc import Callable

from shopfloor.overheard import KEPT_MESSAGES, Overheard
from tests.gateway.rig import MemoryLedger, RunningGateway, Wire
from tests.gateway.sample_site import everyone
from tests.waiting import wait_for

Start = Callable[..., RunningGateway]
GLOVE = {
    "event_type": "scan",
    "event_id": "e1",
    "time_created": 1546300800000,
    "scan_code": "7K30411",
    "device_serial": "MDMR000000064",
}


def test_a_glove_scans_and_is_answered_on_its_own_display_and_on_the_sites_topic(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    start_gateway(directory=everyone())
    wire.listen("#")
    wire.publish("proglove/gateway/PGGW1/scan", json.dumps(GLOVE).encode())
    feedback = "proglove/gateway/PGGW1/feedback!"
    wait_for(lambda: feedback in [topic for topic, _, _ in wire.heard] and wire.answers("glove-1"))
    said = json.loads(next(payload for topic, payload, _ in wire.heard if topic == feedback))
    assert (said["event_type"], said["device_serial"]) == ("feedback!", "MDMR000000064")
    assert said["feedback_action_id"] == "FEEDBACK_POSITIVE"
    assert [(scan.device, scan.scan_id) for scan in ledger.scans] == [("glove-1", "e1")]


def test_a_misread_gs1_label_is_answered_as_refused_with_its_id(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    start_gateway(directory=everyone())
    wire.listen("interlock/hz1/+/ack")
    wire.send("scanner-07", {"id": "a1", "code": "]C10109506000134353" + "10LOT"})
    wait_for(lambda: wire.answers("scanner-07"))
    (said,) = wire.answers("scanner-07")
    assert (said["id"], said["result"]) == ("a1", "refused")
    assert "check digit" in said["text"]
    assert not ledger.scans
    assert len(ledger.unreadable) == 1


def test_a_tag_read_many_times_is_one_scan(start_gateway: Start, ledger: MemoryLedger, wire: Wire) -> None:
    start_gateway(directory=everyone())
    for _ in range(20):
        wire.publish("zebra/gate/data", b'{"data":{"idHex":"E200"},"timestamp":"2026-09-11T10:00:00Z"}')
    wire.send("old-1", b"LAST")
    wait_for(lambda: "LAST" in ledger.codes)
    assert ledger.codes == ["E200", "LAST"]


def test_what_is_overheard_is_bounded_and_a_ledger_that_fails_loses_no_scan_by_it(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    told: list[Overheard] = []

    def overheard(what: Overheard) -> None:
        if not told:
            told.append(what)
            raise OSError(28, "No space left on device")
        told.append(what)

    start_gateway(directory=everyone(), overheard=overheard)
    for number in range(KEPT_MESSAGES + 50):
        wire.publish(f"tele/stranger-{number}/RESULT", b'{"POWER":"ON"}')
    wire.publish("zigbee2mqtt/hall/gate", b'{"action":"","battery":41}')
    wire.send("old-1", b"LAST")
    wait_for(lambda: any(message.code == "LAST" for what in told[1:] for message in what.messages))
    assert ledger.codes == ["LAST"]
    assert all(len(what.messages) <= KEPT_MESSAGES and len(what.strangers) <= 200 for what in told)
    assert ("button-3", 41) in [(each.device, each.battery) for what in told for each in what.facts]
    assert "stranger-249" in [each.address for what in told for each in what.strangers]


def test_a_profile_that_was_added_is_listened_to_without_a_restart(
    start_gateway: Start, ledger: MemoryLedger, wire: Wire
) -> None:
    running = start_gateway()
    beat = ledger.beat
    more = '\n[[profile]]\nid = "late"\ntopics = ["late/{device}"]\npayload = "text"\n'
    more += '\n[[device]]\nid = "late-1"\nstation = "cut-1"\nprofile = "late"\n'
    adopted: list[bool] = []

    def adopt(connected: bool) -> None:  # noqa: FBT001  # the gateway's callable
        beat(connected)
        if connected and not adopted:
            adopted.append(True)
            running.gateway.adopt(everyone(more))

    running.gateway._beat = adopt
    wait_for(lambda: adopted)

    def heard() -> bool:
        wire.publish("late/late-1", b"7K30411")
        return bool(ledger.scans)

    wait_for(heard)
    assert {(scan.device, scan.code) for scan in ledger.scans} == {("late-1", "7K30411")}
