"""A kiosk in a real browser on a slow tablet: first content, bytes over the wire, and how soon a scan shows."""

from __future__ import annotations

import statistics
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.measure import Row
from tests.bench.web import web_server
from tests.browsers import CHROMIUM_FLAGS
from tests.factory import Plant, china, worked_order
from tests.provision import NEEDS, find_program
from tests.waiting import wait_for
from tests.web.kiosk_visit import Kiosk
from tests.web.letters import wait_for_letters

THROTTLED = 4
ROUNDS = 7
_PAINT = "window.painted?.at(-1) ?? 0"
_WATCH_PAINT = """
window.painted = [];
new PerformanceObserver((list) => {
  for (const { element, startTime } of list.getEntries()) if (element?.id !== "fresh") painted.push(startTime);
}).observe({ type: "largest-contentful-paint", buffered: true });
"""
"""The largest text: on a kiosk this hour's own, not the head of a page that is drawn in pieces."""
_WATCH = """
window.shownMs = [];
let began = 0;
addEventListener("keydown", (event) => { if (event.key === "Enter") began = event.timeStamp; }, true);
addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
  if (!began) return;
  const from = began;
  began = 0;
  requestAnimationFrame(() => setTimeout(() => window.shownMs.push(performance.now() - from)));
}).observe(document.getElementById("message-place"), { attributes: true, childList: true, subtree: true }));
"""
_PLAIN = """
() => {
  const text = document.body.appendChild(document.createElement("p"));
  addEventListener("keydown", (event) => {
    text.textContent += "x";
    requestAnimationFrame(() => setTimeout(() => window.shownMs.push(performance.now() - event.timeStamp)));
  });
  window.shownMs = [];
}
"""


def kiosk_page(folder: Path) -> list[Row]:
    """Nothing when there is no Chromium."""
    program = find_program(*NEEDS["chromium"][0][0])
    if program is None:
        return []
    plant = Plant(folder / "kiosk")
    plant.release(worked_order())
    plant.turn(china("24 15:10"))
    with web_server(plant) as base, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        try:
            return _measured(chromium, base, plant.codes())
        finally:
            chromium.close()


def _measured(chromium: Browser, base: str, codes: list[str]) -> list[Row]:
    plain_at = f"{base}/healthy"
    pairs = [
        (_first_content(chromium, plain_at, tab), _first_content(chromium, f"{base}/kiosk/sew-1", tab))
        for _ in range(ROUNDS)
        for tab in ("", plain_at)
    ]  # by turns: what else the machine does is in both
    scans, keys = _shown_ms(chromium, base, codes)
    new, again = (
        [statistics.median(pair[which][0] for pair in pairs[tab::2]) for which in (1, 0)] for tab in (0, 1)
    )
    kiosk_kb, plain_kb = (statistics.median(pair[which][1] for pair in pairs) / 1_000 for which in (1, 0))
    return [
        *(
            (
                f"kiosk: first content, CPU throttled {THROTTLED}x, {where} / one line of text, ms",
                f"{kiosk_ms:.0f}",
                f"{plain_ms:.0f}",
                f"{kiosk_ms / plain_ms:.1f}",
            )
            for where, (kiosk_ms, plain_ms) in (("in a tab that is there", again), ("in a new tab", new))
        ),
        (
            "kiosk: transferred / one line of text, kB",
            f"{kiosk_kb:.0f}",
            f"{plain_kb:.1f}",
            f"{kiosk_kb / plain_kb:.0f}",
        ),
        (
            "kiosk: scan to visible confirmation / key to visible letter, ms",
            f"{scans:.1f}",
            f"{keys:.1f}",
            f"{scans / keys:.1f}",
        ),
    ]


def _first_content(chromium: Browser, address: str, before: str) -> tuple[float, int]:
    """Milliseconds to the first content, and bytes over the wire, with nothing of it cached.

    A tab that showed a page `before` has its process already; a new one begins with that.
    """
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(_WATCH_PAINT)
    page = context.new_page()
    if before:
        page.goto(before)
        wait_for(lambda: page.evaluate(_PAINT), what="the page before")
    wire = context.new_cdp_session(page)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLED})
    wire.send("Network.enable")
    size = [0]
    wire.on("Network.loadingFinished", lambda told: size.append(int(told["encodedDataLength"])))
    page.goto(address, wait_until="load")
    if page.locator("#kiosk").count():
        page.wait_for_selector("body[data-fresh=live]")
        wait_for_letters(page)
    painted = wait_for(lambda: float(page.evaluate(_PAINT)), what="the first content")
    context.close()
    return painted, sum(size)


def _shown_ms(chromium: Browser, base: str, codes: list[str]) -> tuple[float, float]:
    """Medians from the last key of a scan to its confirmation, and from a key to a letter, both painted."""
    page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(_WATCH)
    kiosk = Kiosk(page, f"{base}/kiosk/sew-1")
    for number, code in enumerate(codes, 1):
        kiosk.wedge(code)
        page.keyboard.press("Enter")  # at its own instant: the wedge's keys carry older ones
        _wait_for_times(page, number)
    scans = statistics.median(page.evaluate("window.shownMs"))
    page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{base}/healthy")
    page.evaluate(_PLAIN)
    for number in range(1, len(codes) + 1):
        page.keyboard.press("x")
        _wait_for_times(page, number)
    return scans, statistics.median(page.evaluate("window.shownMs"))


def _wait_for_times(page: Page, count: int) -> None:
    wait_for(lambda: page.evaluate("window.shownMs.length") >= count, what="what a key shows")
