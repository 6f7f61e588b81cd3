"""The shape of the site's topics."""

import pytest

from gateway import topics


def test_a_topic_that_was_built_is_read_back() -> None:
    topic = topics.build("hz1", "scanner-07", "ack")
    assert topic == "interlock/hz1/scanner-07/ack"
    assert topics.parse(topic) == topics.DeviceTopic("hz1", "scanner-07", "ack")
    assert topics.topic_filter("hz1", "scan") == "interlock/hz1/+/scan"


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "interlock",
        "interlock/hz1/scanner-07",
        "interlock/hz1/scanner-07/scan/x",
        "interlock/hz1//scan",
        "interlock//d/scan",
        "other/hz1/d/scan",
        "interlock/hz1/d/event",
        "interlock/hz1/d/Scan",
    ],
)
def test_another_topic_is_none_of_ours(topic: str) -> None:
    assert topics.parse(topic) is None


@pytest.mark.parametrize("device", ["", "a/b", "+", "a#", "a\0"])
def test_an_id_that_would_change_the_shape_is_refused(device: str) -> None:
    with pytest.raises(ValueError, match="cannot be part of a topic"):
        topics.build("hz1", device, "scan")
