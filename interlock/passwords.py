"""Passwords of devices: made here, and kept only as the hash that Mosquitto 2 reads too."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from binascii import Error as NotBase64

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Typed on the keypads of scanners: no capitals, and nothing that looks like something else."""
_LENGTH = 24  # 120 bits
_ITERATIONS = 10_000
_MOST_ITERATIONS = 1_000_000
_SALT_BYTES = 12  # Mosquitto's
_HASH_BYTES = 64
_FORMAT = "7"
"""Mosquitto's number for PBKDF2 with SHA-512."""


def new_password() -> str:
    """One that nobody guesses."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def hashed(password: str) -> str:
    """`$7$<iterations>$<salt>$<hash>`, as in Mosquitto's password file."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return "$".join(
        ("", _FORMAT, str(_ITERATIONS), _text(salt), _text(_derived(password, salt, _ITERATIONS)))
    )


def fits(password: str, known: str) -> bool:
    """Whether the password is the one that was hashed; a hash that cannot be read fits none."""
    try:
        _, number, iterations, salt, wanted = known.split("$")
        rounds = int(iterations)
        if number != _FORMAT or not 1 <= rounds <= _MOST_ITERATIONS:
            return False
        return hmac.compare_digest(_derived(password, b64decode(salt), rounds), b64decode(wanted))
    except (ValueError, NotBase64):
        return False


def _derived(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac(
        "sha512", password.encode(errors="surrogatepass"), salt, iterations, _HASH_BYTES
    )


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
