"""The demo's people and their plant: where they begin, what they do next, what others did meanwhile."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

from gateway.device import ScannerClient
from interlock.demo.actions import Action, Flagged, FlagKey, Scanned, Undone
from interlock.demo.floor import Floor
from interlock.demo.hands import ID_PREFIX, Hands, NotNow, Refused
from interlock.demo.luck import Luck
from interlock.demo.measures import take_on
from interlock.demo.order_desk import OrderDesk
from interlock.demo.planners import PlannersTable
from interlock.plant import Plant
from ledger import reading
from ledger.errors import LedgerUnavailable
from ledger.flag_clocks import FlagClocks, hold
from ledger.store import Ledger, Row
from ledger.whereabouts import (
    last_scan,
    last_seqs,
    open_order,
    open_orders,
    whereabouts,
)
from shopfloor.instants import SECOND_MS, Instant
from shopfloor.site import Line

SEED = "gearbox"
CLIENT_ID = "interlock-demo"
SCANS_UNDER_WAY = 400
"""At most so many scans wait for their answers: few enough that the broker repeats none of them."""
CATCH_UP_S = 20.0
HOLD_MS = 60 * SECOND_MS
"""While a history is played the gateway's timer rests so long at a time: a demo that is killed holds it no longer."""
_PAGE = 500


