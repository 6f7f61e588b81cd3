"""From the broker into the ledger and back: how many scans a second, how long one of 200 a second takes."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from gateway.sockets import acknowledge_segments, send_at_once
from shopfloor.instants import DAY_MS
from shopfloor.orders import Order
from tests.bench.measure import Row
from tests.broker_fixtures import Embedded, Mosquitto, RunningBroker
from tests.factory import WORKED_SITE, Plant
from tests.provision import find_program
from tests.waiting import wait_for

BATCHES = 4_000
SCANS = 2 * BATCHES
PER_SECOND = 200
PACED = 2_000
FULL_ROUNDS = 3
DEAF = """
import sys
from pathlib import Path
from interlock import gateway_process


class Deaf(gateway_process.Gateway):
    def __init__(self, *words, overheard, **more):
        super().__init__(*words, **more)


gateway_process.Gateway = Deaf
gateway_process.serve_gateway(Path(sys.argv[1]))
"""
"""A gateway that keeps nothing for the page of devices."""


@dataclass(frozen=True, slots=True)
class _Drained:
    """How fast a gateway took in what waited for it; its CPU for each scan, without its start."""

    a_second: float
    cpu_ms: float


def from_broker_to_ledger(folder: Path) -> list[Row]:
    """Medians over a few rounds: a subscriber that does nothing, the gateway, and the gateway with parts left out."""
    with _broker(folder) as broker:
        nothing, events, quiet, deaf = [], [], [], []
        for number in range(FULL_ROUNDS):
            nothing.append(_drained_by_nothing(broker, f"idle-{number}"))
            events.append(_drained_by_gateway(broker, folder / f"events-{number}", "all"))
            quiet.append(_drained_by_gateway(broker, folder / f"quiet-{number}", "none"))
            deaf.append(_drained_by_gateway(broker, folder / f"deaf-{number}", "none", deaf=True))
        latency = [_paced(broker, folder / f"paced-{wanted}", wanted) for wanted in ("all", "none")]
    idle = statistics.median(nothing)
    with_events, without = (statistics.median(one.a_second for one in runs) for runs in (events, quiet))
    heard, unheard = (statistics.median(one.cpu_ms for one in runs) for runs in (quiet, deaf))
    (p50, p99), (quiet50, quiet99) = latency
    return [
        _row(
            f"scans from {_name(broker)} on disk and answered / messages to a paho subscriber",
            with_events,
            idle,
        ),
        _row("the same with events published / without", with_events, without),
        (
            "CPU of a scan, ms: last messages and what devices tell are kept / are not",
            f"{heard:.3f}",
            f"{unheard:.3f}",
            f"{heard / unheard:.2f}",
        ),
        (
            f"{PER_SECOND} a second, sent to answered, ms: p50 / p99, with events / without",
            f"{p50:.1f} / {p99:.1f}",
            f"{quiet50:.1f} / {quiet99:.1f}",
            f"{p50 / quiet50:.2f} / {p99 / quiet99:.2f}",
        ),
    ]


def _row(what: str, measured: float, baseline: float) -> Row:
    return f"{what}, a second", f"{measured:,.0f}", f"{baseline:,.0f}", f"{measured / baseline:.2f}"


@contextmanager
def _broker(folder: Path) -> Iterator[RunningBroker]:
    program = find_program("mosquitto")
    home = folder / "broker"
    home.mkdir()
    broker: RunningBroker = Embedded(home) if program is None else Mosquitto(program, home)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def _name(broker: RunningBroker) -> str:
    return type(broker).__name__


class _Client:
    """A paho client in its own thread, counting what it hears."""

    def __init__(self, broker: RunningBroker, name: str, wanted: str | None = None) -> None:
        self.heard = 0
        self.first_s = self.last_s = 0.0
        self.enough = 0
        self.on_told: Callable[[bytes], None] | None = None
        self._subscribed = threading.Event()
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=name, clean_session=False, protocol=MQTTv311
        )
        self._client.max_inflight_messages_set(100)
        self._client.on_socket_open = send_at_once
        self._client.on_publish = lambda client, *_: acknowledge_segments(client.socket())
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()
        if wanted is not None:
            self._client.subscribe(wanted, qos=1)
            assert self._subscribed.wait(10)

    def _on_message(self, client: Client, _userdata: object, message: MQTTMessage) -> None:
        now_s = time.perf_counter()
        acknowledge_segments(client.socket())
        self.first_s = self.first_s or now_s
        self.last_s = now_s
        self.heard += 1
        if self.on_told is not None:
            self.on_told(message.payload)

    def publish(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1)

    def publish_all(self, messages: list[tuple[str, bytes]]) -> None:
        sent = [self._client.publish(topic, payload, qos=1) for topic, payload in messages]
        for one in sent:
            one.wait_for_publish(60)

    def wait(self, count: int) -> float:
        """Messages a second between the first and the last of so many."""
        wait_for(lambda: self.heard >= count, 120, f"{count} messages")
        return (count - 1) / (self.last_s - self.first_s)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def _scans(plant: Plant) -> list[tuple[str, bytes]]:
    return [
        (f"interlock/hz1/{device}/scan", json.dumps({"id": f"{device}/{code}", "code": code}).encode())
        for device in ("scanner-cut", "scanner-sew")
        for code in plant.codes()
    ]


def _drained_by_nothing(broker: RunningBroker, name: str) -> float:
    """A durable session of paho with an empty callback, and what has piled up for it."""
    _Client(broker, name, f"{name}/#").close()
    sender = _Client(broker, f"{name}-sender")
    sender.publish_all([(f"{name}/scan", b'{"id":"scanner-cut/0000017","code":"0000017"}')] * SCANS)
    sender.close()
    reader = _Client(broker, name)
    try:
        return reader.wait(SCANS)
    finally:
        reader.close()


@contextmanager
def _gateway(broker: RunningBroker, folder: Path, events: str) -> Iterator[Plant]:
    """A site with an order of many batches whose gateway has been there once, so that scans wait for it."""
    settings = f'[broker]\nhost = "{broker.host}"\nport = {broker.port}\nevents = "{events}"\n'
    plant = Plant(folder, WORKED_SITE + settings)
    plant.release(Order("A-1", "shirts", "polo", 20 * BATCHES, plant.now + 600 * DAY_MS))
    try:
        yield plant
    finally:
        plant.close()


@contextmanager
def _serving(plant: Plant, *, deaf: bool = False) -> Iterator[None]:
    how = ["-c", DEAF] if deaf else ["-m", "interlock", "gateway"]
    with (plant.folder / "gateway.log").open("ab") as log:
        gateway = subprocess.Popen([sys.executable, *how, str(plant.folder)], stdout=log, stderr=log)
    wait_for(lambda: b"connected" in (plant.folder / "gateway.log").read_bytes(), 20, "the gateway")
    try:
        yield
    finally:
        gateway.terminate()
        gateway.wait(20)


def _drained_by_gateway(broker: RunningBroker, folder: Path, events: str, *, deaf: bool = False) -> _Drained:
    with _gateway(broker, folder, events) as plant:
        before_s = _cpu_of_children_s()
        with _serving(plant, deaf=deaf):
            pass
        start_s = _cpu_of_children_s() - before_s
        (folder / "gateway.log").unlink()
        reader = _Client(broker, f"answers-{folder.name}", "interlock/hz1/+/ack")
        reader.publish_all(_scans(plant))
        before_s = _cpu_of_children_s()
        try:
            with _serving(plant, deaf=deaf):
                a_second = reader.wait(SCANS)
        finally:
            reader.close()
        return _Drained(a_second, (_cpu_of_children_s() - before_s - start_s) / SCANS * 1e3)


def _cpu_of_children_s() -> float:
    """Of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _paced(broker: RunningBroker, folder: Path, events: str) -> tuple[float, float]:
    """Median and 99th percentile in ms, from publishing a scan to hearing its answer."""
    sent: dict[str, float] = {}
    taken: list[float] = []
    with _gateway(broker, folder, events) as plant, _serving(plant):
        client = _Client(broker, f"paced-{events}", "interlock/hz1/+/ack")

        def told(payload: bytes) -> None:
            taken.append(time.perf_counter() - sent[json.loads(payload)["id"]])

        client.on_told = told
        begin_s = time.perf_counter()
        for n, (topic, payload) in enumerate(_scans(plant)[:PACED]):
            time.sleep(max(0.0, begin_s + n / PER_SECOND - time.perf_counter()))  # the load's pace
            sent[json.loads(payload)["id"]] = time.perf_counter()
            client.publish(topic, payload)
        client.wait(PACED)
        client.close()
    taken.sort()
    return taken[len(taken) // 2] * 1e3, taken[len(taken) * 99 // 100] * 1e3
