"""What a scanner does: publish its scans, send each again until the site answered it, report its birth and will.

One client can speak for many devices. It speaks MQTT 3.1.1 and keeps no session: what is not answered it knows
itself, and an answer that was lost is given again when the scan comes again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeAlias

import msgspec
from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    MQTTMessageInfo,
    MQTTv311,
)
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway import topics
from gateway.broker_address import BrokerAddress
from gateway.sockets import acknowledge_segments, send_at_once
from shopfloor.scans import Answer, Result

KEEPALIVE_S = 10
FAREWELL_LIMIT_S = 2.0
PACKETS_IN_FLIGHT = 100
LOOK_AGAIN_S = 0.02

ScanKey: TypeAlias = tuple[str, str]
"""Device and scan id."""


class _Said(msgspec.Struct):
    """The payload of an answer."""

    id: str | None
    result: Result
    text: str = ""


class _Named(msgspec.Struct):
    """What of a scan's payload matters here."""

    id: str | None = None


@dataclass(slots=True)
class _Unanswered:
    payload: bytes
    sent: MQTTMessageInfo
    sent_at_s: float


class Unreachable(Exception):
    """The broker did not take the connection in time."""

    def __init__(self, broker: BrokerAddress, why: str) -> None:
        super().__init__(f"No connection to the broker at {broker}: {why}.")


