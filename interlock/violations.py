"""What the embedded broker's log says of devices that tried what they may not: for people, with device and topic."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_LINE = re.compile(
    rb'- mid:\d+ - "(?P<who>[^"]*)" - (?P<what>Publish|Subscription) Violation - Subject "(?P<subject>[^"]*)"'
)
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Violation:
    """What a device may not: `what` is "publish" or "subscribe"."""

    device: str
    what: Literal["publish", "subscribe"]
    topic: str


class ViolationLog:
    """Reads on where it stopped; of a flood only the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = self._size()
        self.count = 0

    def new(self) -> Counter[Violation]:
        """What was refused since the last look, and how often."""
        size = self._size()
        if size < self._at:  # the broker has begun a new file
            self._at = 0
        if size == self._at:
            return Counter()
        with self._path.open("rb") as file:
            file.seek(max(self._at, size - _MOST_BYTES))
            text = file.read(_MOST_BYTES)
        whole = text.rfind(b"\n") + 1
        self._at = size - (len(text) - whole)
        found = Counter(
            Violation(
                one["who"].decode(errors="replace"),
                "publish" if one["what"] == b"Publish" else "subscribe",
                topic_of(one["subject"].decode(errors="replace")),
            )
            for one in _LINE.finditer(text[:whole])
        )
        self.count += found.total()
        return found

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0


def topic_of(subject: str) -> str:
    """The MQTT topic of one of the broker's subjects."""
    levels = subject.replace("//", "\0").split(".")
    names = {"*": "+", ">": "#", "/": ""}
    return "/".join(names.get(level, level).replace("\0", ".") for level in levels)
