"""A day of flags in a real browser: flagged, passed back through the line, promised, broken, escalated, resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from playwright.sync_api import Page, expect

from interlock.courier import Courier
from interlock.wake import WakeSender
from kiosk.catalogues import ENGLISH
from ledger.flag_clocks import FlagClocks
from ledger.notices import keep_channels
from tests.factory import Plant, behind_milestone, china, kept_whole, worked_order
from tests.postbox import MailServer, Webhook
from tests.waiting import wait_for
from tests.web.kiosk_visit import Kiosk
from tests.web.live_client import LiveServer

# The day is about answers and promises: the flags are raised by people before Interlock would.
REST = """
[[notify]]
id = "office"
address_file = "office.txt"
roles = ["manager"]

[[notify]]
id = "floor"
address_file = "floor.txt"
collapse = "0min"

[flags]
silence = "40h"
"""
SITE = behind_milestone("fabric", "Purchasing", 'buffer = "60min"') + REST


@pytest.fixture
def plant(tmp_path: Path, mail: MailServer, webhook: Webhook) -> Iterator[Plant]:
    """The worked line behind a purchasing department, order A-1 released; no fabric has come.

    Managers are told by mail, and everybody through a webhook.
    """
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "office.txt").write_text(mail.address)
    (tmp_path / "site" / "floor.txt").write_text(webhook.address)
    with kept_whole(Plant(tmp_path / "site", SITE)) as plant:
        plant.release(worked_order())
        yield plant


@dataclass
class Day:
    """The site on one day: its clock is turned by the test, and with it the timer of flags."""

    plant: Plant
    address: str
    new_page: Callable[..., Page]

    def at(self, clock: str) -> None:
        self.turn(f"25 {clock}")

    def turn(self, moment: str) -> None:
        self.plant.turn(china(moment))
        FlagClocks(self.plant.ledger, self.plant.site).turn(self.plant.now)

    def kiosk(self, station: str) -> Page:
        return Kiosk(self.new_page(), f"{self.address}/kiosk/{station}").page

    def page(self, path: str) -> Page:
        page = self.new_page()
        page.goto(f"{self.address}{path}")
        return page

    def scan(self, device: str, batches: int, clock: str) -> None:
        self.at(clock)
        for n, code in enumerate(self.plant.codes()[:batches]):
            self.plant.scan(device, code, f"25 {clock}:{n * 2:02}")

    def ship(self) -> None:
        """What is left of the order goes through sewing and packing, and out on the next morning."""
        codes = self.plant.codes()
        for device, first, moments in (
            ("scanner-sew", 6, ("25 16:00", "25 16:10")),
            ("scanner-pack", 0, ("25 16:20", "26 09:00")),
        ):
            for moment in moments:
                self.turn(moment)
                for n, code in enumerate(codes[first:]):
                    self.plant.scan(device, code, f"{moment}:{n * 2:02}")

    def states(self) -> list[tuple[str, str]]:
        rows = self.plant.ledger.rows("SELECT link, state FROM flags ORDER BY flag")
        return [(row["link"], row["state"]) for row in rows]

    def told(self) -> list[tuple[str, str, int]]:
        """Who was told by which clock and when: the same in the steps and in what is to be sent."""
        steps = self.plant.ledger.rows("SELECT role, clock, at FROM escalations ORDER BY at")
        notices = self.plant.ledger.rows("SELECT role, clock FROM notices ORDER BY sequence")
        assert [(row["role"], row["clock"]) for row in steps] == [tuple(row) for row in notices]
        return [tuple(row) for row in steps]


@pytest.fixture
def day(floor: Plant, serve: Callable[..., LiveServer], new_page: Callable[..., Page]) -> Iterator[Day]:
    with closing(WakeSender(floor.folder)) as sender:
        floor.ledger.listeners.append(sender.changed)
        floor.turn(china("25 11:40"))
        keep_channels(floor.ledger, floor.config.channels, floor.now)
        courier = Courier(floor.folder, ENGLISH, structlog.get_logger(), now=lambda: floor.now)
        courier.adopt(floor.config)
        yield Day(floor, f"http://127.0.0.1:{serve().port}", new_page)
        courier.stop()


@pytest.fixture
def floor(plant: Plant) -> Plant:
    return plant


def flag(page: Page) -> None:
    """Two taps at two places."""
    page.locator(".button-flag").first.click()
    page.locator(".confirm-yes").click()
    expect(page.locator("#message")).to_have_attribute("data-result", "recorded")


def pass_back(page: Page, to: str) -> None:
    page.locator(".button-answer").click()
    page.locator(f'button:has-text("pass back to {to}")').click()
    expect(page.locator("#message")).to_have_attribute("data-result", "recorded")


def purchasing_promises(day: Day) -> Page:
    """Its kiosk, after it has answered that the material comes by 14:00."""
    page = day.kiosk("buy-1")
    expect(page.locator("#kiosk-against")).to_contain_text("Cutting misses 200")
    page.locator(".button-answer").click()
    expect(page.locator('button:has-text("pass back")')).to_have_count(0)
    page.locator("#answer label", has_text="Material missing").click()
    page.locator("#answer label", has_text="14:00").click()
    page.locator("#answer .button-first").click()
    expect(page.locator("#message")).to_have_attribute("data-result", "recorded")
    return page


def expect_rows(page: Page, rows: str, *expected: tuple[str, ...]) -> None:
    """So many rows, each with its words."""
    expect(page.locator(rows)).to_have_count(len(expected))
    for place, words in enumerate(expected):
        for word in words:
            expect(page.locator(rows).nth(place)).to_contain_text(word)


def test_a_flag_goes_back_through_the_line_and_comes_home_as_the_material_arrives(
    day: Day, mail: MailServer, webhook: Webhook
) -> None:
    day.at("11:40")
    flag(day.kiosk("pack-1"))
    day.at("11:45")
    pass_back(day.kiosk("sew-1"), "Cutting")
    day.at("11:52")
    pass_back(day.kiosk("cut-1"), "Purchasing")
    assert day.states() == [("sew", "answered"), ("cut", "answered"), ("fabric", "raised")]
    day.at("12:00")
    purchasing = purchasing_promises(day)

    day.at("14:00")
    assert day.told() == []
    for clock, role in (("14:10", "lead"), ("14:30", "supervisor"), ("15:00", "manager")):
        assert len(webhook.posts) == len(day.told())
        assert mail.mails == []
        day.at(clock)
        wait_for(lambda role=role: webhook.posts and webhook.titles()[-1].endswith(f"{role} told"), what=role)
    wait_for(lambda: mail.mails, what="the manager's mail")
    assert mail.subjects() == ["Hangzhou Shirts: Purchasing broke its promise 60 min ago: manager told"]
    assert mail.texts()[0].strip() == (
        "15:00 Purchasing broke its promise 60 min ago: manager told. A-1: Cutting misses 200, flagged 11:52."
    )
    assert day.told() == [
        ("lead", "promise", china("25 14:10")),
        ("supervisor", "promise", china("25 14:30")),
        ("manager", "promise", china("25 15:00")),
    ]
    expect(purchasing.locator("#kiosk-against")).to_contain_text("PROMISE BROKEN", timeout=20_000)
    flags = day.page("/flags")
    expect_rows(
        flags,
        ".f-row",
        ("Packing → Sewing", "Previous link → Cutting"),
        ("Sewing → Cutting", "Previous link → Purchasing"),
        ("Cutting → Purchasing", "PROMISE BROKEN 60 min ago", "manager told"),
    )
    assert [row.get_attribute("data-depth") for row in flags.locator(".f-row").all()] == ["0", "1", "2"]
    expect(day.page("/board/shirts").locator("#row-fabric")).to_contain_text("manager told")

    day.at("15:20")
    # A tablet tells its taps' time by the server's last beat, which its clock shows.
    expect(purchasing.locator("[data-clock]")).to_have_text("15:20")
    purchasing.locator(".button-give").click()
    purchasing.locator(".confirm-yes").click()
    expect(purchasing.locator("#message")).to_contain_text("A-1 given 15:20")
    assert day.states() == [("sew", "answered"), ("cut", "answered"), ("fabric", "resolved")]
    day.scan("scanner-cut", 10, "15:25")
    day.scan("scanner-cut", 10, "15:30")
    assert day.states() == [("sew", "answered"), ("cut", "resolved"), ("fabric", "resolved")]
    day.scan("scanner-sew", 6, "15:40")
    day.scan("scanner-sew", 6, "15:50")
    assert day.states() == [("sew", "resolved"), ("cut", "resolved"), ("fabric", "resolved")]

    # The list that was opened at 15:00 has changed by itself.
    expect(flags.locator("h2", has_text="No flag is open")).to_be_visible(timeout=20_000)
    expect(flags.locator(".f-row")).to_have_count(3)
    flags.locator(".f-row a", has_text="Cutting → Purchasing").click()
    expect_rows(
        flags,
        ".story li",
        ("11:52", "passed it back"),
        ("12:00", "Material missing, by 14:00"),
        ("14:10", "lead told"),
        ("14:30", "supervisor told"),
        ("15:00", "manager told"),
        ("15:20", "resolved"),
    )
    assert (len(webhook.posts), len(mail.mails)) == (3, 1)  # who was told once was told once

    day.ship()
    order = day.page("/orders/A-1")
    expect(order.locator(".why-sum")).to_contain_text("Shipped 60 min after its due.")
    # By hand: 620 - 60 - 290 - 60 - 80 - 60 + 50 = 120 after 16:00, of which the ship buffer takes 60.
    expect_rows(
        order,
        ".whys tbody tr",
        ("Purchasing", "10 h 20", "24 Nov 12:00, Wed 25 Nov 15:20", "Material missing"),
        ("Cutting", "9 h 20", "4 h 50 made up", "Previous link"),
        ("Sewing", "3 h 30", "80 min made up", "Previous link"),
        ("Packing", "70 min", "50 min", "Wed 25 Nov 16:00, Thu 26 Nov 09:00"),
    )


def test_a_dispute_is_ruled_on_by_a_supervisor_in_the_browser(day: Day) -> None:
    day.at("11:40")
    flag(day.kiosk("pack-1"))
    sewing = day.kiosk("sew-1")
    sewing.locator(".button-answer").click()
    sewing.locator('button:has-text("dispute")').click()
    expect(sewing.locator("#message")).to_contain_text("needs a word why")
    sewing.locator("#answer input[name=comment]").fill("they stand in the aisle")
    sewing.locator('button:has-text("dispute")').click()
    expect(sewing.locator("#kiosk-against")).to_contain_text("a supervisor rules")

    (row,) = day.plant.ledger.rows("SELECT flag FROM flags")
    page = day.page(f"/flags/{row['flag']}")
    expect(page.locator(".f-ruling")).to_contain_text("“they stand in the aisle”")
    page.locator("input[name=person]").fill("Chen")
    page.locator('button:has-text("overturn")').click()
    expect(page.locator(".note-done")).to_have_text("Ruled: overturned.")
    assert day.states() == [("sew", "overturned")]
    expect(sewing.locator("#kiosk-against .talk-line")).to_have_count(0)
