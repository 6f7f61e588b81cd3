"""From the bytes of a request to checked values, or a sentence that says what is wrong where."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from kiosk.errors import Malformed
from kiosk.services import Services
from shopfloor.instants import Instant, instant_from_text
from shopfloor.sentences import sentence, text_of
from shopfloor.told_times import NoTime, told_instant

T = TypeVar("T")

_PLACE = re.compile(r"(?P<what>.*?) - at `\$\.?(?P<place>.*)`$")


def decoded(raw: bytes, shape: type[T] | Any, what: str) -> T:
    """JSON in a shape. Malformed with `what` and the place in it."""
    try:
        value: T = msgspec.json.decode(raw, type=shape)
    except UnicodeDecodeError:
        raise Malformed(sentence("%(what)s cannot be read: it is not UTF-8", what=what)) from None
    except RecursionError:
        raise Malformed(sentence("%(what)s cannot be read: it is nested too deep", what=what)) from None
    except msgspec.DecodeError as fault:
        raise Malformed(
            sentence("%(what)s cannot be read: %(fault)s", what=what, fault=_sentence(str(fault)))
        ) from None
    return value


def instant(services: Services, name: str, text: str | None) -> Instant | None:
    """An instant from ISO 8601, without an offset in the site's zone. Malformed when nobody can mean it."""
    if text is None:
        return None
    try:
        return told_instant(text, services.config.site.zone)
    except NoTime as fault:
        raise Malformed(
            sentence("%(name)s: %(written)s %(what)s", name=name, written=repr(text), what=text_of(fault))
        ) from None
    except ValueError:
        raise _no_time(name, text) from None


def clock_instant(services: Services, name: str, text: str | None) -> Instant | None:
    """What a device's clock says, however wrong it goes: a scan counts all the same. Malformed when it is no time."""
    if text is None:
        return None
    try:
        return instant_from_text(text, services.config.site.zone)
    except (ValueError, OverflowError):
        raise _no_time(name, text) from None


def _no_time(name: str, text: str) -> Malformed:
    return Malformed(
        sentence(
            "%(name)s: %(written)s is no time; write for example 2026-11-24T14:52:03+01:00",
            name=name,
            written=repr(text),
        )
    )


def _sentence(fault: str) -> str:
    found = _PLACE.match(fault)
    place, what = (f"{found['place']}: ", found["what"]) if found else ("", fault)
    return place + (what if what[1:2].isupper() else what[:1].lower() + what[1:])
