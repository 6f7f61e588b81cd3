"""A batch in two: some of what is in hand at a link goes on under a code of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo

from shopfloor.handoffs import Reading, Refusal, clock_text
from shopfloor.instants import Instant
from shopfloor.sentences import listed, sentence
from shopfloor.site import Line, Link
from shopfloor.whereabouts import Handoff, Position, Step, Whereabouts, in_hand, pending_links


def meaning_of_split(
    line: Line, link: Link, where: Whereabouts, read: Reading, part: str, zone: tzinfo
) -> tuple[Step, ...] | Refusal:
    """The step by which `read.told` units of a batch become the batch `part`, or why they don't.

    Only where all that there is of the batch is in one hand: given by every link before, given ahead by none after.
    """
    here = where.at(link.id)
    if here.given_at is not None:
        given = clock_text(here.given_at, zone)
        return Refusal("given", sentence("was given on %(time)s; nothing of it is here", time=given))
    elsewhere = _not_in_one_hand(line, link, where)
    if elsewhere is not None:
        return elsewhere
    there = in_hand(line, link, where, read.whole)
    if read.told is None or not 0 < read.told < there:
        why = sentence("has %(there)s units here; split off at least 1 and fewer than that", there=there)
        return Refusal("quantity", why)
    return (Step("split", link.id, (), read.told, part=part, start=_start(line, link, where, read.told)),)


def _not_in_one_hand(line: Line, link: Link, where: Whereabouts) -> Refusal | None:
    """Why not all that there is of a batch is at a link."""
    before, beyond = set(_before(line, link)), set(_beyond(line, link))
    beside = {each.id for each in line.links} - {link.id, *before, *beyond}
    waiting = {each.id for each in pending_links(line, link, where)}
    not_given = {each for each in before if where.at(each).given_at is None}
    ahead = {each for each in beyond if where.at(each) != Position()}
    whole_orders = {link.id} if link.kind == "milestone" else set()

    def named(links: set[str]) -> str:
        return listed([each.name for each in line.links if each.id in links])

    reasons = (
        (
            whole_orders,
            "split",
            sentence("cannot be split at %(links)s: it gives whole orders", links=named(whole_orders)),
        ),
        (waiting, "skipped", sentence("has not come from %(links)s; receive it first", links=named(waiting))),
        (
            beside,
            "split",
            sentence(
                "is made at %(links)s, too; it can be split once all of it has come together",
                links=named(beside),
            ),
        ),
        (
            not_given,
            "skipped",
            sentence("was not given by %(links)s; scan it there first", links=named(not_given)),
        ),
        (ahead, "split", sentence("was given whole by %(links)s; undo that first", links=named(ahead))),
    )
    return next((Refusal(word, why) for links, word, why in reasons if links), None)


def before_the_split(born_at: Instant, zone: tzinfo) -> Refusal:
    """A scan of a part that is said to have happened before there was one."""
    return Refusal("split", sentence("was split off only %(time)s", time=clock_text(born_at, zone)))


NO_PART = Refusal("split", sentence("is no batch: what it was split off from was not there"))
"""A scan of a part whose split turned out not to hold."""


def _start(line: Line, link: Link, where: Whereabouts, units: int) -> Whereabouts:
    """Where the part is: as far as the batch it comes from, with its own units in hand and none behind it."""
    here = where.at(link.id)
    positions = {before: replace(where.at(before), received=0, lost=0) for before in _before(line, link)}
    if here.received_at is not None:
        positions[link.id] = Position(here.received_at, received=units)
    ways = {(p.id, link.id): where.between(p.id, link.id) for p in line.previous_links(link.id)}
    handoffs = {pair: Handoff(way.given_at, way.received_at) for pair, way in ways.items()}
    return Whereabouts(positions, handoffs)


def _before(line: Line, link: Link) -> Iterator[str]:
    for previous in line.previous_links(link.id):
        yield previous.id
        yield from _before(line, previous)


def _beyond(line: Line, link: Link) -> Iterator[str]:
    for following in line.next_links(link.id):
        yield following.id
        yield from _beyond(line, following)
