"""How long what is attached to a shipped order stays at hand."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime
from zoneinfo import ZoneInfo

from shopfloor.instants import Instant, instant_of, moment_of

_MONTHS = 12


def months_ago(now: Instant, months: int, zone: ZoneInfo) -> Instant:
    """The start of the day so many calendar months ago; in a shorter month its last day."""
    today = moment_of(now, zone).date()
    year, month = divmod(today.year * _MONTHS + today.month - 1 - months, _MONTHS)
    day = min(today.day, monthrange(year, month + 1)[1])
    return instant_of(datetime(year, month + 1, day, tzinfo=zone))
