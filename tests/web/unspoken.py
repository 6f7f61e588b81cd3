"""What of a page is not in the language of accents: words that nobody could translate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.messages import CLOSE, OPEN

ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")
EMPTY = ("input", "meta", "link", "br")
SILENT = ("script", "style", "code", "pre", "textarea")
WORD = re.compile(r"[A-Za-zÀ-ž]{2,}")
IDS = re.compile(
    r"""Interlock | interlock/\S+ | scanner-\w+ | \w+-1\b | polo | shirts(/\w+)? | bench | tasmota\S* | native | M-1
    | HTML | PDF | CSV
    | order,line,product\S* | [0-9A-Z]+-[0-9A-Z]+ | 7K30411 | https?://\S+ | [\w./-]+\.toml | Asia/Shanghai
    | \b[0-9A-Z]{7}\b | \b\d+(?:min|h|d)\b | \b(?:min|h|kB|MB|s|d)\b | \b(?:mon|tue|wed|thu|fri|sat|sun)\b | day""",
    re.VERBOSE,
)
"""Ids, addresses and what a site.toml says: the same in every language. Days and months of dates stand in brackets."""
DATES = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Nov|Dec|Jan|Feb)\b")


class _Texts(HTMLParser):
    """Texts and spoken attributes of a page, outside of what is code or marked as not to be translated."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._silent: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if (
            self._silent
            or tag in SILENT
            or told.get("translate") == "no"
            or "hreflang" in told
            or "aria-current" in told
        ):
            if tag not in ("input", "meta", "link", "br", "use", "rect", "path", "line", "circle"):
                self._silent.append(tag)
            return
        for name, value in told.items():
            if value and (
                name in ATTRIBUTES or (name.startswith("data-") and name != "data-fields" and " " in value)
            ):
                self.found.append((f"{tag} {name}", value))

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(("text", data.strip()))


def unspoken(page: str) -> list[str]:
    """Each text with words outside of brackets."""
    texts = _Texts()
    texts.feed(page)
    return [f"{where}: {text}" for where, text in texts.found if any(words_outside(text))]


def words_outside(text: str) -> Iterator[str]:
    """Words that are neither in brackets nor ids."""
    depth, outside = 0, ""
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        outside += letter if not depth and letter != CLOSE else " "
    yield from WORD.findall(DATES.sub(" ", IDS.sub(" ", outside)))
