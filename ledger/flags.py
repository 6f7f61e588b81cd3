"""Flags in the ledger: raised, answered, withdrawn, and resolved by what arrives."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.store import Ledger, Row, Transaction
from shopfloor.flags import Owed, Standing, state_word, why_not_answer, why_not_raise
from shopfloor.instants import Instant
from shopfloor.sentences import sentence
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

    @property
    def source(self) -> str:
        return f"station:{self.station}"


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
            raise RuleRefused(why_not or sentence("nothing is owed"))
        flag = tx.sequence + 1
        missing = sentence(
            "%(name)s flagged: %(missing)s of %(order)s not received",
            name=line.link(against).name,
            missing=owed.missing,
            order=order,
        )
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
            raise RuleRefused(
                sentence(
                    "flag %(flag)s is not against %(station)s; only the flagged link answers",
                    flag=str(flag),
                    station=station.name,
                )
            )
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
            "text": sentence("answered %(raised_by)s", raised_by=line.name_of(row["raised_by"])),
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
                sentence(
                    "flag %(flag)s was not raised by %(station)s; only who raised it withdraws it",
                    flag=str(flag),
                    station=station.name,
                )
            )
        if row["closed_at"] is not None:
            raise RuleRefused(
                sentence("flag %(flag)s is %(state)s already", flag=str(flag), state=state_word(row["state"]))
            )
        name = site.lines[station.line].name_of(row["link"])
        tx.append(
            _reply(
                tap,
                "flag_withdrawn",
                row,
                {
                    "flag": flag,
                    "text": sentence(
                        "taken back: %(name)s flagged for %(order)s", name=name, order=row["order"]
                    ),
                },
            )
        )


def owed_of(tx: Transaction, line: str, order: str, link: str, at: Instant) -> Owed | None:
    """What a link owes of an order by its last target that ended at or before an instant."""
    row = tx.row(
        'SELECT t.start_at, t.end_at, t.cumulative, l.given FROM targets t JOIN order_links l USING ("order", link)'
        ' WHERE t.line = ? AND t."order" = ? AND t.link = ? AND t.give > 0 AND t.end_at <= ?'
        " ORDER BY t.start_at DESC LIMIT 1",
        (line, order, link, at),
    )
    return Owed(row["start_at"], row["end_at"], row["cumulative"], row["given"]) if row else None


def _flag(tx: Transaction, flag: int) -> Row:
    row = tx.row("SELECT * FROM flags WHERE flag = ?", (min(flag, LARGEST_NUMBER),))
    if row is None:
        raise RuleRefused(sentence("there is no flag %(flag)s", flag=str(flag)))
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
