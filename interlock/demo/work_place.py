"""One link's stations and the batches that wait at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from interlock.demo.luck import Luck
from interlock.demo.troubles import Troubles
from shopfloor.calendar import Calendar
from shopfloor.calendar_book import CalendarBook
from shopfloor.instants import DAY_MS, HOUR_MS, Duration, Instant
from shopfloor.site import Line, Link, Site

_A_MOMENT = Duration(working_ms=1)
USUAL_PACE = (0.78, 0.94)
"""People need this much of the time that the plan allows."""


@dataclass(slots=True)
class Batch:
    """A batch as the people on the floor see it."""

    code: str
    order: str
    product: str
    quantity: int
    cumulative: int
    """Units of the order up to and with this batch."""
    given: set[str] = field(default_factory=set)
    """Links that have given it."""
    forgotten: set[str] = field(default_factory=set)
    """Links that are done with it and forgot to scan it out."""
    received: dict[str, set[str]] = field(default_factory=dict)
    """By link: the previous links that it was received from."""
    since: dict[str, Instant] = field(default_factory=dict)
    """By link: when it was last received there."""
    work_ms: dict[str, int] = field(default_factory=dict)
    """By link: how long it is worked on, once that is known."""
    lost: int = 0
    """Units that were spoilt or rejected."""
    version: int = 0
    """Counts corrections: what was planned for an older version doesn't happen."""


@dataclass(slots=True)
class _Bench:
    device: str
    calendars: CalendarBook
    free_at: Instant = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A batch taken into work."""

    batch: Batch
    device: str
    free_at: Instant
    """When the station can take the next."""
    done_at: Instant
    """When it can be handed on."""


class WorkPlace:
    """A link's stations: each takes the batch that is wanted first, in time for its target."""

    def __init__(
        self,
        site: Site,
        line: Line,
        link: Link,
        *,
        calendars: Sequence[CalendarBook],
        luck: Luck,
        troubles: Troubles,
    ) -> None:
        """The calendars are those of the stations in turn: not all have their breaks at once."""
        devices = {device.station: device.id for device in site.devices.values()}
        self.link = link
        self.benches = [
            _Bench(devices.get(station.id, f"station:{station.id}"), calendars[number % len(calendars)])
            for number, station in enumerate(site.stations_of(line.id, link.id))
        ]
        self.wake_at: Instant | None = None
        self._site, self._line = site, line
        self._luck = luck
        self._troubles = troubles
        self._waiting: list[tuple[Instant, str, int, Batch]] = []

    @property
    def waiting(self) -> list[Batch]:
        """Batches received and not in work, in no order."""
        return [batch for _, _, version, batch in self._waiting if batch.version == version]

    @property
    def stations(self) -> list[str]:
        """By their ids."""
        return [station.id for station in self._site.stations_of(self._line.id, self.link.id)]

    def put(self, batch: Batch, wanted_at: Instant) -> None:
        """A batch waits for work."""
        heappush(self._waiting, (wanted_at, batch.code, batch.version, batch))

    def units_per_hour(self, product: str) -> float:
        return float(self._site.per_hour(product, self.link) or 1) * len(self.benches)

    def take(self, now: Instant) -> Job | Instant | None:
        """The next job; or when to look again; or None when nothing can be done until something changes."""
        while self._waiting and self._waiting[0][3].version != self._waiting[0][2]:
            heappop(self._waiting)
        if not self._waiting:
            return None
        wanted_at, _, _, batch = self._waiting[0]
        look_at: list[Instant] = []
        for number, bench in enumerate(self.benches):
            if bench.free_at > now:
                continue
            stands = self._troubles.at_station(self.link.id, number, now, now + 1)
            start_at = max(self._start_at(bench, batch, wanted_at), self._back_at_work(bench, now))
            if stands or start_at > now:
                look_at.append(max([start_at, *(trouble.end_at for trouble in stands)]))
                continue
            heappop(self._waiting)
            return self._job(batch, bench, now, now)
        return min(look_at, default=None)

    def resume(self, now: Instant) -> list[Job]:
        """Jobs for the batches that were in work when everything was left: as much as fits in the place."""
        jobs: list[Job] = []
        for entry in sorted(self._waiting):
            wanted_at, _, _, batch = entry
            bench = self.benches[len(jobs) % len(self.benches)]
            begun_at = max(self._start_at(bench, batch, wanted_at), batch.since.get(self.link.id, now))
            if begun_at >= now or len(jobs) >= len(self.benches):
                break
            self._waiting.remove(entry)
            jobs.append(self._job(batch, bench, max(begun_at, now - DAY_MS), now))
        heapify(self._waiting)
        return jobs

    def _job(self, batch: Batch, bench: _Bench, begun_at: Instant, now: Instant) -> Job:
        """Who has begun a batch finishes it before the break, and takes the whole break after."""
        calendar, work_ms = self._calendar(bench, begun_at), self._work_ms(batch)
        number = self.benches.index(bench)
        worked_at, free_at = begun_at + work_ms, calendar.forward(begun_at, Duration(work_ms))
        for trouble in self._troubles.at_station(self.link.id, number, begun_at, free_at + HOUR_MS):
            if trouble.start_at < worked_at:
                lost_ms = max(0, calendar.working_ms(max(begun_at, trouble.start_at), trouble.end_at))
                worked_at = free_at = calendar.forward(free_at, Duration(lost_ms))
        bench.free_at = max(bench.free_at, free_at, now)
        scan_ms = self._luck.of("hand on", self.link.id, batch.code).randint(4_000, 80_000)
        return Job(batch, bench.device, bench.free_at, max(worked_at, now) + scan_ms)

    def _back_at_work(self, bench: _Bench, now: Instant) -> Instant:
        """Now, or the end of the break."""
        return self._calendar(bench, now).forward(now, _A_MOMENT) - _A_MOMENT.working_ms

    def _start_at(self, bench: _Bench, batch: Batch, wanted_at: Instant) -> Instant:
        return self._calendar(bench, wanted_at).back(wanted_at, Duration(self._work_ms(batch)))

    def _calendar(self, bench: _Bench, at: Instant) -> Calendar:
        return bench.calendars.of_link(self._line, self.link.id, at)

    def _work_ms(self, batch: Batch) -> int:
        known = batch.work_ms.get(self.link.id)
        if known is not None:
            return known
        per_hour = self._site.per_hour(batch.product, self.link) or 1
        pace = self._luck.of("work", self.link.id, batch.code).uniform(*USUAL_PACE)
        batch.work_ms[self.link.id] = work_ms = int(batch.quantity * HOUR_MS / float(per_hour) * pace)
        return work_ms
