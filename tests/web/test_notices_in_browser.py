"""Trying a channel in a real browser: the button, a real webhook, and the page that tells by itself how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from playwright.sync_api import Page, expect

from interlock.courier import Courier
from interlock.wake import WakeSender
from kiosk.catalogues import ENGLISH
from ledger.notices import keep_channels
from tests.factory import WORKED_SITE, Plant, china
from tests.postbox import Webhook
from tests.web.letters import wait_for_letters
from tests.web.live_client import LiveServer

CHANNEL = '\n[[notify]]\nid = "leads"\naddress_file = "leads.txt"\nquiet = ["00:00-23:00"]\n'


@pytest.fixture
def plant(tmp_path: Path, webhook: Webhook) -> Iterator[Plant]:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "leads.txt").write_text(webhook.address)
    plant = Plant(tmp_path / "site", WORKED_SITE + CHANNEL)
    yield plant
    plant.close()


@pytest.fixture
def address(floor: Plant, serve: Callable[..., LiveServer]) -> Iterator[str]:
    """The site's pages, with a courier as the gateway has one."""
    floor.turn(china("24 15:10"))
    keep_channels(floor.ledger, floor.config.channels, floor.now)
    courier = Courier(floor.folder, ENGLISH, structlog.get_logger(), now=lambda: floor.now)
    courier.adopt(floor.config)
    with closing(WakeSender(floor.folder)) as sender:
        floor.ledger.listeners.append(sender.changed)
        yield f"http://127.0.0.1:{serve().port}"
    courier.stop()


@pytest.mark.parametrize("viewport", [(1280, 800), (390, 844)])
def test_the_button_sends_a_test_and_the_page_says_how_it_went(
    address: str, new_page: Callable[..., Page], webhook: Webhook, viewport: tuple[int, int]
) -> None:
    page = new_page(viewport=viewport)
    page.goto(address)
    page.goto(f"{address}/devices")
    page.locator(".ways a", has_text="Notices").click()
    row = page.locator("#channel-leads")
    expect(row).to_contain_text("nothing sent yet")
    row.locator("button").click()
    expect(row.locator("[role=status]")).to_contain_text("The test went out 15:10", timeout=20_000)
    assert webhook.titles() == ["Hangzhou Shirts: test of leads"]
    webhook.status = 500
    row.locator("button").click()
    expect(row.locator("[role=status]")).to_contain_text("The test failed 15:10", timeout=20_000)
    expect(row.locator("[role=status]")).to_contain_text("500")
    box = row.locator("button").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    wait_for_letters(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
