"""What is offered to be tapped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tap: the value that is sent and the words on the button."""

    value: str
    label: str
