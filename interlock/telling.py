"""One channel that is an address: what it has to tell and when, on the clock that is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from interlock.apprise_ways import CannotSend
from kiosk.catalogues import Language
from kiosk.notice_words import Words, trial_words, words_of
from kiosk.speech import speaking
from ledger import notices
from ledger.store import Ledger, Row
from shopfloor.channels import LONGEST_PAUSE_MS, Channel, quiet_until
from shopfloor.instants import Instant
from shopfloor.site import Site

Send = Callable[[Words], None]
"""Returns when somebody has it; CannotSend."""


@dataclass(slots=True)
class Telling:
    """Tells what waits for one channel, in the site's language."""

    ledger: Ledger
    site: Site
    channel: Channel
    send: Send
    language: Language
    log: Any

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
        elif not rests(self.channel, self.site, state, now):
            self._tell(rows, state, now)

    def _tell(self, rows: list[Row], state: Row, now: Instant) -> None:
        with speaking(self.language):
            words = words_of(self.site, rows, now)
        try:
            self.send(words)
        except CannotSend as why:
            fault = why.args[0]
            notices.note_failed(self.ledger, self.channel, fault, now)
            if state["fault"] != fault:
                self.log.warning(
                    "nobody was told", channel=self.channel.id, why=str(fault), waiting=len(rows)
                )
            return
        notices.note_told(self.ledger, self.channel, [row["sequence"] for row in rows], now)
        self.log.info("told", channel=self.channel.id, notices=len(rows), after_tries=state["tries"])

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
