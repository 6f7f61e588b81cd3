"""Working time: the dated shifts of a link, the hours they are cut into, and lags counted in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import TypeAlias
from zoneinfo import ZoneInfo

from shopfloor.instants import DAY_MS, HOUR_MS, Duration, Instant
from shopfloor.site import ShiftPattern, Site
from shopfloor.wall_time import days_away, wall_instant

_DAY = timedelta(days=1)
_MIDNIGHT = time()

Span: TypeAlias = tuple[Instant, Instant]


@dataclass(frozen=True, slots=True)
class Shift:
    """A dated working period [start, end), named by its production date."""

    id: str
    """Production date and pattern, for example 2026-11-24/day."""
    on: date
    start_at: Instant
    end_at: Instant


@dataclass(frozen=True, slots=True)
class Hour:
    """A slot [start, end) of a shift; its working time is its length less the breaks in it."""

    start_at: Instant
    end_at: Instant
    working_ms: int
    shift: str


@dataclass(frozen=True, eq=False, slots=True)
class Calendar:
    """The working time of a set of shifts between two dates; hours are sorted and never overlap.

    It knows nothing before `begins_at` or from `ends_at` on: lags that reach further stop there.
    """

    zone: ZoneInfo
    begins_at: Instant
    ends_at: Instant
    shifts: tuple[Shift, ...]
    hours: tuple[Hour, ...]
    starts: tuple[Instant, ...]
    """The start of each hour."""
    ends: tuple[Instant, ...]
    """The end of each hour."""
    _segments: tuple[Span, ...] = field(repr=False)
    _segment_starts: tuple[Instant, ...] = field(repr=False)
    _worked: tuple[int, ...] = field(repr=False)
    """Working milliseconds before each segment, then the total."""

    def working_ms(self, start_at: Instant, end_at: Instant) -> int:
        """Working milliseconds in [start, end); negative if the end is before the start."""
        return self._worked_by(end_at) - self._worked_by(start_at)

    def back(self, at: Instant, lag: Duration) -> Instant:
        """The earliest instant from which the lag's working time remains until `at`.

        Calendar days: the same wall time that many days earlier.
        """
        if lag.calendar_days:
            return days_away(at, -lag.calendar_days, self.zone)
        worked = self._worked_by(at) - lag.working_ms
        return self._earliest(worked) if worked > 0 else min(at, self.begins_at)

    def forward(self, at: Instant, lag: Duration) -> Instant:
        """The earliest instant by which the lag's working time has run since `at`.

        Calendar days: the same wall time that many days later.
        """
        if lag.calendar_days:
            return days_away(at, lag.calendar_days, self.zone)
        if not lag.working_ms:
            return at
        worked = self._worked_by(at) + lag.working_ms
        return self._earliest(worked) if worked <= self._worked[-1] else max(at, self.ends_at)

    def last_hour_ending_by(self, at: Instant) -> int:
        """The index of the last hour that ends at or before an instant, or -1."""
        return bisect_right(self.ends, at) - 1

    def first_hour_from(self, at: Instant) -> int:
        """The index of the first hour that starts at or after an instant; their number if none does."""
        return bisect_left(self.starts, at)

    def hour_at(self, at: Instant) -> int | None:
        """The index of the hour that contains an instant, or None."""
        index = self.hour_of(at)
        return index if index >= 0 and at < self.ends[index] else None

    def hour_of(self, at: Instant) -> int:
        """The hour that work done at an instant counts into, or -1 before the first.

        Work in a break that fills an hour, or after the shift, counts into the hour before.
        """
        return bisect_right(self.starts, at) - 1

    def shift_at(self, at: Instant) -> Shift | None:
        """The shift that contains an instant; of two that overlap the one that started later."""
        index = bisect_right(self.shifts, at, key=attrgetter("start_at")) - 1
        while index >= 0 and self.shifts[index].start_at > at - 2 * DAY_MS:
            if at < self.shifts[index].end_at:
                return self.shifts[index]
            index -= 1
        return None

    def _worked_by(self, at: Instant) -> int:
        index = bisect_right(self._segment_starts, at) - 1
        if index < 0:
            return 0
        start_at, end_at = self._segments[index]
        return self._worked[index] + min(at, end_at) - start_at

    def _earliest(self, worked: int) -> Instant:
        """The first instant by which that much has been worked; more than none, at most all."""
        index = bisect_left(self._worked, worked) - 1
        return self._segment_starts[index] + worked - self._worked[index]


def calendar_of(site: Site, shift_ids: Iterable[str], from_on: date, to_on: date) -> Calendar:
    """The calendar of some of a site's shifts, for production dates from the first to the last inclusive."""
    patterns = tuple(site.shifts[shift_id] for shift_id in sorted(set(shift_ids)))
    return _calendar(site.zone, patterns, site.holidays, from_on, to_on)


