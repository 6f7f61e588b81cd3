"""The history of a batch and its parts: what each of their scans means, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal, TypeAlias

from shopfloor.handoffs import SAME_SCAN_MS, Mode, Reading, Refusal, meaning_of_scan, meaning_of_scrap
from shopfloor.instants import MINUTE_MS, Instant
from shopfloor.site import Line
from shopfloor.splitting import NO_PART, before_the_split, meaning_of_split
from shopfloor.whereabouts import Step, Whereabouts, after

CLOCK_SET_BACK_MS = 2 * MINUTE_MS
"""A device's numbers overrule its clock when that was set back by no more than this."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What was reported of a batch; it is kept whatever it turns out to mean."""

    number: int
    """In the order of arrival."""
    at: Instant
    device: str
    link: str
    kind: Literal["scan", "scrap", "split"] = "scan"
    mode: Mode = "auto"
    seq: int | None = None
    scan_id: str | None = None
    quantity: int | None = None
    giver: str | None = None
    """Of scrap: the previous link that gave it so."""
    forced: bool = False
    part: str | None = None
    """Of a split: the code of what is split off."""


@dataclass(frozen=True, slots=True)
class Split:
    """How a part came to be: by which fact, and where it was then."""

    fact: Fact
    start: Whereabouts


@dataclass(frozen=True, slots=True)
class Same:
    """The same scan as another fact, within seconds."""

    number: int


Outcome: TypeAlias = tuple[Step, ...] | Refusal | Same


def in_order(line: Line, facts: Iterable[Fact]) -> list[Fact]:
    """As they happened: by time; one device's by its own numbers; at the same instant along the chain.

    What arrived first decides only between scans that nothing else tells apart.
    """
    facts = list(facts)
    place = {link.id: place for place, link in enumerate(line.links)}

    def key(fact: Fact) -> tuple[int, int, str, int, str, int]:
        at = max([fact.at, *(other.at for other in facts if _clock_set_back(other, fact))])
        return (
            at,
            place.get(fact.link, len(place)),
            fact.device,
            -1 if fact.seq is None else fact.seq,
            fact.scan_id or "",
            fact.number,
        )

    return sorted(facts, key=key)


def family(
    line: Line,
    root: str,
    whole: int,
    facts: Mapping[str, Sequence[Fact]],
    of_all: Sequence[Fact],
    zone: tzinfo,
) -> Iterator[tuple[str, Fact, Outcome]]:
    """Each fact of a batch of `whole` units and of what was split off from it; `of_all` are those of whole orders."""
    lost = set(facts) - {root}
    batches: list[tuple[str, int, Split | None]] = [(root, whole, None)]
    for batch, units, split in batches:
        for fact, outcome in history(line, units, [*facts.get(batch, ()), *of_all], zone, split):
            yield batch, fact, outcome
            if fact.kind == "split" and isinstance(outcome, tuple) and fact.part is not None:
                (step,) = outcome
                batches.append((fact.part, step.quantity, Split(fact, step.start or Whereabouts())))
                lost.discard(fact.part)
    for batch in sorted(lost):
        yield from ((batch, fact, NO_PART) for fact in (*facts[batch], *of_all))


def history(
    line: Line, whole: int, facts: Iterable[Fact], zone: tzinfo, split: Split | None = None
) -> list[tuple[Fact, Outcome]]:
    """Each fact of a batch of `whole` units with what it means, in order; the links are all of the line.

    With a `split` it is of a part, which was nothing before that.
    """
    where = Whereabouts() if split is None else split.start
    there = split is None
    taken: list[tuple[Fact, Outcome]] = []
    last: dict[tuple[str, str], Fact] = {}
    for fact in in_order(line, [*facts, *([] if split is None else [split.fact])]):
        if split is not None and not there:
            there = fact is split.fact
            if not there:
                taken.append((fact, before_the_split(split.fact.at, zone)))
            continue
        before = last.get((fact.device, fact.link))
        if fact.kind == "scan" and before is not None and is_same_scan(before, fact):
            taken.append((fact, Same(before.number)))
            continue
        meaning = meaning_of(line, where, fact, whole, zone)
        taken.append((fact, meaning))
        if not isinstance(meaning, Refusal):
            where = _after_all(where, meaning, fact.at)
            if fact.kind == "split":
                whole -= meaning[0].quantity
            elif fact.kind == "scan":
                last[fact.device, fact.link] = fact
    return taken


def is_same_scan(before: Fact, fact: Fact) -> bool:
    """Whether a device's scan repeats the one that it made before at the link.

    A lead's word is no repeat, nor is *given* tapped right after *received*.
    """
    return not fact.forced and before.mode == fact.mode and abs(fact.at - before.at) < SAME_SCAN_MS


def is_later(other: Fact, fact: Fact) -> bool:
    """Whether another fact may have happened after this one, so that only their history can tell."""
    return other.at >= fact.at or _clock_set_back(fact, other)


def reach_ms(fact: Fact) -> int:
    """How far before a fact others have to be known to tell whether it repeats one or came after all of them."""
    return SAME_SCAN_MS if fact.seq is None else CLOCK_SET_BACK_MS


def meaning_of(
    line: Line, where: Whereabouts, fact: Fact, whole: int, zone: tzinfo
) -> tuple[Step, ...] | Refusal:
    """What one fact means where the batch is."""
    read = Reading(fact.at, whole, fact.mode, fact.quantity, fact.forced)
    if fact.kind == "scrap":
        return meaning_of_scrap(line, line.link(fact.link), where, read, fact.giver, zone)
    if fact.kind == "split":
        return meaning_of_split(line, line.link(fact.link), where, read, fact.part or "", zone)
    return meaning_of_scan(line, line.link(fact.link), where, read, zone)


def _clock_set_back(first: Fact, second: Fact) -> bool:
    """Whether one device numbered `second` after `first`, and told an earlier time for it."""
    return (
        first.device == second.device
        and first.seq is not None
        and second.seq is not None
        and first.seq < second.seq
        and 0 < first.at - second.at <= CLOCK_SET_BACK_MS
    )


def _after_all(where: Whereabouts, steps: Sequence[Step], at: Instant) -> Whereabouts:
    for step in steps:
        where = after(where, step, at)
    return where
