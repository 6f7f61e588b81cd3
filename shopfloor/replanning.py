"""What of a released order is settled when it is planned anew, and what is left to divide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shopfloor.instants import Instant
from shopfloor.orders import LinkTargets, ReleasedOrder


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order is; an order that is new has none."""

    done: Mapping[str, int] = field(default_factory=dict)
    """Units of each link that are not divided again: given, or owed by the end of the hour that runs."""
    made: Mapping[str, int] = field(default_factory=dict)
    """Units that links will have made by then: with a part of a batch, more than `done`."""
    arriving: Mapping[str, Instant] = field(default_factory=dict)
    """For links with targets in force: when the last of them is due. The lead of a milestone runs since then."""
    kept: tuple[LinkTargets, ...] = ()
    """Targets of hours that have begun and not ended: they stay in force."""

    @property
    def key(self) -> tuple[object, ...]:
        """The same for orders that are as far."""
        return tuple(tuple(sorted(each.items())) for each in (self.done, self.made, self.arriving))


NOT_BEGUN = Progress()


def progress_of(released: ReleasedOrder, now: Instant) -> Progress:
    """What is settled of an order in force at an instant."""
    kept = tuple(
        LinkTargets(link.link, running)
        for link in released.links
        if (running := tuple(hour for hour in link.hours if hour.start_at < now < hour.end_at))
    )
    done = dict(released.given)
    for link in kept:
        done[link.link] = max(done.get(link.link, 0), link.hours[-1].cumulative)
    made = {}
    if on_time(released, now):
        made = {link.link: _made_by(link, now) for link in released.links if link.hours}
    arriving = {link.link: link.hours[-1].end_at for link in released.links if link.hours}
    return Progress(done, made, arriving, kept)


def _made_by(link: LinkTargets, now: Instant) -> int:
    """What a link that is on time has made by the end of the hour that runs, if one does."""
    before = link.hours[0].cumulative - link.hours[0].give
    return before + sum(hour.make for hour in link.hours if hour.start_at < now)


def with_kept(links: Iterable[LinkTargets], kept: Iterable[LinkTargets]) -> tuple[LinkTargets, ...]:
    """The targets of a plan with those of hours that have begun before them."""
    running = {link.link: link.hours for link in kept}
    return tuple(LinkTargets(link.link, (*running.get(link.link, ()), *link.hours)) for link in links)


def on_time(released: ReleasedOrder, now: Instant) -> bool:
    """Whether every link has given all that was due by its ended hours."""
    return all(
        released.given.get(link.link, 0)
        >= max((hour.cumulative for hour in link.hours if hour.end_at <= now), default=0)
        for link in released.links
    )
