"""How raw values, choices and near misses are told in a fault's sentence."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from shopfloor.sentences import sentence


def shown(raw: object) -> str:
    """A raw value as it looks in the file, in short."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, list):
        return sentence("a list")
    if isinstance(raw, dict):
        return sentence("a table")
    if isinstance(raw, int) and abs(raw) >= 10**40:  # longer than Python agrees to print
        return sentence("so large a number")
    text = quoted(raw) if isinstance(raw, str) else str(raw)
    return text if len(text) <= 60 else f"{text[:56]} ..."  # noqa: PLR2004  # fits a terminal's line


def quoted(text: str) -> str:
    """In quotes, with everything that would move the cursor escaped."""
    return '"' + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text) + '"'


def either(choices: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *rest, last = choices
    return sentence("%(rest)s or %(last)s", rest=", ".join(rest), last=last) if rest else last


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    word, known = word[:80].lower(), list(known)
    # Two letters changed places: too little is left alike in a word as short as `id`.
    turned = (one for one in known if sorted(one) == sorted(word))
    return next(turned, None) or next(iter(get_close_matches(word, known)), None)
