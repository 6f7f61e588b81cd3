"""Pages and API of an order whose history is in the archive: what they told before, or one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from ledger.archive import ARCHIVE_FILE
from tests.factory import Plant
from tests.ledger.archived import YEARS_LATER, archive_old, shipped_plant
from tests.web.conftest import services_of

PLACES = ("/api/v1/orders/A-1", "/api/v1/orders/G-1", "/orders/A-1", "/orders/G-1")


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Plant]:
    plant = shipped_plant(tmp_path / "site")
    plant.now = YEARS_LATER
    yield plant
    plant.close()


@pytest.fixture
def browser(old: Plant) -> FlaskClient:
    return create_app(services_of(old)).test_client()


def told(browser: FlaskClient, place: str) -> str:
    """What a place answers, but for the ids of its forms."""
    answer = browser.get(place)
    assert answer.status_code == 200, answer.text
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}", "", answer.text)


def test_an_archived_order_is_told_as_before(old: Plant, browser: FlaskClient) -> None:
    before = {place: told(browser, place) for place in PLACES}
    assert archive_old(old.ledger).orders == ["A-1", "G-1"]
    assert {place: told(browser, place) for place in PLACES} == before
    (first, *_) = browser.get("/api/v1/orders/A-1").json["batches"]
    assert [each["link"] for each in first["positions"]] == ["cut", "pack", "sew"]


def test_without_the_archive_only_its_orders_are_lacking(old: Plant, browser: FlaskClient) -> None:
    archive_old(old.ledger)
    (old.folder / ARCHIVE_FILE).unlink()
    for place in PLACES:
        answer = browser.get(place)
        assert answer.status_code == 503
        assert "the archive cannot be read" in answer.text
        assert str(old.folder) not in answer.text
    for place in ("/orders", "/orders/A-3", "/board/shirts", "/kiosk/cut-1", "/api/v1/orders", "/refused"):
        assert browser.get(place).status_code == 200, place


def test_a_scan_of_an_archived_batch_says_why_it_is_refused(old: Plant, browser: FlaskClient) -> None:
    archive_old(old.ledger)
    code = old.codes("A-1")[0]
    answer = browser.post("/api/v1/scans", json={"device": "scanner-sew", "code": code, "id": "late"})
    assert answer.json["result"] == "refused"
    assert "shipped 2026-11-24 and archived" in answer.json["text"]
    assert "shipped 2026-11-24 and archived" in browser.get("/refused").text
