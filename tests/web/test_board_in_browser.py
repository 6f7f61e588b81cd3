"""The floor board in a real browser: long words and large numbers stay readable on a phone and on a TV."""

# ruff: noqa: FBT003  # made-up contexts in the order of their fields read like the screens

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import Page, Route

import kiosk
from kiosk.contexts import BoardPage, BoardRow, FlagCard, Frame, HourCell, NextTarget
from shopfloor.board import LinkState

FOLDER = Path(kiosk.__file__).parent
STATIC = FOLDER / "static"
SHORT = ("Castings in", "Turning", "Milling", "Grinding", "Hardening", "Final test", "Packing", "Shipping")
LONG = (
    "Materialeingang", "Drehen", "Fräsen", "Zahnradflankenschleifen", "齿轮齿面精密磨削工序",
    "Endprüfung mit Geräuschmessung", "Verpackung", "Versand",
)  # fmt: skip
SCREENS = {
    "phone": ((390, 844), 47),
    "tablet": ((800, 1280), 47),
    "TV at 6 m": ((1920, 1080), 47),
    "TV at 8 m": ((1920, 1080), 62),
    "TV at 10 m": ((1920, 1080), 78),
}
STATES: tuple[LinkState, ...] = (
    "late",
    "on_target",
    "flagged",
    "stands_still",
    "answered",
    "due_soon",
    "no_data",
    "flagged",
)

# Of what can be seen: pieces that are cut (their words reach out of the piece or of the row's place for it), and pairs
# of pieces that overlap. A page that only goes down may be scrolled, never sideways.
FAULTS = """() => {
  const seen = (element) => element.getClientRects().length > 0;
  const pieces = [...document.querySelectorAll([
    ".row h2", ".c-past b", ".c-past > span", ".c-past small", ".now-figures b", ".now-figures .of", ".milestone b",
    ".since-pair", ".minus", ".plus", ".even", ".c-state .badge > span", ".c-state .badge > b", ".why-text > span",
    ".why > .more", ".catch-up b",
  ].join())].filter(seen);
  const box = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };
  const name = (element) => `${element.className || element.tagName} '${element.textContent.trim()}'`;
  const faults = [];
  for (const piece of pieces) {
    if (piece.scrollWidth > piece.clientWidth + 1 && getComputedStyle(piece).display !== "inline") {
      faults.push(`${name(piece)} is cut`);
    }
    const inner = box(piece);
    const cell = piece.closest(".row > div, .board-bottom").getBoundingClientRect();
    const lower = piece.tagName === "H2" ? 0.75 : 0.5; // the room under the letters may be covered
    if (inner.left < cell.left - 1 || inner.right > cell.right + 1) faults.push(`${name(piece)} leaves its place`);
    if (inner.top + inner.height * lower > cell.bottom) faults.push(`${name(piece)} is below its place`);
  }
  for (const row of document.querySelectorAll(".row")) {
    const boxes = pieces.filter((piece) => row.contains(piece)).map((piece) => [piece, box(piece)]);
    boxes.forEach(([one, a], index) => boxes.slice(index + 1).forEach(([other, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 0.4 * Math.min(a.height, b.height)) faults.push(`${name(one)} lies on ${name(other)}`);
    }));
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("the page goes sideways");
  return faults;
}"""

# Eight links have one page or two; returns how many rows the second has.
OTHER_PAGE = """() => {
  const slots = [...document.querySelectorAll(".slot")];
  const hidden = slots.filter((slot) => slot.hidden);
  if (hidden.length) for (const slot of slots) slot.hidden = !slot.hidden;
  return hidden.length;
}"""


