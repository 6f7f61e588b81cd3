"""The plan in a real browser: readable on a tablet and on a phone, printed, and led through by links alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route, expect

from kiosk.app import create_app
from kiosk.services import Services
from ledger.drafts import By
from ledger.taking_in import draft_orders
from shopfloor.site import Site
from tests.factory import Plant, worked_order
from tests.web.live_client import LiveServer

SIZES = ((1920, 1080), (1280, 800), (800, 1280), (390, 844))
LONG = ("Zahnradflankenschleifen mit Geräuschmessung", "齿轮齿面精密磨削工序", "Endprüfung und Verpackung")

# What a person would call a fault: a page that scrolls sideways, words of one lane that stand on each other or that
# leave the picture, letters too small for a tablet.
FAULTS = """() => {
  const faults = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");
  for (const picture of document.querySelectorAll(".pp-scroll svg")) {
    const frame = picture.getBoundingClientRect();
    for (const text of picture.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (box.left < frame.left - 1 || box.right > frame.right + 1) faults.push(`'${text.textContent}' leaves it`);
      const letters = parseFloat(getComputedStyle(text).fontSize) * frame.width / picture.viewBox.baseVal.width;
      if (innerWidth >= 800 && letters < 11) faults.push(`'${text.textContent}' is ${letters} px high`);
    }
    for (const groups of [".pp-quantity", ".pp-group", ".pp-by"]) {
      const boxes = [...picture.querySelectorAll(groups)].map((text) => [text, text.getBoundingClientRect()]);
      boxes.forEach(([one, a], n) => boxes.slice(n + 1).forEach(([other, b]) => {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > a.height / 2) faults.push(`'${one.textContent}' stands on '${other.textContent}'`);
      }));
    }
  }
  return [...new Set(faults)];
}"""


def renamed(site: Site) -> Site:
    """The worked example with long names."""
    line = site.lines["shirts"]
    links = tuple(replace(link, name=name) for link, name in zip(line.links, LONG, strict=True))
    return replace(site, lines={"shirts": replace(line, links=links)})


@pytest.fixture
def client(plant: Plant, services: Services) -> FlaskClient:
    """A plant with long names, released orders and drafts, some that cannot be kept."""
    plant.release(worked_order(), worked_order("A-7", 100, "25 15:00"))
    drafts = [worked_order("Großauftrag-2026-0001", 600), worked_order("D-3", 200, "26 17:00")]
    draft_orders(plant.ledger, drafts, By("Li", "web", plant.now), now=plant.now)
    services.adopt(replace(plant.config, site=renamed(plant.site)))
    return create_app(services).test_client()


def show(page: Page, client: FlaskClient, address: str) -> None:
    """A page as the application answers it, without a server."""

    def answer(route: Route) -> None:
        path = "/" + route.request.url.partition("://")[2].partition("/")[2]
        told = client.get(path)
        route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.data)
        told.close()

    page.route("http://localhost/**", answer)
    page.goto(f"http://localhost{address}")
    page.evaluate("document.fonts.ready")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_plan_is_readable_at_every_size(
    new_page: Callable[..., Page],
    client: FlaskClient,
    size: tuple[int, int],
    scheme: Literal["light", "dark"],
) -> None:
    page = new_page(viewport=size, color_scheme=scheme)
    for address in ("/plan", "/plan?zoom=shifts", "/plan?zoom=days", "/plan?zoom=weeks", "/orders/A-1",
                    "/orders/A-1?zoom=days", "/plan/what-if?station=shirts/sew&closed_on=2026-11-25"):  # fmt: skip
        show(page, client, address)
        assert page.evaluate(FAULTS) == [], address


def test_the_print_shows_the_whole_picture_and_its_table(
    new_page: Callable[..., Page], client: FlaskClient
) -> None:
    page = new_page(viewport=(794, 1123))
    show(page, client, "/orders/A-1")
    page.emulate_media(media="print")
    expect(page.locator(".pp-figure .zooms")).to_be_hidden()
    picture = page.locator(".pp-scroll svg")
    assert picture.bounding_box()["width"] <= 794  # type: ignore[index]  # it is visible
    assert page.locator(".pp-table tbody tr").first.evaluate("row => row.getBoundingClientRect().height") > 0


def test_a_planner_zooms_in_pages_on_and_asks_what_would_help(
    page: Page, serve: Callable[..., LiveServer], floor: Plant
) -> None:
    floor.turn(floor.now)
    draft_orders(floor.ledger, [worked_order("D-2", 600)], By("Li", "web", floor.now), now=floor.now)
    server = serve()
    page.goto(f"http://127.0.0.1:{server.port}/plan")
    expect(page.locator("#drafts")).to_contain_text("D-2 600 Polo")
    expect(page.locator("#drafts")).to_contain_text("Packing lacks 400 before Wed 25 Nov 16:00")
    page.get_by_role("link", name="Days").click()
    page.locator(".ld-row[data-link=sew] a").nth(1).click()
    expect(page.get_by_role("link", name="Hours")).to_have_attribute("aria-current", "true")
    expect(page.locator(".pp-group").first).to_have_text("Wed 25 Nov")
    page.get_by_role("link", name="later →").click()
    expect(page.locator(".windows")).to_contain_text("Mon 30 Nov 08:00")
    page.get_by_role("link", name="← earlier").click()
    page.get_by_role("link", name="← earlier").click()
    expect(page.locator(".windows")).to_contain_text("Tue 24 Nov 16:00")
    expect(page.get_by_role("link", name="← earlier")).to_have_count(0)
    page.locator("#drafts").get_by_role("link", name="What if …").click()
    expect(page.get_by_label("order, released or draft")).to_have_value("D-2")
    page.get_by_label("due then").fill("2026-11-30T17:00")
    page.get_by_label("one more station at").select_option("Sewing")
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.locator("#outcome")).to_contain_text("1 order becomes feasible: D-2")
    page.get_by_role("link", name="Change the site").click()
    expect(page.get_by_label("at", exact=True)).to_have_value("shirts/sew")
    assert page.url.endswith("/site?new%3A%3Alink=shirts%2Fsew")


def test_the_pointer_tells_what_an_hour_holds(page: Page, client: FlaskClient) -> None:
    show(page, client, "/plan")
    cell: Any = page.locator(".ld-row[data-link=sew] .ld-cell[data-state=full] title").first
    told = " ".join(cell.text_content().split())
    assert told.startswith("齿轮齿面精密磨削工序 ")
    assert told.endswith("40 of 40, orders A-7 40; full")


# What a finger taps: the links, fields and buttons that can be seen; a link that covers its whole row is as high as it.
SMALL = """() => [...document.querySelectorAll("main a, main button, main summary, main select, main input")]
  .filter((tapped) => tapped.getClientRects().length && !tapped.closest("svg") && !tapped.closest(".list tbody th"))
  .filter((tapped) => !["checkbox", "radio", "hidden"].includes(tapped.type))
  .map((tapped) => [tapped.textContent.trim() || tapped.name, tapped.getBoundingClientRect().height])
  .filter(([, height]) => height < 43.5)"""


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/orders",
        "/orders/A-1",
        "/orders/D-3",
        "/plan",
        "/plan/what-if?station=shirts/sew",
        "/plan/new",
        "/site",
    ],
)
def test_what_is_tapped_on_a_phone_is_at_least_44_px_high(
    new_page: Callable[..., Page], client: FlaskClient, address: str
) -> None:
    page = new_page(viewport=(390, 844), has_touch=True)
    show(page, client, address)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
