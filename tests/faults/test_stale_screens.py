"""A screen without fresh data says so as loudly as lateness, and mends itself."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from interlock.plant import Plant
from tests.broker_fixtures import Embedded
from tests.browsers import CHROMIUM_FLAGS
from tests.faults.network import Network
from tests.live_site import Site
from tests.provision import NEEDS, find_program
from tests.waiting import wait_for

LIVE, STALE = "body[data-fresh=live]", "body[data-fresh=stale]"


@pytest.fixture
def site(make_site: Callable[..., Site], embedded_broker: Embedded) -> Site:
    return make_site(embedded_broker)


def pid(site: Site, part: str) -> int:
    found = site.part(part).pid
    assert found is not None
    return found


@pytest.mark.parametrize("path", ["/board/parts", "/kiosk/sew-1"])
def test_a_server_that_hangs_is_stale_within_ten_seconds_and_live_within_five_after(
    site: Site, new_page: Callable[..., Page], path: str
) -> None:
    page = new_page(forgive="ERR_|aborted|timeout")
    page.goto(site.base + path)
    expect(page.locator(LIVE)).to_be_attached()
    os.kill(pid(site, "kiosk"), signal.SIGSTOP)
    try:
        expect(page.locator(STALE)).to_be_attached(timeout=10_000)
        expect(page.locator("#fresh")).to_contain_text("NO FRESH DATA")
    finally:
        os.kill(pid(site, "kiosk"), signal.SIGCONT)
    expect(page.locator(LIVE)).to_be_attached(timeout=5_000)
    expect(page.locator("#fresh")).to_be_hidden()


def test_a_connection_that_is_forgotten_on_the_way_is_given_up_for_a_new_one(
    network: Network, new_page: Callable[..., Page]
) -> None:
    """Half-open: no word comes and no end. The page's own program must notice, and ask anew."""
    page = new_page(forgive="ERR_|aborted|timeout")
    page.goto(f"{network.base}/board/parts")
    expect(page.locator(LIVE)).to_be_attached()
    network.forget(b"/board/parts/stream")
    expect(page.locator(STALE)).to_be_attached(timeout=10_000)
    expect(page.locator(LIVE)).to_be_attached(timeout=10_000)


def test_a_gateway_that_hangs_is_told_on_the_board_while_the_server_lives(
    site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(f"{site.base}/board/parts")
    expect(page.locator(LIVE)).to_be_attached()
    os.kill(pid(site, "gateway"), signal.SIGSTOP)
    try:
        expect(page.locator("#fresh")).to_contain_text("SCANNERS NOT CONNECTED", timeout=20_000)
    finally:
        os.kill(pid(site, "gateway"), signal.SIGCONT)
    expect(page.locator("#fresh")).to_be_hidden(timeout=10_000)


def test_a_first_connection_that_fails_is_tried_again(site: Site, new_page: Callable[..., Page]) -> None:
    page = new_page(forgive="ERR_|Failed to fetch|aborted")
    page.route(re.compile(r"/stream(\?|$)"), lambda route: route.abort())
    page.goto(f"{site.base}/board/parts")
    expect(page.locator(STALE)).to_be_attached(timeout=10_000)
    page.unroute_all()
    expect(page.locator(LIVE)).to_be_attached(timeout=12_000)


def test_a_change_during_the_cut_is_there_after_it(site: Site, new_page: Callable[..., Page]) -> None:
    page = new_page(forgive="ERR_|aborted|timeout|network error|Failed to fetch")
    page.goto(f"{site.base}/board/parts")
    expect(page.locator(LIVE)).to_be_attached()
    killed = pid(site, "kiosk")
    os.kill(killed, signal.SIGKILL)
    site.publish("scanner-sew", site.codes[0])

    def is_back() -> bool:
        site.plant.check()
        return site.part("kiosk").alive and pid(site, "kiosk") != killed  # it takes a moment to die

    wait_for(is_back, what="the web server's restart")
    expect(page.locator("#row-cut .c-now b")).to_have_text("20", timeout=20_000)
    expect(page.locator(LIVE)).to_be_attached(timeout=10_000)


@pytest.mark.parametrize("path", ["/board/parts", "/kiosk/sew-1"])
def test_a_screen_that_is_switched_on_before_the_server_comes_by_itself(
    site: Site, browser: Browser, tmp_path: Path, path: str
) -> None:
    site.plant.stop()
    context = browser.browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=find_program(*NEEDS["chromium"][0][0]),
        args=[*CHROMIUM_FLAGS, "--enable-auto-reload"],  # as a browser with a window does by itself
    )
    try:
        page = context.pages[0]
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            page.goto(site.base + path)
        site.plant = Plant(site.folder, log_folder=site.folder / "logs")
        site.plant.start()
        expect(page.locator(LIVE)).to_be_attached(timeout=60_000)
    finally:
        context.close()
