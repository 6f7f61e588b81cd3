"""What a tablet cannot do over plain HTTP: its menu says so, and only there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser_profile import browser_of
from tests.factory import Plant
from tests.web.live_client import LiveServer

NAME = "plant.example"
"""To the browser no machine that it knows, so plain HTTP to it can be read on the way."""
HELD = """
const request = WakeLock.prototype.request;
WakeLock.prototype.request = async function (...what) {
  const lock = await request.apply(this, what);
  (window.locks ??= []).push(lock);
  return lock;
};
"""


def test_over_plain_http_the_menu_says_what_is_off(
    floor: Plant, serve: Callable[..., LiveServer], browser: Browser, tmp_path: Path
) -> None:
    (floor.folder / "now").write_text(str(floor.now))
    address = f"http://{NAME}:{serve().port}/kiosk/sew-1"
    with browser_of(browser, tmp_path / "profile", f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as context:
        page = context.pages[0]
        page.goto(address)
        expect(page.locator("body[data-fresh=live]")).to_be_attached()
        assert not page.evaluate("isSecureContext")
        page.locator(".kiosk-menu summary").click()
        expect(page.locator("#plain-http li")).to_have_count(3)
        expect(page.locator("#plain-http")).to_be_visible()
        expect(page.locator("[data-open-camera]")).to_be_hidden()


def test_where_nobody_can_listen_nothing_is_off_and_the_screen_stays_on(
    floor: Plant, serve: Callable[..., LiveServer], browser: Browser, tmp_path: Path
) -> None:
    (floor.folder / "now").write_text(str(floor.now))
    address = f"http://127.0.0.1:{serve().port}/kiosk/sew-1"
    with browser_of(browser, tmp_path / "profile") as context:
        page = context.pages[0]
        page.add_init_script(HELD)
        page.goto(address)
        expect(page.locator("body[data-fresh=live]")).to_be_attached()
        page.locator(".kiosk-menu summary").click()
        expect(page.locator("[data-open-camera]")).to_be_visible()
        expect(page.locator("#plain-http")).to_be_hidden()
        page.wait_for_function("window.locks?.some((lock) => !lock.released)")
