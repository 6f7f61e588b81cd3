"""Read models of what happens to batches: each step adds to them, and a voided one takes back exactly that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger import part_projections
from ledger.order_projections import find_unmet, move_unmet_on, ship_if_complete, unship_if_incomplete
from shopfloor.instants import Instant

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Transaction

WHAT_A_STEP_DID = ("parties", "hour", "short", "complete", "charged", "ends", "last", "batches", "part")
"""Of a step's detail: what a voided event repeats, so that it can be taken back without looking for it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as its event tells it."""

    sequence: int
    kind: str
    line: str
    link: str
    order: str
    batch: str | None
    at: Instant
    quantity: int
    reason: str
    detail: Mapping[str, Any]


def taken_in(event: Event, sequence: int) -> Taken:
    """The step that an event records."""
    line, link = event.place
    return Taken(
        sequence,
        event.kind,
        line,
        link,
        str(event.order),
        event.batch,
        event.occurred_at,
        event.quantity or 0,
        event.reason or "",
        event.detail,
    )


def take(tx: Transaction, step: Taken) -> None:
    """Add what a step did."""
    _TAKE[step.kind](tx, step)


def voided(tx: Transaction, event: Event) -> None:
    """Take back what the named step did."""
    was = event.detail["was"]
    line, link = event.place
    step = Taken(
        event.detail["sequence"],
        was["kind"],
        line,
        link,
        str(event.order),
        event.batch,
        was["at"],
        event.quantity or 0,
        "",
        was,
    )
    _TAKE_BACK[step.kind](tx, step)


def _receive(tx: Transaction, step: Taken) -> None:
    parties = step.detail["parties"]
    short = {giver: units for giver, units, *_ in step.detail.get("short", ())}
    for giver in parties:
        tx.run(
            "UPDATE handoffs SET received_at = ?, short = ?, received_by = ?"
            " WHERE batch = ? AND giver = ? AND receiver = ?",
            (step.at, short.get(giver, 0), step.sequence, step.batch, giver, step.link),
        )
    tx.run(
        "INSERT INTO positions (batch, link, received_at, received, received_by) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (batch, link) DO UPDATE SET received_at = MAX(IFNULL(received_at, 0), excluded.received_at),"
        " received = received + excluded.received, received_by = IFNULL(excluded.received_by, received_by)",
        (step.batch, step.link, step.at, _complete(step), None if parties else step.sequence),
    )
    _count_received(tx, step, 1)


def _take_receipt_back(tx: Transaction, step: Taken) -> None:
    of_batch = (step.batch, step.link)
    tx.run_many(
        "UPDATE handoffs SET received_at = NULL, short = 0, received_by = NULL"
        " WHERE batch = ? AND giver = ? AND receiver = ?",
        [(step.batch, giver, step.link) for giver in step.detail["parties"]],
    )
    tx.run(
        "UPDATE positions SET received = received - ?3, received_by = NULL, received_at ="
        " (SELECT MAX(received_at) FROM handoffs WHERE batch = ?1 AND receiver = ?2) WHERE batch = ?1 AND link = ?2",
        (*of_batch, _complete(step)),
    )
    _forget_if_untouched(tx, step, step.batch)
    _count_received(tx, step, -1)


def _complete(step: Taken) -> int:
    """Units in hand by this receipt: none while another part is to come."""
    return step.quantity if step.detail["complete"] else 0


def _count_received(tx: Transaction, step: Taken, sign: int) -> None:
    if step.detail["complete"]:
        tx.run(
            'UPDATE order_links SET received = received + ? WHERE "order" = ? AND link = ?',
            (sign * step.quantity, step.order, step.link),
        )
    _count_short(tx, step, sign)


def _count_short(tx: Transaction, step: Taken, sign: int) -> None:
    """What did not come, or was rejected, is owed again by its giver, in the hour in which it was given."""
    for giver, units, hour_at, *_ in step.detail.get("short", ()):
        tx.run(
            'UPDATE order_links SET given = given - ? WHERE "order" = ? AND link = ?',
            (sign * units, step.order, giver),
        )
        tx.run(
            "UPDATE hour_counts SET given = given - ? WHERE line = ? AND start_at = ? AND link = ?",
            (sign * units, step.line, hour_at, giver),
        )
        _forget_empty_hour(tx, step.line, hour_at, giver)
        find_unmet(tx, step.order, giver)


def _give(tx: Transaction, step: Taken) -> None:
    hour_at = step.detail["hour"][0]
    for batch, quantity in _batches(step):
        for receiver in step.detail["parties"]:
            tx.run(
                'INSERT INTO handoffs (batch, giver, receiver, line, "order", quantity, given_at, hour_at)'
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (batch, giver, receiver) DO UPDATE SET"
                " quantity = excluded.quantity, given_at = excluded.given_at, hour_at = excluded.hour_at",
                (batch, step.link, receiver, step.line, step.order, quantity, step.at, hour_at),
            )
        tx.run(
            "INSERT INTO positions (batch, link, given_at, given, given_by) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (batch, link) DO UPDATE SET given_at = excluded.given_at, given = excluded.given,"
            " given_by = excluded.given_by",
            (batch, step.link, step.at, quantity, step.sequence),
        )
    _count_given(tx, step, 1)
    tx.run(
        "INSERT INTO link_activity (line, link, last_given_at) VALUES (?, ?, ?) ON CONFLICT (line, link)"
        " DO UPDATE SET last_given_at = MAX(last_given_at, excluded.last_given_at)",
        (step.line, step.link, step.at),
    )
    if not step.detail["parties"]:
        ship_if_complete(tx, step.order, step.link)


