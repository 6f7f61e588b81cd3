"""TCP ports of this machine: which are free."""

from __future__ import annotations

import contextlib
import random
import socket

_CHANCE = random.SystemRandom()
"""The other one may have been seeded: then every process with that seed would take the same port."""


def free_port(listen: str = "127.0.0.1") -> int:
    """A port that nobody listens on at this moment.

    Taken from below the range that the system gives to outgoing connections: those would sooner or later sit on
    the port of a broker that is down for a moment.
    """
    while True:
        port = _CHANCE.randrange(10_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((listen, port))
            return port


def why_not_listen(listen: str, port: int) -> str | None:
    """Why a port cannot be listened on just now; None when it can."""
    with socket.socket(socket.AF_INET6 if ":" in listen else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen, port))
        except OSError as fault:
            return str(fault.strerror)
    return None
