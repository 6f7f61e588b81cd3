"""Times that people and programs tell: of this century or the next, and never one that the clock skips."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from shopfloor.instants import DAY_MS, Instant, instant_of, moment_of
from shopfloor.sentences import sentence
from shopfloor.wall_time import wall_instant

YEARS = range(2000, 2200)
"""Of what anybody plans or agrees on, by the clock on the wall."""

_EARLIEST_AT = instant_of(datetime(YEARS.start, 1, 1, tzinfo=UTC)) - DAY_MS
_LATEST_AT = instant_of(datetime(YEARS.stop, 1, 1, tzinfo=UTC)) + DAY_MS


class NoTime(ValueError):
    """Why a time cannot be meant; the text goes on after what was told."""


def is_storable(at: Instant | None) -> bool:
    """Whether an instant is one of those years in any zone; None is."""
    return at is None or _EARLIEST_AT <= at < _LATEST_AT


def told_instant(text: str, zone: tzinfo) -> Instant:
    """ISO 8601; without an offset it is wall time of the zone. NoTime for what nobody means, else ValueError."""
    try:
        return instant_of_told(datetime.fromisoformat(text.strip()), zone)
    except OverflowError:
        raise ValueError(text) from None


def instant_of_told(moment: datetime, zone: tzinfo) -> Instant:
    """The instant of a time that was told, naive when it is wall time: then the first pass of a repeated hour.

    NoTime for another century and for a wall time that the clock skips.
    """
    if moment.year not in YEARS:
        raise NoTime(sentence("is not of this century or the next; correct the year"))
    if moment.tzinfo is not None:
        at = instant_of(moment)
        if moment_of(at, zone).year not in YEARS:
            raise NoTime(sentence("is not of this century or the next; correct the year"))
        return at
    at = wall_instant(moment.date(), moment.time(), zone)
    there = moment_of(at, zone).replace(tzinfo=None)
    if abs(there - moment) >= timedelta(milliseconds=1):
        instead = there.isoformat(timespec="minutes")
        raise NoTime(
            sentence("is skipped where the clocks change; write %(instead)s or another time", instead=instead)
        )
    return at
