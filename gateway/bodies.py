"""A payload opened: text, or a JSON object in which values are looked up. No bytes make this raise but NoScan."""

from __future__ import annotations

import unicodedata
from typing import Any

import msgspec

from gateway.faults import NoScan
from shopfloor.profiles import JsonPath, Paths
from shopfloor.sentences import sentence

LARGEST_BYTES = 8_192
_NOTHING = object()


class Body:
    """One message's payload; decoded once, whoever asks. `size` is given when it was already cut short."""

    def __init__(self, payload: bytes, size: int | None = None) -> None:
        self.payload = payload
        self.size = len(payload) if size is None else size
        self._text: str | None = None
        self._said: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        """The whole payload without what scanners put around a code. NoScan when it is too large or no UTF-8."""
        if self._text is None:
            if self.size > LARGEST_BYTES:
                raise NoScan(
                    sentence(
                        "The message has %(size)s bytes; a scan has at most %(largest_bytes)s.",
                        size=self.size,
                        largest_bytes=LARGEST_BYTES,
                    )
                )
            try:
                self._text = trimmed(self.payload.decode())
            except UnicodeDecodeError as fault:
                raise NoScan(
                    sentence("Byte %(start)s of the message is not UTF-8.", start=fault.start + 1)
                ) from None
        return self._text

    @property
    def begins_like_json(self) -> bool:
        return self.text.startswith(("{", "["))

    @property
    def said(self) -> dict[str, Any]:
        """The JSON object. NoScan when it is something else."""
        if self._said is None:
            self._said = _object(self.text)
        return self._said

    def first(self, paths: Paths) -> Any:
        """What stands at the first of the paths where anything but null or a table stands; None without it."""
        for path in paths:
            found = value_at(self.said, path)
            if found is not _NOTHING and found is not None and not isinstance(found, dict):
                return found
        return None

    def holds(self, path: JsonPath, words: tuple[str, ...]) -> bool:
        """Whether one of the words stands at a path."""
        return word_of(value_at(self.said, path)) in words


def value_at(said: Any, path: JsonPath) -> Any:
    """What stands at a path; a mark of its own when nothing does."""
    for key in path:
        if isinstance(said, dict) and key in said:
            said = said[key]
        elif isinstance(said, list) and key.isdecimal() and len(key) < 5 and int(key) < len(said):  # noqa: PLR2004  # no longer list fits
            said = said[int(key)]
        else:
            return _NOTHING
    return said


def word_of(value: object) -> str | None:
    """A text, number or truth as it is written in a profile."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None


def trimmed(text: str) -> str:
    """Without what scanners put around a code: CR, LF, blanks, and STX and ETX of serial ones."""
    return text.strip(" \r\n").removeprefix("\x02").removesuffix("\x03").strip(" \r\n")


def control_character(text: str) -> str | None:
    """The first control character or half of a surrogate pair, as U+001B; None when there is none."""
    if text.isprintable():
        return None
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs"):
            return f"U+{ord(sign):04X}"
    return None


def _object(text: str) -> dict[str, Any]:
    if not text.startswith(("{", "[")):
        raise NoScan(sentence("The message is no JSON object."))
    try:
        said = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError):
        raise NoScan(sentence("The message begins like JSON but cannot be decoded.")) from None
    except RecursionError:
        raise NoScan(sentence("The message is JSON nested too deep to be a scan.")) from None
    if not isinstance(said, dict):
        raise NoScan(sentence("The message is a JSON list; a scan is one object."))
    return said
