"""A kiosk that is loaded again, or whose browser is started again, while the server is away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.broker_fixtures import Embedded
from tests.browser_profile import browser_of, kill
from tests.faults.network import Network
from tests.faults.test_tablet_offline import FORGIVEN, holds, kept, scan_each
from tests.live_site import Site
from tests.waiting import wait_for
from tests.web.kiosk_visit import Keys, Kiosk


@pytest.fixture
def site(make_site: Callable[..., Site], embedded_broker: Embedded) -> Site:
    return make_site(embedded_broker)


class Kept(Keys):
    """A kiosk's page that came out of the tablet itself."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.message = page.locator("#message")
        expect(page.locator("body[data-kept][data-fresh=stale]")).to_be_attached(timeout=10_000)
        expect(page.locator("#fresh")).to_be_visible()


def is_kept(page: Page) -> None:
    """The tablet has all that it needs to start without the server, and the state that it shows now."""
    expect(page.locator("html[data-kept-page=yes]")).to_be_attached()


def state_kept(page: Page, text: str) -> None:
    """The last state on the tablet's disk says so."""
    said = """(text) => new Promise((done) => {
      const request = indexedDB.open("interlock-last-state", 1);
      request.onsuccess = () => {
        const asked = request.result.transaction("states").objectStore("states").get("sew-1/state");
        asked.onsuccess = () => done(JSON.stringify(asked.result ?? {}).includes(text));
      };
    })"""
    wait_for(lambda: page.evaluate(said, text), what=f"{text} in the state on the tablet")


def test_a_page_loaded_again_without_the_server_shows_its_last_state_and_takes_scans(
    site: Site, network: Network, new_page: Callable[..., Page]
) -> None:
    kiosk = Kiosk(new_page(service_workers="allow", forgive=FORGIVEN), f"{network.base}/kiosk/sew-1")
    page = kiosk.page
    is_kept(page)
    kiosk.wedge(site.codes[0], "Enter")
    expect(page.locator("#kiosk-last")).to_contain_text(site.codes[0])
    state_kept(page, site.codes[0])
    network.cut()
    expect(page.locator("body[data-fresh=stale]")).to_be_attached(timeout=10_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload(wait_until="domcontentloaded")
    again = Kept(page)
    expect(page.locator("#kiosk-last")).to_contain_text(site.codes[0])
    expect(page.locator("#fresh")).to_contain_text("NO FRESH DATA for")
    has_font = "document.fonts.check('700 20px \"Barlow Semi Condensed\"', 'A')"
    wait_for(lambda: page.evaluate(has_font), what="the typeface out of what was kept")
    # Received and given by tap, scanned, and not received: each is saved here.
    page.locator("[data-open-batches]").click()
    page.locator(f".card[data-batch='{site.codes[0]}'] [data-choose]").click()
    page.locator("[data-act$=given]").click()
    expect(again.message).to_contain_text(f"GIVEN {site.codes[0]}")
    page.locator("[data-close-batches]").click()
    again.wedge(site.codes[1], "Enter")
    expect(again.message).to_contain_text(site.codes[1])
    page.locator("[data-first-tap=flag]:visible").first.click()
    page.locator(".confirm-yes").click()
    expect(again.message).to_contain_text("NOT RECEIVED")
    confirmed = kept(page)
    assert len(confirmed) == 3
    network.heal()
    wait_for(lambda: kept(page) == [], seconds=30, what="an empty outbox")
    expect(page.locator("body[data-fresh=live]")).to_be_attached(timeout=10_000)
    kinds = [
        (row["kind"], row["batch"])
        for row in site.ledger.rows(
            "SELECT kind, batch FROM events WHERE source = 'station:sew-1/1'"
            " AND (link = 'parts/sew' OR kind = 'flag_raised') ORDER BY sequence"
        )
    ]
    assert kinds == [
        ("received", site.codes[0]),
        ("given", site.codes[0]),
        ("received", site.codes[1]),
        ("flag_raised", None),
    ]


def test_a_browser_started_again_without_the_server_takes_scans_and_sends_them_later(
    site: Site, network: Network, browser: Browser, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with browser_of(browser, profile) as context:
        kiosk = Kiosk(context.pages[0], f"{network.base}/kiosk/sew-1")
        is_kept(kiosk.page)
        kiosk.wedge(site.codes[0], "Enter")
        state_kept(kiosk.page, site.codes[0])
        network.cut()
        confirmed = scan_each(kiosk, site.codes[1:3])
        kill(profile)
    with browser_of(browser, profile) as context:
        page = context.pages[0]
        page.goto(f"{network.base}/kiosk/sew-1", wait_until="domcontentloaded")
        again = Kept(page)
        expect(page.locator("#kiosk-last")).to_contain_text(site.codes[0])
        expect(page.locator("#outbox")).to_contain_text("2 saved since")
        again.wedge(site.codes[3], "Enter")
        expect(again.message).to_contain_text(site.codes[3])
        wait_for(lambda: len(kept(page)) == 3, what="three scans on the tablet")
        confirmed = [*confirmed, kept(page)[-1]]
        network.heal()
        wait_for(lambda: kept(page) == [], seconds=30, what="an empty outbox")
    holds(site, confirmed, last=4)


def test_another_program_replaces_the_page_and_what_was_kept_of_the_old_one(
    network: Network, new_page: Callable[..., Page]
) -> None:
    kiosk = Kiosk(new_page(service_workers="allow", forgive=FORGIVEN), f"{network.base}/kiosk/sew-1")
    page = kiosk.page
    is_kept(page)
    # The page of a program that ran before: its name is another one, and so is its page.
    page.evaluate(
        """async () => {
          const [name] = await caches.keys();
          const old = await caches.open("interlock-kiosk-0000000000000000");
          await old.put("/kiosk/sew-1", new Response("<html><body>an old page</body></html>"));
          await caches.delete(name);
          document.documentElement.dataset.program = "0000000000000000";
        }"""
    )
    expect(page.locator("html[data-program='0000000000000000']")).to_have_count(0)
    is_kept(page)
    assert page.evaluate("caches.keys().then((names) => names.length)") == 1
    network.cut()
    expect(page.locator("body[data-fresh=stale]")).to_be_attached(timeout=10_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload(wait_until="domcontentloaded")
    Kept(page)
