"""What people correct: an undone scan or scrap, units scrapped or rejected."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from ledger import facts
from ledger.errors import IdTaken, RuleRefused
from ledger.facts import Told
from ledger.families import batch_row, family_of, refuse_if_link_is_gone
from ledger.flags import Tap
from ledger.late_news import Cause, derive_again
from ledger.milestones import batches_of
from ledger.projections import STEPS
from ledger.said import text_in
from ledger.standing import fact_of, standing_sequences
from ledger.steps import Floor, is_closed
from ledger.store import Ledger, Reader, Row, Transaction
from shopfloor.handoffs import Refusal, clock_text
from shopfloor.histories import Fact
from shopfloor.instants import Instant, instant_from_text
from shopfloor.sentences import sentence

if TYPE_CHECKING:
    from ledger.recorder import Recorder

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Scrap:
    """Units taken out of a batch at a station's link, for a reason; `giver`: rejected as that link before gave them."""

    batch: str
    quantity: int
    reason: str
    giver: str | None = None


def undo(ledger: Ledger, recorder: Recorder, tap: Tap, *, event_id: str, why: str, now: Instant) -> str:
    """Take back what a scan or a scrap recorded; the sentence that says it.

    RuleRefused when the batch has moved on since, or it is another link's.
    """
    with ledger.write(now) as tx:
        event = tx.holds(event_id)
        if event is None or event["kind"] not in STEPS:
            raise RuleRefused(sentence("%(event_id)s is no scan that was recorded", event_id=event_id[:60]))
        before = tx.holds(tap.event_id)
        if before is not None:
            return _undone_before(before, event, why, recorder.site.zone)
        return take_back(tx, recorder, tap, event, why=why)


def take_back(tx: Transaction, recorder: Recorder, tap: Tap, event: Row, *, why: str) -> str:
    """Take back what an event of a scan, a scrap or a split recorded; RuleRefused when others have gone on from it."""
    floor, number, batches = _checked_undo(tx, recorder, tap.station, event)
    facts.mark(tx, number, "undone")
    clock = clock_text(instant_from_text(event["occurred_at"]), floor.site.zone)
    cause = Cause(tap.event_id, tap.source, tap.at, why or "undone", tap.person, "undone")
    for row in batches:
        # What was refused because of it was refused to a person, who undid: it must not come to life by that.
        _set_aside(tx, row, tap.at)
        derive_again(tx, floor, row, cause)
        cause = replace(cause, event_id=None)
    return _undone(event, clock)


def can_undo(ledger: Ledger, recorder: Recorder, station: str, event: Row) -> bool:
    """Whether `undo` would take an event back now, for a station."""
    if event["kind"] not in STEPS:
        return False
    if event["batch"] is None:
        return _order_can_be_taken_back(ledger, event)
    try:
        _checked_undo(ledger, recorder, station, event)
    except RuleRefused:
        return False
    return True


def scrap(ledger: Ledger, recorder: Recorder, tap: Tap, what: Scrap, *, now: Instant) -> str:
    """Scrap units, or reject them as they came; the sentence that says it. RuleRefused with the reason why not."""
    if not what.reason.strip() or len(what.reason) > LONGEST_REASON:
        raise RuleRefused(
            sentence(
                "scrap needs a reason of at most %(longest_reason)s characters", longest_reason=LONGEST_REASON
            )
        )
    with ledger.write(now) as tx:
        station = recorder.site.stations[tap.station]
        floor = recorder.floor(station.line)
        batch = batch_of_line(tx, floor, what.batch)
        previous = [link.id for link in floor.line.previous_links(station.link)]
        if what.giver is not None and what.giver not in previous:
            raise RuleRefused(
                sentence(
                    "%(giver)s is not a previous link of %(link)s",
                    giver=what.giver,
                    link=floor.line.name_of(station.link),
                )
            )
        before = tx.holds(tap.event_id)
        if before is not None:
            same = (before["kind"], before["batch"], before["quantity"], before["reason"])
            if same != ("scrapped", batch["batch"], what.quantity, what.reason):
                raise IdTaken(tap.event_id)
            return text_in(json.loads(before["detail"]))
        _refuse_if_archived(floor, [batch])
        refuse_if_link_is_gone(family_of(tx, floor.line, batch), batch)
        told = _told_scrap(tap, what, station.link, now)
        facts.keep(tx, batch["order"], batch["batch"], told, "step")
        cause = Cause(None, tap.source, tap.at, sentence("scrap was told late"), tap.person)
        found = derive_again(tx, floor, batch, cause, told.number)
        outcome = found.outcomes[told.number]
        if isinstance(outcome, Refusal):
            raise RuleRefused(sentence("%(batch)s %(what)s", batch=batch["batch"], what=outcome.text))
        if found.lost:
            raise RuleRefused(
                sentence(
                    "%(batch)s: what was recorded of it leaves no %(quantity)s units to scrap",
                    batch=batch["batch"],
                    quantity=what.quantity,
                )
            )
        return found.text_of(told.number)


