"""The client of paho under a connection: how it is set up, and what its callbacks note.

They only note what happened: paho must never see an exception of ours, and what is noted is acted on in one place.
"""

from __future__ import annotations

import ssl
from collections import deque

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from gateway.bodies import LARGEST_BYTES
from gateway.broker_address import BrokerAddress
from gateway.directory import Subscription
from gateway.messages import Arrived, Noted
from gateway.sockets import send_at_once

KEEPALIVE_S = 4  # a broker that hangs is noticed within twice this
CONNECT_LIMIT_S = 3.0
SESSION_KEPT_S = 30 * 24 * 3600
RECEIVE_MAXIMUM = 2_000
OUTGOING_LIMIT = 20_000
RETAINED_IF_NEW = 1  # MQTT 5 retain handling


class Heard:
    """What paho has told and nobody has acted on yet."""

    def __init__(self) -> None:
        self.arrived: deque[Arrived] = deque()
        self.connacks: deque[tuple[ReasonCode, bool]] = deque()
        """The broker's answers to a connect, and whether it kept the session."""
        self.subacks: deque[list[ReasonCode]] = deque()
        self.lost: deque[str] = deque()
        """Why the connection ended."""
        self.confirmed = 0
        """Messages that the broker has acknowledged, of this client."""
        self.noted_under_way: dict[int, Noted] = {}
        """Where to say of a published message, by its number, that the broker has it."""

    def listen(self, client: Client) -> None:
        """From now on to this client, which is a new one."""
        client.on_message = self._on_message
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        self.confirmed = 0
        self.noted_under_way.clear()

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
        self.connacks.append((reason, flags.session_present))

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        granted: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self.subacks.append(granted)

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
        self.lost.append(f"{said}: {reason}")

    def _on_publish(
        self, _client: Client, _userdata: object, mid: int, reason: ReasonCode, _properties: Properties
    ) -> None:
        self.confirmed += 1
        noted = self.noted_under_way.pop(mid, None)
        if noted is not None:
            noted.append((mid, str(reason) if reason.is_failure else ""))


def new_client(
    client_id: str,
    protocol: MQTTProtocolVersion,
    tls: ssl.SSLContext | None,
    will: tuple[str, bytes],
    heard: Heard,
) -> Client:
    """A client that acknowledges by hand, connects when it is told, and whose packets `write` sends together."""
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=None if protocol == MQTTv5 else False,
        protocol=protocol,
        manual_ack=True,
        reconnect_on_failure=False,  # else paho tries MQTT 3.1 by itself
    )
    client.connect_timeout = CONNECT_LIMIT_S
    client.max_queued_messages_set(OUTGOING_LIMIT)
    if tls is not None:
        client.tls_set_context(tls)
    client.will_set(will[0], will[1], qos=1, retain=True)
    heard.listen(client)
    client.on_socket_open = send_at_once
    # With this set, paho queues packets and `write` sends them together, instead of one by one.
    client.on_socket_register_write = lambda _client, _userdata, _socket: None
    return client


def aim(client: Client, broker: BrokerAddress, protocol: MQTTProtocolVersion) -> None:
    """Where the next `reconnect` goes; a connection that is there is cut."""
    properties = None
    if protocol == MQTTv5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
        properties.SessionExpiryInterval = SESSION_KEPT_S
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
    client.connect_async(broker.host, broker.port, KEEPALIVE_S, clean_start=False, properties=properties)


def ask_for(client: Client, protocol: MQTTProtocolVersion, subscriptions: tuple[Subscription, ...]) -> None:
    """Subscribe in the words of the protocol."""
    if protocol == MQTTv5:
        client.subscribe(
            [
                (
                    each.topic_filter,
                    SubscribeOptions(qos=1, retainHandling=0 if each.retained_again else RETAINED_IF_NEW),
                )
                for each in subscriptions
            ]
        )
    else:
        client.subscribe([(each.topic_filter, 1) for each in subscriptions])
