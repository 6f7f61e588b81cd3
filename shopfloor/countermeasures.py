"""Countermeasures: what a link does so that a repeated reason does not come back, and whether its minutes went down.

Whose it is, is a role or a link, never a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shopfloor.rights import PERSON_ROLES
from shopfloor.sentences import sentence
from shopfloor.site import Line, Site

State = Literal["open", "in_effect", "dropped"]
WINDOW_DAYS = 28
"""So many production dates before it is in effect are compared with at most as many after."""
LONGEST_WHAT = 300
OWNERS = tuple(role for role in PERSON_ROLES if role != "operator")
"""Roles that may own one; a link of the line may, too."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is to be done against a reason of a link, whose it is ("lead", or a link of the line), by which day."""

    reason: str
    what: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes that a reason cost over some production dates, and the handoffs that were due on them."""

    minutes: int = 0
    handoffs: int = 0

    @property
    def per_hundred(self) -> int | None:
        """Minutes for each hundred handoffs, so that busy and quiet weeks compare; None without a handoff."""
        return (self.minutes * 100 + self.handoffs // 2) // self.handoffs if self.handoffs else None


def went_down(before: Span, after: Span) -> bool | None:
    """Whether fewer minutes were lost for each handoff; None while there is nothing to compare."""
    if not before.handoffs or not after.handoffs:
        return None
    return after.minutes * before.handoffs < before.minutes * after.handoffs


def windows(since_on: date | None, today: date) -> tuple[tuple[date, date], tuple[date, date] | None]:
    """The dates before and after, first and last; nothing is after before it is in effect."""
    until = today + timedelta(days=1) if since_on is None else since_on
    before = until - timedelta(days=WINDOW_DAYS), until - timedelta(days=1)
    if since_on is None or since_on > today:
        return before, None
    return before, (since_on, min(today, since_on + timedelta(days=WINDOW_DAYS - 1)))


def why_not_make(site: Site, line: Line, link: str, measure: Measure, today: date) -> str | None:
    """The sentence that refuses a countermeasure, or None."""
    known = [reason.id for reason in site.reasons]
    sentences = (
        (not line.has_link(link), sentence("%(link)s is no link of %(line)s", link=link, line=line.name)),
        (
            measure.reason not in known,
            sentence(
                "%(reason)s is not a reason of this site; use one of %(reasons)s",
                reason=repr(measure.reason),
                reasons=", ".join(known),
            ),
        ),
        (not measure.what.strip(), sentence("say what is done so that it does not come back")),
        (len(measure.what) > LONGEST_WHAT, sentence("say it in at most %(n)s characters", n=LONGEST_WHAT)),
        (
            measure.owner not in OWNERS and not line.has_link(measure.owner),
            sentence(
                "it belongs to a role or a link, not to a person: %(known)s",
                known=", ".join([*OWNERS, *(each.id for each in line.links)]),
            ),
        ),
        (measure.due_on < today, sentence("the day by which it is done has passed; choose a later one")),
    )
    return next((text for is_so, text in sentences if is_so), None)


def why_not_settle(state: State, to: State, since_on: date | None, comment: str, today: date) -> str | None:
    """The sentence that refuses to call one in effect, or to give it up; None when it may be."""
    sentences = (
        (state == "dropped", sentence("the countermeasure was given up already")),
        (state == to, sentence("the countermeasure is in effect already")),
        (
            to == "in_effect" and (since_on is None or since_on > today),
            sentence("say since which day it is in effect, today at the latest"),
        ),
        (to == "dropped" and not comment.strip(), sentence("say why it is given up")),
    )
    return next((text for is_so, text in sentences if is_so), None)
