"""PINs as they are kept: argon2id, by argon2-cffi, with the least cost that OWASP's cheat sheet names.

Six digits are guessed in hours by whoever holds the file, whatever the hash: it slows down, throttling protects.
"""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$Lwqk4VuX6j6L4uj5rruPVA$wM4FMfGKSP9xva01zinfDtKhkk9E9LQRvu1H5JnMZks"
"""Compared where there is no such person, so that the time tells nothing: the hash of nothing that anybody knows, made
with the same cost. Hashing anew would take its time at each start of each process."""


def hashed(pin: str) -> str:
    """The hash of a PIN; takes some tens of milliseconds."""
    return _HASHER.hash(pin)


def fits(pin: str, pin_hash: str | None) -> bool:
    """Whether it is the PIN that was hashed; takes as long where there is none. A hash that is none fits nothing."""
    try:
        return _HASHER.verify(pin_hash or _NOBODY, pin) and pin_hash is not None
    except (Argon2Error, InvalidHashError):
        return False
