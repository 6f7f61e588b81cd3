"""From the steps of a fact to events: hours, texts, ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.events import Event
from ledger.facts import Told
from ledger.store import Transaction
from shopfloor.calendar_book import CalendarBook
from shopfloor.codes import batch_number
from shopfloor.handoffs import Refusal, clock_text
from shopfloor.instants import MINUTE_MS, Instant, moment_of
from shopfloor.sentences import listed, sentence
from shopfloor.site import Line, Site
from shopfloor.whereabouts import Step, Whereabouts

LATE_MS = 2 * MINUTE_MS
"""What is recorded this long after it happened says so."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What turning steps into events consults."""

    site: Site
    calendars: CalendarBook
    line: Line


@dataclass(frozen=True, slots=True)
class Moving:
    """A batch, or an order given as a whole by a milestone: then each batch with its units."""

    order: str
    batch: str | None
    batches: tuple[tuple[str, int], ...] = ()

    @property
    def name(self) -> str:
        return self.batch or self.order


def record_step(tx: Transaction, floor: Floor, moving: Moving, told: Told, step: Step, event_id: str) -> str:
    """Append the event of one step; the sentence that says it."""
    text = _text(tx, floor, moving, told, step)
    tx.append(
        Event(
            event_id=event_id,
            kind=step.kind,
            occurred_at=told.fact.at,
            source=told.fact.device,
            station=told.station,
            link=f"{floor.line.id}/{step.link}",
            order=moving.order,
            batch=moving.batch,
            quantity=step.quantity,
            reason=told.reason,
            person=told.person,
            detail=_detail(tx, floor, moving, told, step, text),
        )
    )
    return text


def first_id(tx: Transaction, told: Told, number: int, last: int) -> str:
    """The id of a fact's steps when they are recorded for the first time: the last one has the scan's own."""
    fact = told.fact
    event_id = fact.scan_id or f"bare/{fact.device}/{told.arrived_at}/{tx.sequence + 1 - number + last}"
    return event_id if number == last else f"implied/{event_id}/{number}"


def again_id(tx: Transaction, told: Told) -> str:
    """The id of a step that late news brought about; the scan's own stands for what its device was answered."""
    return f"again/{told.number}/{tx.sequence + 1}"


def part_told(part: str, start: Whereabouts, hours: Mapping[str, Instant]) -> dict[str, object]:
    """What is split off, and where it begins; `hours`: into which of its giver's a handoff counted."""
    return {
        "batch": part,
        "positions": [
            [link, at.received_at, at.given_at, at.received] for link, at in sorted(start.positions.items())
        ],
        "handoffs": [
            [giver, way.given_at, hours.get(giver), way.received_at]
            for (giver, _), way in sorted(start.handoffs.items())
        ],
    }


def was_late(at: Instant, recorded_at: Instant) -> bool:
    """Whether something was recorded long after it happened."""
    return recorded_at - at >= LATE_MS


def with_late(said: str, floor: Floor, at: Instant, recorded_at: Instant) -> str:
    """A sentence about something; what was recorded long after it happened says so."""
    if not was_late(at, recorded_at):
        return said
    return sentence("%(said)s, recorded %(at)s", said=said, at=clock_text(recorded_at, floor.site.zone))


def is_closed(floor: Floor, name: str, shipped_at: Instant) -> Refusal:
    """What scans and corrections of a batch or order are told once its history is in the archive."""
    return Refusal(
        "archived",
        sentence(
            "%(name)s: shipped %(day)s and archived, nothing of it changes any more",
            name=name,
            day=moment_of(shipped_at, floor.site.zone).date().isoformat(),
        ),
    )


def _detail(
    tx: Transaction, floor: Floor, moving: Moving, told: Told, step: Step, text: str
) -> dict[str, object]:
    fact = told.fact
    scan: dict[str, object] = {"as_read": told.code, "quantity": fact.quantity, "n": told.number}
    if fact.seq is not None:
        scan["seq"] = fact.seq
    if told.packet is not None and fact.scan_id is None:
        scan["packet"] = told.packet
    detail: dict[str, object] = {"parties": step.parties, "scan": scan}
    if step.kind == "given":
        hour = floor.calendars.hour_of_work(floor.line, step.link, fact.at)
        detail["hour"] = [hour.start_at, hour.end_at, hour.shift]
    elif step.kind == "received":
        detail["complete"] = step.complete
    elif step.part is not None and step.start is not None:
        hours = {giver: _hour_given(tx, moving, giver, step.link) for giver, _ in step.start.handoffs}
        detail["part"] = {"number": batch_number(step.part), **part_told(step.part, step.start, hours)}
    else:
        detail |= {"charged": step.charged, "ends": step.ends, "last": floor.line.last.id}
    if step.short:
        detail["short"] = [
            [each.giver, each.units, _hour_given(tx, moving, each.giver, step.link), each.given_at]
            for each in step.short
        ]
    if moving.batches:
        detail["batches"] = moving.batches
    if told.suspect:
        detail["clock_suspect"] = True
    if fact.forced:
        detail["forced"] = True
    return detail | ({"implied": True} if step.implied else {"text": text})


def _hour_given(tx: Transaction, moving: Moving, giver: str, receiver: str) -> Instant:
    """The hour into which a handoff counted, also if the calendar was changed since."""
    row = tx.row(
        "SELECT hour_at, given_at FROM handoffs WHERE batch = ? AND giver = ? AND receiver = ?",
        (moving.batch, giver, receiver),
    )
    if row is None:
        raise LookupError(f"{moving.name} was not given by {giver}")
    return int(row["given_at"] if row["hour_at"] is None else row["hour_at"])


def _text(tx: Transaction, floor: Floor, moving: Moving, told: Told, step: Step) -> str:
    return with_late(_said(floor, moving, told, step), floor, told.fact.at, tx.now)


def _said(floor: Floor, moving: Moving, told: Told, step: Step) -> str:
    line, at, what = floor.line, clock_text(told.fact.at, floor.site.zone), moving.name
    names = listed([line.name_of(party) for party in step.parties])
    if step.kind == "scrapped":
        return _scrapped(floor, what, told, step, at)
    if step.kind == "split":
        return sentence(
            "%(batch)s: %(units)s split off as %(part)s %(time)s",
            batch=what,
            units=step.quantity,
            part=step.part,
            time=at,
        )
    if step.kind == "received":
        said = (
            sentence("%(what)s received %(at)s from %(names)s", what=what, at=at, names=names)
            if names
            else sentence("%(what)s received %(at)s", what=what, at=at)
        )
        missing = sum(max(0, each.units) for each in step.short)
        return sentence("%(said)s, %(missing)s missing", said=said, missing=missing) if missing else said
    if moving.batches:
        return sentence("%(what)s given %(at)s", what=what, at=at)
    if names:
        return sentence("%(what)s given %(at)s to %(names)s", what=what, at=at, names=names)
    return sentence("%(what)s shipped %(at)s", what=what, at=at)


def _scrapped(floor: Floor, what: str, told: Told, step: Step, at: str) -> str:
    units, why = step.quantity, floor.site.scrap_reason_name(told.reason or "")
    if step.charged in (None, step.link):
        return sentence(
            "%(what)s: %(units)s scrapped %(at)s: %(why)s", what=what, units=units, at=at, why=why
        )
    giver = floor.line.name_of(step.charged)
    return sentence(
        "%(what)s: %(units)s scrapped as %(giver)s gave it %(at)s: %(why)s",
        what=what,
        units=units,
        giver=giver,
        at=at,
        why=why,
    )
