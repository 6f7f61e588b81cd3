"""What moved between two versions of an order's plan: hours, and when each link begins and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shopfloor.instants import Instant
from shopfloor.orders import HourTarget, LinkTargets


@dataclass(frozen=True, slots=True)
class MovedHour:
    """An hour in which a link gives another quantity than before; units, 0 where it has no target."""

    link: str
    start_at: Instant
    end_at: Instant
    shift: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class MovedLink:
    """A link whose first hour begins or last hour ends at another time; None where it has no hours."""

    link: str
    start_before: Instant | None
    start_after: Instant | None
    finish_before: Instant | None
    finish_after: Instant | None


def moved(
    before: Sequence[LinkTargets], after: Sequence[LinkTargets], from_at: Instant
) -> tuple[MovedHour, ...]:
    """The hours that begin at an instant or later and whose give differs; by link as in `after`, then by time.

    Hours that have begun keep the target they had. Links that only `before` has come last.
    """
    found: list[MovedHour] = []
    for link, old, new in _links(before, after, from_at):
        gave = {hour.start_at: hour for hour in old}
        gives = {hour.start_at: hour for hour in new}
        for start_at in sorted(gave.keys() | gives.keys()):
            hour = gives.get(start_at) or gave[start_at]
            units = [side[start_at].give if start_at in side else 0 for side in (gave, gives)]
            if units[0] != units[1]:
                found.append(MovedHour(link, start_at, hour.end_at, hour.shift, *units))
    return tuple(found)


def moved_links(
    before: Sequence[LinkTargets], after: Sequence[LinkTargets], from_at: Instant
) -> tuple[MovedLink, ...]:
    """The links that begin or end at another time, of the hours that begin at an instant or later."""
    found = [
        MovedLink(
            link,
            old[0].start_at if old else None,
            new[0].start_at if new else None,
            old[-1].end_at if old else None,
            new[-1].end_at if new else None,
        )
        for link, old, new in _links(before, after, from_at)
    ]
    return tuple(
        link
        for link in found
        if (link.start_before, link.finish_before) != (link.start_after, link.finish_after)
    )


def _links(
    before: Sequence[LinkTargets], after: Sequence[LinkTargets], from_at: Instant
) -> list[tuple[str, list[HourTarget], list[HourTarget]]]:
    """Each link with its hours from an instant on in both versions."""
    old, new = (
        {link.link: [hour for hour in link.hours if hour.start_at >= from_at] for link in links}
        for links in (before, after)
    )
    return [(link, old.get(link, []), new.get(link, [])) for link in dict.fromkeys((*new, *old))]