def works_on(pattern: ShiftPattern, on: date, holidays: Collection[date]) -> bool:
    """Whether a shift of the pattern exists on a production date: by its days, or as overtime."""
    return on in pattern.overtime or (on.weekday() in pattern.days and on not in holidays)


@lru_cache(maxsize=32)
def _calendar(
    zone: ZoneInfo, patterns: tuple[ShiftPattern, ...], holidays: frozenset[date], from_on: date, to_on: date
) -> Calendar:
    dated = sorted(
        (_dated(pattern, on, zone) for on in _dates(from_on, to_on)
         for pattern in patterns if works_on(pattern, on, holidays)),
        key=lambda shift_and_work: (shift_and_work[0].start_at, shift_and_work[0].id),
    )  # fmt: skip
    shifts = tuple(shift for shift, _ in dated if shift.start_at < shift.end_at)
    segments = union(span for _, work in dated for span in work)
    begins_at, ends_at = wall_instant(from_on, _MIDNIGHT, zone), wall_instant(to_on + _DAY, _MIDNIGHT, zone)
    hours = tuple(_hours(shifts, segments))
    return Calendar(
        zone=zone,
        begins_at=begins_at,
        ends_at=max([ends_at, *(shift.end_at for shift in shifts[-len(patterns) * 2 :])]),
        shifts=shifts,
        hours=hours,
        starts=tuple(hour.start_at for hour in hours),
        ends=tuple(hour.end_at for hour in hours),
        _segments=segments,
        _segment_starts=tuple(start_at for start_at, _ in segments),
        _worked=tuple(accumulate((end_at - start_at for start_at, end_at in segments), initial=0)),
    )


def _dates(from_on: date, to_on: date) -> Iterator[date]:
    return (date.fromordinal(day) for day in range(from_on.toordinal(), to_on.toordinal() + 1))


def _dated(pattern: ShiftPattern, on: date, zone: ZoneInfo) -> tuple[Shift, list[Span]]:
    """One shift of a pattern, and the spans in which it works.

    Start and end are wall times. A break begins at its wall time and lasts as long as on any other day,
    also when the clocks change in it.
    """
    start_at = wall_instant(on, pattern.start, zone)
    end_at = wall_instant(on + _DAY if pattern.end <= pattern.start else on, pattern.end, zone)
    work, worked_by = [], start_at
    for break_at, length_ms in sorted(_break(pattern, on, zone, pause) for pause in pattern.breaks):
        if break_at > worked_by:
            work.append((worked_by, min(break_at, end_at)))
        worked_by = max(worked_by, break_at + length_ms)
    work.append((worked_by, end_at))
    shift = Shift(f"{on.isoformat()}/{pattern.id}", on, start_at, end_at)
    return shift, [(begin, end) for begin, end in work if begin < end]


def _break(pattern: ShiftPattern, on: date, zone: ZoneInfo, pause: tuple[time, time]) -> tuple[Instant, int]:
    """When a break begins, and its milliseconds by the wall clock."""
    begin, end = pause
    begins_on = on + _DAY if begin < pattern.start else on
    return wall_instant(begins_on, begin, zone), (_time_of_day_ms(end) - _time_of_day_ms(begin)) % DAY_MS


def _time_of_day_ms(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000 + at.microsecond // 1_000


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in time order, those that touch or overlap made one."""
    merged: list[Span] = []
    for start_at, end_at in sorted(spans):
        if merged and start_at <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end_at, merged[-1][1]))
        else:
            merged.append((start_at, end_at))
    return tuple(merged)


def _hours(shifts: tuple[Shift, ...], segments: tuple[Span, ...]) -> Iterator[Hour]:
    """Shifts cut from their start; where two overlap the later one begins when the earlier one ends."""
    cut_to: Instant = shifts[0].start_at if shifts else 0
    index = 0
    for shift in shifts:
        start_at = max(shift.start_at, cut_to)
        cut_to = max(cut_to, shift.end_at)
        while start_at < shift.end_at:
            end_at = min(start_at + HOUR_MS, shift.end_at)
            working_ms = 0
            while index < len(segments) and segments[index][0] < end_at:
                begin, end = segments[index]
                working_ms += max(0, min(end, end_at) - max(begin, start_at))
                if end > end_at:
                    break
                index += 1
            if working_ms:
                yield Hour(start_at, end_at, working_ms, shift.id)
            start_at = end_at
