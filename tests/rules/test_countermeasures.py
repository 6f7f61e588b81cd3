"""Before and after: as many days, minutes for each hundred handoffs."""

from __future__ import annotations

from datetime import date

import pytest

from shopfloor.countermeasures import Span, went_down, windows

TODAY = date(2026, 11, 26)


def test_four_weeks_before_are_compared_with_what_has_passed_since() -> None:
    assert windows(date(2026, 11, 20), TODAY) == (
        (date(2026, 10, 23), date(2026, 11, 19)),
        (date(2026, 11, 20), TODAY),
    )
    assert windows(date(2026, 10, 1), TODAY)[1] == (date(2026, 10, 1), date(2026, 10, 28))


def test_before_it_is_in_effect_there_is_nothing_after() -> None:
    assert windows(None, TODAY) == ((date(2026, 10, 30), TODAY), None)


@pytest.mark.parametrize(
    ("span", "rate"), [(Span(30, 60), 50), (Span(1, 200), 1), (Span(1, 201), 0), (Span(30, 0), None)]
)
def test_minutes_are_counted_for_each_hundred_handoffs(span: Span, rate: int | None) -> None:
    assert span.per_hundred == rate


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Span(60, 100), Span(20, 100), True),
        (Span(60, 100), Span(40, 50), False),
        (Span(60, 100), Span(60, 100), False),
        (Span(60, 0), Span(20, 100), None),
        (Span(60, 100), Span(0, 0), None),
    ],
)
def test_it_went_down_when_a_handoff_costs_less(before: Span, after: Span, *, expected: bool | None) -> None:
    assert went_down(before, after) is expected
