"""Instants and durations.

An instant is a whole number of milliseconds since 1970-01-01T00:00Z. Integers compare, subtract and
sort right over every change of the clocks, which aware datetimes of one zone do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeAlias

Instant: TypeAlias = int

SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Duration:
    """A lag: working milliseconds, or whole calendar days; never both."""

    working_ms: int = 0
    calendar_days: int = 0


NO_TIME = Duration()


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware datetime; a naive one is a ValueError. Finer than 1 ms is cut off."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is not an instant")
    return (moment - _EPOCH) // _MILLISECOND


def moment_of(at: Instant, zone: tzinfo = UTC) -> datetime:
    """The aware datetime of an instant in a zone."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone)


def utc_text(at: Instant) -> str:
    """ISO 8601 in UTC with milliseconds and Z: fixed width, so that it sorts as text."""
    return moment_of(at).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"


def local_text(at: Instant, zone: tzinfo) -> str:
    """ISO 8601 with the zone's offset; whole seconds."""
    return moment_of(at, zone).isoformat(timespec="seconds")


def instant_from_text(text: str, zone: tzinfo | None = None) -> Instant:
    """Read ISO 8601. Without an offset the zone decides; without a zone it is a ValueError."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError(f"{text!r} has no offset; write for example 2026-11-24T14:52:03+01:00")
        moment = moment.replace(tzinfo=zone).astimezone(UTC)
    return instant_of(moment)


def month_of(at: Instant, zone: tzinfo) -> tuple[Instant, Instant]:
    """The calendar month that contains an instant, half-open, by the zone's clock."""
    first = moment_of(at, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    following = (first + timedelta(days=32)).replace(day=1)
    return instant_of(first), instant_of(following)
