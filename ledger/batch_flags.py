"""Flags for one batch: given and never come, received short, rejected."""

from __future__ import annotations

from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.flags import Tap, append_flag, raised_before
from ledger.store import Ledger, Row, Transaction
from shopfloor.flag_rules import FLAG_KINDS, FlagKind
from shopfloor.flags import Way, kind_of_batch_flag, missing_of, why_not_flag, why_not_flag_batch
from shopfloor.instants import Instant
from shopfloor.sentences import sentence
from shopfloor.site import Line, Site

_TEXTS: dict[FlagKind, str] = {
    "batch": "%(name)s flagged: %(batch)s did not come",
    "short": "%(name)s flagged: %(units)s of %(batch)s did not come",
    "rejected": "%(name)s flagged: %(units)s of %(batch)s rejected",
}


def raise_batch_flag(
    ledger: Ledger,
    site: Site,
    tap: Tap,
    *,
    batch: str,
    against: str | None,
    kind: str | None,
    now: Instant,
) -> int:
    """Raise a flag for a batch against the link that gave it; the flag's number.

    Left out, `against` is the one previous link with which something is amiss, and `kind` is what is amiss.
    RuleRefused with one sentence when nothing is. The same tap again gives the same flag.
    """
    station = site.stations[tap.station]
    line = site.lines[station.line]
    with ledger.write(now) as tx:
        before = raised_before(tx, tap)
        if before is not None:
            return before
        row = tx.row(
            'SELECT b.batch, b."order", o.line FROM batches b JOIN orders o USING ("order") WHERE batch = ?',
            (batch.upper(),),
        )
        if row is None or row["line"] != line.id:
            raise RuleRefused(sentence("%(batch)s is no batch of this line", batch=batch[:40]))
        giver = _giver(tx, line, station.link, row["batch"], against)
        way = _way(tx, row["batch"], giver, station.link)
        wanted = _kind(kind, way)
        why_not = why_not_flag(line, station.link, giver) or why_not_flag_batch(
            line.name_of(giver),
            row["batch"],
            way,
            wanted,
            has_open=_has_open(tx, row["batch"], giver, station.link, wanted),
        )
        if why_not is not None or way is None:
            raise RuleRefused(why_not or sentence("nothing is missing"))
        return append_flag(
            tx,
            site,
            line,
            _event(tx, line, tap, row, giver, way, wanted),
            against=giver,
            raised_by=station.link,
        )


def _kind(told: str | None, way: Way | None) -> FlagKind:
    """What was said, or what the record shows: a batch that is not there at all when nothing is amiss."""
    if told is None:
        return kind_of_batch_flag(way) or "batch"
    known = next((kind for kind in FLAG_KINDS if kind == told and kind != "hour"), None)
    if known is None:
        raise RuleRefused(
            sentence(
                "%(kind)s is no kind of flag for a batch; use one of %(known)s",
                kind=repr(told),
                known=", ".join(kind for kind in FLAG_KINDS if kind != "hour"),
            )
        )
    return known


def _giver(tx: Transaction, line: Line, link: str, batch: str, told: str | None) -> str:
    if told is not None:
        return told
    previous = [before.id for before in line.previous_links(link)]
    amiss = [giver for giver in previous if kind_of_batch_flag(_way(tx, batch, giver, link)) is not None]
    if len(amiss) > 1:
        raise RuleRefused(
            sentence(
                "%(batch)s comes from %(names)s: name the one that is meant",
                batch=batch,
                names=" and ".join(line.name_of(giver) for giver in amiss),
            )
        )
    if not previous:
        raise RuleRefused(
            sentence("%(name)s is a first link; there is nobody to flag", name=line.name_of(link))
        )
    return amiss[0] if amiss else previous[0]


def _way(tx: Transaction, batch: str, giver: str, link: str) -> Way | None:
    row = tx.row(
        "SELECT quantity, given_at, received_at, short FROM handoffs"
        " WHERE batch = ? AND giver = ? AND receiver = ?",
        (batch, giver, link),
    )
    if row is None:
        return None
    rejected = tx.row(
        "SELECT IFNULL(SUM(quantity), 0) AS units FROM scraps WHERE batch = ? AND link = ? AND charged = ?",
        (batch, link, giver),
    )
    return Way(
        row["quantity"],
        row["given_at"],
        row["received_at"],
        row["short"],
        rejected["units"] if rejected else 0,
    )


def _has_open(tx: Transaction, batch: str, giver: str, link: str, kind: FlagKind) -> bool:
    row = tx.row(
        "SELECT 1 FROM flags WHERE batch = ? AND link = ? AND raised_by = ? AND kind = ? AND closed_at IS NULL",
        (batch, giver, link, kind),
    )
    return row is not None


def _event(tx: Transaction, line: Line, tap: Tap, row: Row, giver: str, way: Way, kind: FlagKind) -> Event:
    """The flag's hour is the one in which the batch was given; short and rejected units are owed once more."""
    units = missing_of(way, kind)
    given = tx.row('SELECT given FROM order_links WHERE "order" = ? AND link = ?', (row["order"], giver))
    at = way.given_at if kind == "batch" or way.received_at is None else way.received_at
    text = sentence(_TEXTS[kind], name=line.name_of(giver), units=units, batch=row["batch"])
    owed_again = 0 if kind == "batch" else units
    return Event(
        event_id=tap.event_id,
        kind="flag_raised",
        occurred_at=tap.at,
        source=tap.source,
        station=tap.station,
        order=row["order"],
        batch=row["batch"],
        quantity=units,
        person=tap.person,
        detail={
            "kind": kind,
            "start_at": way.given_at,
            "end_at": at,
            "cumulative": (given["given"] if given else 0) + owed_again,
            "text": text,
        },
    )
