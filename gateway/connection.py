"""One durable MQTT session with a broker, driven by its owner's loop. Objects of paho stop here.

MQTT 5 is spoken first, 3.1.1 to a broker that refuses it. The session is kept from the first connect on
(`clean_start=False`, `clean_session=False`): Mosquitto 2.0 loses one that was once opened clean. Callbacks
only note what happened: paho must never see an exception of ours, and what is noted is acted on in one place.
"""

from __future__ import annotations

import select
import ssl
import time
from collections import deque

from paho.mqtt.client import (
    MQTT_ERR_QUEUE_SIZE,
    MQTT_ERR_SUCCESS,
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    MQTTv5,
    MQTTv311,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from gateway.bodies import LARGEST_BYTES
from gateway.broker_address import BrokerAddress
from gateway.directory import Subscription
from gateway.messages import Arrived, Noted
from gateway.sockets import acknowledge_segments, corked, holds_more, send_at_once
from gateway.why_down import WhyDown

KEEPALIVE_S = 4  # a broker that hangs is noticed within twice this
CONNECT_LIMIT_S = 3.0
ANSWER_LIMIT_S = 6.0
SESSION_KEPT_S = 30 * 24 * 3600
RECEIVE_MAXIMUM = 2_000
OUTGOING_LIMIT = 20_000
SILENT_BEFORE_311 = 3  # some brokers answer MQTT 5 with nothing at all
REFUSED_VERSION = "Unsupported protocol version"
RETAINED_IF_NEW = 1  # MQTT 5 retain handling


class SubscriptionRefused(Exception):
    """Without its subscriptions the gateway is deaf: nothing to go on with."""

    def __init__(self, broker: BrokerAddress, topic_filter: str, why: str) -> None:
        super().__init__(
            f"The broker at {broker} refused the subscription to {topic_filter} ({why}): "
            "allow it in the broker's access rules."
        )


class Connection:
    """Connects, reads, writes; never blocks longer than a connect.

    `number` tells one connection from the next: an acknowledgement is good for one only.
    """

    def __init__(
        self,
        broker: BrokerAddress,
        client_id: str,
        subscriptions: tuple[Subscription, ...],
        will: tuple[str, bytes],
    ) -> None:
        self.broker = broker
        self.number = 0
        self.up = False
        """Connected and subscribed."""
        self.session_present: bool | None = None
        """What the broker said; None while it has said nothing on this connection."""
        self.why_down = WhyDown()
        self.arrived: deque[Arrived] = deque()
        self._client_id = client_id
        self._subscriptions = subscriptions
        self._will = will
        self._protocol: MQTTProtocolVersion = MQTTv5
        self._silent = 0
        self._answer_until_s = 0.0
        self._connacks: deque[tuple[ReasonCode, bool]] = deque()
        self._subacks: deque[list[ReasonCode]] = deque()
        self._asked: deque[tuple[Subscription, ...]] = deque()
        """Subscriptions that the broker has not answered yet."""
        self._lost: deque[str] = deque()
        self._published = self._confirmed = 0
        self.noted: Noted = deque()
        self._noted_under_way: dict[int, Noted] = {}
        self._tls: ssl.SSLContext | None = None if broker.tls is None else broker.tls.context()
        self._client = self._new_client()

    @property
    def protocol(self) -> str:
        return "MQTT 5" if self._protocol == MQTTv5 else "MQTT 3.1.1"

    @property
    def opened(self) -> bool:
        """There is a socket, perhaps without an answer yet."""
        return self._client.socket() is not None

    @property
    def unconfirmed(self) -> int:
        """Messages published that the broker has not acknowledged."""
        return self._published - self._confirmed

    def open(self) -> None:
        """Begin a new connection; OSError when nobody listens there."""
        self.number += 1
        self.session_present = None
        self._answer_until_s = time.monotonic() + CONNECT_LIMIT_S + ANSWER_LIMIT_S
        self._client.username_pw_set(*self.broker.login)
        if self._tls is not None:  # only until it answers: it is told of every packet
            self._client.on_log = self.why_down.hear
        try:
            self._client.reconnect()
        except OSError as fault:
            self.why_down.failed(fault)
            raise

    def close(self) -> None:
        """Say goodbye and keep the session: the broker goes on collecting."""
        self._client.disconnect()
        until = time.monotonic() + CONNECT_LIMIT_S
        while self.opened and time.monotonic() < until:
            self.write()
            self.wait(0.1, read=False)
        self.cut()

    def cut(self) -> None:
        """Leave without a word: the broker publishes the will."""
        self.up = False
        self.why_down.because = "closed"
        self._aim(self._client)

    def wait(self, timeout_s: float, *, wake_fd: int = -1, read: bool = True) -> None:
        """Until something can be read or written, the wake-up comes, or the time is over."""
        poll = select.poll()
        if wake_fd >= 0:
            poll.register(wake_fd, select.POLLIN)
        socket = self._client.socket()
        if read and holds_more(socket):
            return  # decrypted already: the kernel would not tell of it
        if socket is not None:
            wanted = (select.POLLIN if read else 0) | (select.POLLOUT if self._client.want_write() else 0)
            if wanted:  # else poll would still report a hang-up, over and over
                poll.register(socket.fileno(), wanted)
        poll.poll(max(0.0, timeout_s) * 1000)

    def read(self, most: int) -> None:
        """Take in what is there now, about `most` messages, and act on what happened to the connection."""
        socket = self._client.socket()
        if socket is not None:
            poll = select.poll()
            poll.register(socket.fileno(), select.POLLIN)
            # A message is likely to be followed by another: read at once. After anything else, poll first.
            after_message = False
            while len(self.arrived) < most and (after_message or holds_more(socket) or poll.poll(0)):
                before = len(self.arrived)
                if self._client.loop_read() != MQTT_ERR_SUCCESS or self._client.socket() is not socket:
                    break
                after_message = len(self.arrived) > before
            acknowledge_segments(socket)
        self._act()

    def write(self) -> None:
        """Send what waits, as far as the socket takes it."""
        socket = self._client.socket()
        if socket is not None and self._client.want_write():
            with corked(socket):
                self._client.loop_write()
        self._act()

    def keep_alive(self) -> None:
        """Ping when it is due; give up a broker that does not answer."""
        if not self.opened:
            return
        if not self.up and time.monotonic() > self._answer_until_s:
            self._drop("it does not answer")
            return
        self._client.loop_misc()
        self._act()

    def acknowledge(self, packet_id: int) -> None:
        self._client.ack(packet_id, 1)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Queue a message of QoS 1; False when too many wait already."""
        queued = self._client.publish(topic, payload, qos=1, retain=retain).rc != MQTT_ERR_QUEUE_SIZE
        self._published += queued
        return queued

    def publish_noted(
        self, topic: str, payload: bytes, *, retain: bool = False, noted: Noted | None = None
    ) -> int | None:
        """Queue a message of QoS 1 and learn in `noted` when the broker has it; None when it is not taken.

        It is forgotten with the connection: who sent it sends it again.
        """
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        if sent.rc == MQTT_ERR_QUEUE_SIZE:
            return None
        self._published += 1
        self._noted_under_way[sent.mid] = self.noted if noted is None else noted
        return sent.mid

    def readable(self) -> bool:
        """Whether something has arrived that was not read yet."""
        socket = self._client.socket()
        if socket is None:
            return False
        poll = select.poll()
        poll.register(socket.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    def _new_client(self) -> Client:
        five = self._protocol == MQTTv5
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            clean_session=None if five else False,
            protocol=self._protocol,
            manual_ack=True,
            reconnect_on_failure=False,  # else paho tries MQTT 3.1 by itself
        )
        client.connect_timeout = CONNECT_LIMIT_S
        client.max_queued_messages_set(OUTGOING_LIMIT)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        client.will_set(self._will[0], self._will[1], qos=1, retain=True)
        client.on_message = self._on_message
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_socket_open = send_at_once
        # With this set, paho queues packets and `write` sends them together, instead of one by one.
        client.on_socket_register_write = lambda _client, _userdata, _socket: None
        self._aim(client)
        self._published = self._confirmed = 0
        self._noted_under_way.clear()
        return client

    def _aim(self, client: Client) -> None:
        """Where the next `reconnect` goes; a connection that is there is cut."""
        properties = None
        if self._protocol == MQTTv5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
            properties.SessionExpiryInterval = SESSION_KEPT_S
            properties.ReceiveMaximum = RECEIVE_MAXIMUM
        client.connect_async(
            self.broker.host, self.broker.port, KEEPALIVE_S, clean_start=False, properties=properties
        )

    def _act(self) -> None:
        while self._connacks:
            reason, session_present = self._connacks.popleft()
            self.session_present = session_present
            self._silent = 0
            self._client.on_log = None
            if not reason.is_failure:
                self._subscribe()
            elif reason.getName() == REFUSED_VERSION and self._protocol == MQTTv5:
                self._speak_311()
            else:
                self.why_down.refused(reason.getName())
                self._lost.appendleft(f"the broker refused the gateway: {reason}")
        while self._subacks:
            asked = self._asked.popleft() if self._asked else ()
            for subscription, granted in zip(asked, self._subacks.popleft(), strict=bool(asked)):
                if granted.is_failure:
                    raise SubscriptionRefused(self.broker, subscription.topic_filter, str(granted))
            self.up = True
            self.why_down.fault = None
        if self._lost:
            because = self._lost[0]
            self._lost.clear()
            self._drop(because)

    def listen_to(self, subscriptions: tuple[Subscription, ...]) -> None:
        """Other topics from now on; those that stay are not asked for again."""
        gone = [each.topic_filter for each in self._subscriptions if each not in subscriptions]
        new = tuple(each for each in subscriptions if each not in self._subscriptions)
        self._subscriptions = subscriptions
        if not self.up:
            return  # asked for at the next connect
        if gone:
            self._client.unsubscribe(gone)
        if new:
            self._ask_for(new)

    def _subscribe(self) -> None:
        """At every connect, also to a session that exists: what it had subscribed to is not ours to guess."""
        self._asked.clear()
        self._ask_for(self._subscriptions)

    def _ask_for(self, subscriptions: tuple[Subscription, ...]) -> None:
        for_five = [
            (
                each.topic_filter,
                SubscribeOptions(qos=1, retainHandling=0 if each.retained_again else RETAINED_IF_NEW),
            )
            for each in subscriptions
        ]
        for_311 = [(each.topic_filter, 1) for each in subscriptions]
        self._asked.append(subscriptions)
        self._client.subscribe(for_five if self._protocol == MQTTv5 else for_311)

    def _drop(self, because: str) -> None:
        """No connection any more. One that ends without an answer speaks against MQTT 5."""
        self.up = False
        self.why_down.lost(because)
        self._aim(self._client)
        self._forget_noted()
        if self.session_present is None and self.why_down.fault is None:
            self._silent += 1
            if self._silent >= SILENT_BEFORE_311 and self._protocol == MQTTv5:
                self._speak_311()

    def _forget_noted(self) -> None:
        """Else paho would send them first on the next connection, before those that go before them."""
        if not self._noted_under_way:
            return
        for message in self._client.drop_out_messages():
            if message.mid not in self._noted_under_way:
                self._client.publish(message.topic, message.payload, qos=1, retain=message.retain)
        self._published -= len(self._noted_under_way)
        self._noted_under_way.clear()

    def _speak_311(self) -> None:
        self._protocol = MQTTv311
        self._aim(self._client)
        self._client = self._new_client()
        self._lost.clear()
        self._silent = 0

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = None
        payload = message.payload
        packet_id = message.mid if message.qos else 0
        self.arrived.append(
            Arrived(
                topic,
                bytes(payload[: LARGEST_BYTES + 1]),
                len(payload),
                packet_id,
                message.dup,
                message.retain,
            )
        )

    def _on_connect(
        self,
        _client: Client,
        _userdata: object,
        flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._connacks.append((reason, flags.session_present))

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        granted: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self._subacks.append(granted)

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        said = (
            "the broker ended the connection"
            if flags.is_disconnect_packet_from_server
            else "the connection was lost"
        )
        self._lost.append(f"{said}: {reason}")

    def _on_publish(
        self, _client: Client, _userdata: object, mid: int, reason: ReasonCode, _properties: Properties
    ) -> None:
        self._confirmed += 1
        noted = self._noted_under_way.pop(mid, None)
        if noted is not None:
            noted.append((mid, str(reason) if reason.is_failure else ""))
