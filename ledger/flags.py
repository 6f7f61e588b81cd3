"""Flags in the ledger: raised, answered, withdrawn, and resolved by what arrives."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.store import Ledger, Row, Transaction
from shopfloor.flags import Owed, Standing, why_not_answer, why_not_raise
from shopfloor.instants import Instant
from shopfloor.site import Site

LARGEST_NUMBER = 2**63 - 1
"""That SQLite holds."""


@dataclass(frozen=True, slots=True)
class Tap:
    """Who did it, where and when. `event_id` is made where it happened."""

    event_id: str
    station: str
    at: Instant
    person: str | None = None
    device: str | None = None
    """The tablet, where one is known by itself."""

    @property
    def source(self) -> str:
        return self.device or f"station:{self.station}"


def raise_flag(ledger: Ledger, site: Site, tap: Tap, *, against: str, order: str, now: Instant) -> int:
    """Raise *not received* by a station's link against a previous link; the flag's number.

    RuleRefused with one sentence when nothing is owed. The same tap again gives the same flag.
    """
    station = site.stations[tap.station]
    line = site.lines[station.line]
    with ledger.write(now) as tx:
        before = tx.row(
            "SELECT sequence FROM events WHERE event_id = ? AND kind = 'flag_raised'", (tap.event_id,)
        )
        if before is not None:
            return int(before["sequence"])
        has_open = tx.row(
            'SELECT 1 FROM flags WHERE line = ? AND link = ? AND "order" = ? AND raised_by = ? AND closed_at IS NULL',
            (line.id, against, order, station.link),
        )
        owed = owed_of(tx, line.id, order, against, tap.at)
        why_not = why_not_raise(line, station.link, against, owed, has_open=has_open is not None)
        if why_not is not None or owed is None:
            raise RuleRefused(why_not or "nothing is owed")
        flag = tx.sequence + 1
        missing = f"{line.link(against).name} flagged: {owed.missing} of {order} not received"
        return tx.append(
            Event(
                event_id=tap.event_id,
                kind="flag_raised",
                occurred_at=tap.at,
                source=tap.source,
                station=tap.station,
                link=f"{line.id}/{against}",
                order=order,
                quantity=owed.missing,
                person=tap.person,
                detail={
                    "flag": flag,
                    "raised_by": station.link,
                    "start_at": owed.start_at,
                    "end_at": owed.end_at,
                    "cumulative": owed.cumulative,
                    "text": missing,
                },
            )
        )


def answer_flag(
    ledger: Ledger,
    site: Site,
    tap: Tap,
    *,
    flag: int,
    reason: str | None,
    promised_at: Instant | None,
    comment: str,
    now: Instant,
    seen: int | None = None,
) -> None:
    """The flagged link's reply. RuleRefused when it is not its flag or the answer does not count.

    `seen`: how many answers the flag had when this one was written.
    """
    station = site.stations[tap.station]
    line = site.lines[station.line]
    with ledger.write(now) as tx:
        if tx.holds(tap.event_id) is not None:
            return
        row = _flag(tx, flag)
        if (row["line"], row["link"]) != (station.line, station.link):
            raise RuleRefused(f"flag {flag} is not against {station.name}; only the flagged link answers")
        standing = Standing(row["state"], row["promised_at"], row["answers"])
        why_not = why_not_answer(
            site,
            line.link(station.link),
            standing,
            reason=reason,
            promised_at=promised_at,
            seen=seen,
            now=tap.at,
        )
        if why_not is not None:
            raise RuleRefused(why_not)
        detail = {
            "flag": flag,
            "comment": comment,
            "promised_at": promised_at,
            "text": f"answered {line.name_of(row['raised_by'])}",
        }
        tx.append(_reply(tap, "flag_answered", row, detail, reason=reason))


def withdraw_flag(ledger: Ledger, site: Site, tap: Tap, *, flag: int, now: Instant) -> None:
    """Taken back by the link that raised it."""
    station = site.stations[tap.station]
    with ledger.write(now) as tx:
        if tx.holds(tap.event_id) is not None:
            return
        row = _flag(tx, flag)
        if (row["line"], row["raised_by"]) != (station.line, station.link):
            raise RuleRefused(
                f"flag {flag} was not raised by {station.name}; only who raised it withdraws it"
            )
        if row["closed_at"] is not None:
            raise RuleRefused(f"flag {flag} is {row['state']} already")
        name = site.lines[station.line].name_of(row["link"])
        tx.append(
            _reply(
                tap,
                "flag_withdrawn",
                row,
                {"flag": flag, "text": f"taken back: {name} flagged for {row['order']}"},
            )
        )


def owed_of(tx: Transaction, line: str, order: str, link: str, at: Instant) -> Owed | None:
    """What a link owed of an order, at an instant, by its last target that had ended by then."""
    row = tx.row(
        'SELECT t.start_at, t.end_at, t.cumulative, l.given FROM targets t JOIN order_links l USING ("order", link)'
        ' WHERE t.line = ? AND t."order" = ? AND t.link = ? AND t.give > 0 AND t.end_at <= ?'
        " ORDER BY t.start_at DESC LIMIT 1",
        (line, order, link, at),
    )
    if row is None:
        return None
    given = row["given"] - _given_since(tx, order, link, at)
    return Owed(row["start_at"], row["end_at"], row["cumulative"], given)


def _given_since(tx: Transaction, order: str, link: str, at: Instant) -> int:
    """Units given after an instant: who tapped without a network saw the state of then."""
    row = tx.row(
        "SELECT SUM(p.given - IFNULL((SELECT MAX(h.short) FROM handoffs h WHERE h.batch = p.batch"
        " AND h.giver = p.link), 0)) AS units FROM batches b JOIN positions p USING (batch)"
        ' WHERE b."order" = ? AND p.link = ? AND p.given_at > ?',
        (order, link, at),
    )
    return int(row["units"] or 0) if row else 0


def _flag(tx: Transaction, flag: int) -> Row:
    row = tx.row("SELECT * FROM flags WHERE flag = ?", (min(flag, LARGEST_NUMBER),))
    if row is None:
        raise RuleRefused(f"there is no flag {flag}")
    return row


def _reply(tap: Tap, kind: str, row: Row, detail: dict[str, object], *, reason: str | None = None) -> Event:
    return Event(
        event_id=tap.event_id,
        kind=kind,
        occurred_at=tap.at,
        source=tap.source,
        station=tap.station,
        link=f"{row['line']}/{row['link']}",
        order=row["order"],
        quantity=row["quantity"],
        reason=reason,
        person=tap.person,
        detail=detail,
    )
