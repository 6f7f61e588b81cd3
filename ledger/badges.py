"""The seam to whoever knows badges: who badges in where, and who is there when something is scanned."""

from __future__ import annotations

from typing import Protocol

from ledger.store import Transaction
from shopfloor.handoffs import Refusal
from shopfloor.instants import Instant
from shopfloor.sentences import sentence


class Badges(Protocol):
    """People at stations. It writes within the transaction that it is given, or not at all."""

    def knows(self, tx: Transaction, code: str) -> bool:
        """Whether a code that does not say so itself is somebody's badge: a card may have any number."""
        ...

    def badge_in(
        self, tx: Transaction, station: str, code: str, at: Instant, *, device: str
    ) -> str | Refusal:
        """Somebody shows a badge at a station; the sentence that greets them, or why it does not count."""
        ...

    def person_at(self, tx: Transaction, station: str, at: Instant) -> str | None:
        """Who is badged in at a station at an instant."""
        ...


class NoBadges:
    """A site that knows nobody by a badge."""

    def knows(self, tx: Transaction, code: str) -> bool:
        """None."""
        del tx, code
        return False

    def badge_in(self, tx: Transaction, station: str, code: str, at: Instant, *, device: str) -> Refusal:
        """Nobody's."""
        del tx, station, code, at, device
        return Refusal("badge", sentence("this badge is nobody's here; ask for one"))

    def person_at(self, tx: Transaction, station: str, at: Instant) -> None:
        """Nobody."""
        del tx, station, at
