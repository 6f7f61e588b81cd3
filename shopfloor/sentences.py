"""Sentences that remember how they were made, so that each reader can be told in their own language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self


class Sentence(str):
    """An English sentence, made of a message and its values. Everywhere it is the text that it reads as.

    `msgid` is what catalogues translate, with `%(name)s` for each of `values`; a value may be a Sentence itself.
    With a `plural`, `values["n"]` decides between the two.
    """

    __slots__ = ("msgid", "plural", "values")

    msgid: str
    plural: str | None
    values: Mapping[str, object]

    def __new__(cls, msgid: str, values: Mapping[str, object], plural: str | None = None) -> Self:
        chosen = msgid if plural is None or values["n"] == 1 else plural
        made = super().__new__(cls, chosen % values)
        made.msgid, made.values, made.plural = msgid, values, plural
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, object], str | None]:  # type: ignore[override]  # a str's own is its text
        return self.msgid, self.values, self.plural


def sentence(msgid: str, /, **values: object) -> Sentence:
    """A sentence: `sentence("%(batch)s is no batch here", batch=code)`."""
    return Sentence(msgid, values)


def counted(singular: str, plural: str, n: int, /, **values: object) -> Sentence:
    """A sentence about `n` things, `%(n)s` in the text."""
    return Sentence(singular, {"n": n, **values}, plural)


def listed(items: Sequence[str]) -> str:
    """Texts as a list in a sentence, which each language joins in its own way: one, two and three."""
    if not items:
        return ""
    told = items[0]
    for item in items[1:-1]:
        told = sentence("%(some)s, %(another)s", some=told, another=item)
    return told if len(items) == 1 else sentence("%(some)s and %(last)s", some=told, last=items[-1])


def enumerated(items: Sequence[str]) -> str:
    """Texts behind each other: one, two, three."""
    told = items[0] if items else ""
    for item in items[1:]:
        told = sentence("%(some)s, %(another)s", some=told, another=item)
    return told


def joined(items: Sequence[str]) -> str:
    """Sentences that stand in lines below each other."""
    told = items[0] if items else ""
    for item in items[1:]:
        told = sentence("%(above)s\n%(below)s", above=told, below=item)
    return told


def text_of(fault: BaseException) -> str:
    """What a fault says, as the Sentence that it was made with: `str(fault)` is the English text alone."""
    said = fault.args[0] if len(fault.args) == 1 else None
    return said if isinstance(said, str) else str(fault)


def as_data(text: Sentence) -> list[Any]:
    """What a sentence was made of, for JSON: its message, its values (lists are sentences), its plural if any."""
    values = {
        name: as_data(each) if isinstance(each, Sentence) else each for name, each in text.values.items()
    }
    return [text.msgid, values] if text.plural is None else [text.msgid, values, text.plural]


def from_data(data: object, text: str) -> str:
    """The sentence of what was kept beside its text; the text alone where nothing was, or what does not read so."""
    made = _made(data)
    return made if made is not None and made == text else text


def _made(data: object) -> Sentence | None:
    match data:
        case [str() as msgid, dict() as values, *rest]:
            pass
        case _:
            return None
    told = {name: _made(each) if isinstance(each, list) else each for name, each in values.items()}
    plural = rest[0] if rest and isinstance(rest[0], str) else None
    try:
        return Sentence(msgid, told, plural)
    except (KeyError, TypeError, ValueError):
        return None
