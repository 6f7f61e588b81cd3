"""What a scan means: decided by the station's link and by where the batch is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Literal

from shopfloor.instants import Instant, moment_of
from shopfloor.site import Line, Link

SAME_SCAN_MS = 10_000
"""The same device reading the same code within this time is the same scan."""


@dataclass(frozen=True, slots=True)
class Position:
    """A batch at one link."""

    received_at: Instant | None = None
    given_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    """A batch between two links."""

    given_at: Instant | None = None
    received_at: Instant | None = None


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
class Step:
    """One change of hands to be recorded: `parties` are the givers of a receipt, the receivers of a give."""

    kind: Literal["received", "given"]
    link: str
    parties: tuple[str, ...]
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a scan changes nothing: a stable word and a sentence for the person at the device."""

    code: str
    text: str


def clock_text(at: Instant, zone: tzinfo) -> str:
    """The hour and minute that a person reads on the wall."""
    return moment_of(at, zone).strftime("%H:%M")


def meaning_of_scan(
    line: Line,
    link: Link,
    where: Whereabouts,
    *,
    mode: Literal["auto", "in", "out"],
    zone: tzinfo,
) -> tuple[Step, ...] | Refusal:
    """The steps that a batch's scan at a link records, in order, or why it is refused."""
    here = where.at(link.id)
    if here.given_at is not None:
        return Refusal(
            "given", f"already given {clock_text(here.given_at, zone)} to {_receivers(line, link)}"
        )
    pending = [p for p in line.previous_links(link.id) if where.between(p.id, link.id).received_at is None]
    if here.received_at is not None and not pending:
        if mode == "in":
            return Refusal("received", f"already received here {clock_text(here.received_at, zone)}")
        return (_give(line, link),)
    receipt = _receive(line, link, pending, where)
    if isinstance(receipt, Refusal) or mode != "out":
        return receipt
    if {giver for step in receipt if step.kind == "received" for giver in step.parties} < {
        p.id for p in pending
    }:
        return receipt
    return (*receipt, _give(line, link))


def _receive(line: Line, link: Link, pending: list[Link], where: Whereabouts) -> tuple[Step, ...] | Refusal:
    if not pending:
        return (Step("received", link.id, ()),)
    given = tuple(p.id for p in pending if where.between(p.id, link.id).given_at is not None)
    if given:
        return (Step("received", link.id, given),)
    near = [p for p in pending if _is_at(line, p, where)]
    if not near:
        return Refusal("skipped", f"skipped a link: not received yet by {_and(pending)}")
    gives = tuple(Step("given", p.id, (link.id,), implied=True) for p in near)
    return (*gives, Step("received", link.id, tuple(p.id for p in near)))


def _is_at(line: Line, link: Link, where: Whereabouts) -> bool:
    """A released batch is at every first link without a scan; elsewhere only once it was received."""
    return not line.previous_links(link.id) or where.at(link.id).received_at is not None


def _give(line: Line, link: Link) -> Step:
    return Step("given", link.id, tuple(n.id for n in line.next_links(link.id)))


def _receivers(line: Line, link: Link) -> str:
    following = line.next_links(link.id)
    return _and(list(following)) if following else "the customer"


def _and(links: list[Link]) -> str:
    return " and ".join(link.name for link in links)