class ScannerClient:
    """A context manager: connected inside, said goodbye after. Its methods may be called from any thread.

    A scan with an id is sent again every `resend_after_s` until it is answered; a payload without one is sent once,
    as scanners without ids do. At most `window` scans wait for their answers: `publish` blocks for room.
    """

    def __init__(
        self,
        site: str,
        broker: BrokerAddress,
        client_id: str,
        *,
        devices: Sequence[str] = (),
        resend_after_s: float = 5.0,
        window: int = 1000,
    ) -> None:
        self._site = site
        self._broker = broker
        self._devices = tuple(devices)
        self._client_id = client_id
        self._resend_after_s = resend_after_s
        self._window = window
        self._changed = threading.Condition()
        self._unanswered: OrderedDict[ScanKey, _Unanswered] = OrderedDict()
        self._answers: dict[ScanKey, Answer] = {}
        self._bare_answers: deque[Answer] = deque(maxlen=window)
        self._bare_sent: list[MQTTMessageInfo] = []
        self._subscribed = False
        self._refused = "no answer"
        self._closing = False
        self._client = self._new_client(client_id)
        self._resender = threading.Thread(target=self._resend_loop, name=f"{client_id} resends")

    @property
    def connected(self) -> bool:
        """Connected, and answers would arrive."""
        return self._subscribed and self._client.is_connected()

    @property
    def unanswered(self) -> int:
        with self._changed:
            return len(self._unanswered)

    @property
    def answers(self) -> dict[ScanKey, Answer]:
        """The answers to scans with ids since the last `wait_all`."""
        with self._changed:
            return dict(self._answers)

    @property
    def bare_answers(self) -> list[Answer]:
        """The latest answers to payloads without ids, also those of other clients of the same devices."""
        with self._changed:
            return list(self._bare_answers)

    def connect(self, timeout_s: float = 10.0) -> None:
        """Returns once answers would arrive; Unreachable when they would not in time. It goes on by itself later."""
        self._client.connect_async(self._broker.host, self._broker.port, KEEPALIVE_S)
        self._client.loop_start()
        self._resender.start()
        with self._changed:
            if not self._changed.wait_for(lambda: self._subscribed, timeout_s):
                raise Unreachable(self._broker, self._refused)

    def close(self) -> None:
        """Report the devices offline and leave."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._client.is_connected():
            reports = [self._report(device, online=False) for device in self._devices]
            until_s = time.monotonic() + FAREWELL_LIMIT_S
            for report in reports:
                with suppress(RuntimeError, ValueError):  # the connection is lost, and paho's word with it
                    report.wait_for_publish(max(0.0, until_s - time.monotonic()))
        self._client.disconnect()
        self._client.loop_stop()
        if self._resender.is_alive():
            self._resender.join()

    def publish(self, device: str, payload: bytes, timeout_s: float | None = None) -> None:
        """Send a scan of a device; TimeoutError when there is no connection or the window stays full."""
        scan_id = _scan_id(payload)
        with self._changed:
            self._wait_for(self._has_room, timeout_s)
            sent = self._send(device, payload)
            if scan_id is None:
                self._bare_sent.append(sent)
            else:
                self._unanswered[device, scan_id] = _Unanswered(payload, sent, time.monotonic())

    def wait_all(self, timeout_s: float) -> list[Answer]:
        """The answers since the last `wait_all`, once all scans with ids have one; else TimeoutError.

        Payloads without ids are waited for until the broker has them.
        """
        with self._changed:
            self._wait_for(lambda: not self._unanswered and not self._bare_waiting(), timeout_s)
            answers, self._answers = self._answers, {}
            return list(answers.values())

    def __enter__(self) -> Self:
        try:
            self.connect()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _new_client(self, client_id: str) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTv311)
        client.username_pw_set(*self._broker.login)
        if self._broker.tls is not None:
            client.tls_set_context(self._broker.tls.context())
        client.reconnect_delay_set(1, 5)
        client.max_inflight_messages_set(PACKETS_IN_FLIGHT)
        if self._devices:  # a connection has one will; the others go silent with it
            will = topics.build(self._site, self._devices[0], "state")
            client.will_set(will, b'{"online":false}', qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_socket_open = send_at_once
        return client

    def _wait_for(self, condition: Callable[[], bool], timeout_s: float | None) -> None:
        """The broker's word on payloads without ids wakes nobody, so those are looked at again and again."""
        until_s = None if timeout_s is None else time.monotonic() + timeout_s
        while not condition():
            left_s = None if until_s is None else until_s - time.monotonic()
            if left_s is not None and left_s <= 0:
                raise TimeoutError(f"{len(self._unanswered)} scans have no answer after {timeout_s:g} s")
            self._changed.wait(LOOK_AGAIN_S if self._bare_sent else left_s)

    def _has_room(self) -> bool:
        return self._subscribed and len(self._unanswered) + self._bare_waiting() < self._window

    def _bare_waiting(self) -> int:
        if self._bare_sent:
            self._bare_sent = [sent for sent in self._bare_sent if not _taken(sent)]
        return len(self._bare_sent)

    def _send(self, device: str, payload: bytes) -> MQTTMessageInfo:
        return self._client.publish(topics.build(self._site, device, "scan"), payload, qos=1)

    def _report(self, device: str, *, online: bool) -> MQTTMessageInfo:
        said = msgspec.json.encode({"online": online})
        return self._client.publish(topics.build(self._site, device, "state"), said, qos=1, retain=True)

    def _resend_loop(self) -> None:
        with self._changed:
            while not self._closing:
                self._changed.wait(self._resend_after_s / 4)
                if self._subscribed and not self._closing:
                    self._resend()

    def _resend(self) -> None:
        """What paho still holds itself is not sent twice: copies would pile up while the broker is away."""
        now_s = time.monotonic()
        for (device, _), waiting in self._unanswered.items():
            if now_s - waiting.sent_at_s < self._resend_after_s:
                continue
            if _taken(waiting.sent):
                waiting.sent = self._send(device, waiting.payload)
                waiting.sent_at_s = now_s

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._refused = str(reason)
            return
        # A device with a password hears only its own answers; it is called like its connection.
        alone = self._devices == (self._client_id,)
        filter_ = (
            topics.build(self._site, self._client_id, "ack")
            if alone
            else topics.topic_filter(self._site, "ack")
        )
        client.subscribe(filter_, qos=1)
        for device in self._devices:
            self._report(device, online=True)

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        granted: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        with self._changed:
            self._subscribed = not any(code.is_failure for code in granted)
            self._refused = "the broker refused the subscription to the answers"
            self._changed.notify_all()

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        _reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        with self._changed:
            self._subscribed = False
            self._changed.notify_all()

    def _on_publish(
        self, client: Client, _userdata: object, _mid: int, _reason: ReasonCode, _properties: Properties
    ) -> None:
        """Runs under paho's lock: it must not wait for ours, which `publish` holds while it waits for paho's."""
        acknowledge_segments(client.socket())

    def _on_message(self, client: Client, _userdata: object, message: MQTTMessage) -> None:
        acknowledge_segments(client.socket())
        try:
            topic = topics.parse(message.topic)
            said = msgspec.json.decode(message.payload, type=_Said)
        except ValueError:
            return  # an answer nobody can read is none: the scan is sent again
        if topic is None or message.retain:
            return
        answer = Answer(topic.device, said.id, said.result, said.text)
        with self._changed:
            if said.id is None:
                self._bare_answers.append(answer)
            elif self._unanswered.pop((topic.device, said.id), None) is not None:
                self._answers[topic.device, said.id] = answer
                self._changed.notify_all()


def _taken(sent: MQTTMessageInfo) -> bool:
    """The broker has it, or paho's word on it is lost together with a connection."""
    try:
        return sent.is_published()
    except (RuntimeError, ValueError):
        return True


def _scan_id(payload: bytes) -> str | None:
    """The id of a native payload; None when it has none or is none."""
    try:
        return msgspec.json.decode(payload, type=_Named).id
    except (ValueError, RecursionError):  # also what is no UTF-8
        return None
