"""The kinds of value in site.toml: text to frozen values, and what to write when it is neither."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from ipaddress import ip_address
from typing import TypeGuard
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from shopfloor.flag_rules import CONSEQUENCE_KINDS
from shopfloor.roles import ROLES
from shopfloor.sentences import sentence
from station_config.reader import Unfit, Value, choice, text_of
from station_config.wording import nearest, quoted

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
VERSION = 1

_LONGEST_NAME = 80
_LONGEST_ID = 40
_SLOWEST = Decimal("0.001")
_MANY = 1_000_000
_LAST_PORT = 65_535
_FARTHEST_M = 30
FEWEST_MONTHS = 2
"""A device may still report what happened a month ago."""
_MOST_MONTHS = 1_200
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_FRACTION = re.compile(r"(\d{1,3})/(\d{1,3})", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,252})?", re.ASCII)


def _version(raw: object) -> int:
    if not _is_whole(raw) or raw != VERSION:
        raise Unfit(better=str(VERSION))
    return VERSION


def _id(raw: object) -> str:
    text = text_of(raw)
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text) and len(text) <= _LONGEST_ID:
        return text
    plain = id_like(text)
    raise Unfit(better=quoted(plain) if plain else None)


def id_like(text: str) -> str:
    """The id that a text with other characters was probably meant to be."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-_")[:_LONGEST_ID]


def _name(raw: object) -> str:
    text = text_of(raw)
    if len(text) > _LONGEST_NAME:
        raise Unfit
    return text


def _zone(raw: object) -> ZoneInfo:
    text = text_of(raw)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        cities = {zone.rpartition("/")[2].lower(): zone for zone in available_timezones()}
        near = nearest(text, cities.values()) or cities.get(nearest(text.lower(), cities) or "")
        raise Unfit(better=near and quoted(near)) from None


def _date(raw: object) -> date:
    if isinstance(raw, datetime):
        raise Unfit(better=quoted(raw.date().isoformat()))
    if isinstance(raw, date):
        return raw
    text = text_of(raw)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Unfit(what=sentence("a day of the calendar")) from None
    raise Unfit


def _clock(raw: object) -> time:
    if isinstance(raw, time):
        if raw.second or raw.microsecond:
            raise Unfit(better=quoted(raw.strftime("%H:%M")))
        return raw
    text = text_of(raw)
    if found := _CLOCK.fullmatch(text):
        return time(int(found[1]), int(found[2]))
    raise Unfit(better=_nearby_clock(text))


def _nearby_clock(text: str) -> str | None:
    """The time that "8:00", "17.30", "0800" or "24:00" means."""
    found = re.fullmatch(r"(\d{1,2})[:.h]?(\d\d)(?::00)?", text, re.ASCII)
    if found is None:
        return None
    tidy = f"{int(found[1]) % 24 if found[0].startswith('24') else int(found[1]):02}:{found[2]}"
    return quoted(tidy) if _CLOCK.fullmatch(tidy) else None


def _break(raw: object) -> tuple[time, time]:
    parts = re.split(r"\s*[-\u2013]\s*", text_of(raw))
    if len(parts) != 2:  # noqa: PLR2004  # from and to
        raise Unfit
    if parts[0] == parts[1]:
        raise Unfit(what=sentence("a break, as it ends when it starts"))
    try:
        times = (_clock(parts[0]), _clock(parts[1]))
    except Unfit:
        raise Unfit from None
    tidy = f"{parts[0]}-{parts[1]}"
    if raw != tidy:
        raise Unfit(better=quoted(tidy))
    return times


def _is_whole(raw: object) -> TypeGuard[int]:
    return isinstance(raw, int) and not isinstance(raw, bool)


def _is_number(raw: object) -> TypeGuard[int | Decimal]:
    return _is_whole(raw) or (isinstance(raw, Decimal) and raw.is_finite())


def _rate(raw: object) -> Fraction:
    """Exact: 0.1 is one tenth. The limits keep a slip of the keyboard from becoming a plan."""
    if not _is_number(raw):
        raise Unfit
    if not _SLOWEST <= raw <= _MANY:
        raise Unfit(
            what=sentence(
                "a number of units per hour between %(slowest)s and %(many)s", slowest=_SLOWEST, many=_MANY
            )
        )
    return Fraction(raw)


def _share(raw: object) -> Fraction:
    """From nothing to all: "1/2" or 0.5."""
    if isinstance(raw, str) and (found := _FRACTION.fullmatch(raw)) and int(found[2]):
        share = Fraction(int(found[1]), int(found[2]))
    elif _is_number(raw):
        share = Fraction(raw)
    else:
        raise Unfit
    if not 0 <= share <= 1:
        raise Unfit(what=sentence("a share from 0 to 1"))
    return share


