"""What the embedded broker refuses is seen on the page of devices and in the numbers, and fills nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from interlock import clock
from interlock.broker import EmbeddedBroker
from interlock.broker_probe import answers
from interlock.opening import open_config, open_ledger
from interlock.refusal_file import NAME, RefusalFile, read_refusals
from kiosk.app import create_app
from kiosk.services import Pulse, Services
from ledger.recorder import Recorder
from ledger.store import Ledger
from shopfloor.calendar_book import CalendarBook
from tests.broker_fixtures import HOST
from tests.secured_site import SecuredSite, run, scan_topic
from tests.waiting import wait_for
from tests.web.planner_visit import said


@pytest.fixture
def site(tmp_path: Path) -> SecuredSite:
    return SecuredSite(tmp_path / "site")


@pytest.fixture
def broker(site: SecuredSite) -> Iterator[EmbeddedBroker]:
    with site.embedded() as broker:
        yield broker


@pytest.fixture
def ledger(site: SecuredSite) -> Iterator[Ledger]:
    ledger = open_ledger(site.folder, create=True)
    yield ledger
    ledger.close()


@pytest.fixture
def client(site: SecuredSite, ledger: Ledger) -> FlaskClient:
    config = open_config(site.folder)
    services = Services(
        ledger=ledger,
        config=config,
        recorder=Recorder(ledger, config.site),
        calendars=CalendarBook(config.site),
        clock=clock.now,
        pulse=Pulse(),
        refusals=partial(read_refusals, site.folder),
    )
    return create_app(services).test_client()


def until(broker: EmbeddedBroker, condition: Callable[[], object]) -> None:
    def tended() -> object:
        broker.tend()
        return condition()

    wait_for(tended, 20, "the broker's word")


def kept(site: SecuredSite) -> dict[tuple[str, str], int]:
    return {(one.user, one.tried): one.times for one in read_refusals(site.folder)}


def row(page: str, who: str, tried: str) -> str:
    section = page[page.index('id="kept-out"') :]
    words = [said(each) for each in re.findall(r"<tr>.*?</tr>", section, re.DOTALL)]
    return next(each for each in words if who in each and tried in each)


@pytest.mark.mosquitto
def test_who_was_refused_what_how_often_and_when_stands_on_the_page_and_in_the_numbers(
    site: SecuredSite, broker: EmbeddedBroker, client: FlaskClient
) -> None:
    assert "Refused at the broker" not in client.get("/devices").text
    site.pub("scanner-cut", scan_topic("scanner-sew"), "X")
    site.pub("scanner-cut", scan_topic("scanner-pack"), "X")
    site.sub("scanner-sew", "#")
    site.pub("scanner-cut", scan_topic("scanner-cut"), "X", password="guess")
    site.pub("<b>nobody</b>", "a", "X", password="guess", client_id="x")
    until(broker, lambda: sum(kept(site).values()) == 5)
    page = client.get("/devices").text
    assert "<b>nobody" not in page
    told = row(page, "scanner-cut", "publish")
    assert "2 times" in told
    assert scan_topic("scanner-pack") in told
    assert "1 time #" in row(page, "scanner-sew", "subscribe").replace("just now ", "").replace("now ", "")
    assert "wrong password" in row(page, "scanner-cut", "connect")
    assert "127.0.0.1" in row(page, "scanner-cut", "connect")
    assert "unknown user: &lt;b&gt;nobody" in page
    numbers = client.get("/metrics").text
    assert 'interlock_broker_refused_total{tried="publish",user="scanner-cut"} 2.0' in numbers
    assert 'interlock_broker_refused_total{tried="connect",user=""} 1.0' in numbers


@pytest.mark.mosquitto
def test_a_restart_counts_on_and_who_was_turned_out_is_a_stranger(
    site: SecuredSite, broker: EmbeddedBroker
) -> None:
    site.pub("scanner-cut", scan_topic("scanner-sew"), "X")
    until(broker, lambda: kept(site) == {("scanner-cut", "publish"): 1})
    broker.stop()
    with site.embedded() as again:
        site.pub("scanner-cut", scan_topic("scanner-sew"), "X")
        until(again, lambda: kept(site) == {("scanner-cut", "publish"): 2})
        run("device", "revoke", site.folder, "scanner-cut")
        again.tend()
        site.pub("scanner-cut", scan_topic("scanner-cut"), "X")
        until(again, lambda: kept(site) == {("", "connect"): 1})


def test_a_thousand_made_up_names_fill_neither_the_file_nor_the_record(
    site: SecuredSite, broker: EmbeddedBroker, ledger: Ledger
) -> None:
    before = ledger.rows("SELECT COUNT(*) FROM events")[0][0], ledger.log_bytes
    for number in range(1_000):
        answers(HOST, site.port, username=f"guess-{number}{'x' * 60}", password="guess", tls=False)
    until(broker, lambda: kept(site) == {("", "connect"): 1_000})
    assert (site.folder / "broker" / NAME).stat().st_size < 1_000
    assert (ledger.rows("SELECT COUNT(*) FROM events")[0][0], ledger.log_bytes) == before


def test_a_file_that_cannot_be_read_or_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    (tmp_path / "broker" / NAME).write_text("{")
    assert read_refusals(tmp_path) == []
    refusals = RefusalFile(tmp_path)
    refusals.note("x", "connect", 0, "unknown user")
    (tmp_path / "broker" / NAME).unlink()
    (tmp_path / "broker" / NAME).mkdir()
    refusals.save()
    assert read_refusals(tmp_path) == []
