"""Events out: in order, at least once, none done before it is safe, and never in the way of a scan."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path

import pytest

from gateway import publishing
from gateway.publishing import LARGEST_BYTES, UNDER_WAY, Publisher, payload
from ledger.outbox import Outbox
from shopfloor.instants import DAY_MS
from shopfloor.orders import Order
from tests.factory import Plant, china
from tests.gateway.rig import SITE, LedgerBusy, MemoryOutbox, event

DOCS = Path(__file__).parents[2] / "docs"


class FakeConnection:
    """Takes messages and acknowledges them when it is told to."""

    def __init__(self) -> None:
        self.up, self.number = True, 1
        self.noted: deque[tuple[int, str]] = deque()
        self.sent: list[tuple[int, int]] = []
        self.full = False

    def publish_noted(self, topic: str, said: bytes) -> int | None:
        if self.full:
            return None
        assert topic == f"interlock/{SITE}/event/given"
        self.sent.append((len(self.sent) + 1, json.loads(said)["sequence"]))
        return len(self.sent)

    @property
    def sequences(self) -> list[int]:
        return [sequence for _, sequence in self.sent]

    def acknowledge(self, *sequences: int, refused: str = "") -> None:
        numbers = {sequence: number for number, sequence in self.sent}
        self.noted.extend((numbers[sequence], refused) for sequence in sequences)


class Rig:
    """A publisher between the two, and the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.outbox, self.connection, self.now_s = MemoryOutbox(), FakeConnection(), 1000.0
        monkeypatch.setattr(publishing.time, "monotonic", lambda: self.now_s)
        self.publisher = self.another()

    def another(self) -> Publisher:
        return Publisher(SITE, self.outbox, unavailable=(LedgerBusy,))

    def tend(self, after_s: float = 0.1, *, busy: bool = False) -> list[int]:
        self.now_s += after_s
        self.publisher.tend(self.connection, busy=busy)  # type: ignore[arg-type]  # as much of it as is used
        return self.connection.sequences


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    return Rig(monkeypatch)


def test_at_most_so_many_are_under_way_and_the_next_follows_an_acknowledgement(rig: Rig) -> None:
    rig.outbox.add(100)
    assert rig.tend() == list(range(1, UNDER_WAY + 1))
    assert rig.tend() == list(range(1, UNDER_WAY + 1))
    rig.connection.acknowledge(1, 2)
    assert rig.tend() == list(range(1, UNDER_WAY + 3))
    assert rig.publisher.acknowledged == 2


def test_an_acknowledgement_out_of_order_waits_for_those_before_it(rig: Rig) -> None:
    rig.outbox.add(5)
    rig.tend()
    rig.connection.acknowledge(2, 3, 5)
    rig.tend()
    assert rig.publisher.acknowledged == 0
    rig.connection.acknowledge(1)
    rig.tend()
    assert rig.publisher.acknowledged == 3


def test_an_event_is_done_ten_seconds_after_its_acknowledgement_and_not_before(rig: Rig) -> None:
    rig.outbox.add(3)
    rig.tend()
    rig.tend(60)
    assert rig.outbox.saved == []
    rig.connection.acknowledge(1, 2, 3)
    rig.tend()
    rig.tend(9.9)
    assert rig.outbox.saved == []
    rig.tend(0.2)
    assert rig.outbox.saved == [3]
    rig.tend(60)
    assert rig.outbox.saved == [3]


def test_a_lost_connection_begins_again_with_what_is_not_done(rig: Rig) -> None:
    rig.outbox.add(8)
    rig.tend()
    rig.connection.acknowledge(1, 2)
    rig.tend()
    rig.connection.acknowledge(3, 4)
    rig.tend(10.5)  # the first two are done now
    rig.connection.up = False
    rig.tend()
    rig.tend(3600)  # time without a broker makes nothing safer
    assert rig.outbox.done == 2
    rig.connection.up, rig.connection.number = True, 2
    assert rig.tend()[8:] == [3, 4, 5, 6, 7, 8]


def test_a_connection_that_was_lost_and_is_back_at_once_is_another_one(rig: Rig) -> None:
    rig.outbox.add(2)
    rig.tend()
    rig.connection.acknowledge(1)
    rig.connection.number = 2
    rig.tend()
    assert rig.connection.sequences == [1, 2, 1, 2]


