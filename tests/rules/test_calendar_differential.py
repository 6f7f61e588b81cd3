"""Working time against two others who count it: the workclock package, and a walk in ticks of five minutes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workclock import Break, Holidays, Schedule, WorkDay

from shopfloor.calendar import Calendar, calendar_of
from shopfloor.instants import MINUTE_MS, Duration, Instant, instant_of, moment_of
from shopfloor.site import Link, ShiftPattern, Site
from tests.rules.plan_cases import PATTERNS, SHIFTS, WEEKS
from tests.rules.plan_reference import DAY_TICKS, HOUR_TICKS, TICK_MS, SlowFloor
from tests.rules.planning_sites import DAY, EVERY_DAY, NIGHT, WORKDAYS, site_of, work

EARLY = ShiftPattern("early", time(6), time(14), EVERY_DAY, ((time(9, 45), time(10, 15)),))
LATE = ShiftPattern("late", time(14), time(22), WORKDAYS)
LONG_NIGHT = ShiftPattern(
    "long", time(20, 30), time(5), WORKDAYS, ((time(23), time(23, 40)), (time(4), time(4, 30)))
)
ONE = [[DAY], [EARLY], [NIGHT], [LONG_NIGHT]]
SEVERAL = [[EARLY, LATE], [EARLY, NIGHT], [DAY, LONG_NIGHT], [EARLY, LATE, NIGHT]]
# Zones in which midnight is about noon of the site: there a whole night lies on one date, its production date
# or, in New York's, the date after.
NOON = {
    "Europe/Berlin": ("Etc/GMT+11", 0),
    "America/New_York": ("Etc/GMT-7", 1),
    "Australia/Lord_Howe": ("Etc/GMT+1", 0),
    "Asia/Shanghai": ("Etc/GMT+4", 0),
}
MINUTES = st.integers(0, 8 * 24 * 60)
LAGS = st.builds(Duration, working_ms=st.integers(0, 200).map(TICK_MS.__mul__)) | st.builds(
    Duration, calendar_days=st.integers(1, 3)
)
WIDE = timedelta(days=20)


@dataclass
class Clock:
    """The same shifts twice: as a site's and as workclock's."""

    site: Site
    begins_on: date
    schedule: Schedule

    @property
    def calendar(self) -> Calendar:
        return calendar_of(self.site, self.site.shifts, self.begins_on - WIDE, self.begins_on + 2 * WIDE)

    def at(self, minute: int) -> Instant:
        return midnight(self.begins_on, self.site.zone) + minute * MINUTE_MS


def midnight(on: date, zone: ZoneInfo) -> Instant:
    return instant_of(datetime.combine(on, time(), zone))


def breaks_of(pattern: ShiftPattern, days: Iterable[int]) -> list[Break]:
    """In workclock a break after midnight belongs to the day after."""
    return [
        Break(begin, end, days={(day + (begin < pattern.start)) % 7 for day in days})
        for begin, end in pattern.breaks
    ]


def schedule_of(patterns: list[ShiftPattern], holidays: Iterable[date], zone: ZoneInfo) -> Schedule:
    rules: list[WorkDay | Break | Holidays] = [Holidays(holidays)]
    for pattern in patterns:
        rules += [WorkDay(pattern.start, pattern.end, days=pattern.days), *breaks_of(pattern, pattern.days)]
    return Schedule(rules, time_zone=zone)


def schedule_of_dates(
    pattern: ShiftPattern, off: Iterable[date], on: Iterable[date], begins_on: date, zone: ZoneInfo
) -> Schedule:
    """Overtime in workclock's words: work every day, and every date that is not worked is a holiday."""
    dates = [begins_on + timedelta(days=day) for day in range(-WIDE.days, 2 * WIDE.days + 1)]
    rest = [d for d in dates if d not in on and (d in off or d.weekday() not in pattern.days)]
    where, later = (zone.key, 0) if pattern.start < pattern.end else NOON[zone.key]
    holidays = Holidays([day + timedelta(days=later) for day in rest], time_zone=where)
    worked = WorkDay(pattern.start, pattern.end, days=EVERY_DAY)
    return Schedule([worked, holidays, *breaks_of(pattern, EVERY_DAY)], time_zone=zone)


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    zone_name, begins_on = draw(st.sampled_from(WEEKS))
    zone = ZoneInfo(zone_name)
    dates = st.frozensets(st.sampled_from([begins_on + timedelta(days=day) for day in range(9)]), max_size=3)
    patterns = draw(st.sampled_from(ONE + SEVERAL))
    holidays, overtime = draw(dates), draw(dates)
    if len(patterns) == 1:
        schedule = schedule_of_dates(patterns[0], holidays, overtime, begins_on, zone)
        patterns = [replace(patterns[0], overtime=overtime)]
    else:
        # A holiday is a production date here and midnight to midnight there: the same for day shifts only.
        holidays = holidays if all(pattern.start < pattern.end for pattern in patterns) else frozenset()
        schedule = schedule_of(patterns, holidays, zone)
    site = site_of(work("sew", 40, shifts=()), zone=zone, shifts=patterns, holidays=holidays)
    return Clock(site, begins_on, schedule)


