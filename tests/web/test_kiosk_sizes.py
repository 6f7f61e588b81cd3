"""Every control on every screen of a kiosk, in every state: large enough for a glove, and far enough from the next."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page

from tests.web.kiosk_screens import Screen, ask_again
from tests.web.kiosk_site import FORGIVE, KINDS

OVERFLOWING = (Path(__file__).parent / "overflowing.js").read_text(encoding="utf-8")
MM = 5.9
"""Pixels of the stylesheet's millimetre on a tablet."""
LEAST_MM, FIRST_MM = 14, 20
APART_MM, APART_FIRST_MM = 2, 13
MOST_FIRST = 4
ROUNDING_PX = 0.5

TAPPED = "button, a[href], summary, label.chip, input:not([type=radio]):not([type=hidden]):not(.scan-sink)"
CONTROLS = """(top, tapped) => [...top.querySelectorAll(tapped)]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .map((each) => {
      const { left, top, right, bottom } = each.getBoundingClientRect();
      const name = (each.innerText || each.ariaLabel || each.name).replace(/\\s+/g, " ");
      return [left, top, right, bottom, each.matches(".button-first"), name];
    })"""
LAID_OUT = """([hand, letters]) => {
  Object.assign(document.documentElement.dataset, { hand, letters });
  dispatchEvent(new Event("resize"));  // a choice loads the page again; what stands open stays so
}"""
WIDER = "document.documentElement.scrollWidth - innerWidth"


class Control(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    is_first: bool
    name: str


def gap(one: Control, other: Control) -> float:
    """Straight across; below zero they overlap."""
    across = max(other.left - one.right, one.left - other.right)
    down = max(other.top - one.bottom, one.top - other.bottom)
    return max(across, down)


def wrong(controls: list[Control], width: float, height: float) -> list[str]:
    """What is too small, too near, or beyond an edge."""
    faults = []
    for each in controls:
        least = (FIRST_MM if each.is_first else LEAST_MM) * MM - ROUNDING_PX
        if each.bottom - each.top < least:
            faults.append(f"{each.name}: {each.bottom - each.top:.0f} px high, not {least:.0f}")
        if each.right - each.left < LEAST_MM * MM - ROUNDING_PX:
            faults.append(f"{each.name}: {each.right - each.left:.0f} px wide")
        if each.left < -ROUNDING_PX or each.right > width + ROUNDING_PX:
            faults.append(f"{each.name}: beyond the edge, from {each.left:.0f} to {each.right:.0f}")
        if each.top < -ROUNDING_PX or each.bottom > height + ROUNDING_PX:
            faults.append(f"{each.name}: beyond the edge, from {each.top:.0f} down to {each.bottom:.0f}")
    for one, other in combinations(controls, 2):
        least = (APART_FIRST_MM if one.is_first or other.is_first else APART_MM) * MM - ROUNDING_PX
        if gap(one, other) < least:
            faults.append(f"{one.name} and {other.name}: {gap(one, other):.0f} px apart, not {least:.0f}")
    if sum(each.is_first for each in controls) > MOST_FIRST:
        faults.append("more than four that count most")
    return faults


def controls_of(page: Page, top: str) -> list[Control]:
    return [Control(*each) for each in page.locator(top).evaluate(CONTROLS, TAPPED)]


class Layout(NamedTuple):
    """How a tablet is held, and what its people chose in its menu."""

    width: int
    height: int
    hand: str = "right"
    letters: str = "usual"


LAYOUTS = {
    "a tablet": Layout(1280, 800),
    "a tablet upright": Layout(800, 1280),
    "a tablet for the left hand": Layout(1280, 800, "left"),
    "a tablet upright for the left hand": Layout(800, 1280, "left"),
    "a tablet with large letters": Layout(1280, 800, letters="large"),
    "a tablet upright with large letters": Layout(800, 1280, letters="large"),
}
PHONE = Layout(390, 844)
LANGUAGES = ("de", "es", "vi", "zh")
"""Their words are longer than the English ones, or their letters are higher."""


def turn(page: Page, screen: Screen, layout: Layout) -> None:
    """Hold the tablet so, with what stands open on it; a question has to be asked again."""
    page.set_viewport_size({"width": layout.width, "height": layout.height})
    page.wait_for_function("(width) => innerWidth === width", arg=layout.width)
    page.evaluate(LAID_OUT, [layout.hand, layout.letters])
    if screen.shown == "#confirm":
        ask_again(page)


def misfits(page: Page, screen: Screen, layout: Layout, *, is_long: bool) -> list[str]:
    """What is wrong on a tablet; a screen that `is_long` may be longer than it and scrolls."""
    room = page.evaluate("document.scrollingElement.scrollHeight") if is_long else layout.height
    controls = controls_of(page, screen.shown)
    found = wrong(controls, layout.width, room) if controls else ["nothing can be tapped"]
    if (wider := page.evaluate(WIDER)) > 0:
        found.append(f"{wider} px wider than the screen")
    return found + page.evaluate(OVERFLOWING)


def misfits_on_a_phone(page: Page, screen: Screen) -> list[str]:
    """A lead looks at it without gloves, so the sizes are smaller there: nothing is cut off or covered."""
    pairs = combinations(controls_of(page, screen.shown), 2)
    covered = [f"{one.name} and {other.name} cover each other" for one, other in pairs if gap(one, other) < 0]
    return covered + page.evaluate(OVERFLOWING)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_control_is_large_enough_and_far_enough_from_the_next(
    tmp_path: Path, new_page: Callable[..., Page], kind: str, language: str
) -> None:
    def visitor() -> Page:
        page = new_page(forgive=FORGIVE)
        page.context.add_cookies([{"name": "lang", "value": language, "domain": "127.0.0.1", "path": "/"}])
        return page

    found = []
    for screen, page in KINDS[kind](tmp_path / "site", visitor):
        for name, layout in LAYOUTS.items():
            turn(page, screen, layout)
            # With large letters, or all warnings at once, a screen may be longer than the tablet.
            is_long = layout.letters == "large" or kind == "cut off"
            found += [
                f"{screen.name}, {name}: {fault}" for fault in misfits(page, screen, layout, is_long=is_long)
            ]
        turn(page, screen, PHONE)
        found += [f"{screen.name}, a phone: {fault}" for fault in misfits_on_a_phone(page, screen)]
        turn(page, screen, LAYOUTS["a tablet"])
    assert not found, "\n".join(found)
