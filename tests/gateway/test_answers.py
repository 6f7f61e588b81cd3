"""What a device is answered, whatever the answer was made of."""

from __future__ import annotations

import json

from gateway.answers import messages_of
from shopfloor.scans import Answer
from shopfloor.sentences import sentence
from tests.gateway.sample_site import everyone, hear


def test_a_sentence_that_remembers_how_it_was_made_is_answered_as_its_text() -> None:
    told = sentence("%(name)s: shipped", name="A-1")
    ((topic, payload),) = messages_of("hz1", Answer("scanner-07", "s1", "refused", told), None, 0)
    assert topic == "interlock/hz1/scanner-07/ack"
    assert json.loads(payload) == {"id": "s1", "result": "refused", "text": "A-1: shipped"}


def answered_on(topic: str, payload: bytes) -> list[str]:
    heard = hear(everyone(), topic, payload)
    assert heard.speaker is not None
    answer = Answer(heard.speaker.device or heard.speaker.called, "s1", "refused", "unknown")
    return [topic for topic, _ in messages_of("hz1", answer, heard.speaker, 0)]


def test_a_name_with_a_blank_is_answered_only_where_a_topic_brought_it() -> None:
    """NATS ends the connection that publishes to a topic with a blank; what came in a topic has been through it."""
    scan = b'{"event_type":"scan","event_id":"e1","scan_code":"7K30411","device_serial":"%s"}'
    there = "proglove/gateway/PGGW000000058/scan"
    assert answered_on(there, scan % b"MDMR9") == [
        "interlock/hz1/MDMR9/ack",
        "proglove/gateway/PGGW000000058/feedback!",
    ]
    assert answered_on(there, scan % b"MD MR9") == ["proglove/gateway/PGGW000000058/feedback!"]
    assert answered_on("cell/camera 9/reads", b'{"ok":true,"values":[{"v":"7K30411"}]}') == [
        "interlock/hz1/camera 9/ack"
    ]