def _batch(raw: object) -> int:
    if not _is_whole(raw) or not 1 <= raw <= _MANY:
        raise Unfit
    return raw


def _port(raw: object) -> int:
    if not _is_whole(raw) or not 1 <= raw <= _LAST_PORT:
        raise Unfit
    return raw


def _distance_m(raw: object) -> float:
    if not _is_number(raw) or not 1 <= raw <= _FARTHEST_M:
        raise Unfit
    return float(raw)


def _months(raw: object) -> int:
    if not _is_whole(raw) or not FEWEST_MONTHS <= raw <= _MOST_MONTHS:
        raise Unfit
    return raw


def _host(raw: object) -> str:
    text = text_of(raw)
    if _HOST.fullmatch(text) or _is_address(text):
        return text
    inside = re.fullmatch(r"(?:\w+://)?([A-Za-z0-9._-]+)(?::\d+)?/?", text, re.ASCII)
    raise Unfit(better=inside and quoted(inside[1]))


def _listen(raw: object) -> str:
    text = text_of(raw)
    if text == "localhost" or _is_address(text):
        return text
    raise Unfit


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _language(raw: object) -> str:
    text = text_of(raw)
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text, re.ASCII):
        return text
    raise Unfit(better=quoted(text.replace("_", "-")) if "_" in text else None)


def _yes_or_no(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise Unfit


FILE_VERSION = Value(
    sentence("version %(version)s, the only one there is", version=str(VERSION)), "1", _version
)
ID = Value(
    sentence("an id (letters, digits, - and _, at most %(longest_id)s)", longest_id=_LONGEST_ID),
    '"cut-1"',
    _id,
)
SHIFT_REFERENCE = Value(sentence("the id of a shift"), '"day"', text_of)
LINE_REFERENCE = Value(sentence("the id of a line"), '"shirts"', text_of)
BEFORE_REFERENCE = Value(sentence("the id of a link"), '"cut"', text_of)
STATION_REFERENCE = Value(sentence("the id of a station"), '"cut-1"', text_of)
LINK_REFERENCE = Value(sentence("a link, written line/link"), '"shirts/cut"', text_of)
NAME = Value(
    sentence("a name (1 to %(longest_name)s characters on one line)", longest_name=_LONGEST_NAME),
    '"Cutting table 1"',
    _name,
)
ZONE = Value(sentence("a time zone"), '"Europe/Berlin"', _zone)
LANGUAGE = Value(sentence("the tag of a language"), '"zh"', _language)
HOLIDAY = Value(sentence("a date"), '"2026-12-25"', _date)
OVERTIME = replace(HOLIDAY, example='"2026-11-28"')
CLOCK = Value(sentence("a time of day"), '"08:00"', _clock)
BREAK = Value(sentence("a break"), '"12:00-13:00"', _break)
DAY = choice(sentence("a day of the week"), DAYS)
KIND = choice(sentence("a kind of link"), ("work", "milestone"))
ROLE = choice(sentence("a role"), ROLES)
PROFILE_REFERENCE = Value(sentence("the id of a profile"), '"native"', text_of)
ADDRESS = Value(
    sentence("what the device calls itself (1 to %(longest_name)s characters)", longest_name=_LONGEST_NAME),
    '"MDMR000000064"',
    _name,
)
MODE = choice(sentence("a mode"), ("auto", "in", "out"))
SHARE = Value(sentence("a share"), '"1/2"', _share)
AMOUNT = Value(sentence("a whole number, at least 1"), "5", _batch)
CONSEQUENCE_KIND = choice(sentence("a kind of consequence"), CONSEQUENCE_KINDS)
RATE = Value(sentence("a number of units per hour"), "40", _rate)
BATCH = Value(sentence("a whole number of units, at least 1"), "20", _batch)
PORT = Value(sentence("a port between 1 and %(last_port)s", last_port=_LAST_PORT), "8080", _port)
BROKER_PORT = replace(PORT, example="1883")
DISTANCE_M = Value(
    sentence("a distance between 1 and %(farthest_m)s metres", farthest_m=_FARTHEST_M), "6", _distance_m
)
MONTHS = Value(sentence("a whole number of months, at least %(fewest)s", fewest=FEWEST_MONTHS), "24", _months)
HOST = Value(sentence("the name or address of a machine"), '"broker.plant.example"', _host)
LISTEN = Value(
    sentence("an address of this machine"), sentence('"127.0.0.1", or "0.0.0.0" for every network'), _listen
)
FILE = Value(sentence("the name of a file"), '"broker-password.txt"', text_of)
EVENTS = choice(sentence("a choice of events"), ("all", "none"))
YES_OR_NO = Value(sentence("true or false"), "true", _yes_or_no)
USERNAME = Value(sentence("a user name"), '"interlock"', text_of)
