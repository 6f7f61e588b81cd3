"""One channel that is an address: what it has to tell and when, on the clock that is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from interlock.apprise_ways import CannotSend
from kiosk.catalogues import Language
from kiosk.notice_words import AttachedFile, Words, report_words, trial_words, words_of
from kiosk.speech import speaking
from ledger import notices
from ledger.reports_sent import note_reported, sent_until
from ledger.store import Ledger, Row
from shopfloor.calendar_book import CalendarBook
from shopfloor.channels import LONGEST_PAUSE_MS, Channel, quiet_until
from shopfloor.instants import SECOND_MS, Instant
from shopfloor.report_times import ReportDue, reports_due
from shopfloor.site import Site

LOOK_MS = 10 * SECOND_MS
"""How often reports are looked for."""
Send = Callable[[Words], None]
"""Returns when somebody has it; CannotSend."""
MakeReport = Callable[[ReportDue], AttachedFile]
"""CannotSend."""


@dataclass(slots=True)
class Telling:
    """Tells what waits for one channel, in the site's language."""

    ledger: Ledger
    site: Site
    channel: Channel
    send: Send
    language: Language
    log: Any
    make_report: MakeReport
    _calendars: CalendarBook = field(init=False)
    _looked_at: Instant = 0
    """When reports were last looked for."""

    def __post_init__(self) -> None:
        self._calendars = CalendarBook(self.site)

    def turn(self, now: Instant) -> None:
        """Send what is to be sent by now. LedgerError when that cannot be noted: the next turn does it again."""
        state = notices.state(self.ledger, self.channel.id)
        if state is None:
            return
        if test_waits(state):
            self._test(state, now)
        if pauses(state, now):
            return
        rows = notices.waiting(self.ledger, self.channel)
        if not rows:
            notices.pass_over(self.ledger, self.channel, now)
            if self.channel.reports and quiet_until(self.channel.quiet, now, self.site.zone) is None:
                self._report(state, now)
        elif not rests(self.channel, self.site, state, now):
            self._tell(rows, state, now)

    def _report(self, state: Row, now: Instant) -> None:
        """The report that has been due for longest; one in a turn, so that a notice need not wait for all."""
        if self._looked_at <= now < self._looked_at + LOOK_MS:
            return
        self._looked_at = now
        due = [
            report
            for (name, line), until_at in sent_until(self.ledger, self.channel.id).items()
            if not line or line in self.site.lines
            for report in reports_due(self.site, self._calendars, name, line, until_at, now)
        ]
        if not due:
            return
        report = min(due, key=lambda each: each.due_at)
        try:
            file = self.make_report(report)
            with speaking(self.language):
                words = report_words(self.site, report, file)
            self.send(words)
        except CannotSend as why:
            self._failed(why.args[0], state, now)
            return
        self._looked_at = 0  # there may be more
        note_reported(self.ledger, self.channel, report, now)
        self.log.info("sent a report", channel=self.channel.id, file=file.name, after_tries=state["tries"])

    def _tell(self, rows: list[Row], state: Row, now: Instant) -> None:
        with speaking(self.language):
            words = words_of(self.site, rows, now)
        try:
            self.send(words)
        except CannotSend as why:
            self._failed(why.args[0], state, now)
            return
        notices.note_told(self.ledger, self.channel, [row["sequence"] for row in rows], now)
        self.log.info("told", channel=self.channel.id, notices=len(rows), after_tries=state["tries"])

    def _failed(self, fault: str, state: Row, now: Instant) -> None:
        notices.note_failed(self.ledger, self.channel, fault, now)
        if state["fault"] != fault:
            self.log.warning("nobody was told", channel=self.channel.id, why=str(fault))

    def _test(self, state: Row, now: Instant) -> None:
        with speaking(self.language):
            words = trial_words(self.site, self.channel.id, state["test_by"] or "")
        why_not = ""
        try:
            self.send(words)
        except CannotSend as why:
            why_not = why.args[0]
        notices.note_tested(self.ledger, self.channel, state["test_asked_at"], why_not, now)


def test_waits(state: Row) -> bool:
    """Whether somebody has asked for a test that was not made yet."""
    return state["test_asked_at"] is not None and state["test_done_at"] is None


def pauses(state: Row, now: Instant) -> bool:
    """Whether the next try is still to come; a clock that was put back does not make the pause longer."""
    next_try_at = state["next_try_at"]
    return next_try_at is not None and now < next_try_at <= now + LONGEST_PAUSE_MS


def rests(channel: Channel, site: Site, state: Row, now: Instant) -> bool:
    """Whether what waits is to wait on: in quiet hours, or to become one message with what comes soon."""
    last_sent_at = state["last_sent_at"]
    if last_sent_at is not None and last_sent_at <= now < last_sent_at + channel.collapse_ms:
        return True
    return quiet_until(channel.quiet, now, site.zone) is not None
