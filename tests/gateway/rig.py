"""A gateway on a real broker, with a ledger of a dictionary."""

import json
import threading
from collections.abc import Sequence
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from gateway.broker_address import BrokerAddress
from gateway.client import Gateway
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan, Unreadable
from tests.broker_fixtures import RunningBroker
from tests.waiting import wait_for

SITE = "hz1"
NOW: Instant = 1_795_000_000_000


class LedgerBusy(Exception):
    """What the real ledger's fault stands for here."""


class MemoryLedger:
    """Records each id once; `refuse` makes it unavailable."""

    def __init__(self) -> None:
        self.scans: list[Scan] = []
        self.unreadable: list[Unreadable] = []
        self.states: list[tuple[str, bool]] = []
        self.beats: list[bool] = []
        self.batches: list[int] = []
        self.refuse: Exception | None = None
        self.refused = 0

    def record(self, batch: Sequence[Scan | Unreadable]) -> list[Answer | None]:
        if self.refuse is not None:
            self.refused += 1
            raise self.refuse
        self.batches.append(len(batch))
        return [self._one(report) for report in batch]

    def _one(self, report: Scan | Unreadable) -> Answer | None:
        if isinstance(report, Unreadable):
            self.unreadable.append(report)
            return None
        known = report.scan_id is not None and report.scan_id in self.ids
        if not known:
            self.scans.append(report)
        return Answer(
            report.device, report.scan_id, "duplicate" if known else "recorded", f"seen {report.code}"
        )

    @property
    def ids(self) -> set[str]:
        return {scan.scan_id for scan in self.scans if scan.scan_id is not None}

    @property
    def codes(self) -> list[str]:
        return [scan.code for scan in self.scans]

    def device_state(self, device: str, online: bool, _at: Instant) -> None:  # noqa: FBT001  # the gateway's callable
        self.states.append((device, online))

    def beat(self, connected: bool) -> None:  # noqa: FBT001  # the gateway's callable
        self.beats.append(connected)


class RunningGateway:
    """A gateway in a thread of its own."""

    def __init__(self, broker: RunningBroker | BrokerAddress, ledger: MemoryLedger, **more: Any) -> None:
        self.ledger = ledger
        self.gateway = Gateway(
            SITE,
            broker if isinstance(broker, BrokerAddress) else BrokerAddress(broker.host, broker.port),
            record=ledger.record,
            device_state=ledger.device_state,
            beat=ledger.beat,
            clock=lambda: NOW,
            unavailable=(LedgerBusy,),
            **more,
        )
        self._thread = threading.Thread(target=self.gateway.run)

    def start(self, *, connected: bool = True) -> "RunningGateway":
        self._thread.start()
        if connected:
            wait_for(lambda: self.gateway.connected, what="the gateway's connection")
        return self

    def stop(self) -> None:
        self.gateway.stop()
        if self._thread.is_alive():
            self._thread.join()


class Wire:
    """A plain MQTT client: publishes what a device might, and keeps what it hears."""

    def __init__(self, broker: RunningBroker) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="wire")
        self._subscribed = threading.Event()
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self.heard.append((message.topic, message.payload, message.retain))

    def listen(self, topic_filter: str) -> None:
        self._subscribed.clear()
        self._client.subscribe(topic_filter, qos=1)
        assert self._subscribed.wait(10)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """On any topic; returns when the broker has it."""
        wait_for(self._client.is_connected, what="the wire's connection")
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)

    def send(
        self, device: str, payload: bytes | dict[str, Any], kind: str = "scan", *, retain: bool = False
    ) -> None:
        """Returns when the broker has it."""
        said = json.dumps(payload).encode() if isinstance(payload, dict) else payload
        self.publish(f"interlock/{SITE}/{device}/{kind}", said, retain=retain)

    def answers(self, device: str) -> list[dict[str, Any]]:
        return [
            json.loads(said) for topic, said, _ in self.heard if topic == f"interlock/{SITE}/{device}/ack"
        ]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


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
