"""Chance that comes out the same again: drawn from a seed and from what is decided, not from the order of asking."""

from __future__ import annotations

from random import Random


class Luck:
    """So a simulation that is cut and continued decides as one that ran through."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def of(self, *what: object) -> Random:
        """A generator of its own for one decision."""
        return Random("/".join((self._seed, *map(str, what))))  # noqa: S311  # a factory of dice, not of keys