def batch_of_line(tx: Transaction, floor: Floor, code: str) -> Row:
    """The batch under a code that a person told; RuleRefused when the line has none."""
    batch = batch_row(tx, code.upper())
    if batch is None or batch["line"] != floor.line.id:
        raise RuleRefused(sentence("%(code)s is no batch of this line", code=code[:40]))
    return batch


def _undone_before(before: Row, event: Row, why: str, zone: tzinfo) -> str:
    """The same answer for the same undo again; IdTaken when the id was used for anything else."""
    same = before["kind"] == "voided" and json.loads(before["detail"])["voids"] == event["event_id"]
    if not same or before["reason"] != (why or "undone"):
        raise IdTaken(before["event_id"])
    return _undone(event, clock_text(instant_from_text(event["occurred_at"]), zone))


def _undone(event: Row, at: str) -> str:
    """What is told of an event that was taken back."""
    what = _name(event)
    if event["kind"] == "received":
        return sentence("undone: %(what)s received %(at)s", what=what, at=at)
    if event["kind"] == "given":
        return sentence("undone: %(what)s given %(at)s", what=what, at=at)
    if event["kind"] == "split":
        return sentence("undone: %(what)s split %(at)s", what=what, at=at)
    return sentence("undone: %(what)s scrapped %(at)s", what=what, at=at)


def _checked_undo(tx: Reader, recorder: Recorder, station: str, event: Row) -> tuple[Floor, int, list[Row]]:
    """What an undo works on: the floor, the fact's number, its batches. RuleRefused when nothing may be undone."""
    floor = _own_floor(recorder, station, event)
    number = fact_of(tx, event)
    batches = _batches(tx, event)
    _refuse_if_archived(floor, batches)
    if not any(event["sequence"] in standing_sequences(tx, row["batch"]) for row in batches):
        raise RuleRefused(sentence("%(event)s was taken back already", event=_name(event)))
    for row in batches:
        _refuse_if_moved_on(tx, floor, row, number)
    return floor, number, batches


def _order_can_be_taken_back(ledger: Ledger, event: Row) -> bool:
    """An order may have thousands of batches: that none was received says that nothing depends on its give."""
    of_link = (event["order"], event["link"].partition("/")[2])
    stands = ledger.row(
        'SELECT 1 FROM batches b JOIN positions p USING (batch) WHERE b."order" = ? AND p.link = ?'
        " AND p.given_by = ? LIMIT 1",
        (*of_link, event["sequence"]),
    )
    received = ledger.row(
        'SELECT 1 FROM batches b JOIN handoffs h USING (batch) WHERE b."order" = ? AND h.giver = ?'
        " AND h.received_at IS NOT NULL LIMIT 1",
        of_link,
    )
    return stands is not None and received is None


def _own_floor(recorder: Recorder, station_id: str, event: Row) -> Floor:
    """Only the link that did it undoes it; what a scan implied is undone with it, where it was made."""
    station = recorder.site.stations[station_id]
    where = recorder.site.stations.get(event["station"])
    if where is None or (where.line, where.link) != (station.line, station.link):
        raise RuleRefused(
            sentence(
                "%(event)s was not scanned at this link; only %(station)s undoes it",
                event=_name(event),
                station=event["station"],
            )
        )
    return recorder.floor(station.line)


def _batches(tx: Reader, event: Row) -> list[Row]:
    if event["batch"] is None:
        return batches_of(tx, event["order"])
    row = batch_row(tx, event["batch"])
    return [row] if row is not None else []


def _refuse_if_moved_on(tx: Reader, floor: Floor, batch: Row, number: int) -> None:
    """What other scans recorded must not depend on the one that is undone: those are to be undone first."""
    family, zone = family_of(tx, floor.line, batch), floor.site.zone
    refuse_if_link_is_gone(family, batch)
    without = family.derived(zone, lambda fact: fact.number != number)
    left = {(code, fact.number): outcome for code, fact, outcome in without}
    for code, fact, outcome in family.derived(zone):
        if isinstance(outcome, tuple) and fact.number != number and left[code, fact.number] != outcome:
            clock, link = clock_text(fact.at, zone), floor.line.name_of(fact.link)
            raise RuleRefused(
                sentence(
                    "%(batch)s has moved on: %(link)s scanned it %(clock)s; undo that first",
                    batch=code,
                    link=link,
                    clock=clock,
                )
            )


def _refuse_if_archived(floor: Floor, batches: list[Row]) -> None:
    for batch in batches:
        if batch["archived"]:
            raise RuleRefused(is_closed(floor, batch["batch"], batch["shipped_at"]).text)


def _set_aside(tx: Transaction, batch: Row, until_at: Instant) -> None:
    tx.run(
        "UPDATE scans SET became = 'discarded' WHERE batch = ? AND at <= ? AND became IN ('refused', 'same')",
        (batch["batch"], until_at),
    )


def _told_scrap(tap: Tap, what: Scrap, link: str, now: Instant) -> Told:
    fact = Fact(
        0,
        tap.at,
        tap.source,
        link,
        kind="scrap",
        scan_id=tap.event_id,
        quantity=what.quantity,
        giver=what.giver,
    )
    return Told(fact, tap.station, what.batch, now, person=tap.person, reason=what.reason)


def _name(event: Row) -> str:
    return str(event["batch"] or event["order"])
