"""Working time against two others who count it: the workclock package, and a walk in ticks of five minutes."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from workclock import Break, Holidays, Schedule, WorkDay

from shopfloor.calendar import calendar_of
from shopfloor.instants import MINUTE_MS, Duration, Instant, instant_of, moment_of
from shopfloor.site import ShiftPattern
from tests.rules.plan_reference import TICK_MS, SlowFloor
from tests.rules.planning_sites import BERLIN, DAY, EVERY_DAY, NIGHT, site_of, work

EARLY = ShiftPattern("early", time(6), time(14), EVERY_DAY, ((time(9, 45), time(10, 15)),))
LATE = ShiftPattern("late", time(14), time(22), frozenset(range(5)))
LONG_NIGHT = ShiftPattern(
    "night", time(20, 30), time(5), EVERY_DAY, ((time(23), time(23, 40)), (time(4), time(4, 30)))
)
SHIFTS = st.sampled_from([[DAY], [NIGHT], [LONG_NIGHT], [EARLY, LATE], [EARLY, NIGHT]])
BEGINNINGS = st.sampled_from([date(2026, 3, 25), date(2026, 10, 21), date(2026, 11, 23)])
MINUTES = st.integers(0, 8 * 24 * 60)
LAGS = st.builds(Duration, working_ms=st.integers(0, 100).map(TICK_MS.__mul__)) | st.builds(
    Duration, calendar_days=st.integers(1, 2)
)
WIDE = timedelta(days=10)


def schedule_of(patterns: list[ShiftPattern], holidays: list[date], zone: ZoneInfo) -> Schedule:
    """The same shifts in workclock's words; a break after midnight belongs to the day after."""
    rules: list[WorkDay | Break | Holidays] = [Holidays(holidays)]
    for pattern in patterns:
        rules.append(WorkDay(pattern.start, pattern.end, days=pattern.days))
        for begin, end in pattern.breaks:
            days = {(day + (begin < pattern.start)) % 7 for day in pattern.days}
            rules.append(Break(begin, end, days=days))
    return Schedule(rules, time_zone=zone)


def midnight(on: date) -> Instant:
    return instant_of(datetime.combine(on, time(), BERLIN))


@given(SHIFTS, BEGINNINGS, MINUTES, MINUTES)
def test_working_time_between_instants_is_what_workclock_says(
    patterns: list[ShiftPattern], begins_on: date, begin: int, end: int
) -> None:
    # A holiday means a production date here and midnight to midnight there: the same for a day shift only.
    holidays = [begins_on + timedelta(days=1)] if patterns == [DAY] else []
    site = site_of(work("sew", 40, shifts=()), zone=BERLIN, shifts=patterns, holidays=holidays)
    calendar = calendar_of(site, site.shifts, begins_on - WIDE, begins_on + WIDE)
    schedule = schedule_of(patterns, holidays, BERLIN)
    start_at, end_at = (midnight(begins_on) + minutes * MINUTE_MS for minutes in (begin, end))
    worked = schedule.between(moment_of(start_at), moment_of(end_at))
    assert timedelta(milliseconds=calendar.working_ms(start_at, end_at)) == worked


@given(SHIFTS, BEGINNINGS, MINUTES, st.integers(0, 24 * 60))
def test_time_runs_forward_and_back_as_in_workclock(
    patterns: list[ShiftPattern], begins_on: date, begin: int, count: int
) -> None:
    site = site_of(work("sew", 40, shifts=()), zone=BERLIN, shifts=patterns)
    calendar = calendar_of(site, site.shifts, begins_on - WIDE, begins_on + 2 * WIDE)
    schedule = schedule_of(patterns, [], BERLIN)
    at, lag = midnight(begins_on) + begin * MINUTE_MS, Duration(working_ms=count * MINUTE_MS)
    assert calendar.forward(at, lag) == instant_of(schedule.add(moment_of(at), timedelta(minutes=count)))
    # It gives the latest instant that lies so far back, we the earliest: as far apart as no work is done.
    latest = instant_of(schedule.sub(moment_of(at), timedelta(minutes=count)))
    earliest = calendar.back(at, lag)
    assert earliest <= latest
    assert calendar.working_ms(earliest, latest) == 0
    assert calendar.working_ms(earliest - 1, latest) == 1


@given(SHIFTS, BEGINNINGS, st.integers(3 * 288, 8 * 288), LAGS)
def test_counting_back_is_what_a_walk_tick_by_tick_gives(
    patterns: list[ShiftPattern], begins_on: date, tick: int, lag: Duration
) -> None:
    link = work("sew", 40, shifts=tuple(pattern.id for pattern in patterns))
    site = site_of(link, zone=BERLIN, shifts=patterns, holidays=[begins_on + timedelta(days=3)])
    slow = SlowFloor(site, begins_on, 9, midnight(begins_on))
    calendar = calendar_of(site, link.shifts, begins_on - timedelta(days=1), begins_on + WIDE)
    assert calendar.back(slow.instant(tick), lag) == slow.instant(slow.back(link, tick, lag))


@given(SHIFTS, BEGINNINGS)
def test_hours_are_those_that_a_walk_tick_by_tick_finds(
    patterns: list[ShiftPattern], begins_on: date
) -> None:
    link = work("sew", 40, shifts=tuple(pattern.id for pattern in patterns))
    site = site_of(link, zone=BERLIN, shifts=patterns, holidays=[begins_on + timedelta(days=3)])
    slow = SlowFloor(site, begins_on, 9, midnight(begins_on))
    calendar = calendar_of(site, link.shifts, begins_on, begins_on + timedelta(days=7))
    # Nights of the day before and of the last day lie only partly in the walk.
    whole = [
        slot for slot in slow.slots(link) if slot.shift[:10] in {str(shift.on) for shift in calendar.shifts}
    ]
    assert [(hour.start_at, hour.end_at, hour.shift, hour.working_ms) for hour in calendar.hours] == [
        (slow.instant(slot.begin), slow.instant(slot.end), slot.shift, slot.working * TICK_MS)
        for slot in whole
    ]
