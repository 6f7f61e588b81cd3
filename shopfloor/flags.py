"""Rules of flags: who may flag whom, what is missing, which answers count."""

from __future__ import annotations

from dataclasses import dataclass

from shopfloor.instants import Instant
from shopfloor.site import Line, Site


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
        return f"{against} is not a previous link of {line.link(raised_by).name}"
    if has_open:
        return f"{line.link(against).name} is flagged for this order already"
    if owed is None or owed.missing == 0:
        return f"{line.link(against).name} owes nothing of this order at this hour"
    return None


def why_not_answer(
    site: Site, state: str, reason: str | None, promised_at: Instant | None, now: Instant
) -> str | None:
    """The sentence that refuses an answer, or None when it counts."""
    if state not in ("raised", "answered"):
        return f"the flag is {state}; it needs no answer any more"
    if reason is not None and reason not in {known.id for known in site.reasons}:
        return f"{reason!r} is not a reason of this site; use one of {', '.join(r.id for r in site.reasons)}"
    if promised_at is not None and promised_at <= now:
        return "the promised time has passed already; promise a later one"
    if reason is None and promised_at is None:
        return "an answer needs a reason or a promised time"
    return None
