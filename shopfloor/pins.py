"""Which PINs are refused because they are guessed first, and how long a guesser has to wait."""

from __future__ import annotations

from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from shopfloor.sentences import sentence

DIGITS = 6
FREE_TRIES = 5
"""Wrong PINs in a row that cost no waiting: people mistype."""
FIRST_WAIT_MS = 5 * SECOND_MS
LONGEST_WAIT_MS = 15 * MINUTE_MS
FORGOTTEN_MS = DAY_MS
"""Wrong PINs are forgotten after a day without one; those of a device after an hour."""
DEVICE_FORGOTTEN_MS = HOUR_MS
DEVICE_FREE_TRIES = 15
"""Of one device, whoever is tried there; beyond them each one costs a short wait, which locks nobody out."""
DEVICE_WAIT_MS = 20 * SECOND_MS

_RISING, _FALLING = "01234567890", "09876543210"


def is_weak(pin: str) -> bool:
    """Whether it is among the first that anybody would try: one digit or one pair repeated, or a row of digits."""
    pair, triple = pin[:2] * (DIGITS // 2), pin[:3] * (DIGITS // 3)
    return pin in (pair, triple) or pin in _RISING or pin in _FALLING


def why_not_pin(pin: str) -> str | None:
    """Why it cannot be a PIN, in a sentence; None when it can."""
    if len(pin) != DIGITS or not (pin.isascii() and pin.isdecimal()):
        return sentence("a PIN has %(digits)s digits", digits=DIGITS)
    if is_weak(pin):
        return sentence("that PIN would be tried first by anybody; choose digits without a pattern")
    return None


def wait_ms(failures: int) -> int:
    """How long after the last of so many wrong PINs in a row the next try is looked at: doubling, never for ever."""
    beyond = failures - FREE_TRIES
    return 0 if beyond < 0 else min(LONGEST_WAIT_MS, FIRST_WAIT_MS << min(beyond, 20))


def device_wait_ms(failures: int) -> int:
    """The same for one device, over all persons."""
    return DEVICE_WAIT_MS if failures >= DEVICE_FREE_TRIES else 0
