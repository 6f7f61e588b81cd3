"""Damage in the ledger of a site: found when it starts, told everywhere, and nothing recorded from then on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from playwright.sync_api import Page, expect

from interlock.watch import DailyWatch
from ledger.store import Ledger
from tests.broker_fixtures import Embedded
from tests.factory import Plant, worked_order
from tests.live_site import Site
from tests.waiting import wait_for

PAGE = 4096


def spoil(path: Path, table: str) -> None:
    """Overwrite the first page of a table of a ledger that nobody has open."""
    ledger = Ledger(path)
    root = ledger.rows("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,))[0][0]
    ledger.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(b"\xa5" * PAGE)


@pytest.fixture
def site(tmp_path: Path, embedded_broker: Embedded) -> Iterator[Site]:
    site = Site(tmp_path / "site", embedded_broker)
    site.ledger.close()
    spoil(tmp_path / "site" / "ledger.db", "same_scans")
    site.plant.start()
    yield site
    site.plant.stop()


@pytest.mark.mosquitto
def test_a_site_with_a_damaged_ledger_is_loud_and_read_only(
    site: Site, new_page: Callable[..., Page]
) -> None:
    facts = wait_for(lambda: (said := site.get("/healthy"))["recording"] == "damaged" and said, 10)
    assert "can only be read" in facts["alarms"][0]
    page = new_page(viewport=(1920, 1080))
    page.goto(f"{site.base}/board/parts")
    expect(page.locator("#fresh")).to_contain_text("THE RECORD IS DAMAGED")
    site.publish("scanner-cut", json.dumps({"id": "a0", "code": site.codes[0]}))
    wait_for(lambda: "scans wait and are not confirmed" in site.log("gateway"))
    ledger = Ledger(site.folder / "ledger.db")
    assert not ledger.rows("SELECT 1 FROM events WHERE event_id = 'a0'")
    ledger.close()


def test_damage_that_comes_later_is_found_by_the_daily_look(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "site")
    plant.release(worked_order())
    plant.close()
    watch = DailyWatch(plant.folder, structlog.get_logger(), every_s=0.05)
    watch.start()
    try:
        path = plant.folder / "ledger.db"
        assert not path.with_name("ledger.db-damaged").exists()
        spoil(path, "targets")
        wait_for(path.with_name("ledger.db-damaged").exists)
    finally:
        watch.stop()


def test_a_look_that_is_under_way_ends_with_the_process(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "site")
    watch = DailyWatch(plant.folder, structlog.get_logger())
    watch.start()
    watch.stop()
    assert not watch._thread.is_alive()
    plant.close()
