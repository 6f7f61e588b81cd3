"""Screens in a real browser, in a language that is 40 % longer; and one live board in two languages at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from interlock.wake import WakeSender
from tests.factory import Plant
from tests.web.conftest import served
from tests.web.greek_plant import busy, gets_of, greek_site
from tests.web.letters import wait_for_letters
from tests.web.live_client import LiveServer
from tests.web.unspoken import unspoken

OVERFLOWING = (Path(__file__).parent / "overflowing.js").read_text(encoding="utf-8")
NARROW_BUTTON = """() => {
  const button = document.body.appendChild(document.createElement("button"));
  button.textContent = "too long for it";
  button.style.cssText = "width: 9px; white-space: nowrap";
}"""
TORN_BUTTON = """() => {
  const button = document.body.appendChild(document.createElement("button"));
  button.textContent = "noch einmal schließen";
  button.style.cssText = "width: 70px; overflow-wrap: anywhere";
}"""
STACKED_CELL = """() => {
  const text = document.body.appendChild(document.createElement("p"));
  text.textContent = "它的答复";
  text.style.cssText = "width: 1.2em";
}"""
CUT_SHORT = """() => {
  const code = document.body.appendChild(document.createElement("button")).appendChild(document.createElement("b"));
  code.textContent = "000003M-1";
  code.style.cssText = "display: block; width: 3em; overflow: hidden; text-overflow: ellipsis";
}"""
SIZES = {
    "a tablet": (1280, 800),
    "a tablet upright": (800, 1280),
    "a TV": (1920, 1080),
    "a phone": (390, 844),
}


@pytest.fixture
def greek(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "greek", greek_site())
    busy(plant)
    plant.turn(plant.now)
    yield plant
    plant.close()


@pytest.fixture
def server(greek: Plant) -> Iterator[LiveServer]:
    with ExitStack() as running:
        yield served(running, greek)


def is_page(address: str) -> bool:
    """A sheet that a kiosk lays over itself is a part of one; what is printed has the size of its paper."""
    return "/batches" not in address and not address.startswith("/paper")


def is_live(address: str) -> bool:
    """A board or a kiosk."""
    return address.startswith(("/board", "/kiosk")) and address.count("/") == 2


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_longer_words_fit_on_every_screen(
    greek: Plant, server: LiveServer, new_page: Callable[..., Page], size: tuple[int, int]
) -> None:
    assert misfits(greek, server, new_page(viewport=size), "xx") == {}


def test_chinese_stands_in_lines_on_every_screen(
    greek: Plant, server: LiveServer, new_page: Callable[..., Page]
) -> None:
    """It may break after each letter: a narrow column would have them one below the other."""
    assert misfits(greek, server, new_page(viewport=SIZES["a tablet"]), "zh") == {}


def misfits(greek: Plant, server: LiveServer, page: Page, lang: str) -> dict[str, list[str]]:
    """What does not fit, by the address of its page."""
    page.goto(f"http://127.0.0.1:{server.port}/?lang={lang}")
    found = {}
    for address in filter(is_page, gets_of(greek)):
        page.goto(f"http://127.0.0.1:{server.port}{address}")
        if is_live(address):
            expect(page.locator("body[data-fresh=live]")).to_be_attached()
        wait_for_letters(page)
        faults = page.evaluate(OVERFLOWING) + (unspoken(page.content()) if lang == "xx" else [])
        if faults:
            found[address] = faults
    return found


def test_what_does_not_fit_is_found(server: LiveServer, new_page: Callable[..., Page]) -> None:
    page = new_page(viewport=SIZES["a phone"])
    page.goto(f"http://127.0.0.1:{server.port}/?lang=xx")
    page.evaluate("document.querySelector('h1').style.whiteSpace = 'nowrap'")
    page.evaluate(NARROW_BUTTON)
    page.evaluate(TORN_BUTTON)
    page.evaluate(STACKED_CELL)
    page.evaluate(CUT_SHORT)
    faults = page.evaluate(OVERFLOWING)
    assert any("the page is" in fault for fault in faults)
    assert any("cut off: button" in fault for fault in faults)
    assert [fault for fault in faults if fault.startswith("torn: schließen in button")]
    assert any(fault.startswith("stacked: p") for fault in faults)
    assert any(fault.startswith("cut short: b") for fault in faults)


def test_a_live_board_speaks_each_reader_s_language_at_once(
    floor: Plant, serve: Callable[..., LiveServer], new_page: Callable[..., Page]
) -> None:
    floor.turn(floor.now)
    with closing(WakeSender(floor.folder)) as sender:
        floor.ledger.listeners.append(sender.changed)
        port = serve().port
        screens = {
            lang: new_page(viewport=SIZES["a TV"], locale=lang) for lang in ("zh-CN", "de-DE", "en-GB")
        }
        for page in screens.values():
            page.goto(f"http://127.0.0.1:{port}/board/shirts")
            expect(page.locator("body[data-fresh=live]")).to_be_attached()
        code = floor.codes()[0]
        floor.scan("scanner-cut", code, "24 15:11")
        floor.scan("scanner-cut", code, "24 15:12")
        for lang, words in {"zh-CN": "最近 15:12", "de-DE": "zuletzt 15:12", "en-GB": "last 15:12"}.items():
            expect(screens[lang].locator("#row-cut .age").first).to_contain_text(words)
        day = {"zh-CN": "11月24日 星期二", "de-DE": "Dienstag, 24. November", "en-GB": "Tuesday 24 November"}
        for lang, words in day.items():
            expect(screens[lang].locator(".board-day")).to_contain_text(words)


def test_the_language_is_chosen_on_the_kiosk_itself(
    server: LiveServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(f"http://127.0.0.1:{server.port}/kiosk/sew-1")
    expect(page.locator("body[data-fresh=live]")).to_be_attached()
    page.locator(".kiosk-menu summary").click()
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.locator(".button-flag span").first).to_have_text("CHƯA NHẬN")
    page.goto(f"http://127.0.0.1:{server.port}/kiosk/cut-1")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
