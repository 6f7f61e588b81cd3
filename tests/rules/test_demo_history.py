"""What the demo plays before the present, after which pause."""

from __future__ import annotations

import pytest

from interlock.demo.history import WARM_UP_MS, past_of
from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant, instant_from_text

NOW: Instant = instant_from_text("2026-11-23T10:00:00+01:00")


def test_a_first_start_plays_a_week_with_a_plant_that_is_filled_at_its_begin() -> None:
    past = past_of(None, 7, NOW)
    assert (past.begin_at, past.until_at) == (NOW - 7 * DAY_MS - WARM_UP_MS, NOW)
    assert past.text == "Playing the last 7 days of the factory"


@pytest.mark.parametrize(
    ("pause_ms", "text"),
    [
        (5 * SECOND_MS, "Going on where the demo stopped"),
        (40 * MINUTE_MS, "40 minutes ago"),
        (30 * HOUR_MS, "30 hours ago"),
        (9 * DAY_MS, "9 days ago"),
    ],
)
def test_a_later_start_goes_on_where_the_last_one_stopped(pause_ms: int, text: str) -> None:
    past = past_of(NOW - pause_ms, 7, NOW)
    assert (past.begin_at, past.until_at) == (NOW - pause_ms, NOW)
    assert text in past.text


def test_after_a_long_pause_the_factory_was_closed_until_the_last_week() -> None:
    past = past_of(NOW - 40 * DAY_MS, 7, NOW)
    assert past.begin_at == NOW - 7 * DAY_MS
    assert "away for 40 days" in past.text


def test_a_clock_that_was_set_back_plays_nothing() -> None:
    past = past_of(NOW + HOUR_MS, 7, NOW)
    assert past.begin_at == past.until_at == NOW
