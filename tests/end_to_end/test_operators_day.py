"""An operator's day at a bench in Chinese: all of it is once in the record, in its order, with its times."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from interlock import clock
from kiosk.identity import KIOSK_COOKIE
from ledger import kiosks
from ledger.people import Person
from shopfloor.instants import HOUR_MS, MINUTE_MS, SECOND_MS, Instant, instant_from_text, utc_text
from shopfloor.orders import Order
from tests.broker_fixtures import Embedded
from tests.browser_profile import browser_of, kill
from tests.faults.network import Network
from tests.faults.oracle import broken_promises
from tests.faults.test_kiosk_restarted import Kept, is_kept, state_kept
from tests.faults.test_tablet_offline import kept
from tests.live_site import Site
from tests.waiting import wait_for
from tests.web.kiosk_visit import Keys, Kiosk
from tests.web.secured import PIN, register

TABLET = "station:sew-1/2"
REASON = '[[reason]]\nid = "machine"\nname = "Machine stopped"\n[[reason]]\nid = "previous"\nname = "Previous link"\n'
REFUSED = r"the server responded with a status of 4\d\d"
SLACK_MS = 2 * SECOND_MS


@dataclass
class Floor:
    """What helpers for people need of a plant."""

    ledger: Any
    now: Instant


@pytest.fixture
def site(make_site: Callable[..., Site], embedded_broker: Embedded) -> Site:
    return make_site(embedded_broker, REASON)


def person(site: Site, name: str, link: str) -> Person:
    links = (f"parts/{link}",)
    floor: Any = Floor(site.ledger, clock.now())  # all that registering asks of a plant
    return register(floor, "lead", name, links=links, language="zh")


def enrol(context: BrowserContext, site: Site, station: str, base: str) -> None:
    with site.ledger.write(clock.now()) as tx:
        token = kiosks.enrol_here(tx, station, by="test", address="a", agent="b")
    # With an end, as the server sends it: a cookie of the session would not outlive the browser.
    ends_s = clock.now() / 1000 + 86_400
    context.add_cookies([{"name": KIOSK_COOKIE, "value": token, "url": base, "expires": ends_s}])


def badge_in(kiosk: Keys, who: Person) -> None:
    kiosk.wedge(who.badge, "Enter")
    expect(kiosk.page.locator(".kiosk-person b")).to_have_text(who.name)
    expect(kiosk.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(kiosk.page.locator("body[data-fresh=live]")).to_be_attached(timeout=20_000)


def type_pin(page: Page) -> None:
    expect(page.locator("#pin-pad")).to_be_visible()
    for digit in PIN:
        page.locator(f"#pin-pad [data-digit='{digit}']").click()
    expect(page.locator("#pin-pad")).to_be_hidden()


def not_received(kiosk: Kiosk) -> None:
    kiosk.page.locator("[data-first-tap=flag]:visible").first.click()
    kiosk.page.locator(".confirm-yes").click()


class Record:
    """The events of one device, and when each was done, as the test saw it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.done: list[tuple[str, str, Instant]] = []

    def did(self, kind: str, batch: str) -> None:
        self.done.append((kind, batch, clock.now()))

    def rows(self, kinds: tuple[str, ...]) -> list[Any]:
        marks = ", ".join("?" * len(kinds))
        return self.site.ledger.rows(
            f"SELECT * FROM events WHERE kind IN ({marks}) AND link = 'parts/sew' ORDER BY sequence",  # noqa: S608  # marks
            kinds,
        )


def give_by_scanner(site: Site, codes: list[str]) -> None:
    """Cutting's own scanner, over the broker: each batch begun a minute ago, and given now."""
    now = clock.now()
    for seq, (code, at) in enumerate([(code, at) for code in codes for at in (now - MINUTE_MS, now)], 1):
        scan = {"id": f"cut-{seq}", "seq": seq, "at": utc_text(at), "code": code}
        site.publish("scanner-cut", json.dumps(scan))
    wait_for(lambda: len(site.recorded("cut-")) == 2 * len(codes), what="Cutting's scans")


def open_sheet(kiosk: Kiosk, lot: str, code: str) -> None:
    kiosk.page.locator("[data-open-batches]").click()
    kiosk.page.locator(f"[data-lot={lot}] [data-batch='{code}'] .card-open").click()
    expect(kiosk.page.locator("#sheet")).to_be_visible()


def close_batches(page: Page) -> None:
    page.locator("[data-close-batches]").click()
    expect(page.locator("#batches")).to_be_hidden()


