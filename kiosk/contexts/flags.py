"""Flags: as cards on boards and kiosks, and on the pages that are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from kiosk.contexts.frame import Frame
from shopfloor.flag_rules import FlagKind


@dataclass(frozen=True, slots=True)
class FlagCard:
    """One open flag."""

    flag: int
    order: str
    against: str
    """The flagged link's name."""
    raised_by: str
    """The name of the link that raised it."""
    quantity: int
    hour: str
    """The end of the hour that was owed, for example 10:00."""
    age_min: int
    state: str
    """raised, answered or disputed."""
    reason: str | None
    """The reason's name."""
    promised: str | None
    """For example 11:15, Tue 06:15 when it is not today, Tue 1 Dec 06:15 when it is far off."""
    promise_broken: bool
    comment: str
    answers: int = 0
    """How often it was answered; an answer is given to the state that was seen."""
    kind: FlagKind = "hour"
    batch: str = ""
    silent: bool = False
    """Interlock raised it, because the link that should have kept silent."""
    share: str = ""
    """Of the delay from then on, that the silent link carries: 1/2."""
    told: str = ""
    """The role that was told last by the clock that runs: lead, supervisor or manager; empty before the first."""
    next_role: str = ""
    """Who is told next; empty when no clock runs, or its ladder has ended."""
    next_min: int = 0
    """Working minutes of the flagged link until then."""
    broken_min: int = 0
    """Working minutes of the flagged link since the promised time."""
    passed_to: tuple[str, ...] = ()
    """Names of the links before to which it was passed back."""
    can_dispute: bool = False
    consequence: str = ""
    """The name of what the next link chose."""
    consequence_state: str = ""
    """chosen, disputed, in_effect or overturned."""
    can_choose: bool = False
    """The next link may choose a consequence now."""


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A flag in a list: its card, where it is, and how deep in its chain."""

    card: FlagCard
    line: str
    line_name: str
    link: str
    """Of the flagged link."""
    raised: str
    """When it was raised, for example 10:42 or Tue 10:42."""
    closed: str
    """Empty while it is open."""
    depth: int
    kiosk: str
    """The station at which the flagged link answers; empty when it has none."""
    note: str


@dataclass(frozen=True, slots=True)
class FlagsPage:
    """All open flags in their chains, and those that were closed last."""

    frame: Frame
    open: tuple[FlagRow, ...]
    closed: tuple[FlagRow, ...]
    counts: Mapping[str, int]
    """Of open flags: unanswered, broken, disputed, silent."""
    lines: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    """Of the chosen line."""
    line: str
    link: str
    """What is shown only; empty for all."""
    days: int
    """Closed flags of so many days are shown."""
    closed_more: int
    orders_open: int
    mine: tuple[FlagRow, ...] = ()
    """Of a chosen link those that it raised itself; `open` then holds those against it."""

    @property
    def query(self) -> str:
        """What is shown only, as an address says it."""
        chosen = {"line": self.line, "link": self.link}
        return urlencode({name: value for name, value in chosen.items() if value})


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that happened to a flag."""

    at: str
    kind: str
    """The kind of its event."""
    name: str
    """Of the link that did it, of the role that was told, or Interlock."""
    person: str
    reason: str
    promised: str
    words: str
    """A comment, or what late news said."""
    detail: str
    """A ruling, a clock or a consequence."""
    minutes: int = 0
    moot: bool = False
    late: str = ""
    """When it was recorded, if that was long after."""


@dataclass(frozen=True, slots=True)
class RejectPhoto:
    """Units that were rejected with a photo; `number` is its place in the record."""

    number: int
    batch: str
    link_name: str
    giver_name: str
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class FlagPage:
    """One flag: how it stands, its chain, its story, and what a supervisor can rule on."""

    frame: Frame
    row: FlagRow
    chain: tuple[FlagRow, ...]
    story: tuple[StoryLine, ...]
    dispute: str
    ruling: str
    """upheld or overturned; empty before."""
    can_rule: bool
    can_rule_consequence: bool
    consequence_dispute: str
    consequence_amount: str
    """For example 3 points; empty for a word."""
    consequence_due: str
    person: str
    tap_id: str
    fault: str
    done: str
    """What was just ruled; empty when nothing was."""
    rejects: tuple[RejectPhoto, ...] = ()
