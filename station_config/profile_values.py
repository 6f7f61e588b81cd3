"""The kinds of value in [[profile]], [codes] and [gateway]."""

from __future__ import annotations

import re
from typing import get_args

from shopfloor.codes import COMMANDS
from shopfloor.instants import DAY_MS
from shopfloor.profiles import SITE_ZONE, Encoding, Gs1, JsonPath, Payload, TimeUnit
from shopfloor.topic_patterns import TopicPattern
from station_config.durations import duration_from_text
from station_config.reader import Unfit, Value, choice, text_of
from station_config.values import ZONE

LONGEST_CODE = 200
_LONGEST_PIECE = 40
_LONGEST_TEMPLATE = 1_000
_PATH_PART = re.compile(r'"([^"]+)"|([^."]+)')
_PLACE = re.compile(r"\{([a-z_]+)\}")
TEMPLATE_PLACES = ("id", "result", "text", "device", "time_ms", "uuid")


def json_path(text: str) -> JsonPath:
    """The keys of `data.idHex` or `"key.with.dots".0`; ValueError otherwise."""
    parts: list[str] = []
    at = 0
    while True:
        found = _PATH_PART.match(text, at)
        if found is None:
            raise ValueError(text)
        parts.append(found[1] or found[2])
        at = found.end()
        if at == len(text):
            return tuple(parts)
        if text[at] != ".":
            raise ValueError(text)
        at += 1


def _path(raw: object) -> JsonPath:
    try:
        return json_path(text_of(raw))
    except ValueError:
        raise Unfit from None


def _topic(raw: object) -> TopicPattern:
    text = text_of(raw)
    try:
        return TopicPattern(text)
    except ValueError as fault:
        why = str(fault)
        raise Unfit(what=None if why.startswith("a topic") else f"a topic, as {why}") from None


def _flag(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise Unfit(better={"true": "true", "false": "false"}.get(str(raw).lower()))
    return raw


def _words(raw: object) -> tuple[str, ...]:
    words = [raw] if isinstance(raw, str) else raw
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise Unfit
    return tuple(words)


def _piece(raw: object) -> str:
    if not isinstance(raw, str) or not 0 < len(raw) <= _LONGEST_PIECE:
        raise Unfit
    return raw


def _length(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= LONGEST_CODE:
        raise Unfit
    return raw


def _ai(raw: object) -> str:
    text = text_of(raw)
    if re.fullmatch(r"\d{2,4}", text, re.ASCII):
        return text
    inside = re.fullmatch(r"\(?(\d{2,4})\)?", text, re.ASCII)
    raise Unfit(better=inside and f'"{inside[1]}"')


def _span_ms(raw: object) -> int:
    try:
        duration = duration_from_text(text_of(raw))
    except ValueError:
        raise Unfit from None
    if duration.calendar_days or not 0 < duration.working_ms <= DAY_MS:
        raise Unfit
    return duration.working_ms


def _template(raw: object) -> str:
    if not isinstance(raw, str) or not 0 < len(raw) <= _LONGEST_TEMPLATE:
        raise Unfit
    for place in _PLACE.findall(raw):
        if place not in TEMPLATE_PLACES:
            known = ", ".join(f"{{{each}}}" for each in TEMPLATE_PLACES)
            raise Unfit(what=f"an answer, as there is no {{{place}}} but {known}")
    return raw


def zone_value(site_zone: object) -> Value[object]:
    """A time zone, or "site" for that of the site."""

    def parse(raw: object) -> object:
        return site_zone if raw == SITE_ZONE else ZONE.parse(raw)

    return Value('a time zone or "site"', '"site"', parse)


PATH = Value("a path into the JSON", '"data.code"', _path)
TOPIC = Value("a topic", '"tele/{device}/RESULT"', _topic)
PAYLOAD = choice("a kind of payload", get_args(Payload))
TIME_UNIT = choice("a unit of time", get_args(TimeUnit))
ENCODING = choice("an encoding", get_args(Encoding))
GS1 = choice("a way to read GS1 labels", get_args(Gs1))
COMMAND = choice("a command", COMMANDS)
FLAG = Value("true or false", "true", _flag)
WORDS = Value("a word or a list of words", '"scan"', _words)
WORD = Value("a word", '"online"', _piece)
PIECE = Value(f"a text of 1 to {_LONGEST_PIECE} characters", '"\\u0002"', _piece)
LENGTH = Value(f"a number of characters between 1 and {LONGEST_CODE}", "7", _length)
AI = Value("a GS1 application identifier", '"91"', _ai)
SPAN = Value("a time of at most a day", '"60s"', _span_ms)
TEMPLATE = Value(f"an answer of 1 to {_LONGEST_TEMPLATE} characters", "'{\"result\":{result}}'", _template)
