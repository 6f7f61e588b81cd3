"""The people on the floor: they take in batches, work, hand on, and sometimes something comes between.

Pure and seeded: what happens follows from the seed, the orders and where everything was at the beginning.
The first links are milestones, as in the gearbox plant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial

from interlock.demo.actions import Action, Scanned, Undone
from interlock.demo.agenda import Agenda, Happening
from interlock.demo.breaks import with_other_breaks
from interlock.demo.leads import Leads
from interlock.demo.losses import Losses
from interlock.demo.luck import Luck
from interlock.demo.pace import Pace
from interlock.demo.slips import Slips
from interlock.demo.troubles import Troubles
from interlock.demo.work_place import Batch, Job, WorkPlace
from ledger.whereabouts import OpenOrder
from shopfloor.calendar_book import CalendarBook
from shopfloor.instants import MINUTE_MS, SECOND_MS, Instant
from shopfloor.site import Line, Link, Site
from shopfloor.whereabouts import Whereabouts

FORGOTTEN = 0.012
"""This share of batches is handed on without a scan: the next link's scan then says both."""
LATE_DELIVERY = 0.08


class Floor:
    """Advanced from one instant to the next, it tells what people did, in time order."""

    def __init__(self, site: Site, line: Line, luck: Luck, at: Instant) -> None:
        self.troubles = Troubles(site, line, luck)
        self._site, self._line, self._luck = site, line, luck
        self._calendars = CalendarBook(site)
        self._agenda = Agenda(at)
        self._pace = Pace(line, luck)
        benches = (self._calendars, CalendarBook(with_other_breaks(site)))
        self._places = {
            link.id: WorkPlace(site, line, link, calendars=benches, luck=luck, troubles=self.troubles)
            for link in line.links
            if link.kind == "work"
        }
        self._orders: dict[str, dict[str, Batch]] = {}
        self._order_of: dict[str, str] = {}
        self._given: Counter[tuple[str, str]] = Counter()
        self._last = line.last.id
        self._takers = {link.id: line.next_links(link.id) for link in line.links}
        self.leads = Leads(
            site,
            line,
            agenda=self._agenda,
            calendars=self._calendars,
            pace=self._pace,
            troubles=self.troubles,
            luck=luck,
            orders=lambda: tuple(self._orders),
            given=lambda order, link: self._given[order, link],
            waits_for_previous=self._waits_for_previous,
            per_hour=lambda link: self._places[link].units_per_hour(next(iter(site.products))),
        )
        self._losses = Losses(
            line,
            self._agenda,
            luck,
            last=self._places[line.last.id],
            batches_of=lambda order: self._orders.get(order, {}).values(),
            was_flagged=self.leads.was_flagged,
        )
        Slips(site, line, self._agenda, luck, self._known_batches)

    @property
    def now(self) -> Instant:
        return self._agenda.now

    def advance(self, until: Instant) -> Iterator[Action]:
        """What people do before an instant."""
        return self._agenda.advance(until)

    def take_in(self, order: OpenOrder) -> None:
        """An order that was released, from wherever its batches are."""
        self._pace.add(order)
        batches = self._orders[order.order] = {}
        cumulative = 0
        for each in order.batches:
            cumulative += each.quantity
            batch = Batch(each.batch, order.order, order.product, each.quantity, cumulative)
            batches[batch.code] = batch
            self._order_of[batch.code] = order.order
            self._put(batch, each.where)
        for link in self._line.links:
            if link.kind == "milestone" and self._given[order.order, link.id] < order.quantity:
                self._agenda.note(
                    self._delivery_at(link, order.order), partial(self._deliver, link, order.order)
                )

    def plan_anew(self, order: OpenOrder) -> None:
        """Other targets came into force; what is in somebody's hands goes on."""
        if self.knows(order.order):
            self._pace.add(order)

    def resume(self) -> None:
        """What was in work when everything was left goes on."""
        for place in self._places.values():
            for job in place.resume(self.now):
                self._begin(place, job)

    def knows(self, order: str) -> bool:
        """Whether an order is open here."""
        return order in self._orders

    def put_right(self, code: str, where: Whereabouts) -> None:
        """Somebody else has scanned a batch: go on from where it is now."""
        batch = self._orders.get(self._order_of.get(code, ""), {}).get(code)
        if batch is None:
            return
        for link in batch.given:
            self._given[batch.order, link] -= batch.quantity
        batch.version += 1
        batch.given, batch.forgotten, batch.received = set(), set(), {}
        self._put(batch, where)
        for link in batch.given:
            self.leads.gave(link, batch.order)
        self._forget_if_shipped(batch.order)

    def waiting_longest(self) -> tuple[str, str] | None:
        """A batch that nobody here will touch for the longest time, and a device of the link that has it."""
        waiting = [
            (
                self._pace.wanted_at(place.link.id, batch.order, batch.cumulative),
                batch.code,
                place.benches[0].device,
            )
            for place in self._places.values()
            for batch in place.waiting
        ]
        return max(waiting)[1:] if waiting else None

    def _put(self, batch: Batch, where: Whereabouts) -> None:
        """Note where a batch is, and what will happen to it next."""
        for link in self._line.links:
            if where.at(link.id).given_at is not None:
                batch.given.add(link.id)
                self._given[batch.order, link.id] += batch.quantity
            batch.received[link.id] = {
                before for before in link.after if where.between(before, link.id).received_at is not None
            }
        for place in self._places.values():
            link = place.link
            if link.id in batch.given:
                continue
            if batch.received[link.id] == set(link.after):
                batch.since[link.id] = where.at(link.id).received_at or self.now
                self._queue(place, batch)
            for before in sorted(batch.given & (set(link.after) - batch.received[link.id])):
                self._note_arrival(batch, before, link, where.at(before).given_at or self.now)

    def _delivery_at(self, link: Link, order: str) -> Instant:
        dice = self._luck.of("delivery", link.id, order)
        quantity = sum(batch.quantity for batch in self._orders[order].values())
        at = self._pace.wanted_at(link.id, order, quantity)
        if dice.random() < LATE_DELIVERY:
            at += dice.randint(30, 140) * MINUTE_MS
        return max(at, self.now + dice.randint(1, 15) * MINUTE_MS)

    def _deliver(self, link: Link, order: str, now: Instant) -> Iterator[Action]:
        """A milestone gives the whole order by one scan of its number."""
        rest = [batch for batch in self._orders.get(order, {}).values() if link.id not in batch.given]
        if not rest:
            return
        for batch in rest:
            self._gave(link, batch, now)
        station = self._site.stations_of(self._line.id, link.id)[0].id
        device = next(
            (each.id for each in self._site.devices.values() if each.station == station), f"station:{station}"
        )
        yield Scanned(now, device, order, "given")

    def _gave(self, link: Link, batch: Batch, now: Instant) -> None:
        batch.given.add(link.id)
        self._given[batch.order, link.id] += batch.quantity
        self.leads.gave(link.id, batch.order)
        for taker in self._takers[link.id]:
            self._note_arrival(batch, link.id, taker, now)
        if link.id == self._last:
            self._forget_if_shipped(batch.order)

    def _forget_if_shipped(self, order: str) -> None:
        batches = self._orders[order]
        if all(self._last in batch.given for batch in batches.values()):
            del self._orders[order]
            self._pace.drop(order)
            for code in batches:
                del self._order_of[code]
            for link in self._line.links:
                self._given.pop((order, link.id), None)

    def _note_arrival(self, batch: Batch, giver: str, taker: Link, given_at: Instant) -> None:
        """It is on its way, and is scanned in a little after it came, in breaks too."""
        giving = self._calendars.of_link(self._line, giver, given_at)
        came_at = max(giving.forward(given_at, self._line.link(giver).transfer), self.now)
        scan_ms = self._luck.of("take in", giver, taker.id, batch.code).randint(20, 360) * SECOND_MS
        self._note(came_at + scan_ms, batch, partial(self._arrive, self._places[taker.id], batch))

    def _arrive(self, place: WorkPlace, batch: Batch, now: Instant) -> Iterator[Action]:
        """One scan takes in everything of the batch that the previous links have given."""
        link, received = place.link, batch.received[place.link.id]
        came = {before for before in link.after if before in batch.given} - received
        if not came:
            came = {before for before in link.after if before in batch.forgotten} - received
            for before in sorted(came):
                batch.forgotten.discard(before)
                batch.given.add(before)
                self._given[batch.order, before] += batch.quantity
                self.leads.gave(before, batch.order)
        if not came:
            return
        received |= came
        bench = self._luck.of("bench", link.id, batch.code).choice(place.benches)
        counted = self._losses.miscounted(link, batch)
        yield Scanned(now, bench.device, batch.code, "received", counted)
        if counted is not None:
            again_at = self._losses.counted_again_at(link, batch, now)
            self._note(again_at, batch, partial(self._take_back, place, batch, bench.device))
        elif received == set(link.after):
            batch.since[link.id] = now
            self._queue(place, batch)

    def _take_back(self, place: WorkPlace, batch: Batch, device: str, now: Instant) -> Iterator[Action]:
        yield Undone(
            now, self._site.devices[device].station, device, batch.code, "Counted again, all are there"
        )
        self._note(now + 20 * SECOND_MS, batch, partial(self._take_in_again, place, batch, device))

    def _take_in_again(self, place: WorkPlace, batch: Batch, device: str, now: Instant) -> Iterator[Action]:
        yield Scanned(now, device, batch.code, "received")
        batch.since[place.link.id] = now
        self._queue(place, batch)

    def _queue(self, place: WorkPlace, batch: Batch) -> None:
        """It can be worked on when its lead has passed."""
        since_at = batch.since[place.link.id]
        ready_at = self._calendars.of_link(self._line, place.link.id, since_at).forward(
            since_at, place.link.lead
        )
        if ready_at <= self.now:
            place.put(batch, self._pace.wanted_at(place.link.id, batch.order, batch.cumulative))
            self._agenda.note(self.now, partial(self._work, place))
        else:
            self._note(ready_at, batch, partial(self._ready, place, batch))

    def _ready(self, place: WorkPlace, batch: Batch, now: Instant) -> Iterator[Action]:
        place.put(batch, self._pace.wanted_at(place.link.id, batch.order, batch.cumulative))
        yield from self._work(place, now)

    def _work(self, place: WorkPlace, now: Instant) -> Iterator[Action]:
        """Every free station takes its next batch."""
        while isinstance(job := place.take(now), Job):
            self._begin(place, job)
        if job is not None and (place.wake_at is None or not now < place.wake_at <= job):
            place.wake_at = job
            self._agenda.note(job, partial(self._work, place))
        yield from ()

    def _begin(self, place: WorkPlace, job: Job) -> None:
        self._agenda.note(job.free_at, partial(self._work, place))
        self._note(job.done_at, job.batch, partial(self._hand_on, place, job))

    def _hand_on(self, place: WorkPlace, job: Job, now: Instant) -> Iterator[Action]:
        link, batch = place.link, job.batch
        takers = self._takers[link.id]
        alone = bool(takers) and all(len(taker.after) == 1 for taker in takers)
        if alone and self._luck.of("forgotten", link.id, batch.code).random() < FORGOTTEN:
            batch.forgotten.add(link.id)
            for taker in takers:
                self._note_arrival(batch, link.id, taker, now)
            return
        self._gave(link, batch, now)
        yield Scanned(now, job.device, batch.code, "given")

    def _note(self, at: Instant, batch: Batch, happening: Happening) -> None:
        """For one batch: it does not happen when the batch was put right meanwhile."""
        version = batch.version
        self._agenda.note(at, lambda now: happening(now) if batch.version == version else ())

    def _waits_for_previous(self, link: str, order: str) -> bool:
        """Whether something of an order that is not given here has not come here."""
        after = set(self._line.link(link).after)
        return any(
            link not in batch.given and batch.received[link] != after
            for batch in self._orders.get(order, {}).values()
        )

    def _known_batches(self) -> Iterable[Batch]:
        return (batch for batches in self._orders.values() for batch in batches.values())
