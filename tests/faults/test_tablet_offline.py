"""A tablet behind a network that is cut or slow, and one whose browser is killed: nothing that it confirmed is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Request, expect

from ledger.seq_gaps import open_gaps
from tests.broker_fixtures import Embedded
from tests.browser_profile import browser_of, kill
from tests.faults.network import Network
from tests.faults.oracle import broken_promises
from tests.live_site import Site
from tests.waiting import wait_for
from tests.web.kiosk_visit import Kiosk

FORGIVEN = "ERR_|aborted|timeout|Timeout|network error|Failed to fetch"
TABLET = "station:sew-1/1"


@pytest.fixture
def site(make_site: Callable[..., Site], embedded_broker: Embedded) -> Site:
    return make_site(embedded_broker)


@pytest.fixture
def sewing(network: Network, new_page: Callable[..., Page]) -> Kiosk:
    return Kiosk(new_page(forgive=FORGIVEN), f"{network.base}/kiosk/sew-1")


def kept(page: Page) -> list[str]:
    """The ids that the tablet has told to be saved."""
    ids: list[str] = page.evaluate("outbox.waiting().map((entry) => entry.id)")
    return ids


def scan_each(kiosk: Kiosk, codes: list[str]) -> list[str]:
    """Scan, each time until the tablet confirms it; all ids that it keeps then."""
    for number, code in enumerate(codes, 1):
        kiosk.wedge(code, "Enter")
        expect(kiosk.message).to_contain_text(code)
        wait_for(lambda count=number: len(kept(kiosk.page)) == count, what=f"{code} on the tablet")
        expect(kiosk.message).to_have_attribute("data-result", "saved")
    return kept(kiosk.page)


def is_empty(page: Page) -> bool:
    with suppress(Error):
        return kept(page) == []
    return False


def drained(kiosk: Kiosk, *, within_s: float) -> None:
    # A page that was long without a server loads itself again once it is there, also while it is asked.
    wait_for(lambda: is_empty(kiosk.page), seconds=within_s, what="an empty outbox")


def holds(site: Site, confirmed: list[str], last: int) -> None:
    """The oracle; and the tablet's order is the record's."""
    assert broken_promises(site.ledger, confirmed=confirmed, sequences={TABLET: last}) == []
    numbers = [
        json.loads(row["detail"])["scan"]["seq"]
        for row in site.ledger.rows(
            "SELECT detail FROM events WHERE source = ? AND kind = 'received' ORDER BY sequence", (TABLET,)
        )
    ]
    assert numbers == sorted(numbers)
    assert open_gaps(site.ledger) == []


def test_a_tablet_that_is_cut_off_confirms_by_itself_and_drains_afterwards(
    site: Site, network: Network, sewing: Kiosk
) -> None:
    network.cut()
    expect(sewing.page.locator("body[data-fresh=stale]")).to_be_attached(timeout=10_000)
    confirmed = scan_each(sewing, site.codes)
    assert len(confirmed) == len(site.codes)
    assert site.recorded("") == site.recorded("order/")
    expect(sewing.page.locator("#outbox")).to_contain_text("10 saved since")
    network.heal()
    drained(sewing, within_s=30)
    expect(sewing.page.locator("body[data-fresh=live]")).to_be_attached(timeout=10_000)
    expect(sewing.page.locator("#outbox")).to_be_hidden()
    holds(site, confirmed, last=10)


@pytest.mark.faults_long
@pytest.mark.timeout(900)
def test_ten_minutes_without_a_network_are_told_on_the_board_and_on_the_tablet(
    site: Site, network: Network, sewing: Kiosk, new_page: Callable[..., Page]
) -> None:
    board = new_page()
    board.goto(f"{site.base}/board/parts")
    sewing.wedge(site.codes[0], "Enter")
    expect(sewing.message).to_have_attribute("data-result", "recorded")
    network.cut()
    expect(sewing.page.locator("body[data-fresh=stale]")).to_be_attached(timeout=10_000)
    confirmed = scan_each(sewing, site.codes[1:6])
    expect(board.locator("#board-tablets")).to_contain_text("not heard for 1 min", timeout=100_000)
    expect(sewing.page.locator("body[data-outbox=old]")).to_be_attached(timeout=130_000)
    expect(sewing.page.locator("#fresh")).to_contain_text("NO FRESH DATA for 10 min", timeout=660_000)
    confirmed = [*confirmed, *scan_each_more(sewing, site.codes[6:], len(confirmed))]
    network.heal()
    drained(sewing, within_s=30)
    expect(board.locator("#board-tablets")).to_be_hidden(timeout=10_000)
    holds(site, confirmed, last=10)
    late = site.ledger.rows("SELECT detail ->> 'text' AS text FROM events WHERE source = ?", (TABLET,))
    assert sum(", recorded " in (row["text"] or "") for row in late) >= 5


def scan_each_more(kiosk: Kiosk, codes: list[str], before: int) -> list[str]:
    for number, code in enumerate(codes, before + 1):
        kiosk.wedge(code, "Enter")
        wait_for(lambda count=number: len(kept(kiosk.page)) == count, what=f"{code} on the tablet")
    return kept(kiosk.page)[before:]


def test_what_is_scanned_while_the_server_hangs_is_saved_and_recorded_once_after(
    site: Site, sewing: Kiosk
) -> None:
    server = site.part("kiosk").pid
    assert server is not None
    os.kill(server, signal.SIGSTOP)
    try:
        confirmed = scan_each(sewing, site.codes[:3])
        wait_for(lambda: not sewing.page.evaluate("outbox.reached"), what="a try that got no answer")
    finally:
        os.kill(server, signal.SIGCONT)
    drained(sewing, within_s=15)
    holds(site, confirmed, last=3)


@pytest.mark.faults_long
@pytest.mark.timeout(300)
def test_a_slow_link_gets_one_request_at_a_time(site: Site, network: Network, sewing: Kiosk) -> None:
    open_now: set[Request] = set()
    most = [0]

    def began(request: Request) -> None:
        if request.url.endswith("/outbox"):
            open_now.add(request)
            most[0] = max(most[0], len(open_now))

    sewing.page.on("request", began)

    def ended(request: Request) -> None:
        open_now.discard(request)

    sewing.page.on("requestfinished", ended)
    sewing.page.on("requestfailed", ended)
    network.slow(2_000, 2.0)
    for code in site.codes:
        sewing.wedge(code, "Enter")
    wait_for(lambda: site.recorded_by(TABLET) == len(site.codes), seconds=240, what="all ten in the record")
    drained(sewing, within_s=60)
    assert most == [1]
    holds(site, [], last=10)


# ---- the browser dies


def scanned_offline(browser: Browser, profile: Path, network: Network, codes: list[str]) -> list[str]:
    """Scan one code with a network and the others without one, then kill the browser."""
    with browser_of(browser, profile) as context:
        kiosk = Kiosk(context.pages[0], f"{network.base}/kiosk/sew-1")
        kiosk.wedge(codes[0], "Enter")
        expect(kiosk.message).to_have_attribute("data-result", "recorded")
        network.cut()
        confirmed = scan_each(kiosk, codes[1:])
        kill(profile)
    return confirmed


def test_a_killed_browser_has_its_outbox_and_sends_it_at_the_next_start(
    site: Site, network: Network, browser: Browser, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    confirmed = scanned_offline(browser, profile, network, site.codes[:6])
    assert len(confirmed) == 5
    network.heal()
    with browser_of(browser, profile) as context:
        kiosk = Kiosk(context.pages[0], f"{network.base}/kiosk/sew-1")
        drained(kiosk, within_s=30)
    holds(site, confirmed, last=6)


def test_a_wiped_database_is_told_with_how_much_it_held(
    site: Site, network: Network, sewing: Kiosk, new_page: Callable[..., Page]
) -> None:
    page = sewing.page
    sewing.wedge(site.codes[0], "Enter")
    expect(sewing.message).to_have_attribute("data-result", "recorded")
    network.cut()
    scan_each(sewing, site.codes[1:6])
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/elsewhere", lambda route: route.fulfill(body="<p>another page</p>"))
    page.goto(f"{network.base}/elsewhere")
    page.evaluate(
        "new Promise((done) => { indexedDB.deleteDatabase('interlock-outbox').onsuccess = () => done(true); })"
    )
    network.heal()
    page.goto(f"{network.base}/kiosk/sew-1")
    board = new_page()
    board.goto(f"{site.base}/board/parts")
    told: Any = board.locator("#board-tablets")
    expect(told).to_contain_text("tablet 2 began in its place")

    def is_told() -> bool:
        """A request that was on its way when the network failed may have come through after all."""
        lost = len(site.codes[:6]) - site.recorded_by(TABLET)
        return lost > 0 and f"tablet 1 (Sewing 1) lost {lost} scan" in told.inner_text()

    wait_for(is_told, what="how many scans were lost")
    board.goto(f"{site.base}/devices")
    expect(board.locator("#tablets")).to_contain_text("what was kept here since may be lost")


@pytest.mark.faults_long
def test_a_wiped_profile_is_another_tablet_and_the_lost_one_is_told(
    site: Site, network: Network, browser: Browser, tmp_path: Path, new_page: Callable[..., Page]
) -> None:
    profile = tmp_path / "profile"
    scanned_offline(browser, profile, network, site.codes[:6])
    shutil.rmtree(profile)
    network.heal()
    with browser_of(browser, profile) as context:
        Kiosk(context.pages[0], f"{network.base}/kiosk/sew-1")
        board = new_page()
        board.goto(f"{site.base}/board/parts")
        told: Any = board.locator("#board-tablets")
        expect(told).to_contain_text("tablet 1 (Sewing 1) not heard", timeout=60_000)
        expect(told).to_contain_text("tablet 2 began in its place")
        board.goto(f"{site.base}/devices")
        expect(board.locator("#tablets")).to_contain_text("what was kept here since may be lost")
