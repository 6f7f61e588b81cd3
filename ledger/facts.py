"""Scans as facts: every scan of a known batch is kept, whatever it turned out to mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.store import Reader, Row, Transaction
from shopfloor.histories import Fact
from shopfloor.instants import Instant
from shopfloor.scans import Scan
from shopfloor.site import Line

Became = Literal["step", "refused", "same", "undone", "discarded"]
"""What a fact means now; the last two are taken out of the reckoning by a person."""

_WHOLE_ORDER = "order/"
"""Before an order, in place of a batch: the fact is of all its batches, as a milestone gives them."""
EVER: Instant = -(1 << 62)
"""Before everything that happened."""
KEPT_IDLE = 200
"""Scans of one batch that changed nothing and are kept as facts; a stuck scanner must not grow the record."""


@dataclass(slots=True)
class Told:
    """A fact with what its events repeat of it."""

    fact: Fact
    station: str
    code: str
    """As it was read."""
    arrived_at: Instant
    person: str | None = None
    reason: str | None = None
    packet: int | None = None
    suspect: bool = False
    number: int = 0
    """Under which it is kept; 0 before that."""


def whole(order: str) -> str:
    """What stands in place of a batch when a fact is of all batches of an order."""
    return f"{_WHOLE_ORDER}{order}"


def is_whole(row: Row) -> bool:
    """Whether a fact is of all batches of its order."""
    return str(row["batch"]).startswith(_WHOLE_ORDER)


def told_by(scan: Scan, fact: Fact, station: str, *, suspect: bool) -> Told:
    """What a device told."""
    return Told(
        fact,
        station,
        scan.code,
        scan.arrived_at,
        person=scan.person,
        packet=scan.packet,
        suspect=suspect,
    )


def keep(tx: Transaction, order: str, batch: str, told: Told, became: Became) -> None:
    """Keep a new fact, which gets its number."""
    fact = told.fact
    told.number = tx.insert(
        'INSERT INTO scans ("order", batch, at, device, station, link, kind, mode, seq, scan_id, code, quantity,'
        " giver, person, reason, packet, arrived_at, suspect, became, part)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order,
            batch,
            fact.at,
            fact.device,
            told.station,
            fact.link,
            fact.kind,
            fact.mode,
            fact.seq,
            fact.scan_id,
            told.code,
            fact.quantity,
            fact.giver,
            told.person,
            told.reason,
            told.packet,
            told.arrived_at,
            int(told.suspect),
            became,
            fact.part,
        ),
    )


def around(tx: Reader, line: Line, batch: Row, since_at: Instant) -> list[Row]:
    """Facts of a batch that happened at or after an instant and count, in no particular order."""
    code = batch["batch"]
    if not line.has_milestones:
        return of_batch(tx, code, since_at)
    return tx.rows(
        "SELECT * FROM scans WHERE batch IN (?, ?) AND at >= ? AND became NOT IN ('undone', 'discarded')",
        (code, whole(batch["order"]), since_at),
    )


def of_batch(tx: Reader, code: str, since_at: Instant) -> list[Row]:
    """Facts under one code that happened at or after an instant and count, in no particular order."""
    return tx.rows(
        "SELECT * FROM scans WHERE batch = ? AND at >= ? AND became NOT IN ('undone', 'discarded')",
        (code, since_at),
    )


def of_order(tx: Transaction, order: str, since_at: Instant) -> list[Row]:
    """Facts of all batches of an order that happened at or after an instant and count, in no particular order."""
    return tx.rows(
        'SELECT * FROM scans WHERE batch IN (SELECT batch FROM batches WHERE "order" = ? UNION ALL SELECT ?)'
        " AND at >= ? AND became NOT IN ('undone', 'discarded')",
        (order, whole(order), since_at),
    )


def numbered(tx: Transaction, number: int) -> Row | None:
    """One fact."""
    return tx.row("SELECT * FROM scans WHERE n = ?", (number,))


def mark(tx: Transaction, number: int, became: Became) -> None:
    """Note what a fact means from now on."""
    tx.run("UPDATE scans SET became = ? WHERE n = ?", (became, number))


def has_room(tx: Transaction, batch: str) -> bool:
    """Whether one more scan of a batch that changes nothing is worth keeping as a fact."""
    row = tx.row("SELECT COUNT(*) FROM scans WHERE batch = ? AND became != 'step'", (batch,))
    return row is None or row[0] < KEPT_IDLE


def as_told(row: Row) -> Told:
    """From a row of `scans`."""
    return Told(
        as_fact(row),
        row["station"],
        row["code"],
        row["arrived_at"],
        row["person"],
        row["reason"],
        row["packet"],
        bool(row["suspect"]),
        row["n"],
    )


def as_fact(row: Row) -> Fact:
    """From a row of `scans`, without what only its events repeat."""
    return Fact(
        row["n"],
        row["at"],
        row["device"],
        row["link"],
        row["kind"],
        row["mode"],
        row["seq"],
        row["scan_id"],
        row["quantity"],
        row["giver"],
        bool(row["forced"]),
        row["part"],
    )
