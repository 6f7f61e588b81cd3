"""The ledger's events through real brokers to who listens."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.broker_address import BrokerAddress
from gateway.connection import Connection
from gateway.directory import Subscription
from gateway.publishing import Publisher, payload
from ledger.outbox import Outbox, publish_nothing
from tests.broker_fixtures import RunningBroker
from tests.factory import Plant, worked_order
from tests.gateway.rig import SITE, MemoryOutbox, RunningGateway, Wire
from tests.listener import Listener
from tests.waiting import wait_for

DOCS = Path(__file__).parents[2] / "docs"


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
