"""When a kiosk asks for what should have come: a batch that was given, and that nobody has received."""

from __future__ import annotations

from shopfloor.calendar import Calendar
from shopfloor.instants import MINUTE_MS, Instant

ASKED_AFTER_MS = 15 * MINUTE_MS
"""Working time of the receiving link."""


def is_asked_for(receiving: Calendar, given_at: Instant, now: Instant) -> bool:
    """Whether a batch that was given then, and is not received, is asked for now; `receiving`: the next link's time."""
    return receiving.working_ms(given_at, now) >= ASKED_AFTER_MS
