"""What is going to happen, in time order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from interlock.demo.actions import Action
from shopfloor.instants import Instant

Happening: TypeAlias = Callable[[Instant], Iterable[Action]]
"""Takes place at an instant and tells what people do in it."""


class Agenda:
    """Happenings by their instants; those of one instant in the order of being noted down."""

    def __init__(self, at: Instant) -> None:
        self.now = at
        self._heap: list[tuple[Instant, int, Happening]] = []
        self._number = count()

    def note(self, at: Instant, happening: Happening) -> None:
        """Note down what will happen; what should have happened already happens now."""
        heappush(self._heap, (max(at, self.now), next(self._number), happening))

    def advance(self, until: Instant) -> Iterator[Action]:
        """Let everything before an instant happen."""
        while self._heap and self._heap[0][0] < until:
            self.now, _, happening = heappop(self._heap)
            yield from happening(self.now)
        self.now = max(self.now, until)
