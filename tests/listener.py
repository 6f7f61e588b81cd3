"""Somebody who wants the site's events: a persistent session at the broker, and everything it was told."""

from __future__ import annotations

import json
import threading
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from tests.broker_fixtures import RunningBroker


class Listener:
    """A context manager; connects again by itself, and the broker keeps for it what comes meanwhile."""

    def __init__(self, broker: RunningBroker, site: str, client_id: str = "listener") -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._filter = f"interlock/{site}/event/#"
        self._subscribed = threading.Event()
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, protocol=MQTTv311
        )
        self._client.reconnect_delay_set(0.1, 0.5)  # type: ignore[arg-type]  # it takes parts of a second too
        self._client.on_connect = lambda client, *_: client.subscribe(self._filter, qos=1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message
        self._client.connect(broker.host, broker.port)

    @property
    def sequences(self) -> list[int]:
        """As they came, with repeats."""
        return [said["sequence"] for _, said in list(self.heard)]

    @property
    def first_told(self) -> list[int]:
        """As they came, without repeats."""
        return list(dict.fromkeys(self.sequences))

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        assert not message.retain
        self.heard.append((message.topic, json.loads(message.payload)))

    def __enter__(self) -> Self:
        self._client.loop_start()
        assert self._subscribed.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
