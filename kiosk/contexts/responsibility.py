"""The ledger of responsibility: links over a period, never persons."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.contexts.frame import Frame


@dataclass(frozen=True, slots=True)
class LinkSums:
    """One link over the period; minutes are the line's working minutes."""

    link: str
    name: str
    due: int
    """Handoffs of finished parts whose target lay in the period."""
    late: int
    own_min: int
    inherited_min: int
    recovered_min: int
    shared_min: int
    """Of its own minutes what links that kept silent about it answer for."""
    silent_min: int
    """What it answers for because it kept silent about others."""
    flags: int
    """Received: against it."""
    answered: int
    in_time: int
    """Answered before anybody had to be told."""
    promised: int
    kept: int
    silences: int
    """Its own: what it was owed and did not flag."""
    points: int = 0
    """By the site's configuration, and by consequences in effect."""

    @property
    def answers_for_min(self) -> int:
        """Its own minutes, silences counted; of all links together as much as their own."""
        return self.own_min - self.shared_min + self.silent_min

    @property
    def on_time(self) -> int:
        return self.due - self.late

    @property
    def on_time_percent(self) -> int | None:
        """Rounded down, so that 100 means all; None when nothing was due."""
        return self.on_time * 100 // self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Cause:
    """Own minutes by a reason, a product, or an hour of the day, the most first."""

    name: str
    minutes: int
    parts: int
    """Of how many orders."""
    address: str = ""
    """The page with the parts of this cause alone."""
    percent: int = 0
    """Of all own minutes, with those of the causes before it."""
    measure: str = ""
    """Where a countermeasure is made against it; empty where it is none that repeats."""
    measures: int = 0
    """Countermeasures against it that are open or in effect."""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class OwnDelay:
    """A link's part of one order that added minutes of its own."""

    order: str
    link: str
    name: str
    product: str
    planned: str
    own_min: int
    inherited_min: int
    reason: str
    """Empty when it never answered."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to look: its address, its words, and whether it is shown."""

    address: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ResponsibilityPage:
    """A line, or one link of it, over production dates."""

    frame: Frame
    line: str
    line_name: str
    link: str
    """Empty: all links."""
    link_name: str
    first: str
    last: str
    """Production dates as the fields take them."""
    lines: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    rows: tuple[LinkSums, ...]
    reasons: tuple[Cause, ...]
    products: tuple[Cause, ...]
    hours: tuple[Cause, ...]
    """In the order of the day."""
    largest: tuple[OwnDelay, ...]
    parts: int
    """How many parts added own minutes; `largest` are the first of them."""
    cause: str = ""
    """The name of the one cause that is shown; empty for all of them."""
    shows_points: bool = False
    all_causes: str = ""
    """The address of the page with all causes."""
    fault: str = ""
    """What is wrong with the dates that were asked for."""


@dataclass(frozen=True, slots=True)
class PartEvent:
    """One event of a link's part of an order."""

    sequence: int
    at: str
    recorded: str
    """When it was recorded, if that was long after and the sentence does not say it."""
    what: str
    """What it says, in a sentence; the name of its kind where it says nothing."""
    reason: str
    """Of an answer."""
    batch: str
    """Empty where the sentence says it."""
    quantity: int | None
    source: str


@dataclass(frozen=True, slots=True)
class PartPage:
    """The events behind the minutes of one link and order."""

    frame: Frame
    line: str
    line_name: str
    link: str
    link_name: str
    order: str
    events: tuple[PartEvent, ...]
    more: int
