"""The hour-by-hour sheet of a link: one shift, each hour with what it owed, what it gave, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.contexts.agreement import FormState
from kiosk.contexts.frame import Frame
from shopfloor.board import CellState


@dataclass(frozen=True, slots=True)
class SheetFlag:
    """A flag against the link about an hour."""

    flag: int
    order: str
    quantity: int
    raised_by: str
    state: str
    reason: str
    """Empty while it is missing."""
    promised: str


@dataclass(frozen=True, slots=True)
class SheetHour:
    """One hour. Differences are below zero when something lacks; sums run from the start of the shift."""

    start_at: int
    label: str
    state: CellState
    target: int
    given: int
    target_sum: int
    given_sum: int
    flags: tuple[SheetFlag, ...]
    reason: str
    """Of the note; empty when none was chosen."""
    reason_id: str
    action: str
    """What clears it now."""
    prevention: str
    """What makes it never come back."""
    owner: str
    due: str
    due_value: str
    person: str
    notes: int
    """How often it was noted; a note is written to the state that was seen."""
    unexplained_min: int
    """How long it has been over, short, without a reason; 0 when nothing lacks or somebody said why."""

    @property
    def act(self) -> str:
        """What its form is called."""
        return f"note-{self.start_at}"

    @property
    def is_over(self) -> bool:
        return self.state in ("met", "short")

    @property
    def can_be_noted(self) -> bool:
        return self.state in ("met", "short", "now")


@dataclass(frozen=True, slots=True)
class Sign:
    """Who signed the shift."""

    person: str
    at: str
    remark: str
    side: str = ""
    """over, taken; empty where it was not asked for yet."""


@dataclass(frozen=True, slots=True)
class HandoverFlag:
    """What is open when a shift is handed over: a flag against the link, or one that it raised."""

    flag: int
    is_against: bool
    other: str
    """The name of the other link."""
    order: str
    quantity: int
    age_min: int
    reason: str
    promised: str
    promise_broken: bool
    comment: str


@dataclass(frozen=True, slots=True)
class HoursPage:
    """A link's shift, hour by hour."""

    frame: Frame
    line: str
    line_name: str
    link: str
    link_name: str
    shift: str
    """Production date and pattern, for example 2026-11-24/day; empty when the link has no shift for weeks around."""
    shift_name: str
    shift_day: str
    shift_span: str
    """For example 06:00-14:00."""
    runs: bool
    before: str
    """The address of the shift before; empty when there is none."""
    after: str
    links: tuple[tuple[str, str, bool], ...]
    """Address, name, and whether it is this one."""
    hours: tuple[SheetHour, ...]
    behind: int
    """Units overdue from before and from this shift, as of now; 0 for a shift that is over."""
    needed_per_hour: int | None
    """To catch up until the end of the shift; None when that is not possible or nothing is to catch up."""
    reasons: tuple[tuple[str, str], ...]
    """Id and name."""
    owners: tuple[str, ...]
    """Names of links to choose from."""
    signs: tuple[Sign, ...]
    handover: tuple[HandoverFlag, ...] = ()
    """Open flags of the link, as of now: what is promised to it and by it."""
    stations: tuple[tuple[str, str], ...] = ()
    """Id and name of the link's stations, whose sheets on paper can be typed in."""
    form: FormState = field(default_factory=FormState)
    """`act` is sign, or note- and the start of an hour."""
