"""What a site has set for its flags: the ladders of both clocks, silence, and what the next link may choose."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from shopfloor.instants import MINUTE_MS
from shopfloor.points import NO_POINTS, PointRules

FlagKind = Literal["hour", "batch", "short", "rejected"]
FLAG_KINDS: tuple[FlagKind, ...] = get_args(FlagKind)
ClockName = Literal["unanswered", "promise"]
"""No answer since it was raised; a promised time that has passed."""
LadderRole = Literal["lead", "supervisor", "manager"]
LADDER_ROLES: tuple[LadderRole, ...] = get_args(LadderRole)
ConsequenceKind = Literal["points", "minutes", "word"]
CONSEQUENCE_KINDS: tuple[ConsequenceKind, ...] = get_args(ConsequenceKind)


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Who is told when a clock has run for so long, in the flagged link's working time."""

    role: LadderRole
    after_ms: int


Ladder = tuple[LadderStep, ...]
"""In the order of time."""


def ladder(*steps: tuple[LadderRole, int]) -> Ladder:
    """A ladder from roles with their milliseconds; of two at the same time the lower role comes first."""
    return tuple(
        LadderStep(role, after_ms)
        for role, after_ms in sorted(steps, key=lambda step: (step[1], LADDER_ROLES.index(step[0])))
    )


USUAL_LADDER = ladder(("lead", 10 * MINUTE_MS), ("supervisor", 30 * MINUTE_MS), ("manager", 60 * MINUTE_MS))


@dataclass(frozen=True, slots=True)
class Consequence:
    """One entry of the site's catalogue. A word has no amount; `cap` is the most of it for a link in a month."""

    id: str
    name: str
    kind: ConsequenceKind
    amount: int = 0
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class FlagRules:
    """All that a site decides about flags."""

    unanswered: Ladder = USUAL_LADDER
    promise: Ladder = USUAL_LADDER
    silence_ms: int = 15 * MINUTE_MS
    """After the latest, in the next link's working time."""
    silence_share: Fraction = Fraction(1, 2)
    """Of the delay from then on, that the silent link carries."""
    consequences: tuple[Consequence, ...] = ()
    points: PointRules = NO_POINTS

    def ladder(self, clock: ClockName) -> Ladder:
        """The ladder of a clock."""
        return self.unanswered if clock == "unanswered" else self.promise

    def consequence(self, name: str) -> Consequence | None:
        """The entry of the catalogue by its id."""
        return next((entry for entry in self.consequences if entry.id == name), None)


USUAL_RULES = FlagRules()
