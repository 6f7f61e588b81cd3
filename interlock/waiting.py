"""Waiting for what other processes do: nobody tells when a port answers or a lock falls, so one looks again."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK_AGAIN_S = 0.02


def true_within(limit_s: float, ready: Callable[[], bool]) -> bool:
    """Whether `ready` comes true before the limit; what it raises ends the wait."""
    until_s = time.monotonic() + limit_s
    while not ready():
        if time.monotonic() > until_s:
            return False
        time.sleep(LOOK_AGAIN_S)
    return True
