"""Days of the week within sentences that are told in any language."""

from __future__ import annotations

from datetime import date

from shopfloor.sentences import sentence


def weekday_word(on: date) -> str:
    """For example Tue."""
    words = (
        sentence("Mon"),
        sentence("Tue"),
        sentence("Wed"),
        sentence("Thu"),
        sentence("Fri"),
        sentence("Sat"),
        sentence("Sun"),
    )
    return words[on.weekday()]
