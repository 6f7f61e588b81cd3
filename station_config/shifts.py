"""[[shift]]: patterns, their breaks, and which of them overlap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from shopfloor.sentences import sentence
from shopfloor.site import ShiftPattern
from station_config.names import Names
from station_config.reader import Table
from station_config.values import BREAK, CLOCK, DAY, DAYS, OVERTIME

_DAY_MIN = 24 * 60
_WEEK_MIN = 7 * _DAY_MIN
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Shifts:
    """All patterns by id; `comparable` are those whose times and days could be read."""

    names: Names
    patterns: dict[str, ShiftPattern]
    comparable: frozenset[str]
    holidays: frozenset[date] | None = frozenset()
    """None when they could not all be read, so that nobody knows which overtime meets a working day."""


def read_shifts(top: Table, holidays: frozenset[date] | None) -> Shifts:
    """All shift patterns; faults of their times and breaks are reported."""
    tables = top.tables("shift", "shift", needed=True)
    names = Names("shift", is_open=not top.sound("shift"))
    patterns: dict[str, ShiftPattern] = {}
    comparable = set()
    for table in tables:
        pattern = _read_shift(table, names)
        patterns.setdefault(pattern.id, pattern)
        if table.sound("id", "start", "end", "days"):
            comparable.add(pattern.id)
    return Shifts(names, patterns, frozenset(comparable), holidays)


def overlap_text(one: ShiftPattern, other: ShiftPattern) -> str | None:
    """When two patterns first overlap in the site's wall time, "Monday 13:00-14:00"; None if never."""
    for start, end in _week(one):
        for other_start, other_end in _week(other):
            for turn in (-_WEEK_MIN, 0, _WEEK_MIN):
                begin, finish = max(start, other_start + turn), min(end, other_end + turn)
                if begin < finish:
                    day = _WEEKDAYS[begin // _DAY_MIN % 7]
                    return f"{day} {_clock_text(begin)}-{_clock_text(finish)}"
    return None


def overtime_overlap_text(one: ShiftPattern, other: ShiftPattern, holidays: frozenset[date]) -> str | None:
    """When overtime of one first overlaps the other, "2026-11-28 13:00-14:00"; None if never."""
    for on in sorted(one.overtime | other.overtime):
        for step in (-1, 0, 1):  # a shift of the day before or after may reach over midnight
            for extra, beside in ((one, other), (other, one)):
                if on not in extra.overtime or not _works(beside, on.toordinal() + step, holidays):
                    continue
                start, beside_start = _minute(extra.start), _minute(beside.start) + step * _DAY_MIN
                begin = max(start, beside_start)
                finish = min(
                    start + _length_min(extra.start, extra.end),
                    beside_start + _length_min(beside.start, beside.end),
                )
                if begin < finish:
                    day = date.fromordinal(min(on.toordinal() + begin // _DAY_MIN, date.max.toordinal()))
                    return f"{day} {_clock_text(begin)}-{_clock_text(finish)}"
    return None


def _works(pattern: ShiftPattern, ordinal: int, holidays: frozenset[date]) -> bool:
    """Whether the shift works on a production date, given as its ordinal: the last date has none after it."""
    if any(on.toordinal() == ordinal for on in pattern.overtime):
        return True
    usual = (ordinal - 1) % 7 in pattern.days  # the first of all days was a Monday
    return usual and all(on.toordinal() != ordinal for on in holidays)


def _read_shift(table: Table, names: Names) -> ShiftPattern:
    shift_id = names.read(table)
    start = table.need("start", CLOCK, time(0))
    end = table.need("end", CLOCK, time(0))
    days = table.items("days", DAY, needed=True)
    breaks = table.items("breaks", BREAK)
    if table.sound("start", "end"):
        breaks = _checked_breaks(table, start, end, breaks)
    return ShiftPattern(
        id=shift_id,
        start=start,
        end=end,
        days=frozenset(DAYS.index(day) for _, day in days),
        breaks=tuple(times for _, times in breaks),
        overtime=frozenset(on for _, on in table.items("overtime", OVERTIME)),
    )


def _checked_breaks(
    table: Table, start: time, end: time, breaks: list[tuple[int, tuple[time, time]]]
) -> list[tuple[int, tuple[time, time]]]:
    """The breaks in the order of the shift, also past midnight; outside and overlapping ones are reported."""
    length = _length_min(start, end)
    placed = []
    for index, (begin, finish) in breaks:
        from_min = (_minute(begin) - _minute(start)) % _DAY_MIN
        to_min = from_min + _length_min(begin, finish)
        if to_min > length:
            text = sentence(
                "the break %(begin)s-%(finish)s is outside its shift %(start)s-%(end)s",
                begin=_time_text(begin),
                finish=_time_text(finish),
                start=_time_text(start),
                end=_time_text(end),
            )
            table.fault("breaks", sentence("%(written)s; write one that lies within it", written=text), index)
        else:
            placed.append((from_min, to_min, index, (begin, finish)))
    placed.sort()
    for earlier, later in pairwise(placed):
        if later[0] < earlier[1]:
            first, second = sorted((earlier, later), key=lambda one: one[2])
            text = sentence(
                "the break %(second)s overlaps the break %(first)s",
                second=_break_text(second[3]),
                first=_break_text(first[3]),
            )
            table.fault(
                "breaks", sentence("%(written)s; write them apart, or as one", written=text), second[2]
            )
    if table.sound("breaks") and sum(to_min - from_min for from_min, to_min, *_ in placed) == length:
        table.fault("breaks", sentence("the breaks leave no working time in the shift; write shorter ones"))
    return [(index, times) for *_, index, times in placed]


def _week(pattern: ShiftPattern) -> Iterator[tuple[int, int]]:
    """The shifts of one week in minutes from Monday 00:00; Sunday's may end in the next week."""
    for day in sorted(pattern.days):
        begin = day * _DAY_MIN + _minute(pattern.start)
        yield begin, begin + _length_min(pattern.start, pattern.end)


def _length_min(start: time, end: time) -> int:
    """An end at or before the start is past midnight."""
    return (_minute(end) - _minute(start)) % _DAY_MIN or _DAY_MIN


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock_text(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _break_text(times: tuple[time, time]) -> str:
    return f"{times[0]:%H:%M}-{times[1]:%H:%M}"


def _time_text(at: time) -> str:
    return f"{at:%H:%M}"
