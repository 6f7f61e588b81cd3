"""Scans into events: exactly once, each with an answer, a whole batch of them in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ledger import facts
from ledger.devices import DeviceLog
from ledger.errors import Contradiction
from ledger.flag_news import reopen_flags, resolve_flags
from ledger.late_news import Cause, derive_again
from ledger.milestones import give_order
from ledger.refusals import keep_refused, keep_unreadable
from ledger.repeats import answered_before, told_again
from ledger.said import told_in
from ledger.steps import Floor, Moving, first_id, record_step
from ledger.store import Ledger, Row, Transaction
from ledger.whereabouts import whereabouts_of
from shopfloor.calendar_book import CalendarBook
from shopfloor.codes import is_batch_code, looks_like_batch_code
from shopfloor.handoffs import Refusal
from shopfloor.histories import Fact, Same, is_later, is_same_scan, meaning_of, reach_ms
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan, Unreadable
from shopfloor.sentences import sentence
from shopfloor.site import Device, Link, Site, Station

STATION_DEVICE = "station:"
"""Prefix of the device name of a tap on a station's kiosk."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a scan happened."""

    device: Device
    station: Station
    floor: Floor
    link: Link


class Recorder:
    """Records what devices report, for one site."""

    def __init__(self, ledger: Ledger, site: Site) -> None:
        self._ledger = ledger
        self.site = site
        self._calendars = CalendarBook(site)

    def record(self, items: Sequence[Scan | Unreadable], now: Instant) -> list[Answer | None]:
        """Record them in order, in one commit; an Answer for each scan, None for what is no scan.

        LedgerUnavailable when nothing could be written: then nothing is confirmed either.
        """
        with self._ledger.write(now) as tx:
            devices = DeviceLog(tx, self.site)
            answers: list[Answer | None] = []
            for item in items:
                if isinstance(item, Unreadable):
                    keep_unreadable(tx, item)
                    devices.saw(item.device, item.arrived_at)
                    answers.append(None)
                else:
                    answers.append(self._recorded_or_set_aside(tx, devices, item))
            devices.save()
        return answers

    def floor(self, line: str) -> Floor:
        """What recording on a line consults."""
        return Floor(self.site, self._calendars, self.site.lines[line])

    def _recorded_or_set_aside(self, tx: Transaction, devices: DeviceLog, scan: Scan) -> Answer:
        """One scan that contradicts what is recorded must not keep all others out for ever."""
        try:
            with tx.attempt():
                return self._record(tx, devices, scan)
        except Contradiction as fault:
            text = sentence("this scan contradicts what is recorded (%(fault)s)", fault=str(fault))
            keep_refused(tx, replace(scan, scan_id=None), None, Refusal("contradiction", text))
            return Answer(scan.device, scan.scan_id, "refused", text)

    def _record(self, tx: Transaction, devices: DeviceLog, scan: Scan) -> Answer:
        before = answered_before(tx, scan)
        if before is not None:
            return before
        device = self._device(scan.device)
        occurred_at, suspect = devices.when(scan)
        if device is None:
            return _refuse(
                tx,
                scan,
                None,
                Refusal("device", sentence("%(device)s is no device of this site", device=scan.device)),
            )
        station = self.site.stations[device.station]
        floor = self.floor(station.line)
        place = _Place(device, station, floor, floor.line.link(station.link))
        fact = Fact(
            0,
            occurred_at,
            scan.device,
            station.link,
            mode=device.mode,
            seq=scan.seq,
            scan_id=scan.scan_id,
            quantity=scan.quantity,
        )
        told = facts.told_by(scan, fact, station.id, suspect=suspect)
        if place.link.kind == "milestone":
            return give_order(tx, floor, scan, told)
        return _move_batch(tx, place, scan, told)

    def _device(self, name: str) -> Device | None:
        if name.startswith(STATION_DEVICE) and name.removeprefix(STATION_DEVICE) in self.site.stations:
            return Device(name, station=name.removeprefix(STATION_DEVICE))
        return self.site.devices.get(name)


def batch_row(tx: Transaction, code: str) -> Row | None:
    """A batch with its order and line."""
    return tx.row(
        'SELECT batch, b."order", b.quantity, o.line FROM batches b JOIN orders o USING ("order") WHERE batch = ?',
        (code,),
    )


def _move_batch(tx: Transaction, place: _Place, scan: Scan, told: facts.Told) -> Answer:
    batch = batch_row(tx, scan.code) or batch_row(tx, scan.code.upper())
    if batch is None:
        return _refuse(tx, scan, place.station.id, _unknown(scan.code))
    code, floor, fact = batch["batch"], place.floor, told.fact
    if batch["line"] != floor.line.id:
        text = sentence("%(batch)s belongs to line %(line)s", batch=code, line=batch["line"])
        return _refuse(tx, scan, place.station.id, Refusal("line", text))
    near = facts.around(tx, floor.line, batch, fact.at - reach_ms(fact))
    if near:
        others = [facts.as_fact(row) for row in near]
        if any(is_later(other, fact) for other in others) and facts.are_of(tx, batch, floor.line):
            return _put_in(tx, place, scan, told, batch)
        for row, other in zip(near, others, strict=True):
            same_place = (other.device, other.link) == (fact.device, fact.link)
            if row["became"] == "step" and same_place and other.kind == "scan" and is_same_scan(other, fact):
                if facts.has_room(tx, code):
                    facts.keep(tx, batch["order"], code, told, "same")
                return told_again(tx, scan, _first_text(tx, other.number))
    if scan.redelivered and scan.scan_id is None:
        before = _delivered_before(tx, batch, told)
        if before is not None:
            return told_again(tx, scan, before)
    return _put_last(tx, place, scan, told, batch)


