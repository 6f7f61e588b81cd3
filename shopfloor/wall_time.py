"""Wall time of a zone: where the clock on the wall stands still on the line of instants, and back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from shopfloor.instants import Instant, instant_of, moment_of


def wall_instant(on: date, at: time, zone: tzinfo) -> Instant:
    """The instant of a wall time: the first of two, or by the old offset if the clock skips it."""
    return instant_of(datetime.combine(on, at, zone))


def days_away(at: Instant, days: int, zone: tzinfo) -> Instant:
    """The same wall time, whole calendar days later (or earlier if negative).

    A later instant never gives an earlier one: a wall time that the clock skips counts as the moment of
    the skip, and the first pass of a repeated hour counts as its beginning.
    """
    wall = moment_of(at, zone)
    repeated = _offset_ms(wall) - _offset_ms(wall.replace(fold=1))
    if wall.fold == 0 and repeated:
        beginning = _clock_change(zone, at, at + repeated) - repeated
        wall = moment_of(beginning, zone)
    moved = (wall + timedelta(days=days)).replace(fold=0)
    there = instant_of(moved)
    skipped = _offset_ms(moment_of(there, zone)) - _offset_ms(moved)
    return _clock_change(zone, there - skipped, there) if skipped else there


def _offset_ms(moment: datetime) -> int:
    return (moment.utcoffset() or timedelta()) // timedelta(milliseconds=1)


def _clock_change(zone: tzinfo, before: Instant, after: Instant) -> Instant:
    """The first instant with the offset of `after`, later than `before`, which has another."""
    offset = _offset_ms(moment_of(after, zone))
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_ms(moment_of(middle, zone)) == offset:
            after = middle
        else:
            before = middle
    return after
