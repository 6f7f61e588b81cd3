"""Points of the ledger of responsibility: what each item costs a link by configuration, all zero as usual."""

from __future__ import annotations

from dataclasses import dataclass

DAYS_OF_CAP = 7


@dataclass(frozen=True, slots=True)
class PointRules:
    """Points for each item, and the most that the items of a week come to for one link."""

    late: int = 0
    """For each handoff that was late."""
    own_hour: int = 0
    """For each full hour of delay that the link answers for."""
    unanswered: int = 0
    """For each flag against it that somebody had to be told of."""
    promise: int = 0
    """For each promise that it broke."""
    silence: int = 0
    """For each time that it kept silent."""
    cap: int | None = None

    @property
    def any(self) -> bool:
        """Whether anything costs points at all."""
        return any((self.late, self.own_hour, self.unanswered, self.promise, self.silence))


NO_POINTS = PointRules()


@dataclass(frozen=True, slots=True)
class Items:
    """What counts of a link over a period; flags that were overturned or wrong are not among them."""

    late: int
    answers_for_min: int
    unanswered: int
    broken: int
    silences: int


def points_of(rules: PointRules, items: Items, days: int, chosen: int = 0) -> int:
    """Points of a period of so many days. `chosen`: by consequences in effect, which have caps of their own."""
    counted = (
        rules.late * items.late
        + rules.own_hour * (items.answers_for_min // 60)
        + rules.unanswered * items.unanswered
        + rules.promise * items.broken
        + rules.silence * items.silences
    )
    if rules.cap is not None:
        counted = min(counted, rules.cap * -(-days // DAYS_OF_CAP))
    return counted + chosen
