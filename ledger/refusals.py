"""What was refused: kept for inspection and counted, outside the chain of events."""

from __future__ import annotations

from ledger.said import said_of
from ledger.store import Transaction
from shopfloor.handoffs import Refusal
from shopfloor.scans import Scan, Unreadable

KEPT = 50_000
"""The newest refusals that are kept; a flood of noise must not fill the disk. All are counted."""


def keep_refused(
    tx: Transaction, scan: Scan, station: str | None, refusal: Refusal, number: int | None = None
) -> None:
    """A scan that a rule refused; `number`: under which it is kept as a fact of its batch."""
    tx.run(
        "INSERT INTO refused (arrived_at, device, station, scan_id, code, word, reason, said, payload, size, quantity,"
        " scan) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            scan.arrived_at,
            scan.device,
            station,
            scan.scan_id,
            scan.code,
            refusal.code,
            refusal.text,
            said_of(refusal.text),
            scan.payload,
            len(scan.payload),
            scan.quantity,
            number,
        ),
    )
    count_refused(tx)


def keep_unreadable(tx: Transaction, message: Unreadable) -> None:
    """A message that is no scan at all."""
    tx.run(
        "INSERT INTO refused (arrived_at, device, topic, word, reason, said, payload, size)"
        " VALUES (?, ?, ?, 'unreadable', ?, ?, ?, ?)",
        (
            message.arrived_at,
            message.device,
            message.topic,
            message.reason,
            said_of(message.reason),
            message.payload,
            message.size,
        ),
    )
    count_refused(tx)


def count_refused(tx: Transaction) -> None:
    """Count one more refusal, and let the oldest go when there are too many."""
    tx.run(
        "INSERT INTO tallies (name, value) VALUES ('refused', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
    )
    tx.run("DELETE FROM refused WHERE id <= (SELECT MAX(id) FROM refused) - ?", (KEPT,))
