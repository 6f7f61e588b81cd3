"""Who may say and hear what at the broker: Mosquitto and the embedded one, tried by clients of other makers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from structlog.testing import capture_logs

from interlock.broker import EmbeddedBroker
from interlock.violations import Violation, ViolationLog
from tests.broker_fixtures import Mosquitto
from tests.gateway.rig import MemoryLedger, RunningGateway
from tests.secured_site import OWN_GATEWAY, SecuredSite, ack_topic, scan_topic
from tests.waiting import wait_for

FORBIDDEN = ("#", "interlock/#", "interlock/hz1/#", "interlock/hz1/+/ack", ack_topic("scanner-sew"))
NOT_AUTHORISED = "disconnected, not authorised."
"""Mosquitto's word; 2.0 tells the address before it, and not who it was."""
MINE, OTHERS = scan_topic("scanner-cut"), scan_topic("scanner-sew")


class Secured(SecuredSite):
    """With its gateway, and a way to read what its broker has logged."""

    broker: EmbeddedBroker | Mosquitto
    ledger: MemoryLedger
    gateway: RunningGateway

    def logged(self) -> str:
        return self.broker.log.read_text(errors="replace")


Client: TypeAlias = Callable[..., str]
"""A client of another maker: publishes, or listens for a moment, as scanner-cut."""


@pytest.fixture(
    params=[pytest.param("mosquitto", marks=pytest.mark.mosquitto), "embedded"],
)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Secured]:
    site = Secured(tmp_path / "site")
    if request.param == "mosquitto":
        (tmp_path / "m").mkdir()
        site.broker = site.mosquitto(tmp_path / "m")
    else:
        site.broker = site.embedded()
    site.broker.start()
    site.ledger = MemoryLedger()
    site.gateway = RunningGateway(site.gateway_address, site.ledger).start()
    yield site
    site.gateway.stop()
    site.broker.stop()


def marker(site: Secured) -> None:
    """One good scan of the right device: everything sent before it has been dealt with."""
    assert site.pub("scanner-cut", MINE, '{"id": "last", "code": "LAST"}').returncode == 0
    wait_for(lambda: "LAST" in site.ledger.codes, what="the right device's scan")


def answered_while_away(site: Secured) -> None:
    """A device subscribes to its answers, scans and goes; the answer waits in its session."""
    assert site.subscribe("scanner-cut", ack_topic("scanner-cut")).returncode == 0
    site.gateway.stop()
    assert site.pub("scanner-cut", MINE, '{"id": "first", "code": "FIRST"}').returncode == 0
    site.gateway = RunningGateway(site.gateway_address, site.ledger).start()
    wait_for(lambda: site.ledger.codes == ["FIRST"], what="the scan")
    site.gateway.stop()  # which sees its answers off
    site.gateway = RunningGateway(site.gateway_address, site.ledger).start()


@pytest.mark.mosquitto
def test_the_right_device_is_recorded_and_hears_its_answer(site: Secured) -> None:
    answered_while_away(site)
    assert '"id":"first","result":"recorded"' in site.sub_first("scanner-cut", ack_topic("scanner-cut"))


@pytest.mark.mosquitto
def test_a_wrong_password_and_no_password_are_refused_and_logged(site: Secured) -> None:
    with capture_logs() as said:
        assert site.pub("scanner-cut", MINE, "X", password="guess").returncode == 5
        assert site.pub("nobody", MINE, "X", password="guess").returncode == 5
    if isinstance(site.broker, Mosquitto):
        wait_for(lambda: site.logged().count(NOT_AUTHORISED) == 2, what="Mosquitto's word")
    else:
        whys = {one["user"]: one["why"] for one in said}
        assert whys == {"scanner-cut": "wrong password", "nobody": "unknown user"}
        assert site.broker.refused == 2
    marker(site)
    assert site.ledger.codes == ["LAST"]


@pytest.mark.mosquitto
def test_a_scan_in_the_name_of_another_device_is_not_recorded_and_is_logged(site: Secured) -> None:
    violations = ViolationLog(site.broker.log)
    site.pub("scanner-cut", OTHERS, '{"id": "x", "code": "FORGED"}')
    site.pub("scanner-cut", "interlock/hz1/scanner-sew/state", '{"online": false}')
    site.pub("scanner-cut", ack_topic("scanner-cut"), '{"id": "x", "result": "recorded"}')
    marker(site)
    assert site.ledger.codes == ["LAST"]
    assert ("scanner-sew", False) not in site.ledger.states
    if isinstance(site.broker, EmbeddedBroker):
        tried = {(one.device, one.what, one.topic) for one in violations.new()}
        assert ("scanner-cut", "publish", OTHERS) in tried
        assert len(tried) == 3
    else:
        assert f"Denied PUBLISH from scanner-cut (d0, q1, r0, m1, '{OTHERS}'" in site.logged()


@pytest.mark.mosquitto
@pytest.mark.parametrize("topic", FORBIDDEN)
def test_nobody_listens_to_what_is_not_for_him(site: Secured, topic: str) -> None:
    """Mosquitto grants wildcards and delivers nothing through them: nothing heard is what counts."""
    site.subscribe("scanner-cut", topic)
    site.pub("scanner-sew", OTHERS, '{"id": "b", "code": "SECRET"}')
    wait_for(lambda: "SECRET" in site.ledger.codes, what="the other device's scan")
    heard = site.sub("scanner-cut", topic, "-c")
    assert "SECRET" not in heard.stdout
    assert "scanner-sew" not in heard.stdout.replace(f"Topic: {topic}", "")
    if isinstance(site.broker, EmbeddedBroker):
        assert "Subscribed (mid: 1): 128" in heard.stdout
        assert "Subscription Violation" in site.logged()


