"""The two clocks of a flag: ladders in working time, by tables worked by hand and by a walk minute by minute."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.calendar import Calendar, calendar_of
from shopfloor.flag_clocks import Clock, clock_of, next_step, silence_at, working_day_after
from shopfloor.flag_rules import LADDER_ROLES, USUAL_RULES, FlagRules, ladder
from shopfloor.instants import MINUTE_MS, Instant, instant_of
from shopfloor.site import ShiftPattern
from tests.rules.planning_sites import BERLIN, DAY, EVERY_DAY, NIGHT, WORKDAYS, site_of, work

SPRING, AUTUMN = date(2026, 3, 28), date(2026, 10, 24)
"""The production dates of the nights in which Berlin's clocks change."""
EARLY = ShiftPattern("early", time(6), time(14), EVERY_DAY, ((time(9, 45), time(10, 15)),))
LONG_NIGHT = ShiftPattern(
    "long", time(20, 30), time(5), WORKDAYS, ((time(23), time(23, 40)), (time(4), time(4, 30)))
)
PATTERNS = {"day": DAY, "night": NIGHT, "early": EARLY, "long": LONG_NIGHT}


def calendar(on: date, *patterns: ShiftPattern, days: int = 14) -> Calendar:
    site = site_of(work("sew", 40), zone=BERLIN, shifts=patterns)
    return calendar_of(
        site, [pattern.id for pattern in patterns], on - timedelta(days=3), on + timedelta(days=days)
    )


def berlin(text: str, fold: int = 0) -> Instant:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold))


def steps(clock: Clock, of: Calendar, rules: FlagRules = USUAL_RULES) -> list[tuple[str, Instant]]:
    """The whole ladder."""
    found = []
    while (upcoming := next_step(rules, clock, of)) is not None:
        assert upcoming.step == clock.steps + 1
        found.append((upcoming.role, upcoming.due_at))
        clock = clock.after_step()
    return found


@pytest.mark.parametrize(
    ("began", "due"),
    [
        # 2026-11-24 is a Tuesday; the shift is 08:00-17:00 with a break 12:00-13:00
        ("2026-11-24T09:00", ["24T09:10", "24T09:30", "24T10:00"]),
        ("2026-11-24T11:45", ["24T11:55", "24T13:15", "24T13:45"]),  # over the break
        ("2026-11-24T12:20", ["24T13:10", "24T13:30", "24T14:00"]),  # raised in the break
        ("2026-11-24T16:50", ["24T17:00", "25T08:20", "25T08:50"]),  # over the night
        ("2026-11-24T22:00", ["25T08:10", "25T08:30", "25T09:00"]),  # raised in the night
        ("2026-11-27T16:45", ["27T16:55", "30T08:15", "30T08:45"]),  # over the weekend
    ],
)
def test_the_steps_come_after_so_many_working_minutes(began: str, due: list[str]) -> None:
    found = steps(Clock("unanswered", berlin(began)), calendar(date(2026, 11, 24), DAY))
    roles = ("lead", "supervisor", "manager")
    assert found == [(role, berlin(f"2026-11-{day}")) for role, day in zip(roles, due, strict=True)]


def test_the_hour_that_the_clocks_skip_is_not_waited_for() -> None:
    # The night of 2026-03-29: 02:00 becomes 03:00.
    found = steps(Clock("promise", berlin("2026-03-29T01:45")), calendar(SPRING, NIGHT))
    assert [due for _, due in found] == [
        berlin(f"2026-03-29T{clock}") for clock in ("01:55", "03:15", "03:45")
    ]


def test_the_hour_that_the_clocks_repeat_is_waited_for_twice() -> None:
    # The night of 2026-10-25: 03:00 becomes 02:00 again; 60 minutes after the first 02:15 it is 02:15.
    found = steps(Clock("promise", berlin("2026-10-25T02:15")), calendar(AUTUMN, NIGHT))
    assert [due for _, due in found] == [
        berlin("2026-10-25T02:25"),
        berlin("2026-10-25T02:45"),
        berlin("2026-10-25T02:15", fold=1),
    ]


