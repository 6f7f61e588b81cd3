"""Read models: how each kind of event changes them. Only events go in, so that they can be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import order_projections
from ledger.order_projections import find_unmet, ship_if_complete
from shopfloor.instants import Instant

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Transaction

KEPT_ACTIONS = 8
"""Last actions that a station's kiosk shows."""


def project(tx: Transaction, event: Event, sequence: int) -> None:
    """Bring the read models up to one event."""
    _PROJECTIONS[event.kind](tx, event)
    text = event.detail.get("text")
    if event.station and text:
        tx.run(
            "INSERT INTO last_actions (station, sequence, occurred_at, text) VALUES (?, ?, ?, ?)",
            (event.station, sequence, event.occurred_at, text),
        )
        tx.run(
            "DELETE FROM last_actions WHERE station = ?1 AND sequence <= (SELECT sequence FROM last_actions"
            " WHERE station = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)",
            (event.station, KEPT_ACTIONS),
        )


def _received(tx: Transaction, event: Event) -> None:
    link = str(event.link).partition("/")[2]
    _set_position(tx, event, link, "received_at")
    for giver in event.detail["parties"]:
        tx.run(
            "UPDATE handoffs SET received_at = ? WHERE batch = ? AND giver = ? AND receiver = ?",
            (event.occurred_at, event.batch, giver, link),
        )
    if event.detail["complete"]:
        tx.run(
            'UPDATE order_links SET received = received + ? WHERE "order" = ? AND link = ?',
            (event.quantity, event.order, link),
        )


def _given(tx: Transaction, event: Event) -> None:
    line, _, link = str(event.link).partition("/")
    batches = event.detail.get("batches") or [[event.batch, event.quantity]]
    for batch, quantity in batches:
        tx.run_many(
            'INSERT INTO handoffs (batch, giver, receiver, line, "order", quantity, given_at)'
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (batch, link, receiver, line, event.order, quantity, event.occurred_at)
                for receiver in event.detail["parties"]
            ],
        )
        _set_position(tx, event, link, "given_at", batch)
    tx.run(
        'UPDATE order_links SET given = given + ? WHERE "order" = ? AND link = ?',
        (event.quantity, event.order, link),
    )
    find_unmet(tx, str(event.order), link)
    hour = event.detail["hour"]
    tx.run(
        "INSERT INTO hour_counts (line, link, start_at, end_at, shift, given) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (line, start_at, link) DO UPDATE SET given = given + excluded.given",
        (line, link, *hour, event.quantity),
    )
    tx.run(
        "INSERT INTO link_activity (line, link, last_given_at) VALUES (?, ?, ?) ON CONFLICT (line, link)"
        " DO UPDATE SET last_given_at = MAX(last_given_at, excluded.last_given_at)",
        (line, link, event.occurred_at),
    )
    if not event.detail["parties"]:
        ship_if_complete(tx, str(event.order), link, event.occurred_at)


def _set_position(tx: Transaction, event: Event, link: str, column: str, batch: str | None = None) -> None:
    scan = event.detail.get("scan") or {}
    tx.run(
        f"INSERT INTO positions (batch, link, {column}, last_device, last_at, last_packet, last_text)"  # noqa: S608  # column is one of two words of ours
        f" VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (batch, link) DO UPDATE SET {column} = excluded.{column},"
        " last_device = excluded.last_device, last_at = excluded.last_at, last_packet = excluded.last_packet,"
        " last_text = excluded.last_text",
        (
            batch or event.batch,
            link,
            event.occurred_at,
            event.source,
            event.occurred_at,
            scan.get("packet"),
            event.detail.get("text"),
        ),
    )


def _flag_raised(tx: Transaction, event: Event) -> None:
    line, _, link = str(event.link).partition("/")
    detail = event.detail
    tx.run(
        'INSERT INTO flags (flag, line, link, raised_by, station, "order", start_at, end_at, quantity, cumulative,'
        " state, raised_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'raised', ?)",
        (
            detail["flag"],
            line,
            link,
            detail["raised_by"],
            event.station,
            event.order,
            detail["start_at"],
            detail["end_at"],
            event.quantity,
            detail["cumulative"],
            event.occurred_at,
        ),
    )


def _flag_answered(tx: Transaction, event: Event) -> None:
    tx.run(
        "UPDATE flags SET state = 'answered', reason = ?, comment = ?, promised_at = ?, answered_at = ?,"
        " answers = answers + 1 WHERE flag = ?",
        (
            event.reason,
            event.detail["comment"],
            event.detail["promised_at"],
            event.occurred_at,
            event.detail["flag"],
        ),
    )


def _flag_resolved(tx: Transaction, event: Event) -> None:
    _close_flag(tx, event.detail["flag"], "resolved", event.occurred_at)


def _flag_withdrawn(tx: Transaction, event: Event) -> None:
    _close_flag(tx, event.detail["flag"], "withdrawn", event.occurred_at)


def _close_flag(tx: Transaction, flag: int, state: str, at: Instant) -> None:
    tx.run("UPDATE flags SET state = ?, closed_at = ? WHERE flag = ?", (state, at, flag))


_PROJECTIONS = {
    **order_projections.PROJECTIONS,
    "received": _received,
    "given": _given,
    "flag_raised": _flag_raised,
    "flag_answered": _flag_answered,
    "flag_resolved": _flag_resolved,
    "flag_withdrawn": _flag_withdrawn,
}