@pytest.mark.mosquitto
def test_a_device_cannot_take_the_session_of_another_client(site: Secured) -> None:
    """Under the gateway's client id, with a clean session, it would empty the gateway's queue."""
    site.gateway.stop()
    site.pub("scanner-sew", OTHERS, '{"id": "kept", "code": "KEPT"}')
    site.pub("scanner-cut", MINE, '{"id": "x", "code": "X"}', client_id=OWN_GATEWAY)
    site.sub("scanner-cut", ack_topic("scanner-cut"), client_id=OWN_GATEWAY)
    site.gateway = RunningGateway(site.gateway_address, site.ledger).start()
    wait_for(lambda: "KEPT" in site.ledger.codes, what="what waited for the gateway")
    if isinstance(site.broker, EmbeddedBroker):
        assert "the client id is not the user's own" in site.logged()
        assert "X" not in site.ledger.codes


@pytest.mark.mosquitto
def test_a_reader_hears_events_and_nothing_else_and_says_nothing(site: Secured) -> None:
    assert site.subscribe("office", "interlock/hz1/event/#").returncode == 0
    site.pub("office", MINE, '{"id": "x", "code": "FORGED"}')
    login = site.gateway_address
    site.gateway.stop()
    said = site.pub(OWN_GATEWAY, "interlock/hz1/event/received", '{"seq": 1}', password=login.password)
    assert said.returncode == 0
    assert 'interlock/hz1/event/received {"seq": 1}' in site.sub_first("office", "interlock/hz1/event/#")
    assert site.ledger.codes == []


@pytest.mark.mosquitto
def test_a_session_outlives_a_restart_of_the_broker(site: Secured) -> None:
    answered_while_away(site)
    site.gateway.stop()
    site.pub("scanner-sew", OTHERS, '{"id": "b", "code": "B"}')
    site.broker.stop()
    site.broker.start()
    assert '"id":"first","result":"recorded"' in site.sub_first("scanner-cut", ack_topic("scanner-cut"))
    site.gateway = RunningGateway(site.gateway_address, site.ledger).start()
    wait_for(lambda: site.ledger.codes == ["FIRST", "B"], what="what waited for the gateway")


def by_mosquitto(site: Secured, *, topic: str = "", payload: str = "", listen: str = "", **login: Any) -> str:
    """What `mosquitto_pub` and `mosquitto_sub` tell."""
    if listen:
        done = site.sub("scanner-cut", listen, "-c", **login)
    else:
        done = site.pub("scanner-cut", topic, payload, **login)
    return f"{done.returncode} {done.stdout} {done.stderr}"


def by_mqttjs(site: Secured, *, topic: str = "", payload: str = "", listen: str = "", **login: Any) -> str:
    """What mqtt.js tells."""
    what: dict[str, Any] = (
        {"subscribe": [listen], "waitMs": 500, "connect": {"clean": False}}
        if listen
        else {"publish": [[topic, payload]]}
    )
    return json.dumps(site.js("scanner-cut", **what, **login))


def wrong_password(site: Secured, client: Client) -> None:
    with capture_logs() as said:
        told = client(site, topic=MINE, payload="FORGED", password="guess")
    assert "not authorised" in told.lower() or "not authorized" in told.lower()
    if isinstance(site.broker, EmbeddedBroker):
        assert [one["why"] for one in said if one.get("user") == "scanner-cut"] == ["wrong password"]
    else:
        wait_for(lambda: NOT_AUTHORISED in site.logged(), what="Mosquitto's word")


def anothers_topic(site: Secured, client: Client) -> None:
    violations = ViolationLog(site.broker.log)
    client(site, topic=OTHERS, payload='{"id": "x", "code": "FORGED"}')
    if isinstance(site.broker, EmbeddedBroker):
        assert list(violations.new()) == [Violation("scanner-cut", "publish", OTHERS)]
    else:
        wait_for(lambda: "Denied PUBLISH from scanner-cut" in site.logged(), what="Mosquitto's word")


def everything(site: Secured, client: Client) -> None:
    """Mosquitto grants it, notes who asked, and delivers nothing of it."""
    violations = ViolationLog(site.broker.log)
    client(site, listen="#")
    site.pub("scanner-sew", OTHERS, '{"id": "b", "code": "SECRET"}')
    wait_for(lambda: "SECRET" in site.ledger.codes, what="the other device's scan")
    told = client(site, listen="#")
    assert "SECRET" not in told
    assert "online" not in told  # retained, for whoever may hear it
    if isinstance(site.broker, EmbeddedBroker):
        assert "128" in told or "Subscribe error" in told
        assert list(violations.new()) == [Violation("scanner-cut", "subscribe", "#")]
    else:
        assert "scanner-cut 1 #" in site.logged()


@pytest.mark.mosquitto
@pytest.mark.mqttjs
@pytest.mark.parametrize("client", [by_mosquitto, by_mqttjs])
@pytest.mark.parametrize("wrong", [wrong_password, anothers_topic, everything])
def test_a_foreign_client_that_does_wrong_is_refused_and_logged_and_then_let_in_like_any_other(
    site: Secured, wrong: Callable[[Secured, Client], None], client: Client
) -> None:
    wrong(site, client)
    client(site, topic=MINE, payload='{"id": "last", "code": "LAST"}')
    wait_for(lambda: "LAST" in site.ledger.codes, what="the right device's scan")
    assert "FORGED" not in site.ledger.codes
