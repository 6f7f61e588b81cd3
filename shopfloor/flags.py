"""Rules of flags: who may flag whom, what is missing, which answers count."""

from __future__ import annotations

from dataclasses import dataclass

from shopfloor.instants import Instant
from shopfloor.sentences import sentence
from shopfloor.site import Line, Link, Site

PREVIOUS = "previous"
"""The reason that passes a flag on to the link before."""


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


def why_not_raise(
    line: Line, raised_by: str, against: str, owed: Owed | None, *, has_open: bool
) -> str | None:
    """The sentence that refuses a flag, or None when it may be raised."""
    if not line.has_link(against) or line.link(against) not in line.previous_links(raised_by):
        return sentence(
            "%(against)s is not a previous link of %(name)s", against=against, name=line.link(raised_by).name
        )
    if has_open:
        return sentence("%(name)s is flagged for this order already", name=line.link(against).name)
    if owed is None or owed.missing == 0:
        return sentence("%(name)s owes nothing of this order at this hour", name=line.link(against).name)
    return None


@dataclass(frozen=True, slots=True)
class Standing:
    """A flag as it stands when it is answered: its state, the promise given, how often it was answered."""

    state: str
    promised_at: Instant | None
    answers: int


def state_word(state: str) -> str:
    """A flag's state within a sentence."""
    if state == "raised":
        return sentence("raised")
    if state == "answered":
        return sentence("answered")
    if state == "resolved":
        return sentence("resolved")
    return sentence("withdrawn") if state == "withdrawn" else state


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
        (
            standing.state not in ("raised", "answered"),
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
            promised_at is None and standing.promised_at is not None,
            sentence("a time is promised already; promise another, it cannot be taken back"),
        ),
        (
            promised_at is not None and promised_at <= now,
            sentence("the promised time has passed already; promise a later one"),
        ),
        (reason is None and promised_at is None, sentence("an answer needs a reason or a promised time")),
    )
    return next((said for is_so, said in sentences if is_so), None)