def _put_last(tx: Transaction, place: _Place, scan: Scan, told: facts.Told, batch: Row) -> Answer:
    """A scan that happened after all others of its batch, as nearly all do."""
    code, floor = batch["batch"], place.floor
    where = whereabouts_of(
        tx.rows("SELECT * FROM positions WHERE batch = ?", (code,)),
        tx.rows("SELECT * FROM handoffs WHERE batch = ?", (code,)),
    )
    steps = meaning_of(floor.line, where, told.fact, batch["quantity"], floor.site.zone)
    if isinstance(steps, Refusal):
        if facts.has_room(tx, code):
            facts.keep(tx, batch["order"], code, told, "refused")
        refusal = replace(steps, text=sentence("%(batch)s %(what)s", batch=code, what=steps.text))
        return _refuse(tx, scan, place.station.id, refusal, told.number or None)
    facts.keep(tx, batch["order"], code, told, "step")
    moving, last, text = Moving(batch["order"], code), len(steps) - 1, ""
    for number, step in enumerate(steps):
        text = record_step(tx, floor, moving, told, step, first_id(tx, told, number, last))
        if step.kind == "given":
            resolve_flags(tx, floor, step.link, batch["order"], told.fact.at)
        for short in step.short:
            reopen_flags(tx, floor, short.giver, batch["order"])
            resolve_flags(tx, floor, short.giver, batch["order"], told.fact.at)
    return Answer(scan.device, scan.scan_id, "recorded", text)


def _put_in(tx: Transaction, place: _Place, scan: Scan, told: facts.Told, batch: Row) -> Answer:
    """A scan that happened before something that is known of its batch already."""
    code = batch["batch"]
    facts.keep(tx, batch["order"], code, told, "step")
    number = told.number
    why = sentence("a scan of %(link)s came late", link=place.link.name)
    cause = Cause(None, "interlock", tx.now, why)
    found = derive_again(tx, place.floor, batch, cause, new=number)
    outcome, text = found.outcomes[number], found.text_of(number)
    if isinstance(outcome, Refusal):
        facts.mark(tx, number, "refused")
        return _refuse(
            tx,
            scan,
            place.station.id,
            replace(outcome, text=sentence("%(batch)s %(what)s", batch=code, what=text)),
            number,
        )
    if isinstance(outcome, Same):
        facts.mark(tx, number, "same")
        return told_again(tx, scan, text)
    return Answer(scan.device, scan.scan_id, "recorded", text)


def _first_text(tx: Transaction, number: int) -> str:
    """What the device was told for the fact that this one repeats."""
    row = facts.numbered(tx, number)
    if row is None:
        return ""
    at = tx.row(
        "SELECT json_extract(detail, '$.text') AS text, json_extract(detail, '$.said.text') AS said FROM events"
        " WHERE sequence IN (SELECT received_by FROM positions"
        " WHERE batch = ?1 AND link = ?2 UNION SELECT given_by FROM positions WHERE batch = ?1 AND link = ?2"
        " UNION SELECT received_by FROM handoffs WHERE batch = ?1 AND receiver = ?2)"
        " AND IFNULL(json_extract(detail, '$.scan.n'), sequence) = ?3 AND json_extract(detail, '$.text') IS NOT NULL"
        " ORDER BY sequence DESC",
        (row["batch"], row["link"], number),
    )
    return told_in(at["said"], at["text"]) if at else ""


def _delivered_before(tx: Transaction, batch: Row, told: facts.Told) -> str | None:
    """What was told for the same message of the broker, if it was the device's last scan of this batch here."""
    row = tx.row(
        "SELECT n, packet FROM scans WHERE batch = ? AND device = ? AND link = ? AND became = 'step'"
        " ORDER BY at DESC, n DESC LIMIT 1",
        (batch["batch"], told.fact.device, told.fact.link),
    )
    if row is None or row["packet"] is None or row["packet"] != told.packet:
        return None
    return _first_text(tx, row["n"])


def _refuse(
    tx: Transaction, scan: Scan, station: str | None, refusal: Refusal, number: int | None = None
) -> Answer:
    keep_refused(tx, scan, station, refusal, number)
    return Answer(scan.device, scan.scan_id, "refused", refusal.text)


def _unknown(code: str) -> Refusal:
    if looks_like_batch_code(code) and not is_batch_code(code.upper()):
        return Refusal(
            "check", sentence("%(code)s was misread, its check character is wrong: scan again", code=code)
        )
    return Refusal("unknown", sentence("%(code)s is no batch here", code=code[:40]))
