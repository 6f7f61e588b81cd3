"""Where everything on the floor is: released orders with their batches and targets, as someone who joins needs them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass

from ledger import reading
from ledger.plans import as_targets
from ledger.store import Ledger, Row
from shopfloor.instants import Instant, instant_from_text
from shopfloor.orders import LinkTargets
from shopfloor.whereabouts import Handoff, Position, Whereabouts


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch and where it is."""

    batch: str
    quantity: int
    where: Whereabouts


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """A released order that is not shipped in full."""

    order: str
    line: str
    product: str
    quantity: int
    due_at: Instant
    batches: tuple[OpenBatch, ...]
    links: tuple[LinkTargets, ...]
    """Only links with targets, in no particular order."""


@dataclass(frozen=True, slots=True)
class RecordedScan:
    """A scan as its device sent it, except for the time."""

    device: str
    scan_id: str
    code: str


def open_orders(ledger: Ledger, line: str) -> list[OpenOrder]:
    """A line's orders that are released and not shipped in full, by due."""
    rows = ledger.rows(
        'SELECT * FROM orders WHERE line = ? AND shipped_at IS NULL ORDER BY due_at, "order"', (line,)
    )
    return [_open_order(ledger, row) for row in rows]


def open_order(ledger: Ledger, number: str) -> OpenOrder:
    """One released order; LookupError when there is none of that number."""
    row = reading.order(ledger, number)
    if row is None:
        raise LookupError(number)
    return _open_order(ledger, row)


def whereabouts(ledger: Ledger, batch: str) -> Whereabouts:
    """Where a batch is, by every link and handoff."""
    positions = ledger.rows("SELECT * FROM positions WHERE batch = ?", (batch,))
    return whereabouts_of(positions, ledger.rows("SELECT * FROM handoffs WHERE batch = ?", (batch,)))


def last_happened_at(ledger: Ledger) -> Instant | None:
    """When the last of all recorded events happened; None before the first."""
    row = ledger.row("SELECT MAX(occurred_at) AS last FROM events")
    return None if row is None or row["last"] is None else instant_from_text(row["last"])


def last_seqs(ledger: Ledger) -> dict[str, int]:
    """The last sequence number of every device that counts."""
    rows = ledger.rows("SELECT device, last_seq FROM devices WHERE last_seq IS NOT NULL")
    return {row["device"]: row["last_seq"] for row in rows}


def last_scan(ledger: Ledger, id_prefix: str) -> RecordedScan | None:
    """The last recorded scan whose id begins so, without a quantity of its own."""
    row = ledger.row(
        "SELECT event_id, source, detail FROM events WHERE substr(event_id, 1, ?) = ?"
        " AND kind IN ('received', 'given') AND detail NOT LIKE '%\"implied\":true%' ORDER BY sequence DESC LIMIT 1",
        (len(id_prefix), id_prefix),
    )
    if row is None:
        return None
    return RecordedScan(
        row["source"], row["event_id"].partition("/")[0], json.loads(row["detail"])["scan"]["as_read"]
    )


def last_due(ledger: Ledger, line: str, pattern: str = "*") -> Instant | None:
    """The latest due of a line's orders whose number is like that; None when it has none."""
    row = ledger.row(
        'SELECT MAX(due_at) AS last FROM orders WHERE line = ? AND "order" GLOB ?', (line, pattern)
    )
    return None if row is None else row["last"]


def order_numbers(ledger: Ledger, prefix: str) -> list[str]:
    """All order numbers that begin so, also of shipped orders."""
    rows = ledger.rows('SELECT "order" FROM orders WHERE substr("order", 1, ?) = ?', (len(prefix), prefix))
    return [row["order"] for row in rows]


def _open_order(ledger: Ledger, row: Row) -> OpenOrder:
    number = row["order"]
    positions, handoffs = defaultdict(list), defaultdict(list)
    for position in reading.positions(ledger, number):
        positions[position["batch"]].append(position)
    for handoff in ledger.rows(
        'SELECT h.* FROM batches b JOIN handoffs h USING (batch) WHERE b."order" = ?', (number,)
    ):
        handoffs[handoff["batch"]].append(handoff)
    return OpenOrder(
        order=number,
        line=row["line"],
        product=row["product"],
        quantity=row["quantity"],
        due_at=row["due_at"],
        batches=tuple(
            OpenBatch(
                each["batch"],
                each["quantity"],
                whereabouts_of(positions[each["batch"]], handoffs[each["batch"]]),
            )
            for each in reading.batches(ledger, number)
        ),
        links=as_targets(reading.targets(ledger, number)),
    )


def whereabouts_of(positions: list[Row], handoffs: list[Row]) -> Whereabouts:
    """From a batch's rows of `positions` and `handoffs`."""
    return Whereabouts(
        {
            row["link"]: Position(row["received_at"], row["given_at"], row["received"], row["lost"])
            for row in positions
        },
        {
            (row["giver"], row["receiver"]): Handoff(
                row["given_at"], row["received_at"], row["quantity"], row["short"]
            )
            for row in handoffs
        },
    )
