"""A visit to a kiosk in a real browser, with a scanner that types.

It is played with the instants of its keys, so that a busy machine types no slower than it does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import parse_qs

from playwright.sync_api import CDPSession, Page, Request, expect

from tests.waiting import wait_for
from tests.web.letters import wait_for_letters

KEYS = {"Enter": 13, "Shift": 16, "F8": 119}
"""Keys that are no characters, with their numbers."""
STALL_S = 0.7
"""The page waits a second for the next key."""
SAYS_UNREAD = """
document.getElementById("message")?.textContent.includes(document.getElementById("message-place").dataset.unread)
"""
UNREAD = "Not read completely: scan again."


class Keys:
    """A scanner that is plugged into a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._keys: CDPSession = page.context.new_cdp_session(page)
        self._last_s = 0.0

    def wedge(self, *keys: str, gap_ms: float = 5, after_ms: float = 0, ups: bool = True) -> None:
        """Keys, a text's characters being one each, at a pace; `after_ms`: so long after the keys before, and a gap.

        Without `ups` no key is let go, which nothing here asks for: that is said in half the time.
        """
        each = [key for part in keys for key in ([part] if part in KEYS else part)]
        slowest_s = self._type(each, gap_ms, after_ms, ups)
        if slowest_s > STALL_S and each[-1] == "Enter" and self.page.evaluate(SAYS_UNREAD):
            self._type(
                each, gap_ms, 0, ups
            )  # the machine stood still between two keys: whoever scans does it again

    def _type(self, each: list[str], gap_ms: float, after_ms: float, ups: bool) -> float:  # noqa: FBT001  # as it is told
        """The longest that the page may really have waited for a key: since the one before was sent."""
        since_s = time.time() - len(each) * gap_ms / 1000
        at_s = self._last_s + after_ms / 1000 if after_ms else max(since_s, self._last_s)
        slowest_s, before_s = 0.0, time.monotonic()
        for key in each:
            at_s += gap_ms / 1000
            sent_s = time.monotonic()
            self._press(key, at_s, ups=ups)
            slowest_s = max(slowest_s, time.monotonic() - before_s)
            before_s = sent_s
        self._last_s = at_s
        return slowest_s

    def _press(self, key: str, at_s: float, *, ups: bool) -> None:
        what = {
            "key": key,
            "timestamp": at_s,
            "windowsVirtualKeyCode": KEYS.get(key, 0),
        }
        text = "\r" if key == "Enter" else "" if key in KEYS else key
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self._keys.send("Input.dispatchKeyEvent", {**what, **down})
        if ups:
            self._keys.send("Input.dispatchKeyEvent", {**what, "type": "keyUp"})


class Kiosk(Keys):
    """A page of a kiosk, the scanner that is plugged into it, and what the page sends."""

    def __init__(self, page: Page, address: str) -> None:
        super().__init__(page)
        self.posts: list[tuple[str, dict[str, str]]] = []
        """What was done, each once: its kind, and its fields with its id."""
        self._ids: set[str] = set()
        page.on("request", self._note)
        page.goto(address)
        expect(page.locator("body[data-fresh=live]")).to_be_attached()
        wait_for_letters(page)
        self.message = page.locator("#message")
        self.panel = page.locator("#panel")

    def _note(self, request: Request) -> None:
        if request.method != "POST":
            return
        if request.url.endswith("/outbox"):
            for entry in json.loads(request.post_data or "{}")["entries"]:
                if entry["id"] not in self._ids:
                    self._ids.add(entry["id"])
                    self.posts.append((entry["kind"], {**entry["fields"], "id": entry["id"]}))
        else:
            told = {name: values[0] for name, values in parse_qs(request.post_data or "").items()}
            self.posts.append((request.url.rpartition("/")[2], told))

    @property
    def codes(self) -> list[str]:
        """The codes that were sent so far."""
        self.page.evaluate("0")  # what the browser has told is heard while it is asked something
        return [told["code"] for what, told in self.posts if what == "scan"]

    def waits(self, condition: Callable[[], object], what: str) -> None:
        """Until a condition holds, hearing meanwhile what the browser tells."""
        wait_for(lambda: (self.page.evaluate("0"), condition())[1], what=what)

    def refuses_the_scan(self) -> None:
        """It says so, flashes, and sends nothing."""
        expect(self.message).to_have_text(UNREAD)
        expect(self.message).to_be_visible()
        expect(self.message).to_have_class("message refused")
        assert self.codes == []
