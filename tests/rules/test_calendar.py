"""Working time. Every answer here is worked by hand from the rules."""

from dataclasses import replace
from datetime import date, time

import pytest

from shopfloor.calendar import Calendar, calendar_of
from shopfloor.instants import HOUR_MS, MINUTE_MS, NO_TIME, local_text
from shopfloor.site import ShiftPattern
from tests.rules.planning_sites import BERLIN, DAY, EVERY_DAY, NIGHT, at, days, hours, minutes, site_of, work

SPRING, AUTUMN = date(2026, 3, 28), date(2026, 10, 24)
"""The production dates of the nights in which Berlin's clocks change."""
WITH_BREAK = replace(NIGHT, breaks=((time(2), time(2, 30)),))


def berlin(on: date, *patterns: ShiftPattern) -> Calendar:
    site = site_of(work("bake", 10), zone=BERLIN, shifts=patterns)
    return calendar_of(site, [pattern.id for pattern in patterns], on, on)


def week(*holidays: date) -> Calendar:
    """Monday 23 to Sunday 29 November 2026 in Shanghai, 08:00 to 17:00 with a break from 12:00 to 13:00."""
    site = site_of(work("sew", 40), holidays=holidays)
    return calendar_of(site, ["day"], date(2026, 11, 23), date(2026, 11, 29))


def starts(calendar: Calendar) -> list[str]:
    return [local_text(hour.start_at, calendar.zone)[11:16] for hour in calendar.hours]


