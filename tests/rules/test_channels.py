"""Channels: when they rest, and how long they pause after a failure."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from shopfloor.channels import DOWN_MS, LONGEST_PAUSE_MS, is_down, pause_ms, quiet_until
from shopfloor.instants import HOUR_MS, MINUTE_MS, SECOND_MS, instant_from_text

NIGHT = (time(22), time(6))
ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-24T21:59:59+01:00", None),
        ("2026-11-24T22:00:00+01:00", "2026-11-25T06:00:00+01:00"),
        ("2026-11-25T05:59:59+01:00", "2026-11-25T06:00:00+01:00"),
        ("2026-11-25T06:00:00+01:00", None),
        # the night in which the clock goes forward is an hour shorter, the other one longer
        ("2026-03-28T22:00:00+01:00", "2026-03-29T06:00:00+02:00"),
        ("2026-10-24T22:00:00+02:00", "2026-10-25T06:00:00+01:00"),
    ],
)
def test_quiet_hours_are_wall_times(now: str, until: str | None) -> None:
    expected = None if until is None else instant_from_text(until)
    assert quiet_until([NIGHT], instant_from_text(now), ROME) == expected


def test_quiet_hours_that_follow_each_other_are_one_rest() -> None:
    now = instant_from_text("2026-11-24T23:00:00+01:00")
    spans = [(time(6), time(7)), NIGHT]
    assert quiet_until(spans, now, ROME) == instant_from_text("2026-11-25T07:00:00+01:00")


def test_pauses_grow_to_five_minutes_and_stay_there() -> None:
    assert [pause_ms(tries) // SECOND_MS for tries in range(1, 8)] == [10, 20, 40, 80, 160, 300, 300]
    assert pause_ms(100_000) == LONGEST_PAUSE_MS


def test_what_fails_for_a_quarter_of_an_hour_is_down() -> None:
    now = instant_from_text("2026-11-24T12:00:00+01:00")
    assert not is_down(None, now)
    assert not is_down(now - DOWN_MS + 1, now)
    assert is_down(now - DOWN_MS, now)
    assert DOWN_MS == 15 * MINUTE_MS < HOUR_MS