def board(names: tuple[str, ...], times: int, letter_px: int) -> BoardPage:
    """Eight links in all states; quantities are `times` those of a small floor."""
    frame = Frame("Gearbox Works", "10:42", "Tuesday 24 November", 4711, 1, broker_connected=True, zone="UTC")
    flag = FlagCard(3, "A-1", names[0], names[5], 40 * times, "10:00", 6, "raised", None, None,
                    promise_broken=False, comment="")  # fmt: skip
    answered = replace(flag, flag=4, state="answered", reason="Material missing", promised="11:15")
    flags: dict[str, tuple[FlagCard, ...]] = {"flagged": (flag, answered), "answered": (answered, answered)}
    past = tuple(HourCell(0, f"0{hour}-0{hour + 1}", 40 * times, 31 * times, "short") for hour in (6, 7, 8))
    row = BoardRow(
        "", "", False, "late", 34, past, HourCell(0, "10-11", 40 * times, 22 * times, "now"),
        83 * times, 120 * times, 37 * times, 59 * times, 40 * times, (), "10:38", 4,
    )  # fmt: skip
    rows = tuple(
        replace(
            row, link=f"link-{index}", name=name, milestone=not index, state=state, flags=flags.get(state, ())
        )
        for index, (name, state) in enumerate(zip(names, STATES, strict=True))
    )
    return BoardPage(
        frame, "gears", "Gears", "early shift", tuple(cell.label for cell in past), "10-11", 18, "06:00",
        rows, 3, 6, 1, 2, letter_px, "14:00",
    )  # fmt: skip


@pytest.fixture(scope="module")
def templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    environment.globals["program"] = "0123456789abcdef"
    environment.globals["static"] = "http://localhost/static/{}".format
    return environment


@pytest.fixture
def show(
    templates: Environment, new_page: Callable[..., Page]
) -> Callable[[BoardPage, tuple[int, int]], Page]:
    """Opens a board on a screen of that size, with its letters in place; no server stands behind it."""

    def opened(context: BoardPage, size: tuple[int, int]) -> Page:
        html = templates.get_template("board/board.html").render(page=context)

        def answer(route: Route) -> None:
            path = route.request.url.partition("/static/")[2]
            if "/stream" in route.request.url or "/healthy" in route.request.url:
                route.abort()
            elif path:
                route.fulfill(path=STATIC / path)
            else:
                route.fulfill(body=html, content_type="text/html; charset=utf-8")

        page = new_page(viewport=size, forgive="ERR_|Failed to fetch|NetworkError")
        page.route("**/*", answer)
        page.goto("http://localhost/board/gears")
        page.evaluate("document.fonts.ready")
        return page

    return opened


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(("names", "times"), [(SHORT, 1), (LONG, 1), (SHORT, 37), (LONG, 37), (LONG, 50)])
def test_names_and_numbers_are_whole_and_apart_on_every_page_of_the_board(
    show: Callable[..., Page], screen: str, names: tuple[str, ...], times: int
) -> None:
    size, letter_px = SCREENS[screen]
    page = show(board(names, times, letter_px), size)
    attributes: dict[str, Any] = page.locator("#board").evaluate("(board) => ({...board.dataset})")
    assert (attributes.get("names"), attributes.get("numbers")) == (
        "long" if names is LONG else None,
        "long" if times > 1 else None,
    )
    assert page.evaluate(FAULTS) == []
    hidden = page.evaluate(OTHER_PAGE)
    assert hidden in (0, len(names) / 2)
    assert page.evaluate(FAULTS) == []


def test_the_columns_make_room_when_a_sum_gets_its_fourth_digit(show: Callable[..., Page]) -> None:
    page = show(board(SHORT, 8, 47), (1920, 1080))
    assert page.locator("#board").get_attribute("data-numbers") is None
    page.locator(".since-pair").first.evaluate("(pair) => { pair.firstChild.textContent = '1200'; }")
    page.evaluate("document.dispatchEvent(new Event('htmx:after:swap'))")
    assert page.locator("#board").get_attribute("data-numbers") == "long"


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(("names", "times"), [(SHORT, 1), (LONG, 50)])
def test_a_target_that_begins_on_a_later_day_is_whole_on_every_page_of_the_board(
    show: Callable[..., Page], screen: str, names: tuple[str, ...], times: int
) -> None:
    size, letter_px = SCREENS[screen]
    full = board(names, times, letter_px)
    later = NextTarget(240 * times, "Wed 25 Nov 17:00")
    idle = [
        replace(row, state="idle", now=None, past=(None, None, None), behind=0, late_min=0, flags=(),
                shift_given=0, shift_target=0, needed_per_hour=None, next_target=later)
        for row in full.rows
    ]  # fmt: skip
    met = [replace(row, state="on_target", now=None) for row in idle]
    page = show(replace(full, rows=(*idle[:4], *met[4:])), size)
    assert page.evaluate(FAULTS) == []
    page.evaluate(OTHER_PAGE)
    assert page.evaluate(FAULTS) == []
