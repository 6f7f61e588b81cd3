"""What a scan means: decided by the station's link, by where the batch is, and by how much of it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import lru_cache
from typing import Literal

from shopfloor.instants import MINUTE_MS, Instant, moment_of
from shopfloor.sentences import listed, sentence
from shopfloor.site import Line, Link
from shopfloor.whereabouts import (
    Short,
    Step,
    Whereabouts,
    after,
    can_ship,
    in_hand,
    is_at,
    pending_links,
)

SAME_SCAN_MS = 10_000
"""The same device reading the same code within this time is the same scan."""

Mode = Literal["auto", "in", "out"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a scan changes nothing: a stable word and a sentence for the person at the device."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read when, of a batch of `whole` units."""

    at: Instant
    whole: int
    mode: Mode = "auto"
    """How the device is fixed."""
    told: int | None = None
    """Units that it told."""
    forced: bool = False
    """A lead says that the batch is here, whoever has not scanned it."""


Meaning = tuple[Step, ...] | Refusal


def clock_text(at: Instant, zone: tzinfo) -> str:
    """The hour and minute that a person reads on the wall."""
    return _minute_text(at // MINUTE_MS, zone)


@lru_cache(maxsize=4_096)
def _minute_text(minute: int, zone: tzinfo) -> str:
    return moment_of(minute * MINUTE_MS, zone).strftime("%H:%M")


def meaning_of_scan(line: Line, link: Link, where: Whereabouts, read: Reading, zone: tzinfo) -> Meaning:
    """The steps that a batch's scan at a link records, in order, or why it is refused."""
    here = where.at(link.id)
    if here.given_at is not None:
        at, to = clock_text(here.given_at, zone), _and(line.next_links(link.id)) or sentence("the customer")
        return Refusal("given", sentence("already given %(at)s to %(to)s", at=at, to=to))
    if link.kind == "milestone":
        units = _on_offer(line, link, where, read.whole)
        return (_give(line, link, units),) if units > 0 else _nothing_left(link)
    pending = pending_links(line, link, where)
    if here.received_at is None or pending:
        return _take_in(line, link, pending, where, read)
    if read.mode == "in":
        return Refusal(
            "received", sentence("already received here %(at)s", at=clock_text(here.received_at, zone))
        )
    return _hand_on(line, link, where, read)


def meaning_of_scrap(
    line: Line, link: Link, where: Whereabouts, read: Reading, giver: str | None, zone: tzinfo
) -> Meaning:
    """Units taken out of a batch at a link; with a `giver`, rejected as that one gave them: it answers for them."""
    here = where.at(link.id)
    if here.given_at is not None:
        return Refusal(
            "given",
            sentence("was given on %(at)s; nothing of it is here", at=clock_text(here.given_at, zone)),
        )
    came = where.between(giver, link.id) if giver is not None else None
    if pending_links(line, link, where) or (came is not None and came.received_at is None):
        return Refusal("skipped", sentence("was not received at %(link)s", link=link.name))
    there = in_hand(line, link, where, read.whole)
    if read.told is None or not 0 < read.told <= there:
        return _wrong_quantity(there, read)
    step = Step("scrapped", link.id, (), read.told, charged=link.id)
    if giver is not None and came is not None and came.given_at is not None:
        step = replace(step, charged=giver, short=(Short(giver, read.told, came.given_at),))
    left = can_ship(line, after(where, step, read.at), read.whole)
    return (replace(step, ends=can_ship(line, where, read.whole) - left),)


def _take_in(line: Line, link: Link, pending: list[Link], where: Whereabouts, read: Reading) -> Meaning:
    """A receipt; a device fixed to `out` gives at once what it completes."""
    most = read.whole - sum(position.lost for position in where.positions.values())
    if read.told is not None and not 0 < read.told <= most:
        return Refusal("quantity", sentence("has %(there)s units, not %(told)s", there=most, told=read.told))
    steps = _receive(line, link, pending, where, read)
    if isinstance(steps, Refusal) or read.mode != "out" or not steps[-1].complete:
        return steps
    return (*steps, _give(line, link, in_hand(line, link, _then(where, steps, read), read.whole)))


def _receive(line: Line, link: Link, pending: list[Link], where: Whereabouts, read: Reading) -> Meaning:
    if not pending:
        units = in_hand(line, link, where, read.whole) if read.told is None else read.told
        return (Step("received", link.id, (), units + where.at(link.id).lost),)
    given = [p for p in pending if where.between(p.id, link.id).given_at is not None]
    if given:
        return (_receipt(line, link, given, where, read.told),)
    near = [p for p in pending if is_at(line, p, where)]
    if not near and not read.forced:
        return Refusal(
            "skipped", sentence("skipped a link: not received yet by %(links)s", links=_and(pending))
        )
    steps: list[Step] = []
    for giver in near or pending:
        steps += _handed_over(line, giver, _then(where, steps, read), read, read.told)
    if any(step.quantity <= 0 for step in steps):
        return Refusal("nothing", sentence("has nothing left at %(links)s", links=_and(near or pending)))
    return (*steps, _receipt(line, link, near or pending, _then(where, steps, read), read.told))


def _handed_over(line: Line, giver: Link, where: Whereabouts, read: Reading, told: int | None) -> list[Step]:
    """An implied give; before it, what a lead's word implies of the links that did not scan."""
    steps: list[Step] = []
    if not is_at(line, giver, where):
        missing = pending_links(line, giver, where)
        for before in missing:
            if where.between(before.id, giver.id).given_at is None:
                steps += _handed_over(line, before, _then(where, steps, read), read, None)
        receipt = _receipt(line, giver, missing, _then(where, steps, read), None)
        steps.append(replace(receipt, implied=True))
    units = in_hand(line, giver, _then(where, steps, read), read.whole) if told is None else told
    return [*steps, replace(_give(line, giver, units), implied=True)]


def _receipt(line: Line, link: Link, givers: list[Link], where: Whereabouts, told: int | None) -> Step:
    """Received from some of the previous links: what is less than they gave is missing."""
    came, short = [], []
    for giver in line.previous_links(link.id):
        way = where.between(giver.id, link.id)
        if giver not in givers:
            if way.received_at is not None:
                came.append(way.quantity - way.short)
            continue
        units = way.quantity if told is None else told
        came.append(units)
        if way.given_at is not None and units != way.quantity:
            short.append(Short(giver.id, way.quantity - units, way.given_at))
    complete = len(came) == len(line.previous_links(link.id))
    parties = tuple(giver.id for giver in givers)
    return Step("received", link.id, parties, min(came), complete=complete, short=tuple(short))


def _hand_on(line: Line, link: Link, where: Whereabouts, read: Reading) -> Meaning:
    there = in_hand(line, link, where, read.whole)
    if there <= 0:
        return _nothing_left(link)
    if read.told is not None and not 0 < read.told <= there:
        return _wrong_quantity(there, read)
    return (_give(line, link, there if read.told is None else read.told),)


def _give(line: Line, link: Link, units: int) -> Step:
    return Step("given", link.id, tuple(n.id for n in line.next_links(link.id)), units)


def _on_offer(line: Line, link: Link, where: Whereabouts, whole: int) -> int:
    """What a milestone passes on: what the links before have given it, or the whole batch."""
    ways = (where.between(p.id, link.id) for p in line.previous_links(link.id))
    offered = min((way.quantity for way in ways if way.given_at is not None), default=whole)
    return offered - where.at(link.id).lost


def _nothing_left(link: Link) -> Refusal:
    return Refusal(
        "nothing", sentence("has nothing left at %(link)s: all of it was scrapped", link=link.name)
    )


def _wrong_quantity(there: int, read: Reading) -> Refusal:
    return Refusal(
        "quantity", sentence("has %(there)s units here, not %(told)s", there=there, told=read.told)
    )


def _then(where: Whereabouts, steps: Sequence[Step], read: Reading) -> Whereabouts:
    for step in steps:
        where = after(where, step, read.at)
    return where


def _and(links: Sequence[Link]) -> str:
    return listed([link.name for link in links])
