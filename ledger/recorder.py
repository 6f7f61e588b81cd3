"""Scans into events: exactly once, each with an answer, a whole batch of them in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ledger.devices import DeviceLog
from ledger.errors import Contradiction
from ledger.events import Event
from ledger.flags import resolve_flags
from ledger.refusals import keep_refused, keep_unreadable
from ledger.repeats import answered_before, same_scan, told_again
from ledger.store import Ledger, Row, Transaction
from shopfloor.calendar_book import CalendarBook
from shopfloor.codes import is_batch_code, looks_like_batch_code
from shopfloor.handoffs import (
    Handoff,
    Position,
    Refusal,
    Step,
    Whereabouts,
    clock_text,
    meaning_of_scan,
)
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan, Unreadable
from shopfloor.site import Device, Line, Link, Site, Station

STATION_DEVICE = "station:"
"""Prefix of the device name of a tap on a station's kiosk."""


class Recorder:
    """Records what devices report, for one site."""

    def __init__(self, ledger: Ledger, site: Site) -> None:
        self._ledger = ledger
        self._site = site
        self._calendars = CalendarBook(site)

    def record(self, items: Sequence[Scan | Unreadable], now: Instant) -> list[Answer | None]:
        """Record them in order, in one commit; an Answer for each scan, None for what is no scan.

        LedgerUnavailable when nothing could be written: then nothing is confirmed either.
        """
        with self._ledger.write(now) as tx:
            devices = DeviceLog(tx, self._site)
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

    def _recorded_or_set_aside(self, tx: Transaction, devices: DeviceLog, scan: Scan) -> Answer:
        """One scan that contradicts what is recorded must not keep all others out for ever."""
        try:
            with tx.attempt():
                return self._record(tx, devices, scan)
        except Contradiction as fault:
            text = f"this scan contradicts what is recorded ({fault})"
            keep_refused(tx, replace(scan, scan_id=None), None, Refusal("contradiction", text))
            return Answer(scan.device, scan.scan_id, "refused", text)

    def _record(self, tx: Transaction, devices: DeviceLog, scan: Scan) -> Answer:
        before = answered_before(tx, scan)
        if before is not None:
            return before
        device = self._device(scan.device)
        occurred_at, suspect = devices.when(scan)
        if device is None:
            return self._refuse(tx, scan, None, Refusal("device", f"{scan.device} is no device of this site"))
        station = self._site.stations[device.station]
        line = self._site.lines[station.line]
        link = line.link(station.link)
        place = _Place(device, station, line, link, occurred_at, suspect)
        if link.kind == "milestone":
            return self._give_order(tx, scan, place)
        return self._move_batch(tx, scan, place)

    def _device(self, name: str) -> Device | None:
        if name.startswith(STATION_DEVICE) and name.removeprefix(STATION_DEVICE) in self._site.stations:
            return Device(name, station=name.removeprefix(STATION_DEVICE))
        return self._site.devices.get(name)

    def _refuse(self, tx: Transaction, scan: Scan, station: str | None, refusal: Refusal) -> Answer:
        keep_refused(tx, scan, station, refusal)
        return Answer(scan.device, scan.scan_id, "refused", refusal.text)

    def _move_batch(self, tx: Transaction, scan: Scan, place: _Place) -> Answer:
        batch = _batch(tx, scan.code) or _batch(tx, scan.code.upper())
        if batch is None:
            return self._refuse(tx, scan, place.station.id, _unknown(scan.code))
        code = batch["batch"]
        if batch["line"] != place.line.id:
            text = f"{code} belongs to line {batch['line']}"
            return self._refuse(tx, scan, place.station.id, Refusal("line", text))
        positions = tx.rows("SELECT * FROM positions WHERE batch = ?", (code,))
        same = same_scan(positions, scan, place.link.id, place.occurred_at)
        if same is not None:
            return told_again(tx, scan, same)
        steps = meaning_of_scan(
            place.line,
            place.link,
            _whereabouts(tx, code, positions),
            mode=place.device.mode,
            zone=self._site.zone,
        )
        if isinstance(steps, Refusal):
            return self._refuse(tx, scan, place.station.id, replace(steps, text=f"{code} {steps.text}"))
        quantity = batch["quantity"] if scan.quantity is None else scan.quantity
        if not 0 < quantity <= batch["quantity"]:
            text = f"{code} has {batch['quantity']} units, not {quantity}"
            return self._refuse(tx, scan, place.station.id, Refusal("quantity", text))
        text = ""
        for number, step in enumerate(steps):
            last = number == len(steps) - 1
            text = self._record_step(tx, scan, place, step, batch, quantity, None if last else number)
        return Answer(scan.device, scan.scan_id, "recorded", text)

    def _record_step(
        self,
        tx: Transaction,
        scan: Scan,
        place: _Place,
        step: Step,
        batch: Row,
        quantity: int,
        implied: int | None,
    ) -> str:
        detail: dict[str, object] = {"parties": list(step.parties)}
        if step.kind == "given":
            hour = self._calendars.hour_of_work(place.line, step.link, place.occurred_at)
            detail["hour"] = [hour.start_at, hour.end_at, hour.shift]
        else:
            pending = tx.row(
                "SELECT COUNT(*) FROM handoffs WHERE batch = ? AND receiver = ? AND received_at IS NOT NULL",
                (batch["batch"], step.link),
            )
            suppliers = len(place.line.previous_links(step.link))
            detail["complete"] = (pending[0] if pending else 0) + len(step.parties) >= suppliers
        text = _step_text(batch["batch"], place, step, clock_text(place.occurred_at, self._site.zone))
        if step.implied:
            detail["implied"] = True
        else:
            detail["text"] = text
        self._append(
            tx,
            scan,
            place,
            step,
            detail,
            batch=batch["batch"],
            order=batch["order"],
            quantity=quantity,
            implied=implied,
        )
        if step.kind == "given":
            resolve_flags(tx, place.line.id, step.link, batch["order"], place.occurred_at)
        return text

    def _give_order(self, tx: Transaction, scan: Scan, place: _Place) -> Answer:
        """A milestone gives a whole order at once: by the order's code or that of any of its batches."""
        order = tx.row(
            'SELECT "order", line, quantity FROM orders WHERE "order" = ?1'
            ' OR "order" = (SELECT "order" FROM batches WHERE batch = upper(?1)) ORDER BY "order" = ?1 DESC LIMIT 1',
            (scan.code,),
        )
        if order is None or order["line"] != place.line.id:
            text = f"{scan.code[:40]} is no order of this line"
            return self._refuse(tx, scan, place.station.id, Refusal("unknown", text))
        rest = tx.rows(
            'SELECT batch, b.quantity FROM batches b WHERE b."order" = ? AND NOT EXISTS (SELECT 1 FROM positions p'
            " WHERE p.batch = b.batch AND p.link = ? AND p.given_at IS NOT NULL) ORDER BY number",
            (order["order"], place.link.id),
        )
        if not rest:
            return self._given_already(tx, scan, place, order["order"])
        parties = tuple(n.id for n in place.line.next_links(place.link.id))
        step = Step("given", place.link.id, parties)
        hour = self._calendars.hour_of_work(place.line, place.link.id, place.occurred_at)
        text = f"{order['order']} given {clock_text(place.occurred_at, self._site.zone)}"
        detail = {
            "parties": list(parties),
            "hour": [hour.start_at, hour.end_at, hour.shift],
            "batches": [[row["batch"], row["quantity"]] for row in rest],
            "text": text,
        }
        quantity = sum(row["quantity"] for row in rest)
        self._append(
            tx, scan, place, step, detail, order=order["order"], quantity=quantity, implied=None, batch=None
        )
        resolve_flags(tx, place.line.id, place.link.id, order["order"], place.occurred_at)
        return Answer(scan.device, scan.scan_id, "recorded", text)

    def _given_already(self, tx: Transaction, scan: Scan, place: _Place, order: str) -> Answer:
        last = tx.row(
            'SELECT p.* FROM positions p JOIN batches b USING (batch) WHERE b."order" = ? AND p.link = ?'
            " ORDER BY p.given_at DESC LIMIT 1",
            (order, place.link.id),
        )
        same = same_scan([last] if last else [], scan, place.link.id, place.occurred_at)
        if same is not None:
            return told_again(tx, scan, same)
        at = clock_text(last["given_at"], self._site.zone) if last else ""
        return self._refuse(tx, scan, place.station.id, Refusal("given", f"{order} was already given {at}"))

    def _append(
        self,
        tx: Transaction,
        scan: Scan,
        place: _Place,
        step: Step,
        detail: dict[str, object],
        *,
        order: str,
        quantity: int,
        implied: int | None,
        batch: str | None,
    ) -> None:
        told: dict[str, object] = {"as_read": scan.code, "quantity": scan.quantity}
        if scan.seq is not None:
            told["seq"] = scan.seq
        if scan.packet is not None and scan.scan_id is None:
            told["packet"] = scan.packet
        if place.clock_suspect:
            detail["clock_suspect"] = True
        event_id = scan.scan_id or f"bare/{scan.device}/{scan.arrived_at}/{tx.sequence + 1}"
        tx.append(
            Event(
                event_id=event_id if implied is None else f"implied/{event_id}/{implied}",
                kind=step.kind,
                occurred_at=place.occurred_at,
                source=scan.device,
                station=place.station.id,
                link=f"{place.line.id}/{step.link}",
                order=order,
                batch=batch,
                quantity=quantity,
                person=scan.person,
                detail={**detail, "scan": told},
            )
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and when a scan happened."""

    device: Device
    station: Station
    line: Line
    link: Link
    occurred_at: Instant
    clock_suspect: bool


def _batch(tx: Transaction, code: str) -> Row | None:
    return tx.row(
        'SELECT batch, b."order", b.quantity, o.line FROM batches b JOIN orders o USING ("order") WHERE batch = ?',
        (code,),
    )


def _unknown(code: str) -> Refusal:
    if looks_like_batch_code(code) and not is_batch_code(code.upper()):
        return Refusal("check", f"{code} was misread, its check character is wrong: scan again")
    return Refusal("unknown", f"{code[:40]} is no batch here")


def _content(scan: Scan) -> tuple[str, str, int | None]:
    """What must be alike for a scan to be the same under the same id."""
    return scan.device, scan.code, scan.quantity


def _whereabouts(tx: Transaction, batch: str, positions: Sequence[Row]) -> Whereabouts:
    handoffs = tx.rows(
        "SELECT giver, receiver, given_at, received_at FROM handoffs WHERE batch = ?", (batch,)
    )
    return Whereabouts(
        {row["link"]: Position(row["received_at"], row["given_at"]) for row in positions},
        {(row["giver"], row["receiver"]): Handoff(row["given_at"], row["received_at"]) for row in handoffs},
    )


def _step_text(code: str, place: _Place, step: Step, clock: str) -> str:
    names = " and ".join(place.line.link(party).name for party in step.parties)
    if step.kind == "received":
        return f"{code} received {clock}" + (f" from {names}" if names else "")
    return f"{code} given {clock} to {names}" if names else f"{code} shipped {clock}"
