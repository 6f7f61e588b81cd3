"""Silence: whoever saw the latest pass and did not flag gets the flag raised for them, and carries a share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.events import Event
from ledger.flags import append_flag, owed_of
from ledger.store import Ledger, Row, Transaction
from shopfloor.calendar_book import CalendarBook
from shopfloor.flag_clocks import silence_at
from shopfloor.instants import Instant
from shopfloor.sentences import sentence
from shopfloor.site import Line, Site


@dataclass(frozen=True, slots=True)
class _Silent:
    """A next link that has not flagged what it was owed, and since when it is silent."""

    line: Line
    order: str
    against: str
    raised_by: str
    due_at: Instant


def break_silences(ledger: Ledger, site: Site, calendars: CalendarBook, until: Instant, now: Instant) -> int:
    """Raise the flags that silent links should have raised; how many. Each at the instant its silence was complete."""
    if not any(True for _ in _silent(ledger, site, calendars, until)):
        return 0
    with ledger.write(now) as tx:
        found = list(_silent(tx, site, calendars, until))
        return sum(_raise(tx, site, each) for each in sorted(found, key=lambda each: each.due_at))


def _silent(
    source: Ledger | Transaction, site: Site, calendars: CalendarBook, now: Instant
) -> Iterator[_Silent]:
    for row in source.rows(_PAST_LATEST, (now - site.flags.silence_ms,)):
        line = site.line_or_ghost(row["line"])
        for following in line.next_links(row["link"]):
            if source.rows(_SPOKEN, (row["order"], row["link"], following.id, row["unmet_end_at"])):
                continue
            since_at = _since_at(source, row, following.id)
            calendar = calendars.of_link_between(line, following.id, since_at, now)
            due_at = silence_at(site.flags, since_at, calendar)
            if due_at <= now:
                yield _Silent(line, row["order"], row["link"], following.id, due_at)


def _since_at(source: Ledger | Transaction, row: Row, following: str) -> Instant:
    """The latest, or when the next link last took a flag back: then it has spoken, and may think again."""
    (taken_back,) = source.rows(
        'SELECT MAX(closed_at) AS at FROM flags WHERE "order" = ? AND link = ? AND raised_by = ?'
        " AND state = 'withdrawn'",
        (row["order"], row["link"], following),
    )
    return max(int(row["unmet_latest_at"]), int(taken_back["at"] or 0))


def _raise(tx: Transaction, site: Site, silent: _Silent) -> bool:
    event_id = f"flag/silence/{silent.order}/{silent.against}/{silent.raised_by}/{silent.due_at}"
    owed = owed_of(tx, silent.line.id, silent.order, silent.against, silent.due_at)
    if owed is None or not owed.missing or tx.holds(event_id) is not None:
        return False
    text = sentence(
        "%(name)s kept silent, so Interlock flagged %(against)s: %(units)s of %(order)s not received",
        name=silent.line.name_of(silent.raised_by),
        against=silent.line.name_of(silent.against),
        units=owed.missing,
        order=silent.order,
    )
    share = site.flags.silence_share
    append_flag(
        tx,
        site,
        silent.line,
        Event(
            event_id=event_id,
            kind="flag_raised",
            occurred_at=silent.due_at,
            source="interlock",
            order=silent.order,
            quantity=owed.missing,
            detail={
                "start_at": owed.start_at,
                "end_at": owed.end_at,
                "cumulative": owed.cumulative,
                "silent": True,
                "share": f"{share.numerator}/{share.denominator}",
                "text": text,
            },
        ),
        against=silent.against,
        raised_by=silent.raised_by,
    )
    return True


_PAST_LATEST = (
    'SELECT "order", line, link, unmet_end_at, unmet_latest_at FROM order_links WHERE unmet_latest_at <= ?'
    " ORDER BY unmet_latest_at"
)
# A flag that a supervisor overturned says of that hour that nothing is owed; one for a batch says nothing of the hour.
_SPOKEN = (
    "SELECT 1 FROM flags WHERE \"order\" = ? AND link = ? AND raised_by = ? AND kind != 'batch'"
    " AND (closed_at IS NULL OR (state = 'overturned' AND end_at >= ?)) LIMIT 1"
)
