"""Rules of flags: who may flag whom, what is missing, which answers, disputes and rulings count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from shopfloor.flag_rules import FlagKind
from shopfloor.instants import Instant
from shopfloor.sentences import listed, sentence
from shopfloor.site import Line, Link, Site

PREVIOUS = "previous"
"""The reason that passes a flag on to the link before."""
OPEN_STATES = ("raised", "answered", "disputed")
Ruling = Literal["upheld", "overturned"]
RULINGS: tuple[Ruling, ...] = get_args(Ruling)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a link owes for an order by the end of its last hour with a target: units."""

    start_at: Instant
    end_at: Instant
    cumulative: int
    given: int

    @property
    def missing(self) -> int:
        return max(0, self.cumulative - self.given)


@dataclass(frozen=True, slots=True)
class Way:
    """One batch between two links as it is recorded: units; when it was given and received; what came short."""

    quantity: int
    given_at: Instant | None
    received_at: Instant | None
    short: int
    rejected: int


def why_not_raise(
    line: Line, raised_by: str, against: str, owed: Owed | None, *, has_open: bool
) -> str | None:
    """The sentence that refuses a flag, or None when it may be raised."""
    why_not = why_not_flag(line, raised_by, against)
    if why_not is not None:
        return why_not
    name = line.link(against).name
    if has_open:
        return sentence("%(name)s is flagged for this order already", name=name)
    if owed is None or owed.missing == 0:
        return sentence("%(name)s owes nothing of this order at this hour", name=name)
    return None


def why_not_flag(line: Line, raised_by: str, against: str) -> str | None:
    """The sentence that refuses to flag a link at all."""
    if not line.has_link(against) or line.link(against) not in line.previous_links(raised_by):
        return sentence(
            "%(against)s is not a previous link of %(name)s", against=against, name=line.name_of(raised_by)
        )
    return None


def kind_of_batch_flag(way: Way | None) -> FlagKind | None:
    """What can be said of a batch that does not come as it was given; None when nothing is amiss."""
    if way is None or way.given_at is None:
        return None
    if way.received_at is None:
        return "batch"
    return "short" if way.short > 0 else "rejected" if way.rejected > 0 else None


def missing_of(way: Way, kind: FlagKind) -> int:
    """Units that a flag of this kind is about."""
    return {"batch": way.quantity, "short": way.short, "rejected": way.rejected}.get(kind, 0)


def why_not_flag_batch(
    name: str, batch: str, way: Way | None, kind: FlagKind, *, has_open: bool
) -> str | None:
    """The sentence that refuses a flag for a batch that the link called `name` gave, or None."""
    given = way is not None and way.given_at is not None
    came = way is not None and way.received_at is not None
    words = {"name": name, "batch": batch}
    sentences = (
        (has_open, sentence("%(name)s is flagged for %(batch)s already", **words)),
        (not given, sentence("%(name)s has not given %(batch)s: flag the hour that it is owed in", **words)),
        (kind == "batch" and came, sentence("%(batch)s from %(name)s was received", **words)),
        (kind != "batch" and not came, sentence("%(batch)s from %(name)s was not received yet", **words)),
        (
            way is None or missing_of(way, kind) <= 0,
            sentence("nothing of %(batch)s from %(name)s is missing or rejected", **words),
        ),
    )
    return next((text for is_so, text in sentences if is_so), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """A flag as it stands: its state, the promise given, how often it was answered, what became of a dispute."""

    state: str
    promised_at: Instant | None
    answers: int
    disputed: bool = False
    ruled: bool = False


def state_word(state: str) -> str:
    """A flag's state within a sentence."""
    if state == "raised":
        return sentence("raised")
    if state == "answered":
        return sentence("answered")
    if state == "resolved":
        return sentence("resolved")
    if state == "disputed":
        return sentence("disputed")
    if state == "overturned":
        return sentence("overturned")
    return sentence("withdrawn") if state == "withdrawn" else state


def stands(state: str, note: str | None) -> bool:
    """Whether a flag counts: nobody took it back, and it did not turn out wrong. One that is open again has a note."""
    return state not in ("withdrawn", "overturned") and not (state == "resolved" and note is not None)


def ruling_word(ruling: str) -> str:
    """A ruling within a sentence."""
    if ruling == "upheld":
        return sentence("upheld")
    return sentence("overturned") if ruling == "overturned" else ruling


def why_not_answer(
    site: Site,
    link: Link,
    standing: Standing,
    *,
    reason: str | None,
    promised_at: Instant | None,
    seen: int | None,
    now: Instant,
) -> str | None:
    """The sentence that refuses an answer, or None when it counts.

    `seen` is how often the flag had been answered when the answer was written; None when that was not noted.
    A promise can be replaced, never taken back: a broken one must not vanish.
    """
    sentences = (
        (standing.state == "disputed", sentence("the flag is disputed; a supervisor rules on it first")),
        (
            standing.state not in OPEN_STATES,
            sentence("the flag is %(state)s; it needs no answer any more", state=state_word(standing.state)),
        ),
        (
            seen is not None and seen != standing.answers,
            sentence("somebody of this link has answered meanwhile; close this form and open it again"),
        ),
        (
            reason is not None and reason not in {known.id for known in site.reasons},
            sentence(
                "%(reason)s is not a reason of this site; use one of %(reasons)s",
                reason=repr(reason),
                reasons=", ".join(r.id for r in site.reasons),
            ),
        ),
        (
            reason == PREVIOUS and not link.after,
            sentence("%(link)s is a first link; there is no previous link to pass it to", link=link.name),
        ),
        (
            promised_at is None and standing.promised_at is not None and reason != PREVIOUS,
            sentence("a time is promised already; promise another, it cannot be taken back"),
        ),
        (
            promised_at is not None and promised_at <= now,
            sentence("the promised time has passed already; promise a later one"),
        ),
        (reason is None and promised_at is None, sentence("an answer needs a reason or a promised time")),
    )
    return next((text for is_so, text in sentences if is_so), None)


def why_not_pass(order: str, previous: Iterable[Link]) -> str:
    """The sentence when no previous link owes anything: then the lateness is the link's own."""
    names = listed([link.name for link in previous])
    return sentence(
        "%(names)s owes nothing of %(order)s now, so it is not the previous link's doing; choose another reason",
        names=names,
        order=order,
    )


def why_not_dispute(standing: Standing, comment: str) -> str | None:
    """The sentence that refuses a dispute, or None. A flag is disputed once."""
    sentences = (
        (standing.disputed, sentence("the flag was disputed already; a supervisor's ruling stands")),
        (
            standing.state not in OPEN_STATES,
            sentence("the flag is %(state)s; there is nothing to dispute", state=state_word(standing.state)),
        ),
        (not comment.strip(), sentence("a dispute needs a word why the flag is wrong")),
    )
    return next((text for is_so, text in sentences if is_so), None)


def why_not_rule(standing: Standing, ruling: str, person: str) -> str | None:
    """The sentence that refuses a ruling, or None. What was resolved meanwhile is ruled on all the same."""
    sentences = (
        (
            ruling not in RULINGS,
            sentence("a ruling is one of %(known)s", known=", ".join(RULINGS)),
        ),
        (not person.strip(), sentence("a ruling needs the name of who rules")),
        (not standing.disputed, sentence("nobody disputes the flag; there is nothing to rule on")),
        (standing.ruled, sentence("the flag is ruled on already")),
        (
            standing.state in ("withdrawn", "overturned"),
            sentence("the flag is %(state)s; there is nothing to rule on", state=state_word(standing.state)),
        ),
    )
    return next((text for is_so, text in sentences if is_so), None)
