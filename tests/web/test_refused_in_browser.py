"""A lead settles refused scans in a real browser, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.factory import Plant, china
from tests.web.letters import wait_for_letters
from tests.web.live_client import LiveServer


@pytest.fixture
def refused(floor: Plant, serve: Callable[..., LiveServer]) -> str:
    """Two batches that Packing scanned though Sewing had not, and a code that nobody knows; the page's address."""
    for number, code in enumerate((*floor.codes()[:2], "NOSUCH")):
        floor.scan("scanner-pack", code, f"24 15:0{number}")
    floor.turn(china("24 15:10"))
    return f"http://127.0.0.1:{serve().port}/refused"


def fill(form: Locator) -> None:
    form.locator("[name=person]").fill("Lead Chen")
    form.locator("[name=why]").fill("the scanner was down")
    form.locator("[name=sure]").check()


def test_a_scan_is_forced_in_its_row_and_the_others_stay(page: Page, refused: str, floor: Plant) -> None:
    page.goto(refused)
    page.get_by_role("link", name=floor.codes()[0]).click()
    form = page.locator("form")
    form.get_by_role("button", name="FORCE").click()
    expect(form.locator(".field-fault").first).to_have_text("Write your name")
    expect(form).to_have_count(1)
    fill(form)
    form.get_by_role("button", name="FORCE").click()
    expect(page.get_by_role("status")).to_contain_text(f"{floor.codes()[0]} counted at Packing")
    expect(page.locator("tbody")).to_have_count(3)
    page.get_by_role("link", name="NOSUCH").click()
    expect(form.get_by_role("button")).to_have_count(1)
    expect(form.locator("[name=person]")).to_have_value("Lead Chen")
    fill(form)
    form.get_by_role("button", name="DISCARD").click()
    expect(page.locator("form")).to_have_count(0)
    settled = floor.ledger.rows("SELECT settled FROM refused ORDER BY id")
    assert [row["settled"] for row in settled] == ["forced", None, "discarded"]


@pytest.mark.parametrize(("button", "settled"), [("FORCE", "forced"), ("DISCARD", "discarded")])
def test_without_scripts_a_scan_is_settled_by_plain_forms(
    new_page: Callable[..., Page], refused: str, floor: Plant, button: str, settled: str
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(refused)
    page.get_by_role("link", name=floor.codes()[1]).click()
    page.get_by_role("button", name=button).click()  # the browser itself asks for what is missing
    expect(page.locator("form")).to_have_count(1)
    fill(page.locator("form"))
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status")).to_contain_text("the scanner was down")
    row = floor.ledger.row("SELECT settled FROM refused WHERE id = 2")
    assert row["settled"] == settled
    page.go_back()
    page.reload()
    expect(page.locator("form")).to_have_count(0)


@pytest.mark.parametrize("viewport", [(1280, 800), (800, 1280), (390, 844)])
def test_the_form_fits_and_its_controls_are_large_enough_for_a_finger(
    new_page: Callable[..., Page], refused: str, floor: Plant, viewport: tuple[int, int]
) -> None:
    page = new_page(viewport=viewport, has_touch=True)
    page.goto(refused)
    page.get_by_role("link", name=floor.codes()[0]).click()
    expect(page.locator("form")).to_be_visible()
    wait_for_letters(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport[0]
    for control in page.locator(
        "form button, form input:not([type=hidden]):not([type=checkbox]), form .sure"
    ).all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44
