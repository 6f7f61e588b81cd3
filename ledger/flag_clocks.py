"""What time does to flags: the ladders of both clocks, flags for the silent, consequences that take effect.

A clock is an instant in an indexed column; whoever calls `turn` asks what is due by now. Nothing has to have run
before: after a pause everything that was due is done once, each at the instant at which it was due.
"""

from __future__ import annotations

from ledger.events import Event
from ledger.flag_timing import Wound, wound
from ledger.flags import clock_of_row
from ledger.silence import SilenceWatch
from ledger.store import Ledger, Row, Transaction
from shopfloor.calendar_book import CalendarBook
from shopfloor.flag_clocks import Clock, clock_of, next_step
from shopfloor.instants import MINUTE_MS, Instant
from shopfloor.roles import role_word
from shopfloor.sentences import sentence
from shopfloor.site import Site

_AT_ONCE = 100
"""Steps in one transaction; scans come between two of them."""


class FlagClocks:
    """The clocks of one site's flags, for the configuration it was made with."""

    def __init__(self, ledger: Ledger, site: Site) -> None:
        self._ledger = ledger
        self._site = site
        self._calendars = CalendarBook(site)
        self._silences = SilenceWatch(ledger, site, self._calendars)

    def turn(self, until: Instant, now: Instant | None = None) -> int:
        """Do what is due by an instant; how many events were recorded. LedgerError when it cannot be written.

        `now` is when it is recorded, if that is another instant: a history is played before its present.
        """
        now = until if now is None else now
        return self._silences.look(until, now) + self._take_due(until, now)

    def wind(self, now: Instant) -> int:
        """Set the clocks of open flags by this configuration, where they stand otherwise; how many were set.

        For flags that were raised before there were clocks, and after a change of shifts or ladders.
        """
        amiss = [row for row in self._ledger.rows(_OPEN) if self._wound_anew(row, now) is not None]
        if not amiss:
            return 0
        with self._ledger.write(now) as tx:
            for row in tx.rows(_OPEN):
                clock = self._wound_anew(row, now)
                if clock is not None:
                    tx.append(self._set(tx, row, clock))
        return len(amiss)

    def _take_due(self, until: Instant, now: Instant) -> int:
        taken = 0
        while self._ledger.row(_DUE, (until, 1)) or self._ledger.row(_CONSEQUENCES_DUE, (until, 1)):
            with self._ledger.write(now) as tx:
                first = tx.sequence
                for row in tx.rows(_DUE, (until, _AT_ONCE)):
                    self._take_step(tx, row, until)
                for row in tx.rows(_CONSEQUENCES_DUE, (until, _AT_ONCE)):
                    tx.append(_in_effect(row))
                taken += tx.sequence - first
        return taken

    def _take_step(self, tx: Transaction, row: Row, until: Instant) -> None:
        """One step, or the clock set right when by the calendar of today it is not due yet."""
        line, link = self._site.line_or_ghost(row["line"]), row["link"]
        clock = clock_of_row(row)
        if clock is None or not line.has_link(link):
            tx.append(self._set(tx, row, None))
            return
        calendar = self._calendars.of_link_between(line, link, clock.from_at, until)
        upcoming = next_step(self._site.flags, clock, calendar)
        if upcoming is None or upcoming.due_at > until:
            tx.append(self._set(tx, row, self._wound(row, clock, tx.now)))
            return
        minutes = self._site.flags.ladder(clock.name)[clock.steps].after_ms // MINUTE_MS
        words = {"name": line.name_of(link), "minutes": minutes, "role": role_word(upcoming.role)}
        said = tx.append(
            Event(
                event_id=f"flag/{row['flag']}/{clock.name}/{clock.from_at}/{upcoming.step}",
                kind="flag_escalated",
                occurred_at=upcoming.due_at,
                source="interlock",
                link=f"{row['line']}/{link}",
                order=row["order"],
                batch=row["batch"],
                quantity=row["quantity"],
                detail={
                    "flag": row["flag"],
                    "name": clock.name,
                    "from_at": clock.from_at,
                    "step": upcoming.step,
                    "role": upcoming.role,
                    "clock": self._wound(row, clock.after_step(), until),
                    "text": sentence("%(name)s unanswered for %(minutes)s min: %(role)s told", **words)
                    if clock.name == "unanswered"
                    else sentence("%(name)s broke its promise %(minutes)s min ago: %(role)s told", **words),
                },
            )
        )
        tx.run(
            "INSERT INTO notices (sequence, role, line, link, flag, clock, step, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (said, upcoming.role, row["line"], link, row["flag"], clock.name, upcoming.step, tx.now),
        )

    def _wound(self, row: Row, clock: Clock | None, now: Instant) -> Wound | None:
        line = self._site.line_or_ghost(row["line"])
        return wound(self._site.flags, self._calendars, line, row["link"], clock, now)

    def _wound_anew(self, row: Row, now: Instant) -> Wound | None:
        """How an open flag's clock has to stand, if it stands otherwise."""
        clock = clock_of_row(row)
        if clock is None:
            since_at = row["answered_at"] if row["state"] == "answered" else row["raised_at"]
            clock = clock_of(row["state"], since_at=since_at, promised_at=row["promised_at"])
        made = self._wound(row, clock, now)
        stands = (row["clock"], row["clock_due_at"])
        return None if made is None or (made["name"], made["due_at"]) == stands else made

    def _set(self, tx: Transaction, row: Row, clock: Wound | None) -> Event:
        return Event(
            event_id=f"flag/{row['flag']}/clock/{tx.sequence + 1}",
            kind="flag_clock_set",
            occurred_at=tx.now,
            source="interlock",
            link=f"{row['line']}/{row['link']}",
            order=row["order"],
            batch=row["batch"],
            quantity=row["quantity"],
            detail={"flag": row["flag"], "clock": clock},
        )


def _in_effect(row: Row) -> Event:
    return Event(
        event_id=f"flag/{row['flag']}/consequence/in_effect",
        kind="consequence_in_effect",
        occurred_at=row["due_at"],
        source="interlock",
        link=f"{row['line']}/{row['link']}",
        order=row["order"],
        quantity=row["amount"],
        detail={
            "flag": row["flag"],
            "consequence": row["consequence"],
            "text": sentence("%(name)s takes effect", name=row["name"]),
        },
    )


def hold(ledger: Ledger, until: Instant, now: Instant) -> None:
    """Let the gateway's timer rest until an instant: somebody plays a history and turns the clocks himself."""
    with ledger.write(now, tell=False) as tx:
        tx.run(
            "INSERT INTO tallies (name, value) VALUES ('flag_clocks_held_until', ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (until,),
        )


def held_until(ledger: Ledger) -> Instant:
    """Until when the timer rests; 0 when it does not."""
    row = ledger.row("SELECT value FROM tallies WHERE name = 'flag_clocks_held_until'")
    return int(row["value"]) if row else 0


_OPEN = "SELECT * FROM flags WHERE closed_at IS NULL ORDER BY +flag"
_DUE = "SELECT * FROM flags WHERE clock_due_at <= ? ORDER BY clock_due_at, flag LIMIT ?"
_CONSEQUENCES_DUE = (
    'SELECT c.*, f."order" FROM consequences c JOIN flags f USING (flag) WHERE c.due_at <= ?'
    " ORDER BY c.due_at, c.flag LIMIT ?"
)
