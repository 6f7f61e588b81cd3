"""Fields of a posted form: what a person wrote, or every fault with the name of its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar

from flask import request
from werkzeug.wrappers import Response

from kiosk.identity import signed_in
from ledger.drafts import By
from shopfloor.instants import Instant, moment_of
from shopfloor.sentences import joined, sentence, text_of
from shopfloor.told_times import NoTime, told_instant

PERSON = "person"
"""The name of whoever uses this browser: a field of every form that commits somebody, kept in a cookie."""
WEB = "web"
LONGEST_PERSON = 60
LONGEST_TEXT = 500
KEPT_S = 400 * 24 * 3600

_WHOLE = re.compile(r"-?[0-9]{1,11}")

R = TypeVar("R", bound=Response)


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field, in a sentence."""

    field: str
    text: str


class FormFaults(Exception):
    """A form that cannot be used; every fault names its field."""

    def __init__(self, *faults: FieldFault) -> None:
        self.faults = faults
        told = [sentence("%(column)s: %(fault)s", column=fault.field, fault=fault.text) for fault in faults]
        super().__init__(joined(told))


class Form:
    """Reads fields one by one and collects their faults; `check` raises them together."""

    def __init__(self, fields: Mapping[str, str], zone: tzinfo) -> None:
        self._fields = fields
        self._zone = zone
        self.faults: list[FieldFault] = []

    def fault(self, field: str, text: str) -> None:
        self.faults.append(FieldFault(field, text))

    def check(self) -> None:
        if self.faults:
            raise FormFaults(*self.faults)

    def text(self, name: str, *, needed: str = "", longest: int = LONGEST_TEXT) -> str:
        """A text without outer blanks. `needed` is the sentence when it is empty."""
        value = self._fields.get(name, "").strip()
        if not value and needed:
            self.fault(name, needed)
        elif len(value) > longest or not value.replace("\n", "").replace("\r", "").isprintable():
            self.fault(name, sentence("at most %(longest)s characters that can be printed", longest=longest))
            return ""
        return value

    def number(self, name: str, least: int, most: int, *, default: int | None = None) -> int:
        """A whole number; `default` when the field is empty."""
        value = self._fields.get(name, "").strip()
        if not value and default is not None:
            return default
        if not (_WHOLE.fullmatch(value) and least <= int(value) <= most):
            self.fault(
                name,
                sentence(
                    "%(value)s is no whole number from %(least)s to %(most)s",
                    value=repr(value[:20]),
                    least=least,
                    most=most,
                ),
            )
            return least
        return int(value)

    def instant(self, name: str, *, needed: str = "", unless: Instant | None = None) -> Instant | None:
        """A day and time of the site, as a browser's field sends it: 2026-11-25T17:00.

        A field that still says what the page showed of a stored time (`unless`) means that very time: a field has
        no seconds, and does not tell the two passes of a repeated hour apart.
        """
        value = self._fields.get(name, "").strip()
        if unless is not None and value == field_text(unless, self._zone):
            return unless
        if not value:
            if needed:
                self.fault(name, needed)
            return None
        try:
            return told_instant(value if ":" in value else "", self._zone)
        except NoTime as fault:
            self.fault(name, sentence("%(written)s %(what)s", written=repr(value[:40]), what=text_of(fault)))
        except ValueError:
            self.fault(
                name, sentence("%(value)s is no day and time like 2026-11-25T17:00", value=repr(value[:40]))
            )
        return None

    def by(self, at: Instant, event_id: str | None = None) -> By:
        """Who does it: whoever is logged in, else a name is needed."""
        person = signed_in() or self.text(PERSON, needed=sentence("write your name"), longest=LONGEST_PERSON)
        return By(person, WEB, at, event_id)


def refuse_past(form: Form, field: str, at: Instant | None, now: Instant) -> None:
    """A due that has passed can be kept by nobody; most often its year or month is a slip."""
    if at is not None and at < now:
        form.fault(field, sentence("is in the past; choose a later day or time"))


def field_text(at: Instant | None, zone: tzinfo) -> str:
    """An instant as a browser's field for day and time takes it; empty for none."""
    return "" if at is None else moment_of(at, zone).strftime("%Y-%m-%dT%H:%M")


def known_person(role: str = "") -> str:
    """Who is logged in; else the name that this browser was last used with, or last confirmed with in a role."""
    return signed_in() or request.cookies.get(_cookie(role), "")[:LONGEST_PERSON]


def remember_person(response: R, person: str, role: str = "") -> R:
    """Fill in the name next time, the one of a role only in that role; a convenience, it proves nothing."""
    response.set_cookie(_cookie(role), person, max_age=KEPT_S, httponly=True, samesite="Strict")
    return response


def _cookie(role: str) -> str:
    return f"{PERSON}-{role}" if role else PERSON
