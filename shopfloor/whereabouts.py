"""Where a batch is, how much of it, and what each recorded step changes of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from shopfloor.instants import Instant
from shopfloor.site import Line, Link


@dataclass(frozen=True, slots=True)
class Position:
    """A batch at one link; units."""

    received_at: Instant | None = None
    given_at: Instant | None = None
    received: int = 0
    """In hand once all parts had come: of a join the least that came."""
    lost: int = 0
    """Scrapped here, or rejected when it came."""


@dataclass(frozen=True, slots=True)
class Handoff:
    """A batch between two links; units."""

    given_at: Instant | None = None
    received_at: Instant | None = None
    quantity: int = 0
    """As the giver said."""
    short: int = 0
    """What the receiver found missing of it; below zero it found more."""


@dataclass(frozen=True)
class Whereabouts:
    """All that is known of where a batch is: per link, and per (giver, receiver)."""

    positions: Mapping[str, Position] = field(default_factory=dict)
    handoffs: Mapping[tuple[str, str], Handoff] = field(default_factory=dict)

    def at(self, link: str) -> Position:
        return self.positions.get(link, _NOWHERE)

    def between(self, giver: str, receiver: str) -> Handoff:
        return self.handoffs.get((giver, receiver), _NOT_GIVEN)


_NOWHERE = Position()
_NOT_GIVEN = Handoff()


@dataclass(frozen=True, slots=True)
class Short:
    """Units given at an instant that did not come or were rejected: they count as not given in that hour."""

    giver: str
    units: int
    given_at: Instant


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be recorded: `parties` are the givers of a receipt, the receivers of a give."""

    kind: Literal["received", "given", "scrapped", "split"]
    link: str
    parties: tuple[str, ...]
    quantity: int
    """Units given, scrapped, split off, or in hand after a receipt: of a join the least that came."""
    implied: bool = False
    complete: bool = True
    """False of a receipt while another previous link's part is still to come."""
    short: tuple[Short, ...] = ()
    charged: str | None = None
    """The link that answers for scrap: the giver for what is rejected at receipt."""
    ends: int = 0
    """Units of the order that can be shipped no more, by this scrap."""
    part: str | None = None
    """The batch that is split off."""
    start: Whereabouts | None = None
    """Where that one is from then on."""


def after(where: Whereabouts, step: Step, at: Instant) -> Whereabouts:
    """Where the batch is once a step was taken."""
    here = where.at(step.link)
    handoffs = dict(where.handoffs)
    if step.kind == "scrapped":
        here = replace(here, lost=here.lost + step.quantity)
    elif step.kind == "split":
        here = replace(here, received=here.received - step.quantity if here.received_at is not None else 0)
    elif step.kind == "given":
        here = replace(here, given_at=at)
        for receiver in step.parties:
            handoffs[step.link, receiver] = Handoff(at, None, step.quantity)
    else:
        here = replace(here, received_at=at, received=step.quantity if step.complete else 0)
        short = {each.giver: each.units for each in step.short}
        for giver in step.parties:
            handoffs[giver, step.link] = replace(
                where.between(giver, step.link), received_at=at, short=short.get(giver, 0)
            )
    return Whereabouts({**where.positions, step.link: here}, handoffs)


def pending_links(line: Line, link: Link, where: Whereabouts) -> list[Link]:
    """The previous links from which the batch has not been received."""
    return [p for p in line.previous_links(link.id) if where.between(p.id, link.id).received_at is None]


def is_at(line: Line, link: Link, where: Whereabouts) -> bool:
    """A released batch is at every first link without a scan; elsewhere only once it was received."""
    return not line.previous_links(link.id) or where.at(link.id).received_at is not None


def in_hand(line: Line, link: Link, where: Whereabouts, whole: int) -> int:
    """Units of a batch that a link has and can give: what it received less what was lost there."""
    here = where.at(link.id)
    untouched = here.received_at is None and not line.previous_links(link.id)
    return (whole if untouched else here.received) - here.lost


def can_ship(line: Line, where: Whereabouts, whole: int) -> int:
    """Units of a batch that scrap has left: of a join what its poorest part allows."""
    left: dict[str, int] = {}

    def at(link: Link) -> int:
        if link.id not in left:
            parts = [at(previous) for previous in line.previous_links(link.id)]
            left[link.id] = min(parts, default=whole) - where.at(link.id).lost
        return left[link.id]

    return max(0, at(line.last))
