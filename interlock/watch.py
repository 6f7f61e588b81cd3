"""Looking for damage in the ledger's file: at the start of the gateway and once a day, beside its work."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from interlock.opening import open_ledger
from ledger.checking import look_over
from ledger.errors import LedgerError
from ledger.store import Ledger

EVERY_S = 24 * 3600.0
AWAITED_S = 2.0
"""A start waits so long for the first look; what takes longer ends beside the work."""


class DamageWatch:
    """A thread with a connection of its own; it ends with `stop`."""

    def __init__(self, folder: Path, log: Any, *, every_s: float = EVERY_S) -> None:
        self._folder, self._log, self._every_s = folder, log, every_s
        self._stopping = threading.Event()
        self._looked = threading.Event()
        self._ledger: Ledger | None = None
        self._thread = threading.Thread(target=self._run, name="damage watch")

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
            self._stopping.wait(self._every_s)

    def _look(self) -> None:
        began_s = time.monotonic()
        try:
            ledger = self._ledger = open_ledger(self._folder, checkpoints=False)
            try:
                why = look_over(ledger, stop=self._stopping.is_set)
            finally:
                self._ledger = None
                ledger.close()
        except LedgerError as fault:
            if not self._stopping.is_set():
                self._log.error("the ledger could not be looked over", why=str(fault))
            return
        took_s = round(time.monotonic() - began_s, 1)
        if why is not None:
            self._log.error("the ledger is damaged: it can only be read", why=why, took_s=took_s)
        elif not self._stopping.is_set():
            self._log.info("looked the ledger over, no damage found", took_s=took_s)
