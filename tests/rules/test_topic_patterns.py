"""Topics with places: what they match, what they subscribe to, and when two of them overlap."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.topic_patterns import TopicPattern

TOPICS = ["/".join(levels) for length in range(1, 7) for levels in product("ab", repeat=length)]


@pytest.mark.parametrize(
    ("pattern", "topic", "places"),
    [
        ("tele/{device}/RESULT", "tele/bench/RESULT", {"device": "bench"}),
        ("tele/{device}/RESULT", "tele/a/b/RESULT", None),
        ("tele/{device}/RESULT", "tele//RESULT", None),
        ("zigbee2mqtt/{device...}", "zigbee2mqtt/hall/door 1", {"device": "hall/door 1"}),
        ("zigbee2mqtt/{device...}/availability", "zigbee2mqtt/hall/x/availability", {"device": "hall/x"}),
        ("a/+/{x}", "a/b/c", {"x": "c"}),
        ("a/#", "a", {}),
        ("a/#", "a/b/c", {}),
        ("a.b/{x}", "acb/c", None),
    ],
)
def test_a_place_stands_for_one_level_or_for_several(
    pattern: str, topic: str, places: dict[str, str] | None
) -> None:
    assert TopicPattern(pattern).match(topic) == places


def test_the_filter_is_as_narrow_as_mqtt_can_say_it() -> None:
    assert TopicPattern("tele/{device}/RESULT").topic_filter == "tele/+/RESULT"
    assert TopicPattern("z/{device...}/availability").topic_filter == "z/#"


def test_an_answer_goes_to_one_topic_or_nowhere() -> None:
    answer = TopicPattern("pg/{gateway}/feedback!")
    assert answer.filled({"gateway": "G1"}) == "pg/G1/feedback!"
    for places in ({}, {"gateway": "a/b"}, {"gateway": "#"}, {"gateway": ""}):
        assert answer.filled(places) is None


levels = st.lists(st.sampled_from(["a", "b", "+", "one", "some"]), min_size=1, max_size=3)


def pattern_of(drawn: list[str], *, rest: bool) -> TopicPattern:
    names = {"one": "{x%d}", "some": "{x%d...}"}
    parts = [names[level] % place if level in names else level for place, level in enumerate(drawn)]
    return TopicPattern("/".join([*parts, "#"] if rest else parts))


@given(levels, levels, st.booleans(), st.booleans())
def test_two_patterns_overlap_when_some_topic_matches_both(
    one: list[str],
    other: list[str],
    rest: bool,  # noqa: FBT001  # drawn
    other_rest: bool,  # noqa: FBT001  # drawn
) -> None:
    first, second = pattern_of(one, rest=rest), pattern_of(other, rest=other_rest)
    both = any(first.match(topic) is not None and second.match(topic) is not None for topic in TOPICS)
    assert first.overlaps(second) is second.overlaps(first) is both
