"""Read models: how each kind of event changes them. Only events go in, so that they can be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def _order_released(tx: Transaction, event: Event) -> None:
    detail, order = event.detail, event.order
    tx.run(
        'INSERT INTO orders ("order", line, product, quantity, due_at, customer, priority, state, plan_version,'
        " last_number, released_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'released', ?, ?, ?)",
        (
            order,
            detail["line"],
            detail["product"],
            event.quantity,
            detail["due_at"],
            detail["customer"],
            detail["priority"],
            detail["plan_version"],
            detail["last_number"],
            event.occurred_at,
        ),
    )
    tx.run_many(
        'INSERT INTO batches (batch, "order", number, quantity) VALUES (?, ?, ?, ?)',
        [(code, order, number, quantity) for number, (code, quantity) in enumerate(detail["batches"], 1)],
    )
    for link, hours in detail["targets"].items():
        _set_targets(tx, str(order), detail["line"], link, hours)


def _set_targets(tx: Transaction, order: str, line: str, link: str, hours: list[list[int | str]]) -> None:
    """Each hour is start, end, shift, make, give, cumulative, latest."""
    tx.run_many(
        'INSERT INTO targets ("order", line, link, start_at, end_at, shift, make, give, cumulative, latest_at)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(order, line, link, *hour) for hour in hours],
    )
    tx.run_many(
        "INSERT INTO hour_counts (line, link, start_at, end_at, shift, target) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (line, start_at, link) DO UPDATE SET target = target + excluded.target",
        [(line, link, start, end, shift, give) for start, end, shift, _, give, _, _ in hours if give],
    )
    tx.run('INSERT INTO order_links ("order", line, link) VALUES (?, ?, ?)', (order, line, link))
    _find_unmet(tx, order, link)


def _find_unmet(tx: Transaction, order: str, link: str) -> None:
    """Keep beside an order's link the first target that its gives do not meet yet."""
    tx.run(
        "UPDATE order_links SET (unmet_end_at, unmet_latest_at) = (SELECT end_at, latest_at FROM targets t WHERE"
        ' t."order" = order_links."order" AND t.link = order_links.link AND t.cumulative > order_links.given'
        ' ORDER BY t.start_at LIMIT 1) WHERE "order" = ? AND link = ?',
        (order, link),
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
    _find_unmet(tx, str(event.order), link)
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
        tx.run(
            "UPDATE orders SET shipped_at = ?1, state = 'shipped' WHERE \"order\" = ?2"
            ' AND quantity <= (SELECT given FROM order_links WHERE "order" = ?2 AND link = ?3)',
            (event.occurred_at, event.order, link),
        )


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
    "order_released": _order_released,
    "received": _received,
    "given": _given,
    "flag_raised": _flag_raised,
    "flag_answered": _flag_answered,
    "flag_resolved": _flag_resolved,
    "flag_withdrawn": _flag_withdrawn,
}
