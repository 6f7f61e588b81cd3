"""Events out: in order, at least once, none done before it is safe, and never in the way of a scan."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway import publishing
from gateway.connection import BrokerAddress, Connection, Subscription
from gateway.publishing import LARGEST_BYTES, UNDER_WAY, Publisher, payload
from ledger.outbox import Outbox, publish_nothing
from shopfloor.instants import DAY_MS
from shopfloor.orders import Order
from tests.broker_fixtures import RunningBroker
from tests.factory import Plant, china, worked_order
from tests.gateway.rig import SITE, LedgerBusy, RunningGateway, Wire
from tests.listener import Listener
from tests.waiting import wait_for

DOCS = Path(__file__).parents[2] / "docs"


def event(sequence: int, detail: str = "{}", **more: Any) -> dict[str, Any]:
    told = dict.fromkeys(("station", "link", "order", "batch", "quantity", "reason", "person"))
    return {
        **told,
        "sequence": sequence,
        "event_id": f"e{sequence}",
        "kind": "given",
        "occurred_at": "2026-11-24T06:52:03.120Z",
        "recorded_at": "2026-11-24T06:52:03.200Z",
        "source": "scanner-cut",
        "detail": detail,
        **more,
    }


class MemoryOutbox:
    """Events in a list; `refuse` makes it unavailable."""

    def __init__(self, count: int = 0, done: int = 0) -> None:
        self.events = [event(n + 1) for n in range(count)]
        self.done = done
        self.saved: list[int] = []
        self.refuse: Exception | None = None

    def add(self, count: int) -> None:
        self.events += [event(len(self.events) + n + 1) for n in range(count)]

    def begin(self) -> int:
        return self.done

    def after(self, sequence: int, limit: int) -> Sequence[dict[str, Any]]:
        if self.refuse is not None:
            raise self.refuse
        return self.events[sequence : sequence + limit]

    def save(self, sequence: int) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.done = sequence
        self.saved.append(sequence)


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

    def acknowledge_all(self, until: int) -> None:
        """The broker takes everything up to a sequence."""
        while self.publisher.acknowledged < until:
            self.connection.acknowledge(*self.connection.sequences[self.publisher.acknowledged :])
            self.tend()


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


# From the ledger


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "plant")
    yield plant
    plant.close()


@pytest.fixture
def outbox(plant: Plant) -> Outbox:
    return Outbox(plant.ledger, lambda: plant.now)


def test_a_new_site_begins_with_its_first_event(plant: Plant, outbox: Outbox) -> None:
    plant.release(worked_order())
    assert outbox.begin() == 0
    assert [row["sequence"] for row in outbox.after(0, 10)] == [1]


def test_what_is_done_is_kept(plant: Plant, outbox: Outbox) -> None:
    plant.release(worked_order())
    outbox.save(1)
    assert outbox.begin() == 1


def test_a_site_that_published_nothing_begins_with_what_happens_next(plant: Plant, outbox: Outbox) -> None:
    plant.release(worked_order())
    publish_nothing(plant.ledger, plant.now)
    plant.release(worked_order("A-2"))
    assert outbox.begin() == 2
    plant.release(worked_order("A-3"))
    assert outbox.begin() == 2


# Through a broker


@pytest.fixture
def listener(broker: RunningBroker) -> Iterator[Listener]:
    with Listener(broker, SITE) as client:
        yield client


def test_a_subscriber_hears_every_event_of_the_ledger_in_order(
    start_gateway: Callable[..., RunningGateway], plant: Plant, outbox: Outbox, listener: Listener
) -> None:
    plant.release(worked_order())
    start_gateway(publisher=Publisher(SITE, outbox))
    for n, code in enumerate(plant.codes()):
        plant.scan("scanner-cut", code, f"24 14:{n:02}", scan_id=f"s{n}")
    wait_for(lambda: len(listener.heard) == 11, what="eleven events")
    assert listener.sequences == list(range(1, 12))
    topics = [topic.removeprefix(f"interlock/{SITE}/event/") for topic, _ in listener.heard]
    assert topics == ["order_released", *["received"] * 10]
    _, last = listener.heard[-1]
    (row,) = outbox.after(10, 1)
    assert last == {
        "site": SITE,
        **{key: row[key] for key in row.keys() if key != "person"},  # noqa: SIM118  # a row has no other keys
        "detail": json.loads(row["detail"]),
    }


def test_events_under_way_hold_no_answer_up(start_gateway: Callable[..., RunningGateway], wire: Wire) -> None:
    wire.listen(f"interlock/{SITE}/#")
    outbox = MemoryOutbox(5_000)
    start_gateway(publisher=Publisher(SITE, outbox))
    wire.send("scanner-07", {"id": "a1", "code": "B7"})
    wait_for(lambda: any(b'"sequence":5000' in said for _, said, _ in wire.heard), 30, "the last event")
    topics = [topic for topic, _, _ in wire.heard]
    behind = topics[topics.index(f"interlock/{SITE}/scanner-07/ack") :]
    assert len(behind) > 2_000


def test_a_lost_connection_forgets_events_under_way_and_keeps_answers(
    broker: RunningBroker, wire: Wire
) -> None:
    wire.listen(f"interlock/{SITE}/#")
    connection = Connection(
        BrokerAddress(broker.host, broker.port),
        "forgets",
        (Subscription(f"interlock/{SITE}/scanner-07/scan", retained_again=False),),
        will=(f"interlock/{SITE}/forgets/state", b""),
    )

    def turn() -> bool:
        if not connection.opened:  # also when it speaks MQTT 3.1.1 from now on
            connection.open()
        connection.wait(0.05)
        connection.read(10)
        connection.write()
        return connection.up

    wait_for(turn, what="the first connection")
    assert connection.publish_noted(f"interlock/{SITE}/event/given", b"{}") is not None
    assert connection.publish(f"interlock/{SITE}/scanner-07/ack", b"{}")
    assert connection.unconfirmed == 2
    connection._drop("the test cut it")
    assert connection.unconfirmed == 1
    wait_for(lambda: turn() and not connection.unconfirmed, what="the answer's acknowledgement")
    wait_for(lambda: any(topic.endswith("/ack") for topic, _, _ in wire.heard), what="the answer")
    assert not [topic for topic, _, _ in wire.heard if "/event/" in topic]
    assert not connection.noted
    connection.close()


def test_the_example_in_the_docs_is_what_is_published(plant: Plant, outbox: Outbox) -> None:
    text = (DOCS / "events.md").read_text(encoding="utf-8")
    example = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])
    plant.release(worked_order())
    code = plant.codes()[0]
    plant.scan("scanner-cut", code, "24 13:40", scan_id="cut-7/17")
    plant.scan("scanner-cut", code, "24 14:52:03", scan_id="cut-7/18")
    (row,) = outbox.after(2, 1)
    assert example == json.loads(payload(plant.site.id, row, names=False))
    assert f"interlock/{plant.site.id}/event/{row['kind']}" in text