@given(clocks(), MINUTES, MINUTES)
def test_working_time_between_instants_is_what_workclock_says(clock: Clock, begin: int, end: int) -> None:
    start_at, end_at = clock.at(begin), clock.at(end)
    worked = clock.schedule.between(moment_of(start_at), moment_of(end_at))
    assert timedelta(milliseconds=clock.calendar.working_ms(start_at, end_at)) == worked


@given(clocks(), MINUTES, st.integers(0, 24 * 60))
def test_time_runs_forward_and_back_as_in_workclock(clock: Clock, begin: int, count: int) -> None:
    at, lag, calendar = clock.at(begin), Duration(working_ms=count * MINUTE_MS), clock.calendar
    assert calendar.forward(at, lag) == instant_of(
        clock.schedule.add(moment_of(at), timedelta(minutes=count))
    )
    # It gives the latest instant that lies so far back, we the earliest: as far apart as no work is done.
    latest = instant_of(clock.schedule.sub(moment_of(at), timedelta(minutes=count)))
    earliest = calendar.back(at, lag)
    assert earliest <= latest
    assert calendar.working_ms(earliest, latest) == 0
    assert calendar.working_ms(earliest - 1, latest) == 1


@given(clocks(), MINUTES)
def test_work_goes_on_and_stops_when_workclock_says(clock: Clock, minute: int) -> None:
    at, calendar = clock.at(minute), clock.calendar
    begin_at, end_at = (instant_of(moment) for moment in clock.schedule.next_period(moment_of(at)))
    assert calendar.working_ms(at, begin_at) == 0
    assert calendar.working_ms(begin_at, end_at) == end_at - begin_at
    assert calendar.working_ms(end_at, end_at + 1) == 0


@dataclass
class Walk:
    """Three weeks of a link, tick by tick; the week in which the clocks may change is the second."""

    site: Site
    link: Link
    slow: SlowFloor
    calendar: Calendar


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    zone_name, week = draw(st.sampled_from(WEEKS))
    dates = st.frozensets(st.sampled_from([week + timedelta(days=day) for day in range(9)]), max_size=3)
    link = work("sew", 40, shifts=draw(st.sampled_from(SHIFTS)))
    overtime = {pattern: draw(dates) for pattern in link.shifts}
    patterns = [replace(p, overtime=overtime.get(p.id, frozenset())) for p in PATTERNS]
    zone = ZoneInfo(zone_name)
    site = site_of(link, zone=zone, shifts=patterns, holidays=draw(dates))
    from_on = week - timedelta(days=7)
    slow = SlowFloor(site, from_on, 21, midnight(from_on, zone))
    return Walk(site, link, slow, calendar_of(site, link.shifts, from_on, from_on + timedelta(days=20)))


@given(walks(), st.integers(7 * DAY_TICKS, 16 * DAY_TICKS), st.integers(0, TICK_MS - 1), LAGS)
def test_counting_back_is_what_a_walk_tick_by_tick_gives(
    walk: Walk, tick: int, ms: int, lag: Duration
) -> None:
    for at in (walk.slow.instant(tick), walk.slow.instant(tick) + ms):
        assert walk.calendar.back(at, lag) == walk.slow.back(walk.link, at, lag)


@given(walks(), st.integers(-2 * HOUR_TICKS, 2 * HOUR_TICKS), st.integers(0, TICK_MS - 1), st.integers(1, 3))
def test_days_around_a_change_of_the_clocks_are_those_that_a_walk_gives(
    walk: Walk, ticks: int, ms: int, days: int
) -> None:
    walls = walk.slow.walls
    tick = timedelta(milliseconds=TICK_MS)
    changes = [i for i in range(1, len(walls)) if walls[i] - walls[i - 1] != tick]
    lag = Duration(calendar_days=days)
    for change in changes:
        # From the change back, and back to it.
        for near in (change + ticks, change + days * DAY_TICKS + ticks):
            at = walk.slow.instant(near) + ms
            assert walk.calendar.back(at, lag) == walk.slow.back(walk.link, at, lag)


def assert_hours_are_those_of(walk: Walk) -> None:
    # The last night lies only partly in the walk.
    last = max(slot.shift for slot in walk.slow.slots(walk.link))[:10]
    found = [
        (hour.start_at, hour.end_at, hour.shift, hour.working_ms)
        for hour in walk.calendar.hours
        if hour.shift[:10] < last
    ]
    assert found == [
        (slot.start_at, slot.end_at, slot.shift, len(slot.working) * TICK_MS)
        for slot in walk.slow.slots(walk.link)
        if slot.shift[:10] < last
    ]


@given(walks())
def test_hours_are_those_that_a_walk_tick_by_tick_finds(walk: Walk) -> None:
    assert_hours_are_those_of(walk)


@pytest.mark.parametrize("shifts", SHIFTS, ids="+".join)
@pytest.mark.parametrize("week", WEEKS, ids=lambda week: f"{week[0]} {week[1]}")
def test_hours_of_the_weeks_in_which_the_clocks_change_are_those_of_a_walk(
    week: tuple[str, date], shifts: tuple[str, ...]
) -> None:
    zone, link = ZoneInfo(week[0]), work("sew", 40, shifts=shifts)
    site = site_of(link, zone=zone, shifts=PATTERNS)
    slow = SlowFloor(site, week[1], 8, midnight(week[1], zone))
    calendar = calendar_of(site, shifts, week[1], week[1] + timedelta(days=7))
    assert_hours_are_those_of(Walk(site, link, slow, calendar))
