"""The page on which a scanner is tried tells what arrived, and records nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from shopfloor.codes import ALPHABET
from tests.factory import Plant
from tests.web.kiosk_visit import Keys
from tests.web.live_client import LiveServer


@pytest.fixture
def trial(server: LiveServer, new_page: Callable[..., Page]) -> Page:
    page = new_page()
    page.goto(f"http://127.0.0.1:{server.port}/kiosk/sew-1/scanner")
    return page


def test_every_sign_of_our_codes_is_tried(trial: Page) -> None:
    codes = trial.locator("[data-code]").evaluate_all("all => all.map((one) => one.dataset.code)")
    assert "".join(codes) == ALPHABET
    assert trial.locator(".bars path").count() == trial.locator(".square path").count() == len(codes)


def test_a_scanner_that_is_set_up_reads_each_code_rightly(trial: Page, floor: Plant) -> None:
    scanner = Keys(trial)
    codes = trial.locator("[data-code]").evaluate_all("all => all.map((one) => one.dataset.code)")
    for code in codes:
        scanner.wedge(code, "Enter")
        expect(trial.locator(".trial-list li").first).to_contain_text(f"{code} Read rightly (suffix Enter")
    expect(trial.locator("[data-read]")).to_have_count(len(codes))
    assert floor.ledger.rows("SELECT 1 FROM refused") == []


@pytest.mark.parametrize(
    ("keys", "gap_ms", "told"),
    [
        (("&é\"'(-è_çà", "Enter"), 5, "another keyboard layout"),
        (("0123456789",), 5, "neither Enter nor Tab"),
        (("0123456789", "Enter"), 150, "too slow"),
        (("HELLO", "Enter"), 5, "none of the codes above"),
    ],
)
def test_what_is_wrong_is_told(trial: Page, keys: tuple[str, ...], gap_ms: float, told: str) -> None:
    Keys(trial).wedge(*keys, gap_ms=gap_ms)
    expect(trial.locator(".trial-list li").first).to_contain_text(told)
    expect(trial.locator("[data-read]")).to_have_count(0)
