"""From a file to the floor in a real browser: explained, moved to the promise, agreed by three, released."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from ledger import reading
from tests.factory import Plant, china
from tests.web.letters import wait_for_letters
from tests.web.live_client import LiveServer

HEADER = "order,line,product,quantity,due,customer\n"
FILE = HEADER + "P-1,shirts,polo,60,2026-11-27T17:00,Lotus\nP-2,shirts,polo,700,2026-11-24T17:00,Orchid\n"
"""Sewing can make 40 an hour: 700 take more than the two days until Tuesday evening."""
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def base(floor: Plant, serve: Callable[..., LiveServer]) -> str:
    """A server on Monday 08:00; A-1 is released and begins on Tuesday."""
    floor.turn(china("23 08:00"))
    return f"http://127.0.0.1:{serve().port}"


def confirm(page: Page, role: str, person: str) -> None:
    card = page.locator(f".card[data-role={role}]")
    card.get_by_label("Your name").fill(person)
    card.get_by_role("button", name=re.compile("^Confirm")).click()


def targets(plant: Plant, link: str) -> int:
    """What a link owes on Monday from 08:00 to 09:00."""
    rows = reading.hour_counts(plant.ledger, "shirts", china("23 08:00"), china("23 09:00"))
    return sum(row["target"] for row in rows if row["link"] == link)


def test_a_file_is_explained_agreed_by_three_and_released_to_kiosk_and_board(
    base: str, new_page: Callable[..., Page], floor: Plant
) -> None:
    page = new_page(forgive="status of 422")  # the material that comes too late
    page.goto(f"{base}/kiosk/cut-1")
    expect(page.locator("#kiosk-hour")).not_to_contain_text("/ 40")
    page.goto(f"{base}/orders")
    page.get_by_role("link", name="Import a file").click()
    file = FilePayload(name="orders.csv", mimeType="text/csv", buffer=FILE.encode())
    page.get_by_label("Orders file").set_input_files(file)
    page.get_by_label("Your name").fill("Li Na")
    page.get_by_role("button", name="Import", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("2 orders came in")
    row = page.get_by_role("row").filter(has_text="P-2")
    expect(row).to_contain_text(re.compile(r"not feasible\s+Sewing lacks \d+ before Tue 24 Nov"))
    page.get_by_role("link", name="P-2").click()
    expect(page.locator(".explained")).to_contain_text("With one more station at Sewing")

    page.get_by_role("button", name=re.compile("^Move the due to")).click()
    expect(page.get_by_role("status")).to_have_text("Changed. No confirmation was touched.")
    expect(page.locator(".feasible")).to_contain_text("begins Mon 23 Nov 08:00")
    expect(page.locator("svg.pp").first).to_be_visible()

    confirm(page, "sales", "Li Na")
    expect(page.locator(".card[data-role=sales]")).to_contain_text("Li Na")
    confirm(page, "production", "Wang Fang")
    expect(page.locator(".card[data-role=production]")).to_contain_text("Wang Fang")
    purchasing = page.locator(".card[data-role=purchasing]")
    purchasing.get_by_label("Material arrives").fill("2026-11-23T08:01")
    confirm(page, "purchasing", "Zhao")
    expect(purchasing).to_contain_text("The material is needed at Mon 23 Nov 08:00")
    purchasing.get_by_label("Material arrives").fill("2026-11-23T08:00")
    confirm(page, "purchasing", "Zhao")

    expect(page.get_by_role("status")).to_have_text("Released: 35 batches have codes.")
    expect(page.locator(".batches li")).to_have_count(35)
    for who in ("Li Na", "Wang Fang", "Zhao"):
        expect(page.locator(".agreed").first).to_contain_text(who)
    owed = targets(floor, "cut")
    assert owed > 0
    page.goto(f"{base}/kiosk/cut-1")
    expect(page.locator("#kiosk-hour")).to_contain_text(re.compile(rf"/\s*{owed}\b"))
    page.goto(f"{base}/board/shirts")
    expect(page.locator("#row-cut .c-now")).to_contain_text(re.compile(rf"/\s*{owed}\b"))


def test_the_promise_follows_what_is_typed(base: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(f"{base}/plan/new")
    said = page.locator("#promise-said")
    expect(said).to_contain_text("Choose a product and a quantity")
    page.get_by_label("Product").select_option("polo")
    page.get_by_label("Quantity").press_sequentially("700")
    expect(said).to_contain_text("Earliest")
    page.get_by_label("Due").fill("2026-11-24T17:00")
    expect(said).to_contain_text("Sewing lacks")
    page.get_by_label("Order number").fill("N-1")
    expect(page.get_by_label("Order number")).to_be_focused()
    link = said.get_by_role("link", name="Take it as the due")
    expect(link).to_have_attribute("href", re.compile("order=N-1"))
    link.click()
    expect(page.get_by_label("Order number")).to_have_value("N-1")
    expect(said.get_by_text("feasible", exact=True)).to_be_visible()
    expect(said).not_to_contain_text("not feasible")


def test_a_new_order_is_drafted_without_any_script(base: str, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{base}/plan/new")
    page.get_by_label("Product").select_option("polo")
    page.get_by_label("Quantity").fill("60")
    page.get_by_role("button", name="Work out the promise").click()
    page.get_by_role("link", name="Take it as the due").click()
    page.get_by_label("Order number").fill("N-2")
    page.get_by_label("Your name").fill("Li Na")
    page.get_by_role("button", name="Draft the order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("N-2")
    expect(page.get_by_role("status")).to_contain_text("Drafted")


@pytest.mark.parametrize("size", [(390, 844), (800, 1280), (1280, 800), (1920, 1080)])
def test_no_page_of_the_planners_goes_sideways(
    base: str, new_page: Callable[..., Page], size: tuple[int, int]
) -> None:
    page = new_page(viewport=size)
    long = "AUFTRAG-2026-11-0000000000000000000000000000000000000000017"
    page.goto(f"{base}/plan/import")
    wait_for_letters(page)
    page.get_by_label("or the orders themselves").fill(
        f"{HEADER}{long},shirts,polo,700,2026-11-24T17:00,杭州莲花百货股份有限公司 Warenhausgesellschaft mbH\n"
    )
    page.get_by_label("Your name").fill("Maximiliane von und zu Hohenstein-Schwarzburg-Sonderhausen")
    assert not page.evaluate(SIDEWAYS)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 order came in")
    wait_for_letters(page)
    for path in (
        "",
        "/orders",
        f"/orders/{long}",
        "/orders/A-1",
        f"/plan/new?order={long}&product=polo&quantity=9",
    ):
        if path:
            page.goto(f"{base}{path}")
            wait_for_letters(page)
        assert not page.evaluate(SIDEWAYS), path
