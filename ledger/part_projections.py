"""Read models of what is split off from a batch: a batch of its own, which begins where the other one was."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.step_projections import Taken
    from ledger.store import Transaction


def split(tx: Transaction, step: Taken) -> None:
    """Units go from a batch to a new one; of what is behind them the new one only knows when it was."""
    part = step.detail["part"]
    tx.run(
        'INSERT INTO batches (batch, "order", number, quantity, whole, part_of, split_by, split_at)'
        " VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7)",
        (part["batch"], step.order, part["number"], step.quantity, step.batch, step.sequence, step.at),
    )
    # A code that was given out is never given out again, whatever becomes of the split.
    tx.run(
        'UPDATE orders SET last_number = MAX(last_number, ?) WHERE "order" = ?', (part["number"], step.order)
    )
    _take_units(tx, step, step.quantity)
    tx.run_many(
        "INSERT INTO positions (batch, link, received_at, given_at, received) VALUES (?, ?, ?, ?, ?)",
        [(part["batch"], *position) for position in part["positions"]],
    )
    tx.run_many(
        'INSERT INTO handoffs (batch, giver, receiver, line, "order", quantity, given_at, hour_at, received_at)'
        " VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)",
        [
            (part["batch"], giver, step.link, step.line, step.order, given_at, hour_at, received_at)
            for giver, given_at, hour_at, received_at in part["handoffs"]
        ],
    )


def take_split_back(tx: Transaction, step: Taken) -> None:
    """The part is gone, and its units are where they were."""
    part = step.detail["part"]["batch"]
    for table in ("batches", "positions", "handoffs"):
        tx.run(f"DELETE FROM {table} WHERE batch = ?", (part,))  # noqa: S608  # our own names
    _take_units(tx, step, -step.quantity)


def _take_units(tx: Transaction, step: Taken, units: int) -> None:
    tx.run("UPDATE batches SET quantity = quantity - ? WHERE batch = ?", (units, step.batch))
    tx.run(
        "UPDATE positions SET received = received - ? WHERE batch = ? AND link = ? AND received_at IS NOT NULL",
        (units, step.batch, step.link),
    )
