"""The one place that asks the machine for the time; everywhere else the clock is a parameter."""

from __future__ import annotations

import time

from shopfloor.instants import Instant


def now() -> Instant:
    """The instant that is just now."""
    return time.time_ns() // 1_000_000
