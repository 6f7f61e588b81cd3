"""Who may say and hear what at the broker: Mosquitto and the embedded one, tried by clients of other makers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from interlock.broker import EmbeddedBroker
from interlock.violations import ViolationLog
from tests.broker_fixtures import Mosquitto
from tests.gateway.rig import MemoryLedger, RunningGateway
from tests.secured_site import OWN_GATEWAY, SecuredSite, ack_topic, scan_topic
from tests.waiting import wait_for

FORBIDDEN = ("#", "interlock/#", "interlock/hz1/#", "interlock/hz1/+/ack", ack_topic("scanner-sew"))
MINE, OTHERS = scan_topic("scanner-cut"), scan_topic("scanner-sew")


class Secured(SecuredSite):
    """With its gateway, and a way to read what its broker has logged."""

    broker: EmbeddedBroker | Mosquitto
    ledger: MemoryLedger
    gateway: RunningGateway

    def logged(self) -> str:
        return self.broker.log.read_text(errors="replace")


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
    site.sub("scanner-cut", ack_topic("scanner-cut"), "-c")
    site.gateway.stop()
    assert site.pub("scanner-cut", MINE, '{"id": "first", "code": "FIRST"}').returncode == 0
    site.gateway = RunningGateway(site.gateway_address, site.ledger).start()
    wait_for(lambda: site.ledger.codes == ["FIRST"], what="the scan")
    site.gateway.stop()  # which sees its answers off
    site.gateway = RunningGateway(site.gateway_address, site.ledger).start()


@pytest.mark.mosquitto
def test_the_right_device_is_recorded_and_hears_its_answer(site: Secured) -> None:
    answered_while_away(site)
    heard = site.sub("scanner-cut", ack_topic("scanner-cut"), "-c", "-C", "1")
    assert '"id":"first","result":"recorded"' in heard.stdout


@pytest.mark.mosquitto
def test_a_wrong_password_and_no_password_are_refused_and_logged(site: Secured) -> None:
    with capture_logs() as said:
        assert site.pub("scanner-cut", MINE, "X", password="guess").returncode == 5
        assert site.pub("nobody", MINE, "X", password="guess").returncode == 5
    assert "scanner-cut" in site.logged() or "not authorised" in site.logged()
    if isinstance(site.broker, EmbeddedBroker):
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
    site.sub("scanner-cut", topic, "-c")
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
    site.sub("office", "interlock/hz1/event/#", "-c")
    site.pub("office", MINE, '{"id": "x", "code": "FORGED"}')
    login = site.gateway_address
    site.gateway.stop()
    said = site.pub(OWN_GATEWAY, "interlock/hz1/event/received", '{"seq": 1}', password=login.password)
    assert said.returncode == 0
    heard = site.sub("office", "interlock/hz1/event/#", "-c", "-C", "1")
    assert 'interlock/hz1/event/received {"seq": 1}' in heard.stdout
    assert site.ledger.codes == []


@pytest.mark.mosquitto
def test_a_session_outlives_a_restart_of_the_broker(site: Secured) -> None:
    answered_while_away(site)
    site.gateway.stop()
    site.pub("scanner-sew", OTHERS, '{"id": "b", "code": "B"}')
    site.broker.stop()
    site.broker.start()
    heard = site.sub("scanner-cut", ack_topic("scanner-cut"), "-c", "-C", "1")
    assert '"id":"first","result":"recorded"' in heard.stdout
    site.gateway = RunningGateway(site.gateway_address, site.ledger).start()
    wait_for(lambda: site.ledger.codes == ["FIRST", "B"], what="what waited for the gateway")


@pytest.mark.mqttjs
def test_mqttjs_is_refused_and_let_in_like_any_other(site: Secured, wrong: Callable[[Secured], None]) -> None:
    wrong(site)
    told = site.js("scanner-cut", publish=[[MINE, json.dumps({"id": "last", "code": "LAST"})]])
    assert {"published": MINE} in told
    wait_for(lambda: "LAST" in site.ledger.codes, what="the right device's scan")
    assert site.ledger.codes == ["LAST"]


def with_a_wrong_password(site: Secured) -> None:
    told = site.js("scanner-cut", password="guess", publish=[[MINE, "FORGED"]])
    assert any("Not authorized" in one.get("error", "") for one in told), told
    assert {"connected": True, "session": False} not in told


def with_anothers_topic(site: Secured) -> None:
    site.js("scanner-cut", publish=[[OTHERS, '{"id": "x", "code": "FORGED"}']])
    assert "scanner-cut" in site.logged()


def with_a_subscription_to_everything(site: Secured) -> None:
    told = site.js("scanner-cut", subscribe=list(FORBIDDEN), waitMs=300)
    assert not any("topic" in one and "payload" in one for one in told), told
    if isinstance(site.broker, EmbeddedBroker):
        granted = [one.get("granted", [128]) for one in told if "filter" in one]
        assert granted == [[128]] * len(FORBIDDEN)


@pytest.fixture(params=[with_a_wrong_password, with_anothers_topic, with_a_subscription_to_everything])
def wrong(request: pytest.FixtureRequest) -> Callable[[Secured], None]:
    way: Callable[[Secured], None] = request.param
    return way
