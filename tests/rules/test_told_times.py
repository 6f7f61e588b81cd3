"""Times that are told: of this century or the next, and never one that the clock skips."""

from __future__ import annotations

import pytest

from shopfloor.instants import DAY_MS, instant_from_text
from shopfloor.told_times import NoTime, is_storable, told_instant
from tests.rules.planning_sites import BERLIN


def test_a_wall_time_is_the_first_pass_of_a_repeated_hour() -> None:
    assert told_instant("2026-10-25T02:30", BERLIN) == instant_from_text("2026-10-25T02:30+02:00")
    assert told_instant("2026-10-25T02:30+01:00", BERLIN) == instant_from_text("2026-10-25T01:30+00:00")


@pytest.mark.parametrize("text", ["2028-03-26T02:30", "2028-03-26T02:00", "2028-03-26T02:59:59.999"])
def test_a_wall_time_that_the_clock_skips_is_refused_with_the_next_one(text: str) -> None:
    with pytest.raises(NoTime, match="is skipped where the clocks change; write 2028-03-26T03:"):
        told_instant(text, BERLIN)


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00", "9999-12-31T23:59:59Z", "1999-12-31T23:59", "2200-01-01", "2199-12-31T23:30Z"],
)
def test_another_century_is_refused(text: str) -> None:
    with pytest.raises(NoTime, match="is not of this century or the next"):
        told_instant(text, BERLIN)


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30T10:00"])
def test_what_is_no_time_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError) as found:  # noqa: PT011  # its text is for nobody
        told_instant(text, BERLIN)
    assert not isinstance(found.value, NoTime)


def test_what_can_be_told_in_any_zone_can_be_stored_and_little_more() -> None:
    first, last = (
        instant_from_text(text) for text in ("2000-01-01T00:00+14:00", "2199-12-31T23:59:59.999-12:00")
    )
    assert is_storable(None)
    assert is_storable(first)
    assert is_storable(last)
    assert not is_storable(first - DAY_MS)
    assert not is_storable(last + DAY_MS)
