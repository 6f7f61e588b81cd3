"""The past, played through the same path as the present: broker, gateway, ledger and API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from interlock.demo.factory import Factory
from interlock.demo.hands import NotNow
from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, Instant

STEP_MS = 30 * MINUTE_MS
"""The planner looks at the orders so often."""
WARM_UP_MS = 2 * DAY_MS
"""Orders are released and begun so long before the history: at its first hour the plant is filled already."""
LONGEST_GAP_MS = 10 * DAY_MS
OPENING_SCENE_MS = 25 * MINUTE_MS
OPENING_SCENE_LEFT_MS = 20 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Past:
    """What is to be played before the present, and what to say about it."""

    begin_at: Instant
    until_at: Instant
    text: str


def past_of(last_happened_at: Instant | None, days: float, now: Instant) -> Past:
    """A first start has a history of so many days; a later one goes on where the last one stopped.

    After a pause of more than ten days only the last `days` are played: the factory was closed before.
    """
    first_at = now - int(days * DAY_MS)
    length = "hours" if days < 1 else "days"
    amount = f"{days * 24:.0f}" if days < 1 else f"{days:g}"
    if last_happened_at is None:
        return Past(first_at - WARM_UP_MS, now, f"Playing the last {amount} {length} of the factory")
    gap_ms = now - last_happened_at
    if gap_ms > LONGEST_GAP_MS:
        closed = f"The demo was away for {gap_ms // DAY_MS} days, and the factory closed"
        text = f"{closed}. Playing the last {amount} {length}, in which it works again"
        return Past(max(first_at, last_happened_at), now, text)
    if gap_ms < MINUTE_MS:
        return Past(min(last_happened_at, now), now, "Going on where the demo stopped")
    return Past(
        last_happened_at,
        now,
        f"Going on where the demo stopped, {_long(gap_ms)} ago: playing what happened since",
    )


def play(
    factory: Factory, past: Past, *, look_after: Callable[[], None], told: Callable[[Instant], None]
) -> None:
    """Play the past; `look_after` is called again and again, `told` with each instant that is reached."""
    factory.begin(past.begin_at)
    while not _done(lambda: factory.turn_clocks(past.begin_at)):
        look_after()
    _set_the_scene(factory, past)
    at = past.begin_at
    while at < past.until_at:
        factory.plan(at)
        at = min(at + STEP_MS, past.until_at)
        for action in factory.advance(at):
            while not _done(lambda action=action: factory.do(action)):  # type: ignore[misc]  # mypy knows no default
                look_after()
        while not _done(lambda at=at: factory.turn_clocks(at)):  # type: ignore[misc]  # as above
            look_after()
        look_after()
        told(at)
    while not _done(factory.look_around):
        look_after()
    factory.let_clocks_run()


def _done(deed: Callable[[], None]) -> bool:
    try:
        deed()
    except NotNow:
        return False
    return True


def _set_the_scene(factory: Factory, past: Past) -> None:
    """Something is late when the present begins: so the board has something to tell."""
    hour_at = past.until_at - past.until_at % HOUR_MS
    starts_at = hour_at - OPENING_SCENE_MS
    if starts_at > past.begin_at + HOUR_MS:
        links = [link.id for link in factory.line.links if link.kind == "work"]
        factory.floor.troubles.add(links[-3], starts_at, past.until_at + OPENING_SCENE_LEFT_MS)


def _long(gap_ms: int) -> str:
    if gap_ms < HOUR_MS:
        return f"{gap_ms // MINUTE_MS} minutes"
    return f"{gap_ms // HOUR_MS} hours" if gap_ms < 2 * DAY_MS else f"{gap_ms // DAY_MS} days"