def minute_by_minute(of: Calendar, from_at: Instant, working_minutes: int) -> Instant:
    """The slow way: look at each minute on its own whether it is worked."""
    now, left = from_at, working_minutes
    while left:
        hour = of.hour_at(now)
        if hour is not None and of.working_ms(now, now + MINUTE_MS) == MINUTE_MS:
            left -= 1
        now += MINUTE_MS
    return now


@given(
    names=st.sampled_from([("day",), ("night",), ("early",), ("long",), ("early", "night"), ("day", "long")]),
    on=st.sampled_from([SPRING, AUTUMN, date(2026, 11, 24)]),
    minute=st.integers(0, 3 * 24 * 60),
    minutes=st.lists(st.integers(1, 90), min_size=3, max_size=3, unique=True).map(sorted),
)
def test_every_step_is_where_a_walk_through_the_minutes_finds_it(
    names: tuple[str, ...], on: date, minute: int, minutes: list[int]
) -> None:
    of = calendar(on, *(PATTERNS[name] for name in names), days=7)
    from_at = instant_of(datetime.combine(on, time(), BERLIN)) + minute * MINUTE_MS
    told = ladder(*zip(LADDER_ROLES, (each * MINUTE_MS for each in minutes), strict=True))
    found = steps(Clock("unanswered", from_at), of, FlagRules(unanswered=told))
    assert [due for _, due in found] == [minute_by_minute(of, from_at, each) for each in minutes]


@given(minute=st.integers(0, 4 * 24 * 60), later=st.integers(1, 600))
def test_who_is_flagged_later_is_never_escalated_earlier(minute: int, later: int) -> None:
    of = calendar(AUTUMN, NIGHT)
    from_at = instant_of(datetime.combine(AUTUMN, time(), BERLIN)) + minute * MINUTE_MS
    first = steps(Clock("promise", from_at), of)
    second = steps(Clock("promise", from_at + later * MINUTE_MS), of)
    assert all(one <= other for (_, one), (_, other) in zip(first, second, strict=True))


def test_a_ladder_may_tell_nobody() -> None:
    rules = FlagRules(unanswered=())
    assert next_step(rules, Clock("unanswered", berlin("2026-11-24T09:00")), calendar(AUTUMN, DAY)) is None


@pytest.mark.parametrize(
    ("state", "promised_at", "expected"),
    [
        ("raised", None, Clock("unanswered", 100)),
        ("answered", None, None),
        ("answered", 300, Clock("promise", 300)),
        ("answered", 50, Clock("promise", 100)),  # it was broken before a supervisor ruled
        ("disputed", 300, None),
        ("resolved", 300, None),
        ("overturned", None, None),
    ],
)
def test_which_clock_runs(state: str, promised_at: Instant | None, expected: Clock | None) -> None:
    assert clock_of(state, since_at=100, promised_at=promised_at) == expected


def test_silence_is_counted_in_the_working_time_of_who_should_have_spoken() -> None:
    of = calendar(date(2026, 11, 24), DAY)
    assert silence_at(USUAL_RULES, berlin("2026-11-24T16:50"), of) == berlin("2026-11-25T08:05")


@pytest.mark.parametrize(
    ("chosen", "until"),
    [
        ("2026-11-24T10:00", "2026-11-25T17:00"),
        ("2026-11-24T22:00", "2026-11-25T17:00"),
        ("2026-11-27T10:00", "2026-11-30T17:00"),
    ],
)
def test_a_consequence_can_be_disputed_until_the_end_of_the_next_working_day(chosen: str, until: str) -> None:
    of = calendar(date(2026, 11, 24), DAY)
    assert working_day_after(of, berlin(chosen)) == berlin(until)
