"""What is to be published: the events themselves. Kept beside them: up to which one that is done for certain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.store import Ledger, Row
from shopfloor.instants import Instant


class Outbox:
    """The events of a ledger in their order, and the last of them that need not be published again."""

    def __init__(self, ledger: Ledger, clock: Callable[[], Instant]) -> None:
        self._ledger = ledger
        self._clock = clock

    def begin(self) -> int:
        """The last sequence that is done; the last event there is where nothing was to be published so far."""
        row = self._ledger.row("SELECT sequence FROM published")
        if row is not None and row["sequence"] is not None:
            return int(row["sequence"])
        with self._ledger.write(self._clock()) as tx:
            tx.run("INSERT OR REPLACE INTO published (id, sequence) VALUES (1, ?)", (tx.sequence,))
        return tx.sequence

    def after(self, sequence: int, limit: int) -> Sequence[Row]:
        """The events after a sequence, in order, without their hashes."""
        return self._ledger.rows(_EVENTS, (sequence, limit))

    def save(self, sequence: int) -> None:
        """Everything up to there is done."""
        with self._ledger.write(self._clock()) as tx:
            tx.run("UPDATE published SET sequence = ?", (sequence,))


def publish_nothing(ledger: Ledger, now: Instant) -> None:
    """From now on nothing is to be published: whoever begins again, begins with what happens then."""
    row = ledger.row("SELECT sequence FROM published")
    if row is not None and row["sequence"] is None:
        return
    with ledger.write(now) as tx:
        tx.run("UPDATE published SET sequence = NULL")


_EVENTS = """
SELECT sequence, event_id, kind, occurred_at, recorded_at, source, station, link, "order", batch, quantity, reason,
       person, detail FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?
"""
