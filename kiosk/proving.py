"""PINs in the web process: compared in threads, two at a time, so that pages go on meanwhile."""

from __future__ import annotations

from typing import Any

from gevent import get_hub
from gevent.lock import BoundedSemaphore

from kiosk import identity
from kiosk.services import Services
from ledger import logins, pins
from ledger.audit import What
from ledger.people import Person

_AT_ONCE = BoundedSemaphore(2)
"""Each comparison takes 19 MiB and some tens of milliseconds of a core."""


def prove(services: Services, who: str, pin: str, *, what: What = "login") -> Person:
    """Who it is that tells a name or badge and the PIN at this browser. WrongPin, HasToWait."""
    return logins.prove(
        services.ledger,
        who,
        pin,
        identity.device(),
        now=services.clock(),
        compare=lambda told, known: bool(_in_thread(pins.fits, told, known)),
        what=what,
    )


def hashed(pin: str) -> str:
    """The hash of a PIN."""
    return str(_in_thread(pins.hashed, pin))


def _in_thread(function: Any, *values: Any) -> Any:
    with _AT_ONCE:
        return get_hub().threadpool.apply(function, values)
