"""What a device says about when: ISO 8601 with or without a zone, or a count since 1970."""

from __future__ import annotations

from datetime import datetime, tzinfo

from gateway.faults import NoScan
from shopfloor.instants import Instant, instant_of, moment_of
from shopfloor.profiles import TimeUnit
from shopfloor.sentences import sentence

LONGEST_TIME = 64
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""A dead clock says 1970 or 2036 and is only suspect; outside of these years it is no time at all."""
EXAMPLE = sentence("write for example 2026-11-24T14:52:03.120Z.")
_PER_MS = {"s": (1_000, 1), "ms": (1, 1), "us": (1, 1_000)}


def device_instant(said: object, unit: TimeUnit, zone: tzinfo | None, arrived_at: Instant) -> Instant | None:
    """The device's instant, None when it says none. Without a zone in it the profile's counts."""
    if said is None:
        return None
    return _iso(said, zone, arrived_at) if unit == "iso" else _count(said, unit)


def _iso(said: object, zone: tzinfo | None, arrived_at: Instant) -> Instant:
    if not isinstance(said, str):
        raise NoScan(sentence("The time is not text; %(example)s", example=EXAMPLE))
    try:
        moment = datetime.fromisoformat(said[:LONGEST_TIME].strip())
        if moment.tzinfo is None and zone is not None:
            # In the hour that comes twice the pass that is nearer to now is meant.
            passes = [instant_of(moment.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)]
            at = min(passes, key=lambda one: abs(one - arrived_at))
        else:
            at = instant_of(moment)
        return _checked(at, said)
    except (ValueError, OverflowError):
        raise NoScan(
            sentence(
                "The time %(said)s is not ISO 8601 with a zone; %(example)s",
                said=repr(said[:LONGEST_TIME]),
                example=EXAMPLE,
            )
        ) from None


def _count(said: object, unit: TimeUnit) -> Instant:
    if isinstance(said, str) and said.isascii() and said.isdecimal() and len(said) < LONGEST_TIME:
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise NoScan(sentence("The time is not a number of %(unit)s since 1970.", unit=unit))
    times, over = _PER_MS[unit]
    try:
        return _checked(int(said * times // over), str(said)[:LONGEST_TIME])
    except (ValueError, OverflowError):
        raise NoScan(
            sentence(
                "The time %(said)s is no number of %(unit)s since 1970.",
                said=str(said)[:LONGEST_TIME],
                unit=unit,
            )
        ) from None


def _checked(at: Instant, said: str) -> Instant:
    year = moment_of(at).year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoScan(
            sentence(
                "The time %(said)s is in the year %(year)s: set the device's clock.",
                said=repr(said[:LONGEST_TIME]),
                year=year,
            )
        )
    return at
