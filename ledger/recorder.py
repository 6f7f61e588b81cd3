"""Scans into events: exactly once, each with an answer, a whole batch of them in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ledger import acts, facts
from ledger.acts import Act
from ledger.badges import Badges, NoBadges
from ledger.batch_scans import move_batch
from ledger.commands import obey
from ledger.devices import DeviceLog
from ledger.errors import Contradiction, RuleRefused
from ledger.flags import Tap
from ledger.milestones import give_order
from ledger.refusals import keep_refused, keep_unreadable
from ledger.repeats import answered_before
from ledger.steps import Floor
from ledger.store import Ledger, Transaction
from ledger.tablets import STATION_DEVICE, is_tablet
from shopfloor.calendar_book import CalendarBook
from shopfloor.codes import is_batch_code
from shopfloor.handoffs import Refusal
from shopfloor.histories import Fact
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan, Unreadable
from shopfloor.sentences import sentence, text_of
from shopfloor.site import Device, Site


class Recorder:
    """Records what devices report, for one site."""

    def __init__(self, ledger: Ledger, site: Site, badges: Badges | None = None) -> None:
        self._ledger = ledger
        self.site = site
        self.badges = badges or NoBadges()
        self._calendars = CalendarBook(site)

    def record(self, items: Sequence[Scan | Act | Unreadable], now: Instant) -> list[Answer | None]:
        """Record them in order, in one commit; an Answer for each scan or act, None for what is neither.

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

    def _recorded_or_set_aside(self, tx: Transaction, devices: DeviceLog, item: Scan | Act) -> Answer:
        """One scan that contradicts what is recorded must not keep all others out for ever."""
        scan = item.told if isinstance(item, Act) else item
        try:
            with tx.attempt():
                if isinstance(item, Act):
                    return self._act(tx, devices, item)
                return self._record(tx, devices, scan)
        except Contradiction as fault:
            text = sentence("this scan contradicts what is recorded (%(fault)s)", fault=str(fault))
            keep_refused(tx, replace(scan, scan_id=None), None, Refusal("contradiction", text))
            return Answer(scan.device, scan.scan_id, "refused", text)

    def _record(self, tx: Transaction, devices: DeviceLog, scan: Scan) -> Answer:
        if scan.kind == "code" and not is_batch_code(scan.code.upper()) and self.badges.knows(tx, scan.code):
            scan = replace(scan, declared="badge")
        before = answered_before(tx, scan)
        if before is not None:
            return before
        device = self._device(tx, scan.device)
        occurred_at, suspect = devices.when(scan)
        if device is None:
            refusal = Refusal("device", sentence("%(device)s is no device of this site", device=scan.device))
            keep_refused(tx, scan, None, refusal)
            return Answer(scan.device, scan.scan_id, "refused", refusal.text)
        return self._place(tx, scan, device, occurred_at, suspect=suspect)

    def put(self, tx: Transaction, scan: Scan, device: Device, at: Instant) -> Answer:
        """One scan whose time needs no device's clock to be believed, inside a door that is open."""
        return answered_before(tx, scan) or self._place(tx, scan, device, at, suspect=False)

    def _place(
        self, tx: Transaction, scan: Scan, device: Device, occurred_at: Instant, *, suspect: bool
    ) -> Answer:
        station = self.site.stations[device.station]
        floor = self.floor(station.line)
        fact = Fact(
            0,
            occurred_at,
            scan.device,
            station.link,
            mode=scan.meant or device.mode,
            seq=scan.seq,
            scan_id=scan.scan_id,
            quantity=scan.quantity,
        )
        told = facts.told_by(scan, fact, station.id, suspect=suspect)
        if told.person is None:
            told.person = self.badges.person_at(tx, station.id, occurred_at)
        if scan.kind != "code":
            return obey(tx, self, scan, told)
        if floor.line.link(station.link).kind == "milestone":
            return give_order(tx, floor, scan, told)
        return move_batch(tx, floor, scan, told)

    def _act(self, tx: Transaction, devices: DeviceLog, act: Act) -> Answer:
        """What somebody did on a tablet, as of when it happened there."""
        told = act.told
        before = acts.answered_before(tx, act)
        if before is not None:
            return before
        device = self._device(tx, told.device)
        occurred_at, _ = devices.when(told)
        if device is None:
            return acts.keep(tx, act, "refused", f"{told.device} is no device of this site")
        station = self.site.stations[device.station]
        tap = Tap(told.scan_id or "", station.id, occurred_at, told.person, told.device)
        try:
            text = act.do(tx, self.floor(station.line), tap)
        except RuleRefused as refused:
            return acts.keep(tx, act, "refused", text_of(refused))
        return acts.keep(tx, act, "recorded", text)

    def _device(self, tx: Transaction, name: str) -> Device | None:
        if not name.startswith(STATION_DEVICE):
            return self.site.devices.get(name)
        station, _, number = name.removeprefix(STATION_DEVICE).partition("/")
        if station not in self.site.stations or (number and not is_tablet(tx, station, number)):
            return None
        return Device(name, station=station)
