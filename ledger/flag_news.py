"""What recorded steps do to flags: what arrives resolves them, late news may show them to have been wrong."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.events import Event
from ledger.steps import Floor, with_late
from ledger.store import Row, Transaction
from shopfloor.handoffs import clock_text
from shopfloor.instants import Instant
from shopfloor.sentences import sentence


def resolve_flags(tx: Transaction, floor: Floor, link: str, order: str, at: Instant) -> None:
    """Close every flag whose missing quantity has now been given, or turns out to have been given before."""
    met = tx.rows(
        'SELECT f.* FROM flags f JOIN order_links l ON l."order" = f."order" AND l.link = f.link'
        ' WHERE f.line = ? AND f.link = ? AND f.closed_at IS NULL AND f."order" = ? AND f.cumulative <= l.given',
        (floor.line.id, link, order),
    )
    for row in met:
        given_at = _given_before(tx, row)
        if given_at is None:
            tx.append(_news(tx, floor, row, "flag_resolved", max(at, row["raised_at"]), {}))
            continue
        clock, now = clock_text(given_at, floor.site.zone), max(tx.now, row["raised_at"])
        said = sentence("turned out wrong: given %(at)s", at=clock)
        note = with_late(said, floor, given_at, tx.now)
        detail = {"note": note, "text": _about_flag(floor.line.name_of(link), order, note)}
        tx.append(_news(tx, floor, row, "flag_mistaken", now, detail))


def reopen_flags(tx: Transaction, floor: Floor, link: str, order: str) -> None:
    """Open again every flag whose quantity turns out not to have been given; one for an order and two links."""
    rows = tx.rows(
        'SELECT f.* FROM flags f JOIN order_links l ON l."order" = f."order" AND l.link = f.link'
        " WHERE f.\"order\" = ? AND f.link = ? AND f.state = 'resolved' AND f.cumulative > l.given"
        ' AND NOT EXISTS (SELECT 1 FROM flags o WHERE o."order" = f."order" AND o.link = f.link'
        " AND o.raised_by = f.raised_by AND (o.closed_at IS NULL OR"
        " (o.state = 'resolved' AND o.flag > f.flag AND o.cumulative > l.given)))",
        (order, link),
    )
    for row in rows:
        note = sentence("open again: what resolved it did not come in full")
        detail = {"note": note, "text": _about_flag(floor.line.name_of(link), order, note)}
        tx.append(_news(tx, floor, row, "flag_reopened", max(tx.now, row["raised_at"]), detail))


def _about_flag(link: str, order: str, what: str) -> str:
    return sentence("%(link)s flagged for %(order)s %(what)s", link=link, order=order, what=what)


def _given_before(tx: Transaction, flag: Row) -> Instant | None:
    """When the flagged quantity was in truth complete, if that was before the flag was raised."""
    given = 0
    for row in tx.rows(
        "SELECT p.given_at, p.given - IFNULL((SELECT MAX(h.short) FROM handoffs h WHERE h.batch = p.batch"
        " AND h.giver = p.link), 0) AS units FROM batches b JOIN positions p USING (batch)"
        ' WHERE b."order" = ? AND p.link = ? AND p.given_at < ? ORDER BY p.given_at',
        (flag["order"], flag["link"], flag["raised_at"]),
    ):
        given += row["units"]
        if given >= flag["cumulative"]:
            return int(row["given_at"])
    return None


def _news(
    tx: Transaction, floor: Floor, row: Row, kind: str, at: Instant, detail: Mapping[str, str]
) -> Event:
    word = kind.removeprefix("flag_")
    return Event(
        event_id=f"flag/{row['flag']}/{word}/{tx.sequence + 1}",
        kind=kind,
        occurred_at=at,
        source="interlock",
        station=row["station"] if detail else None,
        link=f"{floor.line.id}/{row['link']}",
        order=row["order"],
        quantity=row["quantity"],
        detail={"flag": row["flag"], **detail},
    )
