"""The configuration changes while orders are open: pages go on, with ids where names are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.app import create_app
from ledger.flags import Tap, raise_flag
from tests.factory import WORKED_SITE, Plant, china, worked_order
from tests.web.conftest import services_of

PAGES = (
    "/", "/board/shirts", "/orders", "/orders/A-1", "/refused", "/api/v1/board/shirts", "/api/v1/orders",
    "/api/v1/orders/A-1", "/api/v1/flags",
)  # fmt: skip
EDITS = {
    "link sew renamed": (
        ('id = "sew"', 'id = "stitch"'),
        ('["sew"]', '["stitch"]'),
        ("shirts/sew", "shirts/stitch"),
    ),
    "link cut renamed": (
        ('id = "cut"', 'id = "laser"'),
        ('["cut"]', '["laser"]'),
        ("shirts/cut", "shirts/laser"),
    ),
    "product renamed": (('id = "polo"', 'id = "shirt"'),),
}


def edited(folder: Path, edits: tuple[tuple[str, str], ...]) -> Plant:
    text = WORKED_SITE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return Plant(folder, text, now="24 15:10")


def an_open_order_with_a_flag(folder: Path) -> None:
    plant = Plant(folder)
    plant.release(worked_order())
    plant.scan("scanner-sew", plant.codes()[0], "24 14:50")
    now = china("24 15:05")
    raise_flag(plant.ledger, plant.site, Tap("f1", "sew-1", now), against="cut", order="A-1", now=now)
    plant.close()


@pytest.mark.parametrize("edit", EDITS)
def test_every_page_still_answers(tmp_path: Path, edit: str) -> None:
    an_open_order_with_a_flag(tmp_path / "site")
    plant = edited(tmp_path / "site", EDITS[edit])
    client = create_app(services_of(plant)).test_client()
    paths = (*PAGES, *(f"/kiosk/{station}" for station in plant.site.stations))
    answered = {path: client.get(path).status_code for path in paths}
    plant.close()
    assert set(answered.values()) == {200}, answered


def test_an_order_of_a_line_that_is_gone_is_still_found(tmp_path: Path) -> None:
    an_open_order_with_a_flag(tmp_path / "site")
    plant = edited(
        tmp_path / "site", (('id = "shirts"', 'id = "tops"'), ("shirts/", "tops/"), ('"shirts"', '"tops"'))
    )
    client = create_app(services_of(plant)).test_client()
    answered = {
        path: client.get(path).status_code for path in ("/", "/orders", "/orders/A-1", "/api/v1/orders/A-1")
    }
    plant.close()
    assert set(answered.values()) == {200}, answered
