"""Flags in the ledger: raised, answered, passed back, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.flag_timing import wound
from ledger.store import Ledger, Row, Transaction
from shopfloor.calendar_book import CalendarBook
from shopfloor.flag_clocks import Clock, clock_of
from shopfloor.flags import (
    PREVIOUS,
    Owed,
    Standing,
    state_word,
    why_not_answer,
    why_not_pass,
    why_not_raise,
)
from shopfloor.instants import Instant
from shopfloor.sentences import sentence
from shopfloor.site import Line, Site

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
    """What it was done with, if that is known by itself: a tablet, or a scanner."""

    @property
    def source(self) -> str:
        return self.device or f"station:{self.station}"


def raise_flag(ledger: Ledger, site: Site, tap: Tap, *, against: str, order: str, now: Instant) -> int:
    """Raise *not received* by a station's link against a previous link; the flag's number.

    RuleRefused with one sentence when nothing is owed. The same tap again gives the same flag.
    """
    with ledger.write(now) as tx:
        return raise_within(tx, site, tap, against=against, order=order)


def raise_within(tx: Transaction, site: Site, tap: Tap, *, against: str, order: str) -> int:
    """The same as a part of a transaction."""
    station = site.stations[tap.station]
    line = site.lines[station.line]
    before = raised_before(tx, tap)
    if before is not None:
        return before
    has_open = _open_hour_flag(tx, line.id, against, order, station.link) is not None
    owed = owed_of(tx, line.id, order, against, tap.at)
    why_not = why_not_raise(line, station.link, against, owed, has_open=has_open)
    if why_not is not None or owed is None:
        raise RuleRefused(why_not or sentence("nothing is owed"))
    return raise_for_hour(tx, site, line, against=against, order=order, owed=owed, tap=tap)


def raised_before(tx: Transaction, tap: Tap) -> int | None:
    """The flag that this very tap raised the first time."""
    row = tx.row("SELECT sequence FROM events WHERE event_id = ? AND kind = 'flag_raised'", (tap.event_id,))
    return None if row is None else int(row["sequence"])


def raise_for_hour(
    tx: Transaction,
    site: Site,
    line: Line,
    *,
    against: str,
    order: str,
    owed: Owed,
    tap: Tap,
    more: Mapping[str, Any] | None = None,
) -> int:
    """Append the flag for what a link owes of an order; `more` is added to its detail."""
    text = sentence(
        "%(name)s flagged: %(units)s of %(order)s not received",
        name=line.link(against).name,
        units=owed.missing,
        order=order,
    )
    detail = {
        "start_at": owed.start_at,
        "end_at": owed.end_at,
        "cumulative": owed.cumulative,
        "text": text,
        **(more or {}),
    }
    event = Event(
        event_id=tap.event_id,
        kind="flag_raised",
        occurred_at=tap.at,
        source=tap.source,
        station=tap.station,
        order=order,
        quantity=owed.missing,
        person=tap.person,
        detail=detail,
    )
    return append_flag(tx, site, line, event, against=against, raised_by=site.stations[tap.station].link)


def append_flag(
    tx: Transaction, site: Site, line: Line, event: Event, *, against: str, raised_by: str
) -> int:
    """Append a new flag with its number, its two links and its clock, which runs from now on."""
    flag = tx.sequence + 1
    clock = clock_of("raised", since_at=event.occurred_at, promised_at=None)
    ours = {
        "flag": flag,
        "raised_by": raised_by,
        "clock": wound(site.flags, CalendarBook(site), line, against, clock, tx.now),
    }
    return tx.append(replace(event, link=f"{line.id}/{against}", detail={**event.detail, **ours}))


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

    The reason *previous link* raises the link's own flags against those before it that owe something of the order,
    in the same transaction. `seen`: how many answers the flag had when this one was written.
    """
    station = site.stations[tap.station]
    line = site.lines[station.line]
    with ledger.write(now) as tx:
        if tx.holds(tap.event_id) is not None:
            return
        row = flag_row(tx, flag)
        refuse_others(row, site, tap)
        why_not = why_not_answer(
            site,
            line.link(station.link),
            standing_of(row),
            reason=reason,
            promised_at=promised_at,
            seen=seen,
            now=tap.at,
        )
        if why_not is not None:
            raise RuleRefused(why_not)
        own, owed = ({}, {}) if reason != PREVIOUS else _to_pass_on(tx, line, row, tap.at)
        detail: dict[str, Any] = {
            "flag": flag,
            "comment": comment,
            "promised_at": promised_at,
            "text": sentence("answered %(name)s", name=line.name_of(row["raised_by"])),
        }
        if own:
            detail["passed_to"] = sorted(own.values())
        if promised_at is not None or row["promised_at"] is None:
            clock = clock_of("answered", since_at=tap.at, promised_at=promised_at)
            detail["clock"] = wound(site.flags, CalendarBook(site), line, row["link"], clock, now)
        tx.append(reply(tap, "flag_answered", row, detail, reason=reason))
        for before, missing in owed.items():
            raise_for_hour(
                tx,
                site,
                line,
                against=before,
                order=row["order"],
                owed=missing,
                tap=replace(tap, event_id=f"flag/{flag}/passed/{before}/{tx.sequence + 1}"),
                more={"chain": flag},
            )


