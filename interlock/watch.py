"""Once a day, and at the start of the gateway: damage is looked for, and what is old goes to the archive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interlock import clock
from interlock.opening import open_ledger
from ledger.archiving import archive
from ledger.checking import look_over
from ledger.errors import LedgerError
from ledger.store import Ledger
from shopfloor.instants import Instant

EVERY_S = 24 * 3600.0
AWAITED_S = 2.0
"""A start waits so long for the first look; what takes longer ends beside the work."""


class DailyWatch:
    """A thread with a connection of its own; it ends with `stop`.

    `keep_until` tells which orders the archive is for: those shipped before that instant; None: for none.
    """

    def __init__(
        self,
        folder: Path,
        log: Any,
        *,
        keep_until: Callable[[], Instant | None] = lambda: None,
        every_s: float = EVERY_S,
    ) -> None:
        self._folder, self._log, self._every_s = folder, log, every_s
        self._keep_until = keep_until
        self._stopping = threading.Event()
        self._looked = threading.Event()
        self._ledger: Ledger | None = None
        self._thread = threading.Thread(target=self._run, name="daily watch")

    def start(self) -> None:
        """Look once, and return when that is done or takes too long for a start."""
        self._thread.start()
        self._looked.wait(AWAITED_S)

    def stop(self) -> None:
        """End also a look that is under way."""
        self._stopping.set()
        while self._thread.is_alive():
            ledger = self._ledger
            if ledger is not None:
                ledger.interrupt()
            self._thread.join(0.1)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._look()
            self._looked.set()
            self._archive()
            self._stopping.wait(self._every_s)

    @contextmanager
    def _opened(self) -> Iterator[Ledger]:
        ledger = self._ledger = open_ledger(self._folder, checkpoints=False)
        try:
            yield ledger
        finally:
            self._ledger = None
            ledger.close()

    def _archive(self) -> None:
        before_at = self._keep_until()
        if before_at is None or self._stopping.is_set():
            return
        try:
            with self._opened() as ledger:
                moved = archive(ledger, before_at, clock.now, stop=self._stopping.wait)
        except LedgerError as fault:
            if not self._stopping.is_set():
                self._log.error("nothing more goes to the archive", why=str(fault))
            return
        if moved.orders:
            self._log.info("moved to the archive", orders=len(moved.orders), rows=moved.rows.total())

    def _look(self) -> None:
        began_s = time.monotonic()
        try:
            with self._opened() as ledger:
                why = look_over(ledger, stop=self._stopping.is_set)
        except LedgerError as fault:
            if not self._stopping.is_set():
                self._log.error("the ledger could not be looked over", why=str(fault))
            return
        took_s = round(time.monotonic() - began_s, 1)
        if why is not None:
            self._log.error("the ledger is damaged: it can only be read", why=why, took_s=took_s)
        elif not self._stopping.is_set():
            self._log.info("looked the ledger over, no damage found", took_s=took_s)
