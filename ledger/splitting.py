"""A batch is split: some of what is in hand at a station's link goes on under a new code."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ledger import facts
from ledger.corrections import batch_of_line
from ledger.errors import IdTaken, RuleRefused
from ledger.facts import Told
from ledger.families import family_of, refuse_if_link_is_gone
from ledger.flags import Tap
from ledger.late_news import Cause, derive_again
from ledger.recorder import Recorder
from ledger.said import text_in
from ledger.store import Ledger, Row, Transaction
from shopfloor.codes import batch_code
from shopfloor.handoffs import Refusal
from shopfloor.histories import Fact
from shopfloor.instants import Instant
from shopfloor.sentences import sentence


@dataclass(frozen=True, slots=True)
class Parted:
    """What was split off, and the sentence that says it."""

    part: str
    text: str


def split(ledger: Ledger, recorder: Recorder, tap: Tap, *, batch: str, quantity: int, now: Instant) -> Parted:
    """Units of a batch become a batch of their own. RuleRefused with the reason why not; IdTaken."""
    with ledger.write(now) as tx:
        station = recorder.site.stations[tap.station]
        floor = recorder.floor(station.line)
        before = tx.holds(tap.event_id)
        if before is not None:
            return _split_before(before, tap, batch, quantity)
        row = batch_of_line(tx, floor, batch)
        refuse_if_link_is_gone(family_of(tx, floor.line, row), row)
        fact = Fact(
            0,
            tap.at,
            tap.source,
            station.link,
            kind="split",
            scan_id=tap.event_id,
            quantity=quantity,
            part=_next_code(tx),
        )
        told = Told(fact, tap.station, batch, now, person=tap.person)
        facts.keep(tx, row["order"], row["batch"], told, "step")
        why = sentence("%(batch)s was split late", batch=row["batch"])
        found = derive_again(tx, floor, row, Cause(None, tap.source, tap.at, why, tap.person), told.number)
        outcome = found.outcomes[told.number]
        if isinstance(outcome, Refusal):
            raise RuleRefused(sentence("%(batch)s %(what)s", batch=row["batch"], what=outcome.text))
        if found.lost:
            why = sentence(
                "%(batch)s: what was recorded of it since leaves nothing to split", batch=row["batch"]
            )
            raise RuleRefused(why)
        return Parted(fact.part or "", found.text_of(told.number))


def _split_before(before: Row, tap: Tap, batch: str, quantity: int) -> Parted:
    same = (before["kind"], before["source"], before["batch"], before["quantity"])
    if same != ("split", tap.source, batch.upper(), quantity):
        raise IdTaken(tap.event_id)
    detail = json.loads(before["detail"])
    return Parted(detail["part"]["batch"], text_in(detail))


def _next_code(tx: Transaction) -> str:
    row = tx.row("SELECT MAX(last_number) AS number FROM orders")
    return batch_code((row["number"] if row else 0) + 1)
