"""The clock that an event about a flag leaves running, as its detail holds it."""

from __future__ import annotations

from typing import Any

from shopfloor.calendar_book import CalendarBook
from shopfloor.flag_clocks import Clock, next_step
from shopfloor.flag_rules import FlagRules
from shopfloor.instants import Instant
from shopfloor.site import Line

Wound = dict[str, Any]
"""A clock that runs: name, from_at, steps taken; role and due_at of the next one, None at the ladder's end."""


def wound(
    rules: FlagRules, calendars: CalendarBook, line: Line, link: str, clock: Clock | None, now: Instant
) -> Wound | None:
    """A clock with its next step by the calendar as it is now; None when none runs, or the link is no more."""
    if clock is None or not line.has_link(link):
        return None
    calendar = calendars.of_link_between(line, link, clock.from_at, now)
    upcoming = next_step(rules, clock, calendar)
    return {
        "name": clock.name,
        "from_at": clock.from_at,
        "steps": clock.steps,
        "role": upcoming.role if upcoming else None,
        "due_at": upcoming.due_at if upcoming else None,
    }
