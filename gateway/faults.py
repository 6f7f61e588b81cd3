"""Why a message is no scan."""

from __future__ import annotations


class NoScan(Exception):  # never leaves this package; it becomes an Unreadable
    """Carries the one sentence that says why; `waited_for` when a label was read and cannot be used."""

    def __init__(self, reason: str, *, waited_for: bool = False) -> None:
        super().__init__(reason)
        self.waited_for = waited_for
