"""Breaks that colleagues take one after the other: so the plant never stands as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from shopfloor.site import ShiftPattern, Site

_HOUR_S = 3_600
_DAY_S = 86_400


def with_other_breaks(site: Site) -> Site:
    """The site with each break moved to just before, or else to just after: as much working time in every hour.

    A break that fits neither way into its hour stays.
    """
    shifts = {
        pattern.id: replace(pattern, breaks=tuple(_moved(pattern, *pause) for pause in pattern.breaks))
        for pattern in site.shifts.values()
    }
    return replace(site, shifts=shifts)


def _moved(pattern: ShiftPattern, begin: time, end: time) -> tuple[time, time]:
    shift_s = _seconds(pattern.start)
    begin_s = (_seconds(begin) - shift_s) % _DAY_S
    length_s = (_seconds(end) - _seconds(begin)) % _DAY_S
    hour_s = begin_s // _HOUR_S * _HOUR_S
    for moved_s in (begin_s - length_s, begin_s + length_s):
        if hour_s <= moved_s and moved_s + length_s <= hour_s + _HOUR_S:
            return _clock(shift_s + moved_s), _clock(shift_s + moved_s + length_s)
    return begin, end


def _seconds(at: time) -> int:
    return (at.hour * 60 + at.minute) * 60 + at.second


def _clock(seconds: int) -> time:
    minutes, second = divmod(seconds % _DAY_S, 60)
    return time(*divmod(minutes, 60), second)
