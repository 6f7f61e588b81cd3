"""What a page says, in the language of whoever reads it: messages, sentences, numbers, days.

The language belongs to the request, or to the live channel, that is being rendered; outside of both it is English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from kiosk.catalogues import ENGLISH, Language
from shopfloor.sentences import Sentence

_GROUPED_FROM = 1_000
_FIRST_VALUE = re.compile(r"%\((\w+)\)s(?!:)")
"""Not before a colon: that is the name of a field, which begins a sentence like a word."""

_speaks: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def language() -> Language:
    """The language that is spoken now."""
    return _speaks.get()


def speak(chosen: Language) -> None:
    """Speak a language from now on, in this request."""
    _speaks.set(chosen)


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Speak a language for a while."""
    before = _speaks.set(chosen)
    try:
        yield
    finally:
        _speaks.reset(before)


def told(text: str) -> str:
    """A sentence in the language that is spoken; a text that is none stays as it is."""
    if not isinstance(text, Sentence):
        return text
    return _form(text) % {name: shown(value) for name, value in text.values.items()}


def capital(text: str) -> str:
    """A sentence that stands alone: told, and begun with a capital letter, unless it begins with an id or a name."""
    said = told(text)
    return said if _begins_with_a_name(text) else said[:1].upper() + said[1:]


def _form(text: Sentence) -> str:
    """A sentence in the language that is spoken, its values still to be put in."""
    translations = _speaks.get().translations
    if text.plural is None:
        return translations.gettext(text.msgid)
    n = text.values["n"]
    return translations.ngettext(text.msgid, text.plural, n if isinstance(n, int) else 0)


def _begins_with_a_name(text: str) -> bool:
    """Whether the first word is a value that is written as it is, like a code."""
    if not isinstance(text, Sentence) or not (first := _FIRST_VALUE.match(_form(text))):
        return False
    value = text.values[first[1]]
    return isinstance(value, str) and (not isinstance(value, Sentence) or _begins_with_a_name(value))


def shown(value: object) -> object:
    """A value as it stands in a sentence: numbers as the language writes them, sentences told."""
    if isinstance(value, str):
        return told(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return value


def number(value: float) -> str:
    """A number as the language writes it: 1,200 or 1.200, 7.5 or 7,5."""
    if isinstance(value, int) and -_GROUPED_FROM < value < _GROUPED_FROM:
        return str(value)
    said: str = format_decimal(value, locale=_speaks.get().locale)
    return said


def dated(on: date, form: str) -> str:
    """A day in one of the forms that catalogues translate: `EEE d MMM` is Tue 24 Nov, 11月24日 周二, mar 24 nov."""
    chosen = _speaks.get()
    return format_date(on, chosen.translations.gettext(form), locale=chosen.locale)


def weekday(on: date) -> str:
    """For example Tuesday."""
    return format_date(on, "cccc", locale=_speaks.get().locale)


def short_weekday(on: date) -> str:
    """For example Tue."""
    return format_date(on, "ccc", locale=_speaks.get().locale)
