"""Points: as usual nothing costs any; what is configured is counted and capped."""

from __future__ import annotations

import pytest

from shopfloor.points import Items, PointRules, points_of

ITEMS = Items(late=7, answers_for_min=150, unanswered=2, broken=1, silences=3)


def test_as_usual_nothing_costs_points() -> None:
    assert points_of(PointRules(), ITEMS, 7) == 0
    assert not PointRules().any


@pytest.mark.parametrize(
    ("rules", "points"),
    [
        (PointRules(late=1), 7),
        (PointRules(own_hour=10), 20),  # of two hours and a half the full ones
        (PointRules(unanswered=5), 10),
        (PointRules(promise=3), 3),
        (PointRules(silence=2), 6),
        (PointRules(late=1, own_hour=10, unanswered=5, promise=3, silence=2), 46),
    ],
)
def test_each_item_costs_what_is_configured(rules: PointRules, points: int) -> None:
    assert points_of(rules, ITEMS, 7) == points
    assert rules.any


@pytest.mark.parametrize(("days", "points"), [(1, 10), (7, 10), (8, 20), (35, 46)])
def test_the_cap_is_of_each_week_that_the_period_has_begun(days: int, points: int) -> None:
    rules = PointRules(late=1, own_hour=10, unanswered=5, promise=3, silence=2, cap=10)
    assert points_of(rules, ITEMS, days) == points


def test_consequences_come_on_top_of_the_cap_since_they_have_their_own() -> None:
    assert points_of(PointRules(late=1, cap=2), ITEMS, 7, chosen=5) == 7
