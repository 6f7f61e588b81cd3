"""Silence: whoever saw the latest pass and did not flag gets the flag raised for them, and carries a share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.events import Event
from ledger.flags import append_flag, owed_of
from ledger.reading import last_sequence
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


class SilenceWatch:
    """Raises the flags that silent links should have raised.

    A silence begins when a latest passes and ends by an event about its order, so a look is at the orders of which
    one of the two is new. What was looked at is kept in memory, once what came of it is committed: the first look of
    a watch is at everything.
    """

    def __init__(self, ledger: Ledger, site: Site, calendars: CalendarBook) -> None:
        self._ledger, self._site, self._calendars = ledger, site, calendars
        self._seen_to: int | None = None
        """The last event that was looked at."""
        self._passed_at: Instant = -1
        """Each latest up to here was looked at."""
        self._next_at: dict[str, Instant] = {}
        """Of an order with a silence that is not complete: when the first of them is, if nothing happens."""

    def look(self, until: Instant, now: Instant) -> int:
        """Raise what is due by an instant; how many flags. Each at the instant its silence was complete."""
        sequence = last_sequence(self._ledger)
        passed_at = until - self._site.flags.silence_ms
        of = {
            "seen": sequence if self._seen_to is None else self._seen_to,
            "before": self._passed_at,
            "passed": passed_at,
            "due": json.dumps([order for order, at in self._next_at.items() if at <= until]),
        }
        found = list(self._silences(self._ledger, of, until))
        raised = 0
        if any(each.due_at <= until for each in found):
            with self._ledger.write(now) as tx:
                due = (each for each in self._silences(tx, of, until) if each.due_at <= until)
                raised = sum(
                    _raise(tx, self._site, each) for each in sorted(due, key=lambda each: each.due_at)
                )
        self._seen_to, self._passed_at = sequence, passed_at
        self._next_at = {order: at for order, at in self._next_at.items() if at > until}
        for each in found:
            if each.due_at > until:
                self._next_at[each.order] = min(each.due_at, self._next_at.get(each.order, each.due_at))
        return raised

    def _silences(
        self, source: Ledger | Transaction, of: Mapping[str, Any], until: Instant
    ) -> Iterator[_Silent]:
        """The next links that have not spoken, complete or not, of the orders that are to be looked at."""
        for row in source.rows(_PAST_LATEST, of):
            line = self._site.line_or_ghost(row["line"])
            for following in line.next_links(row["link"]):
                if source.rows(_SPOKEN, (row["order"], row["link"], following.id, row["unmet_end_at"])):
                    continue
                since_at = _since_at(source, row, following.id)
                calendar = self._calendars.of_link_between(line, following.id, since_at, until)
                due_at = silence_at(self._site.flags, since_at, calendar)
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


# The plus sign keeps SQLite from reading all that is late: the orders are few, what is late may be much.
_PAST_LATEST = """
SELECT "order", line, link, unmet_end_at, unmet_latest_at FROM order_links
 WHERE +unmet_latest_at <= :passed AND "order" IN (
       SELECT "order" FROM events WHERE sequence > :seen
       UNION SELECT "order" FROM order_links WHERE unmet_latest_at > :before AND unmet_latest_at <= :passed
       UNION SELECT value FROM json_each(:due))
 ORDER BY unmet_latest_at
"""
# A flag that a supervisor overturned says of that hour that nothing is owed; one for a batch says nothing of the hour.
_SPOKEN = (
    "SELECT 1 FROM flags WHERE \"order\" = ? AND link = ? AND raised_by = ? AND kind != 'batch'"
    " AND (closed_at IS NULL OR (state = 'overturned' AND end_at >= ?)) LIMIT 1"
)
