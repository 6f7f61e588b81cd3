"""`broker/refused.json`: what the embedded broker refused, written by who runs it and read by the web server.

No part of the record: who tries passwords must not be able to make the ledger grow.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path

import msgspec
import structlog

from shopfloor.broker_refusals import STRANGERS, BrokerRefusal, RefusalTally, Tried
from shopfloor.instants import Instant

NAME = "refused.json"

log = structlog.get_logger(__name__)


def read_refusals(folder: Path) -> list[BrokerRefusal]:
    """Those of a site folder, the last tried first; none from a file that is missing or cannot be read."""
    try:
        return msgspec.json.decode((folder / "broker" / NAME).read_bytes(), type=list[BrokerRefusal])
    except (OSError, msgspec.DecodeError):
        return []


class RefusalFile:
    """Counted on from where it stopped; `note` may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "broker" / NAME
        self._tally = RefusalTally(read_refusals(folder))
        self._users: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._changed = False

    def know(self, users: Collection[str]) -> None:
        """Who has a password now."""
        with self._lock:
            self._users = frozenset(users)
            self._tally.keep(self._users)

    def note(
        self, user: str, tried: Tried, at: Instant, why: str, *, times: int = 1, address: str = ""
    ) -> None:
        """Count it; a name that nobody has is told in the reason."""
        with self._lock:
            if user not in self._users:
                why, user = f"{why}: {user}" if user else why, STRANGERS
            self._tally.note(user, tried, at, why, times=times, address=address)
            self._changed = True

    def save(self) -> None:
        """Write it if something was refused since; to be called about once a second."""
        with self._lock:
            if not self._changed:
                return
            self._changed, every = False, self._tally.all
        temporary = self._path.with_name(f".{NAME}")
        try:
            temporary.write_bytes(msgspec.json.encode(every))
            temporary.replace(self._path)
        except OSError as fault:  # the log has it all
            log.warning("what the broker refused cannot be written", why=str(fault))
