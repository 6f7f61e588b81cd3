"""Sentences that remember how they were made, so that each reader can be told in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


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


def sentence(msgid: str, /, **values: object) -> Sentence:
    """A sentence: `sentence("%(batch)s is no batch here", batch=code)`."""
    return Sentence(msgid, values)


def counted(singular: str, plural: str, n: int, /, **values: object) -> Sentence:
    """A sentence about `n` things, `%(n)s` in the text."""
    return Sentence(singular, {"n": n, **values}, plural)
