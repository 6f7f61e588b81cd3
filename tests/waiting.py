"""Waiting for what is to come, instead of sleeping and hoping."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(condition: Callable[[], T], seconds: float = 10, what: str = "") -> T:
    """The first true value of `condition`, asked every 10 ms; after `seconds`, a fault naming `what`."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > until:
            name = what or getattr(condition, "__name__", "the condition")
            raise AssertionError(f"waited {seconds:g} s in vain for {name}; last seen: {value!r}")
        time.sleep(0.01)
    return value
