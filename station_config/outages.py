"""Times out of service in site.toml."""

from __future__ import annotations

import re
from typing import TypeAlias
from zoneinfo import ZoneInfo

from shopfloor.instants import Instant, instant_from_text
from shopfloor.sentences import sentence
from station_config.reader import Unfit, Value, text_of
from station_config.wording import quoted

_UNTIL_FURTHER_NOTICE = ".."
_WALL = re.compile(r"2[01]\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
Outage: TypeAlias = tuple[Instant, Instant | None]
"""From the first to before the second; without it until further notice."""


def outages_in(zone: ZoneInfo) -> Value[Outage]:
    """A time out of service; where no offset is written, the zone decides."""
    example = sentence('"2026-11-24T08:00/2026-11-25T17:00", or "2026-12-01T06:00/.." until further notice')
    return Value(sentence("a time out of service (start/end)"), example, lambda raw: _outage(raw, zone))


def _outage(raw: object, zone: ZoneInfo) -> Outage:
    text = text_of(raw)
    try:
        start_at, end_at = _outage_from_text(text, zone)
    except ValueError:
        raise Unfit(better=_nearby_outage(text, zone)) from None
    if end_at is not None and end_at <= start_at:
        raise Unfit(what=sentence("a time out of service, as it does not end after its start"))
    return start_at, end_at


def _outage_from_text(text: str, zone: ZoneInfo) -> Outage:
    start, end = text.split("/")  # more or fewer parts are a ValueError, like a wrong part
    return _instant(start, zone), None if end == _UNTIL_FURTHER_NOTICE else _instant(end, zone)


def _instant(text: str, zone: ZoneInfo) -> Instant:
    if not _WALL.fullmatch(text):
        raise ValueError(text)
    return instant_from_text(text, zone)


def _nearby_outage(text: str, zone: ZoneInfo) -> str | None:
    """The time that "2026-11-24 08:00 / 2026-11-25 17:00" or "2026-12-01T06:00/" means."""
    tidy = re.sub(r"\s*/\s*", "/", text)
    tidy = re.sub(r"(?<=\d) +(?=\d)", "T", tidy)
    tidy = re.sub(r"/(?:\.*|\u2026)$", "/" + _UNTIL_FURTHER_NOTICE, tidy)
    try:
        _outage_from_text(tidy, zone)
    except ValueError:
        return None
    return quoted(tidy)
