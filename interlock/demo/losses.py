"""What does not come through: a batch is miscounted and counted again, a unit is dropped, or rejected as it came.

Units are lost only at the last link, of orders that everybody before has given in full without having been flagged:
nobody waits for them then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from interlock.demo.actions import Action, Scrapped
from interlock.demo.agenda import Agenda
from interlock.demo.luck import Luck
from interlock.demo.work_place import Batch, WorkPlace
from shopfloor.instants import HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from shopfloor.site import Line, Link

MISCOUNTED = 0.015
"""This share of receipts of several units from one link before that works."""
EVERY_MS = 8 * HOUR_MS
LOOK_AGAIN_MS = 5 * MINUTE_MS
_DROPPED = ("Fell off the lifting gear", "Paint scratched while packing")
_REJECTED = ("Oil leaks at the shaft seal", "Type plate of another gearbox", "Test record is missing")


class Losses:
    """Decides who miscounts, and about once in a shift that a unit is lost at the last link."""

    def __init__(
        self,
        line: Line,
        agenda: Agenda,
        luck: Luck,
        *,
        last: WorkPlace,
        batches_of: Callable[[str], Iterable[Batch]],
        was_flagged: Callable[[str, str], bool],
    ) -> None:
        self._line, self._agenda, self._luck = line, agenda, luck
        self._last, self._batches_of, self._was_flagged = last, batches_of, was_flagged
        self._note_next(agenda.now)

    def miscounted(self, link: Link, batch: Batch) -> int | None:
        """What is counted at a receipt when it is not all; None when it is."""
        before = [self._line.link(each) for each in link.after]
        dice = self._luck.of("miscounted", link.id, batch.code)
        if len(before) > 1 or any(each.kind == "milestone" for each in before) or batch.quantity < 2:  # noqa: PLR2004  # one of one is nothing
            return None
        return batch.quantity - 1 if dice.random() < MISCOUNTED else None

    def counted_again_at(self, link: Link, batch: Batch, now: Instant) -> Instant:
        """When the rest was found."""
        return now + self._luck.of("counted again", link.id, batch.code).randint(60, 240) * SECOND_MS

    def _note_next(self, after_at: Instant) -> None:
        number = after_at // EVERY_MS + 1
        at = number * EVERY_MS + self._luck.of("loss", number).randrange(EVERY_MS // 3)
        self._agenda.note(at, partial(self._look, number))

    def _look(self, number: int, now: Instant) -> Iterator[Action]:
        link, dice = self._last.link, self._luck.of("loss", number, "what")
        giver = link.after[0]
        found = [each for each in self._last.waiting if self._is_ready(each, giver)]
        if not found:
            if now // EVERY_MS == number:
                self._agenda.note(now + LOOK_AGAIN_MS, partial(self._look, number))
            else:
                self._note_next(now)
            return
        self._note_next(now)
        batch = min(found, key=lambda each: each.code)
        batch.lost += 1
        station = dice.choice(self._last.stations)
        rejected = dice.random() < 0.5  # noqa: PLR2004  # one of two
        reason = dice.choice(_REJECTED if rejected else _DROPPED)
        yield Scrapped(now, station, batch.code, 1, reason, giver if rejected else None)

    def _is_ready(self, batch: Batch, giver: str) -> bool:
        """Enough is left of it, and nothing more of its order is to come, or was asked for."""
        known = self._batches_of(batch.order)
        all_given = all(giver in each.given for each in known)
        return all_given and batch.lost + 1 < batch.quantity and not self._was_flagged(giver, batch.order)