def receive_give_and_come_short(kiosk: Kiosk, site: Site, record: Record) -> None:
    """Received by the tablet and by the bench's scanner, given by tap, received short by 3 and taken back."""
    page = kiosk.page
    first, second, third = site.codes[:3]
    kiosk.wedge(first, "Enter")
    record.did("received", first)
    expect(kiosk.message).to_contain_text("已记录")
    site.publish("scanner-sew", json.dumps({"id": "sew-1st", "code": second}))
    record.did("received", second)
    expect(page.locator("#kiosk-last")).to_contain_text(second)
    page.locator("[data-open-batches]").click()
    page.locator(f"[data-lot=given] [data-batch='{first}'] [data-choose]").click()
    page.locator("[data-act$=given]").click()
    record.did("given", first)
    expect(page.locator(f"[data-lot=given] [data-batch='{first}']")).to_have_count(0)
    close_batches(page)
    open_sheet(kiosk, "received", third)
    for key in "17":
        page.locator(f"[data-key='{key}']").click()
    page.locator(".sheet-do").click()
    expect(page.locator(".confirm-yes")).to_contain_text("17")
    page.locator(".confirm-yes").click()
    record.did("received", third)
    expect(page.locator("#sheet")).to_have_count(0)
    wait_for(lambda: site.ledger.row("SELECT 1 FROM events WHERE quantity = 17"), what="17 received")
    if page.locator("#batches").is_visible():
        close_batches(page)
    page.locator("#kiosk-last button").click()
    wait_for(lambda: site.ledger.row("SELECT 1 FROM events WHERE kind = 'voided'"), what="the undo")
    expect(kiosk.message).to_have_attribute("data-result", "recorded")


def scan_offline(kiosk: Kiosk, network: Network, codes: list[str], record: Record) -> list[str]:
    """Each is saved on the tablet before the next one is scanned; their ids."""
    page = kiosk.page
    network.cut()
    expect(page.locator("body[data-fresh=stale]")).to_be_attached(timeout=15_000)
    for number, code in enumerate(codes, 1):
        kiosk.wedge(code, "Enter")
        record.did("received", code)
        wait_for(lambda count=number: len(kept(page)) == count, what=f"{code} on the tablet")
    expect(page.locator("#outbox")).to_contain_text("存了 20 条", timeout=10_000)
    return kept(page)


def is_once_in_the_record(site: Site, record: Record, li: Person, confirmed: list[str]) -> None:
    assert broken_promises(site.ledger, confirmed=confirmed) == []
    rows = record.rows(("received", "given"))
    assert [(row["kind"], row["batch"]) for row in rows] == [(kind, batch) for kind, batch, _ in record.done]
    for row, (_, batch, at) in zip(rows, record.done, strict=True):
        assert abs(instant_from_text(row["occurred_at"]) - at) < SLACK_MS, batch
    assert all(one["occurred_at"] <= other["occurred_at"] for one, other in pairwise(rows))
    assert {row["person"] for row in rows} == {li.name}
    # Packing's tablet was the first one here.
    numbers = [json.loads(row["detail"])["scan"]["seq"] for row in rows if row["source"] == TABLET][-20:]
    assert numbers == list(range(numbers[0], numbers[0] + 20))
    assert [row["person"] for row in record.rows(("flag_answered",))] == [li.name]
    voided = site.ledger.rows("SELECT batch FROM events WHERE kind = 'voided'")
    assert site.codes[2] in [row["batch"] for row in voided]


def test_an_operators_day_in_chinese(
    site: Site, network: Network, browser: Browser, tmp_path: Path, new_page: Callable[..., Page]
) -> None:
    hour = (clock.now() // MINUTE_MS - 30) * MINUTE_MS
    order = Order("A-2", "parts", "part", 400, hour + 14 * HOUR_MS + MINUTE_MS)
    twenty = site.release(order, began=hour - 3 * HOUR_MS, now=clock.now())
    assert len(twenty) == 20
    li, wang = person(site, "李娜", "sew"), person(site, "王伟", "pack")
    record, profile = Record(site), tmp_path / "profile"
    give_by_scanner(site, site.codes[:3])
    packing_page = new_page(forgive=REFUSED)
    enrol(packing_page.context, site, "pack-1", site.base)
    packing = Kiosk(packing_page, f"{site.base}/kiosk/pack-1")
    badge_in(packing, wang)

    with browser_of(
        browser, profile
    ) as context:  # some day before: Chromium writes cookies down within half a minute
        enrol(context, site, "sew-1", network.base)
    with browser_of(browser, profile) as context:
        kiosk = Kiosk(context.pages[0], f"{network.base}/kiosk/sew-1")
        page = kiosk.page
        badge_in(kiosk, li)
        kiosk.message = page.locator("#message")
        receive_give_and_come_short(kiosk, site, record)

        not_received(packing)
        type_pin(packing.page)
        page.locator(".button-answer").click()
        type_pin(page)
        page.locator("#answer label", has_text="Machine stopped").click()
        page.locator("#answer [type=submit]").click()
        wait_for(lambda: record.rows(("flag_answered",)), what="the answer")
        expect(page.locator("#answer")).to_have_count(0)

        is_kept(page)
        state_kept(page, "Machine stopped")
        confirmed = scan_offline(kiosk, network, twenty, record)
        kill(profile)

    with browser_of(browser, profile) as context:
        page = context.pages[0]
        page.goto(f"{network.base}/kiosk/sew-1", wait_until="domcontentloaded")
        Kept(page)
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        expect(page.locator(".kiosk-person b")).to_have_text(li.name)
        expect(page.locator("#outbox")).to_contain_text("存了 20 条")
        network.heal()
        # The page may load itself again meanwhile: the server is back after long.
        wait_for(lambda: len(record.rows(("received",))) == 23, seconds=30, what="all of it in the record")
        expect(page.locator("body[data-fresh=live]")).to_be_attached(timeout=15_000)
        expect(page.locator("#outbox")).to_be_hidden()

    is_once_in_the_record(site, record, li, confirmed)