def withdraw_flag(ledger: Ledger, site: Site, tap: Tap, *, flag: int, now: Instant) -> None:
    """Taken back by the link that raised it."""
    station = site.stations[tap.station]
    with ledger.write(now) as tx:
        if tx.holds(tap.event_id) is not None:
            return
        row = flag_row(tx, flag)
        if (row["line"], row["raised_by"]) != (station.line, station.link):
            raise RuleRefused(
                sentence(
                    "flag %(flag)s was not raised by %(name)s; only who raised it withdraws it",
                    flag=flag,
                    name=station.name,
                )
            )
        if row["silent"]:
            raise RuleRefused(
                sentence(
                    "Interlock raised flag %(flag)s because this link kept silent; only what arrives closes it",
                    flag=flag,
                )
            )
        if row["closed_at"] is not None:
            raise RuleRefused(
                sentence("flag %(flag)s is %(state)s already", flag=str(flag), state=state_word(row["state"]))
            )
        text = sentence(
            "taken back: %(name)s flagged for %(order)s",
            name=site.lines[station.line].name_of(row["link"]),
            order=row["order"],
        )
        tx.append(reply(tap, "flag_withdrawn", row, {"flag": flag, "text": text}))


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


def flag_row(tx: Transaction, flag: int) -> Row:
    """A flag, open or closed; RuleRefused when there is none."""
    row = tx.row("SELECT * FROM flags WHERE flag = ?", (min(flag, LARGEST_NUMBER),))
    if row is None:
        raise RuleRefused(sentence("there is no flag %(flag)s", flag=flag))
    return row


def standing_of(row: Row) -> Standing:
    """How a flag stands, from its row."""
    return Standing(
        row["state"],
        row["promised_at"],
        row["answers"],
        disputed=row["disputed_at"] is not None,
        ruled=row["ruled_at"] is not None,
    )


def clock_of_row(row: Row) -> Clock | None:
    """The clock that a flag's row says is running."""
    return None if row["clock"] is None else Clock(row["clock"], row["clock_from_at"], row["clock_steps"])


def refuse_others(row: Row, site: Site, tap: Tap) -> None:
    """Only the flagged link answers for itself; RuleRefused for a station of another."""
    station = site.stations[tap.station]
    if (row["line"], row["link"]) != (station.line, station.link):
        raise RuleRefused(
            sentence(
                "flag %(flag)s is not against %(name)s; only the flagged link answers",
                flag=row["flag"],
                name=station.name,
            )
        )


def reply(tap: Tap, kind: str, row: Row, detail: Mapping[str, object], *, reason: str | None = None) -> Event:
    """What a station does about a flag."""
    return Event(
        event_id=tap.event_id,
        kind=kind,
        occurred_at=tap.at,
        source=tap.source,
        station=tap.station,
        link=f"{row['line']}/{row['link']}",
        order=row["order"],
        batch=row["batch"],
        quantity=row["quantity"],
        reason=reason,
        person=tap.person,
        detail=detail,
    )


def _to_pass_on(tx: Transaction, line: Line, row: Row, at: Instant) -> tuple[dict[str, int], dict[str, Owed]]:
    """Of the links before: which are flagged by this one already, and what each of the others owes.

    RuleRefused when none of them owes anything: then the lateness is this link's own.
    """
    own: dict[str, int] = {}
    owed: dict[str, Owed] = {}
    previous = line.previous_links(row["link"])
    for before in previous:
        flagged = tx.row(
            'SELECT flag FROM flags WHERE line = ? AND link = ? AND "order" = ? AND raised_by = ?'
            " AND closed_at IS NULL ORDER BY kind != 'hour', flag",
            (line.id, before.id, row["order"], row["link"]),
        )
        missing = owed_of(tx, line.id, row["order"], before.id, at)
        if flagged is not None:
            own[before.id] = int(flagged["flag"])
        elif missing is not None and missing.missing:
            owed[before.id] = missing
    if not own and not owed:
        raise RuleRefused(why_not_pass(row["order"], previous))
    return own, owed


def _open_hour_flag(tx: Transaction, line: str, link: str, order: str, raised_by: str) -> Row | None:
    return tx.row(
        "SELECT flag FROM flags WHERE line = ? AND link = ? AND \"order\" = ? AND raised_by = ? AND kind = 'hour'"
        " AND closed_at IS NULL",
        (line, link, order, raised_by),
    )