def working_minutes(calendar: Calendar) -> list[int]:
    return [hour.working_ms // MINUTE_MS for hour in calendar.hours]


def test_a_shift_is_cut_from_its_start_and_an_hour_without_work_does_not_exist() -> None:
    calendar = week()
    assert starts(calendar)[:8] == ["08:00", "09:00", "10:00", "11:00", "13:00", "14:00", "15:00", "16:00"]
    assert len(calendar.hours) == 40
    assert calendar.hours[0].shift == "2026-11-23/day"
    assert [shift.id for shift in calendar.shifts][-1] == "2026-11-27/day"


def test_the_last_hour_of_a_shift_may_be_shorter_and_a_break_takes_part_of_an_hour() -> None:
    pattern = ShiftPattern("day", time(7, 30), time(16, 15), EVERY_DAY, ((time(9), time(9, 15)),))
    calendar = berlin(date(2026, 11, 23), pattern)
    assert starts(calendar)[-1] == "15:30"
    assert working_minutes(calendar) == [60, 45, 60, 60, 60, 60, 60, 60, 45]


@pytest.mark.parametrize(
    ("on", "pattern", "begin", "worked"),
    [
        (SPRING, NIGHT, ["22:00", "23:00", "00:00", "01:00", "03:00", "04:00", "05:00"], [60] * 7),
        (
            AUTUMN,
            NIGHT,
            ["22:00", "23:00", "00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00"],
            [60] * 9,
        ),
        # 02:00 is skipped in spring: the break begins with 03:00. In autumn it is in the first of two.
        (
            SPRING,
            WITH_BREAK,
            ["22:00", "23:00", "00:00", "01:00", "03:00", "04:00", "05:00"],
            [60, 60, 60, 60, 30, 60, 60],
        ),
        (
            AUTUMN,
            WITH_BREAK,
            ["22:00", "23:00", "00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00"],
            [60, 60, 60, 60, 30, 60, 60, 60, 60],
        ),
    ],
)
def test_a_night_in_which_the_clocks_change_has_seven_or_nine_hours(
    on: date, pattern: ShiftPattern, begin: list[str], worked: list[int]
) -> None:
    calendar = berlin(on, pattern)
    assert starts(calendar) == begin
    assert working_minutes(calendar) == worked


def test_a_night_belongs_to_the_date_it_starts_on() -> None:
    calendar = berlin(SPRING, NIGHT)
    assert {hour.shift for hour in calendar.hours} == {"2026-03-28/night"}
    shift = calendar.shift_at(at("03-29 05:00", BERLIN))
    assert shift is not None
    assert (shift.id, shift.on) == ("2026-03-28/night", SPRING)
    assert calendar.shift_at(at("03-29 06:00", BERLIN)) is None


def test_a_break_after_midnight_is_on_the_next_day() -> None:
    calendar = berlin(date(2026, 11, 23), WITH_BREAK)
    assert working_minutes(calendar) == [60, 60, 60, 60, 30, 60, 60, 60]


def test_a_holiday_drops_the_shifts_of_its_production_date() -> None:
    assert len(week(date(2026, 11, 25)).hours) == 32
    site = site_of(work("bake", 10), zone=BERLIN, shifts=[NIGHT], holidays=[date(2026, 11, 24)])
    nights = calendar_of(site, ["night"], date(2026, 11, 23), date(2026, 11, 25))
    assert [shift.id for shift in nights.shifts] == ["2026-11-23/night", "2026-11-25/night"]
    assert nights.hour_at(at("11-24 05:00", BERLIN)) is not None


def test_working_time_is_counted_between_instants_over_breaks_and_nights() -> None:
    calendar = week()
    assert calendar.working_ms(at("11-23 11:30"), at("11-23 13:30")) == 60 * MINUTE_MS
    assert calendar.working_ms(at("11-23 16:00"), at("11-24 09:00")) == 2 * HOUR_MS
    assert calendar.working_ms(at("11-24 09:00"), at("11-23 16:00")) == -2 * HOUR_MS


def test_counting_back_gives_the_earlier_of_two_instants_of_the_same_working_time() -> None:
    calendar = week()
    assert calendar.back(at("11-24 13:00"), NO_TIME) == at("11-24 12:00")
    assert calendar.back(at("11-24 08:00"), NO_TIME) == at("11-23 17:00")
    assert calendar.back(at("11-24 14:00"), hours(1)) == at("11-24 12:00")
    assert calendar.back(at("11-24 14:30"), hours(1)) == at("11-24 13:30")
    assert calendar.back(at("11-24 08:30"), hours(8)) == at("11-23 08:30")


def test_counting_forward_gives_the_earliest_instant_by_which_the_time_has_run() -> None:
    calendar = week()
    assert calendar.forward(at("11-24 12:30"), NO_TIME) == at("11-24 12:30")
    assert calendar.forward(at("11-24 11:30"), minutes(30)) == at("11-24 12:00")
    assert calendar.forward(at("11-24 12:30"), minutes(30)) == at("11-24 13:30")
    assert calendar.forward(at("11-24 16:30"), hours(1)) == at("11-25 08:30")


def test_a_calendar_stops_counting_where_it_ends() -> None:
    calendar = week()
    assert calendar.back(at("11-23 09:00"), hours(2)) == calendar.begins_at == at("11-23 00:00")
    assert calendar.forward(at("11-27 16:00"), hours(2)) == calendar.ends_at == at("11-30 00:00")


def test_days_are_calendar_days_at_the_same_wall_time() -> None:
    calendar = berlin(AUTUMN, NIGHT)
    assert calendar.back(at("10-26 04:00", BERLIN), days(3)) == at("10-23 04:00", BERLIN)
    assert calendar.forward(at("10-23 04:00", BERLIN), days(3)) == at("10-26 04:00", BERLIN)


def test_days_earlier_than_a_wall_time_that_was_skipped_is_when_the_clock_was_put_forward() -> None:
    calendar = berlin(SPRING, NIGHT)
    assert calendar.back(at("03-30 02:30", BERLIN), days(1)) == at("03-29 03:00", BERLIN)


def test_days_earlier_than_a_repeated_hour_never_run_backwards() -> None:
    calendar = berlin(AUTUMN, NIGHT)
    first_pass = at("10-25 02:30", BERLIN)
    assert calendar.back(first_pass, days(1)) == at("10-24 02:00", BERLIN)
    assert calendar.back(first_pass + 30 * MINUTE_MS, days(1)) == at("10-24 02:00", BERLIN)
    assert calendar.back(first_pass + HOUR_MS, days(1)) == at("10-24 02:30", BERLIN)


def test_hours_are_found_by_what_they_contain_and_by_where_they_end() -> None:
    calendar = week()
    assert calendar.hour_at(at("11-23 08:00")) == 0
    assert calendar.hour_at(at("11-23 12:00")) is None
    assert calendar.hour_of(at("11-23 12:30")) == 3
    assert calendar.hour_of(at("11-23 19:00")) == 7
    assert calendar.hour_of(at("11-23 07:59")) == -1
    assert calendar.last_hour_ending_by(at("11-23 08:59")) == -1
    assert calendar.last_hour_ending_by(at("11-23 09:00")) == 0
    assert calendar.first_hour_from(at("11-23 08:01")) == 1
    assert calendar.first_hour_from(at("11-28 08:00")) == 40


def test_the_union_of_two_shifts_counts_time_that_both_work_once() -> None:
    early = ShiftPattern("early", time(6), time(14), EVERY_DAY, ((time(10), time(11)),))
    calendar = berlin(date(2026, 11, 23), early, DAY)
    assert sum(working_minutes(calendar)) == 11 * 60  # 06:00 to 17:00; one of them works in every break
    assert starts(calendar) == [f"{hour:02}:00" for hour in range(6, 17)]
    assert calendar.working_ms(calendar.begins_at, calendar.ends_at) == 11 * HOUR_MS
    assert calendar.hours[8].shift == "2026-11-23/day"


def test_a_calendar_without_shifts_has_no_hours() -> None:
    calendar = calendar_of(site_of(work("sew", 40)), [], date(2026, 11, 23), date(2026, 11, 29))
    assert calendar.hours == ()
    assert calendar.back(at("11-25 12:00"), hours(1)) == calendar.begins_at
    assert calendar.hour_of(at("11-25 12:00")) == calendar.last_hour_ending_by(at("11-25 12:00")) == -1


def overtime_week(*overtime: date, holidays: tuple[date, ...] = ()) -> Calendar:
    pattern = replace(DAY, overtime=frozenset(overtime))
    site = site_of(work("sew", 40), shifts=[pattern], holidays=holidays)
    return calendar_of(site, ["day"], date(2026, 11, 23), date(2026, 11, 29))


def test_overtime_is_a_shift_on_a_day_that_is_none_of_its_days() -> None:
    saturday = date(2026, 11, 28)
    calendar = overtime_week(saturday)
    assert len(calendar.hours) == 48
    assert calendar.hours[40].shift == "2026-11-28/day"
    assert starts(calendar)[40:] == ["08:00", "09:00", "10:00", "11:00", "13:00", "14:00", "15:00", "16:00"]
    assert calendar.back(at("11-30 08:00"), hours(1)) == at("11-28 16:00")


def test_overtime_works_on_a_holiday_too() -> None:
    tuesday, wednesday = date(2026, 11, 24), date(2026, 11, 25)
    calendar = overtime_week(tuesday, holidays=(tuesday, wednesday))
    assert {str(shift.on) for shift in calendar.shifts} == {
        "2026-11-23",
        "2026-11-24",
        "2026-11-26",
        "2026-11-27",
    }


def test_overtime_on_a_day_that_works_anyway_changes_nothing() -> None:
    assert overtime_week(date(2026, 11, 24)).hours == week().hours


def test_overtime_is_of_one_shift_and_not_of_others() -> None:
    saturday, workdays = date(2026, 11, 28), frozenset(range(5))
    night = replace(NIGHT, days=workdays, overtime=frozenset({saturday}))
    calendar = berlin(saturday, DAY, night)
    assert [shift.id for shift in calendar.shifts] == ["2026-11-28/night"]
    assert calendar.hours[-1].end_at == at("11-29 06:00", BERLIN)
