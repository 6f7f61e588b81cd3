"""What recorded steps do to flags: what arrives resolves them, late news may show them to have been wrong.

A flag for a batch is met when that batch is received; every other one when so much was given in all; and all
of an order once it has shipped.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.events import Event
from ledger.flag_timing import wound
from ledger.steps import Floor, with_late
from ledger.store import Row, Transaction
from shopfloor.flag_clocks import clock_of
from shopfloor.handoffs import clock_text
from shopfloor.instants import Instant
from shopfloor.sentences import sentence

_IS_MET = (
    '(EXISTS (SELECT 1 FROM orders o WHERE o."order" = f."order" AND o.shipped_at IS NOT NULL) OR'
    " CASE f.kind WHEN 'batch' THEN EXISTS (SELECT 1 FROM handoffs h WHERE h.batch = f.batch AND h.giver = f.link"
    " AND h.receiver = f.raised_by AND h.received_at IS NOT NULL) ELSE f.cumulative <= l.given END)"
)
_FLAGGED_OF_SHIPPED = """
SELECT DISTINCT f.link FROM flags f JOIN orders o USING ("order")
 WHERE f."order" = ? AND f.closed_at IS NULL AND o.shipped_at IS NOT NULL
"""
_BY_ITSELF = "(f.state = 'resolved' OR (f.state = 'overturned' AND f.ruled_at IS NULL))"
"""Closed by what was recorded, not by a person's word."""


def resolve_flags(
    tx: Transaction, floor: Floor, link: str, order: str, at: Instant, since_at: Instant | None = None
) -> None:
    """Close every flag whose missing quantity has now come, or turns out to have come before.

    What came at `since_at`, else at `at`, may also show that a flag which is closed was wrong.
    """
    # Nearly no give has a flag, and looking for one is cheaper than for all that is known of it.
    if tx.row('SELECT 1 FROM flags WHERE "order" = ? AND link = ? LIMIT 1', (order, link)) is None:
        return
    met = tx.rows(
        'SELECT f.* FROM flags f JOIN order_links l ON l."order" = f."order" AND l.link = f.link'  # noqa: S608  # our own words
        f' WHERE f.line = ? AND f.link = ? AND f.closed_at IS NULL AND f."order" = ? AND {_IS_MET}',
        (floor.line.id, link, order),
    )
    for row in met:
        came_at = _came_before(tx, row)
        if came_at is None:
            tx.append(_news(tx, floor, row, "flag_resolved", max(at, row["raised_at"]), {}))
        else:
            tx.append(_mistaken(tx, floor, row, came_at, max(tx.now, row["raised_at"])))
    _judge_again(tx, floor, link, order, at if since_at is None else since_at)


def settle_if_shipped(tx: Transaction, floor: Floor, order: str, at: Instant) -> None:
    """Close what is still flagged of an order that has shipped with what scrap has left: nothing is owed any more."""
    for row in tx.rows(_FLAGGED_OF_SHIPPED, (order,)):
        resolve_flags(tx, floor, row["link"], order, at)


def reopen_if_not_shipped(tx: Transaction, floor: Floor, order: str) -> None:
    """A shipment that was not complete after all: what only it had closed is open again."""
    for row in tx.rows('SELECT DISTINCT link FROM flags WHERE "order" = ?', (order,)):
        reopen_flags(tx, floor, row["link"], order)


def _judge_again(tx: Transaction, floor: Floor, link: str, order: str, since_at: Instant) -> None:
    """Flags that were closed before late news of an instant came: wrong after all, or after all not wrong.

    They stay closed at the time at which they were closed.
    """
    rows = tx.rows(
        'SELECT f.* FROM flags f JOIN order_links l ON l."order" = f."order" AND l.link = f.link'  # noqa: S608  # our own words
        f' WHERE f."order" = ? AND f.link = ? AND {_BY_ITSELF} AND {_IS_MET} AND f.raised_at > ? ORDER BY f.flag',
        (order, link, since_at),
    )
    for row in rows:
        came_at = _came_before(tx, row)
        if came_at is not None and row["note"] is None:
            tx.append(_mistaken(tx, floor, row, came_at, row["closed_at"]))
        elif came_at is None and row["note"] is not None:
            tx.append(_news(tx, floor, row, "flag_resolved", row["closed_at"], {}))


