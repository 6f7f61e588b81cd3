"""Rules of consequences: when the next link may choose one, when it is disputed, what its cap leaves of it."""

from __future__ import annotations

from dataclasses import dataclass

from shopfloor.flag_rules import Consequence
from shopfloor.flags import OPEN_STATES, RULINGS
from shopfloor.instants import Instant
from shopfloor.sentences import sentence


@dataclass(frozen=True, slots=True)
class Ripe:
    """Whether a flag is ripe for a consequence: what its link has left undone, and what was chosen already."""

    state: str
    unanswered: bool
    """It stayed so past the first step of its ladder."""
    promise_broken: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A consequence that was chosen: its state, and until when it can be disputed."""

    state: str
    due_at: Instant | None


def why_not_choose(ripe: Ripe) -> str | None:
    """The sentence that refuses a choice, or None."""
    sentences = (
        (ripe.chosen, sentence("a consequence was chosen for this flag already")),
        (
            ripe.state not in OPEN_STATES,
            sentence("the flag is %(state)s; there is nothing to hold to account", state=ripe.state),
        ),
        (ripe.state == "disputed", sentence("the flag is disputed; a supervisor rules on it first")),
        (
            not ripe.unanswered and not ripe.promise_broken,
            sentence("the flag was answered in time and no promise is broken; there is nothing to choose"),
        ),
    )
    return next((text for is_so, text in sentences if is_so), None)


def why_not_contest(held: Held | None, comment: str, now: Instant) -> str | None:
    """The sentence that refuses a dispute of a consequence, or None."""
    if held is None:
        return sentence("no consequence was chosen for this flag")
    if held.state != "chosen" or held.due_at is None or now >= held.due_at:
        return sentence("the consequence cannot be disputed any more")
    if not comment.strip():
        return sentence("a dispute needs a word why the consequence is wrong")
    return None


def why_not_settle(held: Held | None, ruling: str, person: str) -> str | None:
    """The sentence that refuses a ruling on a consequence, or None."""
    if held is None or held.state != "disputed":
        return sentence("nobody disputes a consequence of this flag; there is nothing to rule on")
    if ruling not in RULINGS:
        return sentence("a ruling is one of %(known)s", known=", ".join(RULINGS))
    if not person.strip():
        return sentence("a ruling needs the name of who rules")
    return None


def amount_left(entry: Consequence, used: int) -> int:
    """What is charged: the amount, or what the cap still leaves of it."""
    return entry.amount if entry.cap is None else max(0, min(entry.amount, entry.cap - used))