def test_another_gateway_begins_with_what_is_not_done(rig: Rig) -> None:
    rig.outbox.add(4)
    rig.tend()
    rig.connection.acknowledge(1, 2, 3, 4)
    rig.tend()
    rig.publisher = rig.another()
    assert rig.tend() == [1, 2, 3, 4] * 2


def test_while_scans_wait_there_is_one_round_of_events_each_turn(rig: Rig) -> None:
    rig.outbox.add(100)
    rig.tend(busy=True)
    rig.connection.acknowledge(*rig.connection.sequences)
    assert len(rig.tend(0.01, busy=True)) == UNDER_WAY
    assert len(rig.tend(0.05, busy=True)) == 2 * UNDER_WAY
    rig.connection.acknowledge(*rig.connection.sequences[UNDER_WAY:])
    assert len(rig.tend(0.01)) == 3 * UNDER_WAY


def test_what_this_process_records_is_looked_for_at_once_and_what_others_do_within_a_second(rig: Rig) -> None:
    rig.tend()
    rig.outbox.add(1)
    assert rig.tend() == []
    rig.publisher.recorded()
    assert rig.tend() == [1]
    rig.outbox.add(1)
    assert rig.tend(1.1) == [1, 2]


def test_it_asks_to_be_called_only_when_there_may_be_something_to_do(rig: Rig) -> None:
    assert rig.publisher.due_at_s > rig.now_s + 3600  # not connected: whoever connects calls
    rig.tend()
    assert rig.publisher.due_at_s == pytest.approx(rig.now_s + 1)
    rig.outbox.add(100)
    rig.tend(2)
    assert rig.publisher.due_at_s > rig.now_s + 3600  # the broker's acknowledgement calls


def test_a_ledger_that_cannot_be_read_is_asked_again_later(rig: Rig) -> None:
    rig.outbox.add(3)
    rig.outbox.refuse = LedgerBusy()
    assert rig.tend() == []
    rig.outbox.refuse = None
    assert rig.tend() == []
    assert rig.tend(1) == [1, 2, 3]


def test_a_fault_of_the_program_is_not_waited_out(rig: Rig) -> None:
    rig.outbox.refuse = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        rig.tend()


def test_a_full_queue_loses_no_event(rig: Rig) -> None:
    rig.outbox.add(3)
    rig.connection.full = True
    assert rig.tend() == []
    rig.connection.full = False
    assert rig.tend() == [1, 2, 3]


def test_events_that_the_broker_refuses_are_sent_again_later(rig: Rig) -> None:
    rig.outbox.add(3)
    rig.tend()
    rig.connection.acknowledge(1)
    rig.connection.acknowledge(2, refused="Not authorized")
    assert rig.tend() == [1, 2, 3]
    assert rig.tend(1) == [1, 2, 3]
    assert rig.tend(5) == [1, 2, 3, 2, 3]


# What is told


def test_the_person_is_left_out_unless_the_site_wants_names() -> None:
    told = event(1, person="Li Wei")
    assert "person" not in json.loads(payload(SITE, told, names=False))
    assert b"Li Wei" not in payload(SITE, told, names=False)
    assert json.loads(payload(SITE, told, names=True))["person"] == "Li Wei"


def test_the_detail_of_an_event_that_is_too_large_is_cut_and_says_where_the_whole_is(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "site")
    order = Order("A-1", "shirts", "polo", 200_000, china("23 08:00") + 1_200 * DAY_MS)
    plant.release(order)
    (row,) = Outbox(plant.ledger, lambda: plant.now).after(0, 10)
    plant.close()
    assert len(json.loads(row["detail"])["batches"]) == 10_000
    said = payload(SITE, row, names=False)
    told = json.loads(said)
    assert len(said) <= LARGEST_BYTES
    assert told["detail"]["due_at"] == order.due_at
    assert told["detail_cut"] == {
        "left_out": ["batches", "targets"],
        "whole": "GET /api/v1/events?after=0&limit=1",
    }


def test_the_largest_event_that_fits_is_whole() -> None:
    rest = len(payload(SITE, event(1, '{"text":""}'), names=False))
    whole = event(1, json.dumps({"text": "x" * (LARGEST_BYTES - rest)}, separators=(",", ":")))
    assert len(payload(SITE, whole, names=False)) == LARGEST_BYTES
    cut = event(1, json.dumps({"text": "x" * (LARGEST_BYTES - rest + 1)}, separators=(",", ":")))
    assert json.loads(payload(SITE, cut, names=False))["detail_cut"]["left_out"] == ["text"]