class Factory:
    """Simulated people on the floor, at the planner's desk, and the hands that do what they decide."""

    def __init__(
        self, plant: Plant, ledger: Ledger, client: ScannerClient, clock: Callable[[], Instant]
    ) -> None:
        self.line: Line = next(iter(plant.config.site.lines.values()))
        self.zone = plant.config.site.zone
        self._plant, self._ledger, self._clock = plant, ledger, clock
        self._luck = Luck(SEED)
        self._waiting: deque[Action] = deque()
        self._touched: set[str] = set()
        self._held_until: Instant = 0
        self.hands = Hands(client, plant.web_address, {}, {})
        scan = last_scan(ledger, ID_PREFIX)
        if scan is not None:
            self.hands.say_again(scan, CATCH_UP_S)
        self.hands = Hands(client, plant.web_address, last_seqs(ledger), {})
        self._sequence = reading.last_sequence(ledger)

    def begin(self, at: Instant) -> None:
        """Take up everything as the ledger has it, at an instant."""
        site = self._plant.config.site
        self.floor = Floor(site, self.line, self._luck, at)
        self._desk = OrderDesk(self._ledger, site, self.line, self._luck, self._clock)
        self._table = PlannersTable(self._ledger, site, self.line)
        for order in open_orders(self._ledger, self.line.id):
            self.floor.take_in(order)
        self.floor.resume()
        for flag in reading.open_flags(self._ledger, self.line.id):
            key = FlagKey(flag["link"], flag["order"], flag["raised_by"])
            self.hands.flags[key] = flag["flag"]
            answered = flag["state"] != "raised"
            self.floor.leads.opened(key, flag["cumulative"], by_visitor=False, answered=answered)

    def plan(self, at: Instant) -> None:
        """Release what is to be released; tried again next time when the ledger cannot be written."""
        try:
            released = self._desk.work(at)
        except LedgerUnavailable:
            return
        for order in released:
            self.floor.take_in(order)

    def take_on_measures(self, now: Instant) -> None:
        """What is done against the reasons that came most often; tried again when the ledger cannot be written."""
        with suppress(LedgerUnavailable):
            take_on(self._ledger, self._plant.config.site, self.line, now)

    def set_out_drafts(self, now: Instant) -> None:
        """What visitors find on the planners' table; tried again next time when the ledger cannot be written."""
        with suppress(LedgerUnavailable):
            self._table.set_out(now)

    def advance(self, until: Instant) -> Iterator[Action]:
        """What people do before an instant, each to be done with `do`."""
        return self.floor.advance(until)

    def do(self, action: Action) -> None:
        """Do it, or NotNow. A flag or a correction sees exactly what was recorded before it."""
        if not isinstance(action, Scanned):
            self._touched.update(self.hands.settle())
        try:
            self.hands.do(action)
        except Refused:
            if isinstance(action, Flagged):
                self.floor.leads.closed(action.key)
            elif isinstance(action, Undone):
                self._touched.add(action.code)

    def turn_clocks(self, until: Instant) -> None:
        """In a history: what its time does to flags, after all that people did by then; or NotNow."""
        now = self._clock()
        try:
            if now >= self._held_until - HOLD_MS // 2:
                self._held_until = now + HOLD_MS
                hold(self._ledger, self._held_until, now)
            self._touched.update(self.hands.settle())
            if FlagClocks(self._ledger, self._plant.config.site).turn(until, now):
                self._note_silences()
        except LedgerUnavailable:
            raise NotNow from None

    def let_clocks_run(self) -> None:
        """The history is over: time goes by itself from here."""
        with suppress(LedgerUnavailable):  # it ends by itself, too
            hold(self._ledger, 0, self._clock())

    def _note_silences(self) -> None:
        for flag in reading.open_flags(self._ledger, self.line.id):
            key = FlagKey(flag["link"], flag["order"], flag["raised_by"])
            if flag["silent"] and key not in self.hands.flags:
                self.hands.flags[key] = flag["flag"]
                self.floor.leads.opened(key, flag["cumulative"], by_visitor=False)

    def live(self, now: Instant) -> None:
        """Bring everything up to now, as far as broker and web server take it."""
        try:
            if not self._waiting:
                self.look_around()
                self._waiting.extend(self.advance(now))
            while self._waiting:
                self.do(self._waiting[0])
                self._waiting.popleft()
        except NotNow:
            return

    def look_around(self) -> None:
        """Take note of what visitors did, and of what was recorded otherwise than meant; or NotNow."""
        self._touched.update(self.hands.settle())
        while page := reading.events_after(self._ledger, self._sequence, _PAGE):
            for event in page:
                self._note(event)
            self._sequence = page[-1]["sequence"]
        for batch in self._touched:
            self.floor.put_right(batch, whereabouts(self._ledger, batch))
        self._touched.clear()

    def _note(self, event: Row) -> None:
        kind, detail = event["kind"], json.loads(event["detail"])
        if kind in ("received", "given"):
            self._note_scan(
                event, [code for code, _ in detail.get("batches", ())] or [event["batch"]], detail
            )
        elif kind == "order_released" and detail["line"] == self.line.id:
            self._note_order(event["order"])
        elif kind == "order_replanned" and self.floor.knows(event["order"]):
            self.floor.plan_anew(open_order(self._ledger, event["order"]))
        elif kind.startswith("flag_"):
            self._note_flag(event, kind, detail)

    def _note_scan(self, event: Row, batches: list[str], detail: dict[str, object]) -> None:
        meant = self.hands.meant.get(event["event_id"])
        if meant is not None:
            del self.hands.meant[event["event_id"]]
            if meant.meant == event["kind"]:
                return
        elif event["event_id"].startswith(ID_PREFIX) and detail.get("implied"):
            return
        self._touched.update(batches)

    def _note_order(self, number: str) -> None:
        """An order that somebody else released."""
        row = reading.order(self._ledger, number)
        if row is not None and row["shipped_at"] is None and not self.floor.knows(number):
            self.floor.take_in(open_order(self._ledger, number))

    def _note_flag(self, event: Row, kind: str, detail: dict[str, object]) -> None:
        flag = reading.flag(self._ledger, int(str(detail["flag"])))
        if flag is None or flag["line"] != self.line.id:
            return
        key = FlagKey(flag["link"], flag["order"], flag["raised_by"])
        if flag["kind"] != "hour":
            return
        if kind in ("flag_withdrawn", "flag_resolved") or flag["state"] == "overturned":
            self.hands.flags.pop(key, None)
            self.floor.leads.closed(key)
        elif kind == "flag_answered" and not event["event_id"].startswith(ID_PREFIX):
            self.floor.leads.spoken_for(key)
        elif (
            kind == "flag_raised"
            and not event["event_id"].startswith(ID_PREFIX)
            and flag["closed_at"] is None
            and key not in self.hands.flags
        ):
            self.hands.flags[key] = flag["flag"]
            answered = flag["state"] != "raised"
            by_visitor = not event["event_id"].startswith("flag/")
            self.floor.leads.opened(key, flag["cumulative"], by_visitor=by_visitor, answered=answered)