def _take_give_back(tx: Transaction, step: Taken) -> None:
    for batch, _ in _batches(step):
        tx.run(
            "UPDATE handoffs SET given_at = NULL, hour_at = NULL, quantity = 0 WHERE batch = ? AND giver = ?",
            (batch, step.link),
        )
        tx.run(
            "UPDATE positions SET given_at = NULL, given = 0, given_by = NULL WHERE batch = ? AND link = ?",
            (batch, step.link),
        )
        _forget_if_untouched(tx, step, batch)
    _count_given(tx, step, -1)
    _find_last_given(tx, step)
    if not step.detail["parties"]:
        unship_if_incomplete(tx, step.order, step.link)


def _batches(step: Taken) -> list[tuple[str, int]]:
    return step.detail.get("batches") or [(str(step.batch), step.quantity)]


def _count_given(tx: Transaction, step: Taken, sign: int) -> None:
    units, hour = sign * step.quantity, step.detail["hour"]
    tx.run(
        'UPDATE order_links SET given = given + ? WHERE "order" = ? AND link = ?',
        (units, step.order, step.link),
    )
    (move_unmet_on if sign > 0 else find_unmet)(tx, step.order, step.link)
    tx.run(
        "INSERT INTO hour_counts (line, link, start_at, end_at, shift, given) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (line, start_at, link) DO UPDATE SET given = given + excluded.given",
        (step.line, step.link, *hour, units),
    )
    if sign < 0:
        _forget_empty_hour(tx, step.line, hour[0], step.link)


def _forget_empty_hour(tx: Transaction, line: str, start_at: Instant, link: str) -> None:
    tx.run(
        "DELETE FROM hour_counts WHERE line = ? AND start_at = ? AND link = ? AND target = 0 AND given = 0",
        (line, start_at, link),
    )


def _find_last_given(tx: Transaction, step: Taken) -> None:
    """The link's last give is the latest of those that stand."""
    of_link = (step.line, step.link)
    last = tx.row(
        "SELECT MAX(at) AS given_at FROM (SELECT * FROM (SELECT p.given_at AS at FROM positions p"
        ' JOIN batches USING (batch) JOIN orders o USING ("order") WHERE p.link = ?2 AND p.given_at IS NOT NULL'
        " AND o.line = ?1 ORDER BY p.given_at DESC LIMIT 1)"
        " UNION ALL SELECT last_given_at FROM archived_gives WHERE line = ?1 AND link = ?2)",
        of_link,
    )
    if last is None or last["given_at"] is None:
        tx.run("DELETE FROM link_activity WHERE line = ? AND link = ?", of_link)
    else:
        tx.run(
            "UPDATE link_activity SET last_given_at = ? WHERE line = ? AND link = ?",
            (last["given_at"], *of_link),
        )


def _scrap(tx: Transaction, step: Taken) -> None:
    tx.run(
        "INSERT INTO positions (batch, link, lost) VALUES (?, ?, ?)"
        " ON CONFLICT (batch, link) DO UPDATE SET lost = lost + excluded.lost",
        (step.batch, step.link, step.quantity),
    )
    tx.run(
        'INSERT INTO scraps (sequence, "order", batch, line, link, charged, quantity, reason, scrapped_at)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            step.sequence,
            step.order,
            step.batch,
            step.line,
            step.link,
            step.detail["charged"],
            step.quantity,
            step.reason,
            step.at,
        ),
    )
    _count_scrap(tx, step, 1)
    ship_if_complete(tx, step.order, step.detail["last"])


def _take_scrap_back(tx: Transaction, step: Taken) -> None:
    tx.run(
        "UPDATE positions SET lost = lost - ? WHERE batch = ? AND link = ?",
        (step.quantity, step.batch, step.link),
    )
    _forget_if_untouched(tx, step, step.batch)
    tx.run("DELETE FROM scraps WHERE sequence = ?", (step.sequence,))
    _count_scrap(tx, step, -1)
    unship_if_incomplete(tx, step.order, step.detail["last"])


def _count_scrap(tx: Transaction, step: Taken, sign: int) -> None:
    tx.run(
        'UPDATE order_links SET scrapped = scrapped + ? WHERE "order" = ? AND link = ?',
        (sign * step.quantity, step.order, step.detail["charged"]),
    )
    tx.run('UPDATE orders SET lost = lost + ? WHERE "order" = ?', (sign * step.detail["ends"], step.order))
    _count_short(tx, step, sign)


def _forget_if_untouched(tx: Transaction, step: Taken, batch: str | None) -> None:
    tx.run(
        "DELETE FROM handoffs WHERE batch = ? AND given_at IS NULL AND received_at IS NULL",
        (batch,),
    )
    tx.run(
        "DELETE FROM positions WHERE batch = ? AND link = ? AND received_at IS NULL AND given_at IS NULL AND lost = 0",
        (batch, step.link),
    )


_TAKE = {"received": _receive, "given": _give, "scrapped": _scrap, "split": part_projections.split}
_TAKE_BACK = {
    "received": _take_receipt_back,
    "given": _take_give_back,
    "scrapped": _take_scrap_back,
    "split": part_projections.take_split_back,
}
