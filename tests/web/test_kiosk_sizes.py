"""Every control on every screen of a kiosk, in every state: large enough for a glove, and far enough from the next."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page

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


LAYOUTS: dict[str, dict[str, Any]] = {
    "a tablet": {"viewport": (1280, 800), "lang": "es"},
    "a tablet upright": {"viewport": (800, 1280), "lang": "vi"},
    "a tablet for the left hand": {"viewport": (1280, 800), "hand": "left", "lang": "de"},
    "a tablet upright for the left hand": {"viewport": (800, 1280), "hand": "left", "lang": "zh"},
    "a tablet with large letters": {"viewport": (1280, 800), "letters": "large", "lang": "es"},
    "a tablet upright with large letters": {"viewport": (800, 1280), "letters": "large", "lang": "de"},
}
"""Each in a language whose words are longer than the English ones, or whose letters are higher."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_control_is_large_enough_and_far_enough_from_the_next(
    tmp_path: Path, new_page: Callable[..., Page], kind: str, layout: str
) -> None:
    chosen = dict(LAYOUTS[layout])
    width, height = chosen.pop("viewport")

    def visitor() -> Page:
        page = new_page(viewport=(width, height), forgive=FORGIVE)
        page.context.add_cookies(
            [
                {"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}
                for name, value in chosen.items()
            ]
        )
        return page

    found, count = [], 0
    for screen, page in KINDS[kind](tmp_path / "site", visitor):
        # With large letters, or all warnings at once, a screen may be longer than the tablet: it scrolls.
        scrolls = chosen.get("letters") or kind == "cut off"
        room = page.evaluate("document.scrollingElement.scrollHeight") if scrolls else height
        controls = controls_of(page, screen.shown)
        count += len(controls)
        found += [f"{screen.name}: {fault}" for fault in wrong(controls, width, room)]
        if (wider := page.evaluate(WIDER)) > 0:
            found.append(f"{screen.name}: {wider} px wider than the screen")
        found += [f"{screen.name}: {fault}" for fault in page.evaluate(OVERFLOWING)]
    assert not found, "\n".join(found)
    assert count > 3


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_off_or_covered_on_a_phone(
    tmp_path: Path, new_page: Callable[..., Page], kind: str
) -> None:
    """A lead looks at it without gloves, so the sizes are smaller there."""

    def visitor() -> Page:
        page = new_page(viewport=(390, 844), forgive=FORGIVE)
        page.context.add_cookies([{"name": "lang", "value": "es", "domain": "127.0.0.1", "path": "/"}])
        return page

    found = []
    for screen, page in KINDS[kind](tmp_path / "site", visitor):
        found += [f"{screen.name}: {fault}" for fault in page.evaluate(OVERFLOWING)]
        for one, other in combinations(controls_of(page, screen.shown), 2):
            if gap(one, other) < 0:
                found.append(f"{screen.name}: {one.name} and {other.name} cover each other")
    assert not found, "\n".join(found)
