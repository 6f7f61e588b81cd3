"""Lengths of time in site.toml: working time such as "1h30min", and calendar days such as "3d"."""

from __future__ import annotations

import re

from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Duration
from shopfloor.sentences import sentence
from station_config.reader import Unfit, Value, text_of
from station_config.wording import quoted

_LONGEST_DAYS = 366
_DURATION = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})min)?(?:(\d{1,8})s)?", re.ASCII)
_CALENDAR_DAYS = re.compile(r"(\d{1,3})d", re.ASCII)
_UNIT_WORDS = {
    "d": r"days?|d",
    "h": r"hours?|hrs?|std|h",
    "min": r"minutes?|mins?|m",
    "s": r"seconds?|secs?|s",
}


def duration_text(duration: Duration) -> str:
    """A duration as people write it: "3d", "45s", "90min", "4h", "4h30min"."""
    if duration.calendar_days:
        return f"{duration.calendar_days}d"
    seconds = duration.working_ms // SECOND_MS
    if seconds % 60:
        parts = (seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")
        return "".join(f"{count}{unit}" for count, unit in parts if count)
    minutes = seconds // 60
    hours, rest = divmod(minutes, 60)
    if not rest and hours > 1:
        return f"{hours}h"
    return f"{minutes}min" if hours < 3 else f"{hours}h{rest}min"  # noqa: PLR2004  # longer ones are read in hours


def duration_from_text(text: str) -> Duration:
    """Read "45s", "30min", "1h30min" (working time) or "3d" (calendar days); ValueError otherwise."""
    if days := _CALENDAR_DAYS.fullmatch(text):
        found = Duration(calendar_days=int(days[1]))
    elif text and (parts := _DURATION.fullmatch(text)):
        hours, minutes, seconds = (int(part or 0) for part in parts.groups())
        found = Duration(working_ms=hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS)
    else:
        raise ValueError(
            sentence('"%(written)s" is not a duration; write for example "1h30min" or "3d"', written=text)
        )
    if found.calendar_days > _LONGEST_DAYS or found.working_ms > _LONGEST_DAYS * DAY_MS:
        raise ValueError(
            sentence('"%(written)s" is longer than a year; write a shorter duration', written=text)
        )
    return found


def _duration(raw: object) -> Duration:
    text = text_of(raw)
    try:
        return duration_from_text(text)
    except ValueError:
        if _CALENDAR_DAYS.match(text) and _DURATION.fullmatch(text.partition("d")[2]):
            raise Unfit(
                what=sentence("a duration of up to a year in days alone, or in hours and less")
            ) from None
        raise Unfit(better=_nearby_duration(text)) from None


def _nearby_duration(text: str) -> str | None:
    """The duration that "30 m", "1 hour" or "2 days" means."""
    tidy = text.lower().replace(" ", "")
    for unit, words in _UNIT_WORDS.items():
        tidy = re.sub(rf"(?<=\d)(?:{words})(?![a-z])", unit, tidy)
    try:
        duration_from_text(tidy)
    except ValueError:
        return None
    return quoted(tidy)


def _working_time(raw: object) -> Duration:
    duration = _duration(raw)
    if duration.calendar_days:
        raise Unfit(what=sentence("a working time, as a ladder has no days"), better='"8h"')
    return duration


DURATION = Value(sentence("a duration"), sentence('"1h30min" or "3d"'), _duration)
WORKING_TIME = Value(sentence("a working time"), '"10min"', _working_time)
