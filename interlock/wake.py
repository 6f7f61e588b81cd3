"""One-way wake-ups between the processes of a site: datagrams over a Unix socket in the site folder.

A wake-up is only a hint, the reader catches up from the ledger: so the sender never waits, and a lost
datagram costs what the receiver's polling takes.
"""

from __future__ import annotations

import os
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import cast

from shopfloor.broker_faults import BROKER_FAULTS, BrokerFault

_NAME = "wake.sock"
_LONGEST_PATH = 100  # bytes; the systems' limits for a socket's name begin at 104
_LARGEST_BYTES = 64

TROUBLES = ("unwritable", "damaged")
WELL = "well"


@dataclass(frozen=True, slots=True)
class WakeMessage:
    """One of two: `sequence` of a commit, or the gateway's beat with `broker_connected` and `trouble`."""

    sequence: int | None = None
    broker_connected: bool | None = None
    trouble: str = ""
    """What keeps the gateway from recording: a word of TROUBLES, empty when nothing does."""
    broker_fault: BrokerFault | None = None
    """What keeps it from its broker, if somebody has to mend it."""


def wake_path(folder: Path) -> Path:
    """Where the wake-ups of a site folder are heard; in the temporary folder if its path is too long."""
    path = folder.resolve() / _NAME
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    return Path(tempfile.gettempdir()) / f"interlock-{sha256(os.fsencode(path)).hexdigest()[:16]}.sock"


class WakeSender:
    """Tells whoever listens; nobody listening is no fault."""

    def __init__(self, folder: Path) -> None:
        self._path = str(wake_path(folder))
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)  # noqa: FBT003  # the method takes it so

    def changed(self, sequence: int) -> None:
        """The ledger was written; its last event is `sequence`."""
        self._send(f"changed {sequence}")

    def beat(
        self,
        connected: bool,  # noqa: FBT001  # the fact that every beat carries
        trouble: str = "",
        broker_fault: BrokerFault | None = None,
    ) -> None:
        """The gateway is alive; whether the broker is connected, and what keeps it from either."""
        self._send(f"beat {int(connected)} {trouble or WELL} {broker_fault or WELL}")

    def close(self) -> None:
        self._socket.close()

    def _send(self, text: str) -> None:
        with suppress(OSError):  # nobody there, or one who is behind: it looks by itself
            self._socket.sendto(text.encode(), self._path)


class WakeReceiver:
    """Hears what senders tell; under gevent only the waiting greenlet waits. The last one opened hears."""

    def __init__(self, folder: Path) -> None:
        self._path = wake_path(folder)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._path.unlink(missing_ok=True)  # left by a process that was killed
            self._socket.bind(str(self._path))
            self._path.chmod(0o600)
            self._inode = self._path.stat().st_ino
        except OSError:
            self._socket.close()
            raise

    def wait(self, timeout_s: float) -> WakeMessage | None:
        """The next message; None after `timeout_s`, or when it was none of ours."""
        self._socket.settimeout(timeout_s)
        try:
            return _message(self._socket.recv(_LARGEST_BYTES))
        except TimeoutError:
            return None

    def close(self) -> None:
        """Close, and take the name away unless another receiver has taken it over."""
        self._socket.close()
        with suppress(FileNotFoundError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()


def _message(datagram: bytes) -> WakeMessage | None:
    match datagram.decode("ascii", "replace").split(" "):
        case ["changed", sequence] if sequence.isdecimal():
            return WakeMessage(sequence=int(sequence))
        case ["beat", ("0" | "1") as connected, trouble, fault] if trouble in (WELL, *TROUBLES) and fault in (
            WELL,
            *BROKER_FAULTS,
        ):
            return WakeMessage(
                broker_connected=connected == "1",
                trouble="" if trouble == WELL else trouble,
                broker_fault=None if fault == WELL else cast("BrokerFault", fault),
            )
    return None
