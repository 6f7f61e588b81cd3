"""What the broker refused, by who tried it: counted, and bounded however often it is tried."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias

from shopfloor.instants import Instant

Tried: TypeAlias = Literal["connect", "publish", "subscribe"]

STRANGERS = ""
"""Stands for everybody without a password: names that are made up must not fill anything."""
LONGEST_WHY = 200


@dataclass(frozen=True, slots=True)
class BrokerRefusal:
    """What one user tried in vain."""

    user: str
    tried: Tried
    times: int
    last_at: Instant
    why: str
    """A topic, or why the connection was refused; of the last time."""
    address: str = ""
    """Where the last one came from, where the broker tells it."""


class RefusalTally:
    """At most three for each user with a password, and three for all strangers together."""

    def __init__(self, known: Collection[BrokerRefusal] = ()) -> None:
        self._by_who = {(one.user, one.tried): one for one in known}

    @property
    def all(self) -> list[BrokerRefusal]:
        """The last tried first."""
        return sorted(self._by_who.values(), key=lambda one: one.last_at, reverse=True)

    def note(
        self, user: str, tried: Tried, at: Instant, why: str, *, times: int = 1, address: str = ""
    ) -> None:
        """Count it."""
        before = self._by_who.get((user, tried))
        so_far = before.times if before else 0
        self._by_who[user, tried] = BrokerRefusal(user, tried, so_far + times, at, why[:LONGEST_WHY], address)

    def keep(self, users: Collection[str]) -> None:
        """Forget those who have no password any more: what they try from now on is a stranger's."""
        self._by_who = {
            who: one for who, one in self._by_who.items() if who[0] in users or who[0] == STRANGERS
        }
