"""What a device is answered, whatever the answer was made of."""

from __future__ import annotations

import json

from gateway.answers import messages_of
from shopfloor.scans import Answer
from shopfloor.sentences import sentence


def test_a_sentence_that_remembers_how_it_was_made_is_answered_as_its_text() -> None:
    told = sentence("%(name)s: shipped", name="A-1")
    ((topic, payload),) = messages_of("hz1", Answer("scanner-07", "s1", "refused", told), None, 0)
    assert topic == "interlock/hz1/scanner-07/ack"
    assert json.loads(payload) == {"id": "s1", "result": "refused", "text": "A-1: shipped"}
