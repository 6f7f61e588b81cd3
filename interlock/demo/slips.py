"""Scans that mean nothing: a wrong label, a batch that is gone already, one that has not come this far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from random import Random

from interlock.demo.actions import Action, Scanned
from interlock.demo.agenda import Agenda
from interlock.demo.luck import Luck
from interlock.demo.work_place import Batch
from shopfloor.instants import HOUR_MS, Instant
from shopfloor.site import Line, Site

EVERY_MS = 3 * HOUR_MS
_FOREIGN_LABELS = ("4006381333931", "BADGE-0417", "PALLET 22", "HZ-2231-B")


class Slips:
    """One every few hours, somewhere in the plant."""

    def __init__(
        self, site: Site, line: Line, agenda: Agenda, luck: Luck, batches: Callable[[], Iterable[Batch]]
    ) -> None:
        self._site, self._line = site, line
        self._agenda, self._luck = agenda, luck
        self._batches = batches
        self._note_next(agenda.now)

    def _note_next(self, after_at: Instant) -> None:
        number = after_at // EVERY_MS + 1
        at = number * EVERY_MS + self._luck.of("slip", number).randrange(EVERY_MS // 2)
        self._agenda.note(at, partial(self._slip, number))

    def _slip(self, number: int, now: Instant) -> Iterator[Action]:
        self._note_next(now)
        dice = self._luck.of("slip", number, "what")
        devices = sorted(
            device.id
            for device in self._site.devices.values()
            if self._line.link(self._site.stations[device.station].link).kind == "work"
        )
        if dice.random() < 0.4:  # noqa: PLR2004  # two of five labels are no batch's
            yield Scanned(now, dice.choice(devices), dice.choice(_FOREIGN_LABELS), "refused")
            return
        yield from self._wrong_place(now, dice, devices)

    def _wrong_place(self, now: Instant, dice: Random, devices: list[str]) -> Iterator[Action]:
        """A batch at a link that gave it on long ago, or at the last link when the one before never had it."""
        device = dice.choice(devices)
        link = self._site.stations[self._site.devices[device].station].link
        gone = [
            batch.code for batch in self._batches() if link in batch.given and self._left_behind(link, batch)
        ]
        if gone:
            yield Scanned(now, device, dice.choice(gone), "refused")
            return
        last = self._line.last
        skipped = [
            batch.code
            for batch in self._batches()
            if not any(batch.received[before] for before in last.after)
        ]
        if skipped:
            packing = [
                each
                for each in devices
                if self._site.stations[self._site.devices[each].station].link == last.id
            ]
            yield Scanned(now, dice.choice(packing), dice.choice(skipped), "refused")

    def _left_behind(self, link: str, batch: Batch) -> bool:
        """It is in the hands of the link after the next, so nobody takes this for the same scan."""
        following = self._line.next_links(link)
        return bool(following) and all(taker.id in batch.given for taker in following)
