"""What was said in a sentence, kept beside its English text, so that every reader is told in their own language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shopfloor.sentences import Sentence, as_data, from_data

SAID = "said"
"""The part of an event's detail that says how its texts were made, and the column of tables that keep one."""


def with_said(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event's detail with how each of its sentences was made."""
    said = {name: as_data(text) for name, text in detail.items() if isinstance(text, Sentence)}
    return {**detail, SAID: said} if said else detail


def text_in(detail: Mapping[str, Any], name: str = "text") -> str:
    """A text of an event's detail, as the sentence that it was."""
    told = detail.get(name, "")
    if isinstance(told, Sentence):
        return told
    text = str(told)
    said = detail.get(SAID)
    return from_data(said.get(name), text) if isinstance(said, dict) else text


def said_of(text: str) -> str | None:
    """How a sentence was made, as a column keeps it; None for a text that is none."""
    return (
        json.dumps(as_data(text), ensure_ascii=False, sort_keys=True) if isinstance(text, Sentence) else None
    )


def told_in(said: str | None, text: str) -> str:
    """The text of a row, as the sentence that it was."""
    return text if said is None else from_data(json.loads(said), text)
