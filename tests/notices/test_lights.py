"""A stack light and a siren on topics of the plant's own, through a real broker."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from interlock import clock
from interlock.access import User, rights_of
from interlock.broker_words import uncarried
from interlock.rights import covers
from ledger.flags import Tap, withdraw_flag
from ledger.notices import ask_for_test, state
from station_config import load, write_template
from tests.broker_fixtures import RunningBroker
from tests.live_site import Site
from tests.notices.test_gateway_tells import flag
from tests.waiting import wait_for

CHANNELS = """
[[notify]]
id = "light"
topic = "plant/hall-2/light"
payload = "ON"
payload_clear = "OFF"
retain = true
when = "raised"

[[notify]]
id = "siren"
topic = "plant/siren"
payload = "1"
payload_clear = "0"
roles = ["manager"]

[[notify]]
id = "program"
topic = "plant/notices"
"""


class Hall:
    """Everything that is heard in the hall; a context manager."""

    def __init__(self, broker: RunningBroker) -> None:
        self.heard: list[tuple[str, str]] = []
        self._broker = broker
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="hall")
        self._client.reconnect_delay_set(0.1, 0.5)  # type: ignore[arg-type]  # it takes parts of a second too
        self.subscribed = 0
        self._client.on_connect = lambda client, *_: client.subscribe("plant/#", qos=1)
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def _on_subscribe(self, *_: Any) -> None:
        self.subscribed += 1

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.heard.append((message.topic, message.payload.decode()))

    def of(self, topic: str) -> list[str]:
        return [payload for heard, payload in list(self.heard) if heard == topic]

    def __enter__(self) -> Self:
        self._client.connect(self._broker.host, self._broker.port)
        self._client.loop_start()
        wait_for(lambda: self.subscribed, what="the hall's subscription")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def withdraw(site: Site, number: int) -> None:
    now = clock.now()
    withdraw_flag(site.ledger, site.plant.config.site, Tap("withdraw", "sew-1", now), flag=number, now=now)


def test_they_go_on_when_somebody_is_needed_and_off_when_nothing_is_open(
    make_site: Callable[..., Site], broker: RunningBroker
) -> None:
    with Hall(broker) as hall:
        site = make_site(broker, CHANNELS, only="gateway")
        wait_for(lambda: state(site.ledger, "light") is not None, seconds=30, what="the channels")
        number = flag(site, "sew-1", "cut")
        wait_for(lambda: hall.of("plant/hall-2/light") == ["ON"], 40, "the light")
        wait_for(lambda: hall.of("plant/siren") == ["1"], 40, "the siren")
        (told,) = wait_for(lambda: hall.of("plant/notices"), 40, "the notices")
        said = json.loads(told)
        assert [(each["role"], each["link"], each["order"]) for each in said["notices"]] == [
            ("lead", "cut", "A-1"),
            ("supervisor", "cut", "A-1"),
            ("manager", "cut", "A-1"),
        ]
        assert (said["site"], said["title"]) == ("e2e", "End to end: 3 notices")
        withdraw(site, number)
        wait_for(lambda: hall.of("plant/hall-2/light") == ["ON", "OFF"], 40, "the light to go off")
        wait_for(lambda: hall.of("plant/siren") == ["1", "0"], 40, "the siren to go off")
        assert len(hall.of("plant/notices")) == 1
    with Hall(broker) as later:
        wait_for(lambda: later.heard == [("plant/hall-2/light", "OFF")], 40, "what the broker kept")


def test_a_killed_gateway_or_broker_leaves_no_light_as_it_should_not_be(
    make_site: Callable[..., Site], broker: RunningBroker
) -> None:
    with Hall(broker) as hall:
        site = make_site(broker, CHANNELS, only="gateway")
        wait_for(lambda: state(site.ledger, "light") is not None, seconds=30, what="the channels")
        number = flag(site, "sew-1", "cut")
        wait_for(lambda: hall.of("plant/hall-2/light") == ["ON"], 40, "the light")
        connected = hall.subscribed
        broker.kill()
        broker.start()
        wait_for(lambda: hall.subscribed > connected, 40, "the hall to be back")
        wait_for(lambda: len(hall.of("plant/hall-2/light")) > 1, 40, "the light to be told again")
        site.kill("gateway")
        withdraw(site, number)
        wait_for(lambda: site.is_back("gateway"), seconds=30, what="the gateway's restart")
        wait_for(lambda: hall.of("plant/hall-2/light")[-1] == "OFF", 40, "the light to go off")


def test_a_test_shows_for_a_moment(make_site: Callable[..., Site], embedded_broker: RunningBroker) -> None:
    with Hall(embedded_broker) as hall:
        site = make_site(embedded_broker, CHANNELS, only="gateway")
        wait_for(lambda: state(site.ledger, "light") is not None, seconds=30, what="the channels")

        def done(channel: str) -> bool:
            found = state(site.ledger, channel)
            return found is not None and found["test_done_at"] is not None and found["test_fault"] is None

        with site.ledger.write(clock.now()) as tx:
            ask_for_test(tx, "light", "Ann")
            ask_for_test(tx, "program", "Ann")
        wait_for(lambda: done("light") and done("program"), 40, "the tests")
        wait_for(lambda: hall.of("plant/hall-2/light") == ["ON", "OFF"], what="on and off")
        assert json.loads(hall.of("plant/notices")[0])["title"] == "End to end: test of program"
        assert hall.of("plant/siren") == []


def test_the_gateways_user_may_publish_on_their_topics_and_on_no_other(tmp_path: Path) -> None:
    folder = write_template("shirts", tmp_path / "site").parent
    site = folder / "site.toml"
    site.write_text(site.read_text(encoding="utf-8") + CHANNELS, encoding="utf-8")
    config = load(folder)
    granted = rights_of("interlock-hz1-gateway", User(hash="", kind="gateway"), config)
    for topic in ("plant/hall-2/light", "plant/siren", "plant/notices"):
        assert topic in granted.publish
    assert not any(covers(each, "plant/other") for each in granted.publish)
    assert uncarried(granted, embedded=True) == ()