def _mistaken(tx: Transaction, floor: Floor, row: Row, came_at: Instant, at: Instant) -> Event:
    clock = clock_text(came_at, floor.site.zone)
    said = (
        sentence("turned out wrong: received %(at)s", at=clock)
        if row["kind"] == "batch"
        else sentence("turned out wrong: given %(at)s", at=clock)
    )
    note = with_late(said, floor, came_at, tx.now)
    if row["disputed_at"] is not None:
        note = sentence("%(note)s; the dispute was right", note=note)
    detail = {"note": note, "text": _about_flag(floor.line.name_of(row["link"]), row["order"], note)}
    return _news(tx, floor, row, "flag_mistaken", at, detail)


def reopen_flags(tx: Transaction, floor: Floor, link: str, order: str) -> None:
    """Open again every flag whose quantity turns out not to have been given; one for an order and two links."""
    rows = tx.rows(
        'SELECT f.* FROM flags f JOIN order_links l ON l."order" = f."order" AND l.link = f.link'  # noqa: S608  # our own words
        f' WHERE f."order" = ? AND f.link = ? AND {_BY_ITSELF} AND NOT {_IS_MET}'
        ' AND NOT EXISTS (SELECT 1 FROM flags o WHERE o."order" = f."order" AND o.link = f.link'
        " AND o.raised_by = f.raised_by AND o.kind = f.kind AND o.batch IS f.batch AND (o.closed_at IS NULL OR"
        " (o.state = 'resolved' AND o.flag > f.flag AND o.cumulative > l.given)))",
        (order, link),
    )
    for row in rows:
        note = sentence("open again: what resolved it did not come in full")
        at = max(tx.now, row["raised_at"])
        state = "answered" if row["answers"] else "raised"
        clock = clock_of(state, since_at=at, promised_at=row["promised_at"])
        detail = {
            "note": note,
            "clock": wound(floor.site.flags, floor.calendars, floor.line, link, clock, tx.now),
            "text": _about_flag(floor.line.name_of(link), order, note),
        }
        tx.append(_news(tx, floor, row, "flag_reopened", at, detail))


def _about_flag(link: str, order: str, what: str) -> str:
    return sentence("%(link)s flagged for %(order)s %(what)s", link=link, order=order, what=what)


def _given_before(tx: Transaction, flag: Row) -> Instant | None:
    """When the flagged quantity was in truth complete, if that was before the flag was raised."""
    given = 0
    for row in tx.rows(
        "SELECT p.given_at, p.given - IFNULL((SELECT MAX(h.short) FROM handoffs h WHERE h.batch = p.batch"
        " AND h.giver = p.link), 0) - IFNULL((SELECT SUM(s.quantity) FROM scraps s WHERE s.batch = p.batch"
        " AND s.charged = p.link AND s.link != p.link), 0) AS units FROM batches b JOIN positions p USING (batch)"
        ' WHERE b."order" = ? AND p.link = ? AND p.given_at < ? ORDER BY p.given_at',
        (flag["order"], flag["link"], flag["raised_at"]),
    ):
        given += row["units"]
        if given >= flag["cumulative"]:
            return int(row["given_at"])
    return None


def _came_before(tx: Transaction, flag: Row) -> Instant | None:
    """When what was flagged had in truth come, if that was before the flag was raised."""
    return _received_before(tx, flag) if flag["kind"] == "batch" else _given_before(tx, flag)


def _received_before(tx: Transaction, flag: Row) -> Instant | None:
    """When the flagged batch was in truth received, if that was before the flag was raised."""
    row = tx.row(
        "SELECT received_at FROM handoffs WHERE batch = ? AND giver = ? AND receiver = ? AND received_at < ?",
        (flag["batch"], flag["link"], flag["raised_by"], flag["raised_at"]),
    )
    return None if row is None else int(row["received_at"])


def _news(
    tx: Transaction, floor: Floor, row: Row, kind: str, at: Instant, detail: Mapping[str, object]
) -> Event:
    word = kind.removeprefix("flag_")
    return Event(
        event_id=f"flag/{row['flag']}/{word}/{tx.sequence + 1}",
        kind=kind,
        occurred_at=at,
        source="interlock",
        station=(row["station"] or None) if detail else None,
        link=f"{floor.line.id}/{row['link']}",
        order=row["order"],
        batch=row["batch"],
        quantity=row["quantity"],
        detail={"flag": row["flag"], **detail},
    )
