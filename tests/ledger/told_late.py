"""A day of scans, scraps, splits and undos, told in order or with devices that keep their scans back.

People at kiosks and command labels are answered at once, so they act on what is known then; scans may come whenever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

from ledger import corrections, splitting
from ledger.corrections import Scrap
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.codes import command_code
from shopfloor.instants import HOUR_MS, MINUTE_MS, Instant
from shopfloor.scans import Scan
from tests.factory import Plant
from tests.ledger.recorded import state

WAY_BACK_MS = 3 * MINUTE_MS
"""Longer than an undo reaches."""
HELD_BACK = 0.5
"""The share of scans that are not told at once."""
MOST_TOLD = 40
"""Scans that come in one portion."""


@dataclass(frozen=True)
class Deed:
    """What somebody does; `batch` is a released one's code, or the id of the split that made it."""

    id: str
    at: Instant
    kind: Literal["scan", "scrap", "split", "undo"]
    device: str
    station: str
    batch: str
    quantity: int | None = None
    seq: int | None = None


@dataclass
class Day:
    """A plant as somebody's day goes over it."""

    plant: Plant
    parts: dict[str, str] = field(default_factory=dict)
    """Codes of what was split off, by the id of the split."""
    roots: dict[str, str] = field(default_factory=dict)

    def root(self, batch: str) -> str:
        """The released batch that a part goes back to."""
        while batch in self.roots:
            batch = self.roots[batch]
        return batch

    def scan(self, deeds: Sequence[Deed], now: Instant | None = None) -> list[str]:
        """Scans that arrive together, each with what became of it."""
        scans = [
            Scan(
                deed.device,
                command_code("undo") if deed.kind == "undo" else self.parts.get(deed.batch, deed.batch),
                deed.at if now is None else now,
                deed.id,
                deed.at,
                deed.seq,
                quantity=deed.quantity,
            )
            for deed in deeds
        ]
        answers = self.plant.recorder.record(scans, scans[-1].arrived_at)
        return [answer.result for answer in answers if answer is not None]

    def tap(self, deed: Deed) -> bool:
        """A scrap or a split at a kiosk; whether it counts."""
        plant, by = self.plant, Tap(deed.id, deed.station, deed.at)
        code, units = self.parts.get(deed.batch, deed.batch), deed.quantity or 0
        try:
            if deed.kind == "scrap":
                corrections.scrap(plant.ledger, plant.recorder, by, Scrap(code, units, "torn"), now=deed.at)
            else:
                parted = splitting.split(
                    plant.ledger, plant.recorder, by, batch=code, quantity=units, now=deed.at
                )
                self.parts[deed.id], self.roots[deed.id] = parted.part, deed.batch
        except RuleRefused:
            return False
        return True

    def state(self) -> dict[str, set[tuple[Any, ...]]]:
        """All that must not depend on when scans came; parts under the ids of their splits."""
        names = {code: split for split, code in self.parts.items()}
        rows = self.plant.ledger.rows
        found = state(self.plant)
        found["gaps"] = {
            tuple(row) for row in rows("SELECT device, first, last, before_at, after_at FROM seq_gaps")
        }
        found["orders"] = {tuple(row) for row in rows('SELECT "order", state, shipped_at, lost FROM orders')}
        found["batches"] = {
            tuple(row)
            for row in rows('SELECT batch, "order", quantity, whole, part_of, split_at FROM batches')
        }
        found["scraps"] = {
            tuple(row) for row in rows("SELECT batch, link, charged, quantity, scrapped_at FROM scraps")
        }
        return {
            table: {tuple(names.get(value, value) for value in row) for row in of_table}
            for table, of_table in found.items()
        }


def in_order(plant: Plant, deeds: Sequence[Deed]) -> tuple[Day, dict[str, str | bool]]:
    """Everything as it happens; and what became of each deed. A part that was never split off is not scanned."""
    day = Day(plant)
    became: dict[str, str | bool] = {}
    for deed in deeds:
        if deed.batch.startswith("split") and deed.batch not in day.parts:
            continue
        if deed.kind in ("scan", "undo"):
            (became[deed.id],) = day.scan([deed])
        else:
            became[deed.id] = day.tap(deed)
    return day, became


def told_late(plant: Plant, deeds: Sequence[Deed], became: Mapping[str, str | bool], chance: Random) -> Day:
    """The same with every other scan held back for a while, all told up to three times, in any order and in portions.

    A kiosk whose word is refused for what is not known yet says it again once that is known. A scanner that takes
    something back has told what it scanned, and so have all that scanned the same.
    """
    day, held, again = Day(plant), list[Deed](), list[Deed]()
    for deed in deeds:
        if deed.id not in became:
            continue
        if deed.kind == "scan":
            if chance.random() < HELD_BACK:
                held.append(deed)
            else:
                day.scan([deed])
            again += [deed] * chance.randint(0, 2)
        elif deed.kind == "undo":
            mine = {
                day.root(each.batch)
                for each in deeds
                if each.device == deed.device and deed.at - WAY_BACK_MS <= each.at <= deed.at
            }
            known = [each for each in held if each.device == deed.device or day.root(each.batch) in mine]
            held = [each for each in held if each not in known]
            _tell(day, known, deed.at, chance)
            assert day.scan([deed]) == [became[deed.id]]
        elif not day.tap(deed) and became[deed.id]:
            _tell(day, held, deed.at, chance)
            held = []
            assert day.tap(deed), deed
        if chance.random() < 0.1:
            chance.shuffle(held)
            some = chance.randint(0, len(held))
            _tell(day, held[:some], deed.at, chance)
            held = held[some:]
    end = max((deed.at for deed in deeds), default=0) + 2 * HOUR_MS
    _tell(day, held, end, chance)
    _tell(day, again, end, chance)
    return day


def _tell(day: Day, held: Sequence[Deed], now: Instant, chance: Random) -> None:
    told = list(held)
    chance.shuffle(told)
    for portion in _portions(told, chance):
        day.scan(portion, now)


def _portions(deeds: Sequence[Deed], chance: Random) -> Iterator[Sequence[Deed]]:
    while deeds:
        size = chance.randint(1, MOST_TOLD)
        yield deeds[:size]
        deeds = deeds[size:]


def numbered(deeds: Sequence[Deed]) -> list[Deed]:
    """In the order of time, with each device's own numbers for what it sends."""
    counted: dict[str, int] = {}
    made = []
    for deed in sorted(deeds, key=lambda deed: deed.at):
        if deed.kind in ("scan", "undo"):
            counted[deed.device] = counted.get(deed.device, 0) + 1
            made.append(replace(deed, seq=counted[deed.device]))
        else:
            made.append(deed)
    return made
