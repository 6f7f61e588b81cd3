"""One durable MQTT session with a broker, driven by its owner's loop. Objects of paho stop here.

MQTT 5 is spoken first, 3.1.1 to a broker that refuses it. The session is kept from the first connect on
(`clean_start=False`, `clean_session=False`): Mosquitto 2.0 loses one that was once opened clean.
"""

from __future__ import annotations

import select
import ssl
import time
from collections import deque

from paho.mqtt.client import MQTT_ERR_QUEUE_SIZE, MQTT_ERR_SUCCESS, Client, MQTTv5, MQTTv311
from paho.mqtt.enums import MQTTProtocolVersion

from gateway.broker_address import BrokerAddress
from gateway.directory import Subscription
from gateway.messages import Noted
from gateway.mqtt_client import CONNECT_LIMIT_S, Heard, aim, ask_for, new_client
from gateway.sockets import acknowledge_segments, corked, holds_more
from gateway.why_down import WhyDown

ANSWER_LIMIT_S = 6.0
SILENT_BEFORE_311 = 3  # some brokers answer MQTT 5 with nothing at all
REFUSED_VERSION = "Unsupported protocol version"


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
        self._heard = Heard()
        self.arrived = self._heard.arrived
        self._client_id = client_id
        self._subscriptions = subscriptions
        self._will = will
        self._protocol: MQTTProtocolVersion = MQTTv5
        self._silent = 0
        self._answer_until_s = 0.0
        self._asked: deque[tuple[Subscription, ...]] = deque()
        """Subscriptions that the broker has not answered yet."""
        self._published = 0
        self.noted: Noted = deque()
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
        return self._published - self._heard.confirmed

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
        aim(self._client, self.broker, self._protocol)

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
        self._heard.noted_under_way[sent.mid] = self.noted if noted is None else noted
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
        client = new_client(self._client_id, self._protocol, self._tls, self._will, self._heard)
        aim(client, self.broker, self._protocol)
        self._published = 0
        return client

    def _act(self) -> None:
        while self._heard.connacks:
            reason, session_present = self._heard.connacks.popleft()
            self.session_present = session_present
            self._silent = 0
            self._client.on_log = None
            if not reason.is_failure:
                self._subscribe()
            elif reason.getName() == REFUSED_VERSION and self._protocol == MQTTv5:
                self._speak_311()
            else:
                self.why_down.refused(reason.getName())
                self._heard.lost.appendleft(f"the broker refused the gateway: {reason}")
        while self._heard.subacks:
            asked = self._asked.popleft() if self._asked else ()
            for subscription, granted in zip(asked, self._heard.subacks.popleft(), strict=bool(asked)):
                if granted.is_failure:
                    raise SubscriptionRefused(self.broker, subscription.topic_filter, str(granted))
            self.up = True
            self.why_down.fault = None
        if self._heard.lost:
            because = self._heard.lost[0]
            self._heard.lost.clear()
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
        self._asked.append(subscriptions)
        ask_for(self._client, self._protocol, subscriptions)

    def _drop(self, because: str) -> None:
        """No connection any more. One that ends without an answer speaks against MQTT 5."""
        self.up = False
        self.why_down.lost(because)
        aim(self._client, self.broker, self._protocol)
        self._forget_noted()
        if self.session_present is None and self.why_down.fault is None:
            self._silent += 1
            if self._silent >= SILENT_BEFORE_311 and self._protocol == MQTTv5:
                self._speak_311()

    def _forget_noted(self) -> None:
        """Else paho would send them first on the next connection, before those that go before them."""
        if not self._heard.noted_under_way:
            return
        for message in self._client.drop_out_messages():
            if message.mid not in self._heard.noted_under_way:
                self._client.publish(message.topic, message.payload, qos=1, retain=message.retain)
        self._published -= len(self._heard.noted_under_way)
        self._heard.noted_under_way.clear()

    def _speak_311(self) -> None:
        self._protocol = MQTTv311
        aim(self._client, self.broker, self._protocol)
        self._client = self._new_client()
        self._heard.lost.clear()
        self._silent = 0
