"""Numbers that a device counted and that have not come: shown as gaps, closed when they come late."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.store import Ledger, Row, Transaction
from shopfloor.instants import MINUTE_MS, Instant

SET_BACK_MS = 2 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Gap:
    """The numbers from `first` to `last`, both missing; between the times told for the numbers around them."""

    device: str
    first: int
    last: int
    seen_at: Instant
    before_at: Instant
    after_at: Instant

    @property
    def missing(self) -> int:
        return self.last - self.first + 1


def open_gaps(ledger: Ledger, device: str | None = None) -> list[Gap]:
    """What is missing of one device or of all, by device and number."""
    if device is None:
        rows = ledger.rows("SELECT * FROM seq_gaps ORDER BY device, first")
    else:
        rows = ledger.rows("SELECT * FROM seq_gaps WHERE device = ? ORDER BY first", (device,))
    return [_gap(row) for row in rows]


def keep(tx: Transaction, gap: Gap) -> None:
    """A gap that was just seen. A device that began to count anew may leave the same one again."""
    tx.run(
        "INSERT INTO seq_gaps (device, first, last, seen_at, before_at, after_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (device, first) DO UPDATE SET last = excluded.last, seen_at = excluded.seen_at,"
        " before_at = excluded.before_at, after_at = excluded.after_at",
        (gap.device, gap.first, gap.last, gap.seen_at, gap.before_at, gap.after_at),
    )


def close(tx: Transaction, device: str, seq: int, at: Instant | None) -> bool:
    """A missing number came, without a time or with one that fits; what is missing beside it stays a gap.

    The device's clock may have been set back a little in between; a time after the gap is that of a new count.
    """
    row = tx.row(
        "SELECT * FROM seq_gaps WHERE device = ? AND first <= ? ORDER BY first DESC LIMIT 1", (device, seq)
    )
    if row is None:
        return False
    gap = _gap(row)
    if seq > gap.last or (at is not None and not gap.before_at - SET_BACK_MS <= at <= gap.after_at):
        return False
    tx.run("DELETE FROM seq_gaps WHERE device = ? AND first = ?", (device, gap.first))
    if gap.first < seq:
        keep(
            tx,
            Gap(device, gap.first, seq - 1, gap.seen_at, gap.before_at, gap.after_at if at is None else at),
        )
    if seq < gap.last:
        keep(
            tx, Gap(device, seq + 1, gap.last, gap.seen_at, gap.before_at if at is None else at, gap.after_at)
        )
    return True


def _gap(row: Row) -> Gap:
    return Gap(row["device"], row["first"], row["last"], row["seen_at"], row["before_at"], row["after_at"])
