"""The kiosk of a station."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.contexts.batches import Batches, Question
from kiosk.contexts.board import HourCell, NextTarget
from kiosk.contexts.choice import Choice
from kiosk.contexts.flags import FlagCard
from kiosk.contexts.frame import Frame
from shopfloor.board import LinkState


@dataclass(frozen=True, slots=True)
class OwedOrder:
    """What a previous link owes this station's link of one order."""

    order: str
    product: str
    missing: int
    by: str
    """The end of the hour that was owed, for example 10:00."""
    late_min: int
    flag: FlagCard | None
    by_at: int = 0
    """The same end as an instant."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One previous link, seen from the next."""

    link: str
    name: str
    on_its_way: int
    """Units given and not received yet."""
    on_its_way_since_min: int | None
    owed: tuple[OwedOrder, ...]
    """Orders with something missing now, the longest overdue first."""
    next_quantity: int
    """Units the current hour will owe."""
    next_by: str
    """When the current hour ends; empty outside working hours."""
    next_target: NextTarget | None = None
    """The first target to come; None when something is overdue, or when nothing is owed."""
    soon: tuple[OwedOrder, ...] = ()
    """Orders with something that the hour that runs will owe: a tablet without a network offers them after its end."""


@dataclass(frozen=True, slots=True)
class MilestoneOrder:
    """An order that a milestone's station has to give as a whole."""

    order: str
    product: str
    quantity: int
    by: str
    """When it is due, for example 14:00, Tue 14:00, or Tue 1 Dec 14:00."""
    late: bool
    flag: FlagCard | None


@dataclass(frozen=True, slots=True)
class Action:
    """One of the station's last actions."""

    sequence: int
    text: str
    clock: str
    undo: str = ""
    """The event's id when it can be taken back here; at most one of them can."""


@dataclass(frozen=True, slots=True)
class KioskPage:
    """The kiosk of one station."""

    frame: Frame
    station: str
    name: str
    line: str
    line_name: str
    link: str
    link_name: str
    milestone: bool
    shift: str
    hour: HourCell | None
    """The hour that runs; None outside working hours."""
    minutes_left: int
    minutes_total: int
    behind: int
    """To catch up: units due by now and not given."""
    state: LinkState
    next_names: str
    """Names of the next links; empty for the last link, which ships."""
    next_quantity: int
    """Units owed by the end of this hour, what is to catch up included, less what was given."""
    next_by: str
    incoming: tuple[Incoming, ...]
    orders: tuple[MilestoneOrder, ...]
    """Only at a milestone's station."""
    against_me: tuple[FlagCard, ...]
    mine: tuple[FlagCard, ...]
    reasons: tuple[Choice, ...]
    promises: tuple[Choice, ...]
    """Times to promise: value is an ISO instant, label for example 11:15, or Tue 06:15 when it is not today."""
    last: tuple[Action, ...]
    letter_px: int = 0
    next_target: NextTarget | None = None
    """The first target of this station's link to come; None when something is overdue, or when nothing is owed."""
    released: int = 0
    """Open orders of the line."""
    orders_open: int = 0
    """At a milestone's station: all orders that it has still to give; `orders` are the first of them."""
    batches: Batches | None = None
    """None at a milestone's station, which gives whole orders."""
    question: Question | None = None
    """The longest that something was given and is not received."""
    previous_names: str = ""
    """Names of the previous links; empty for a first link, which cannot pass a flag back."""
    next_start: str = ""
    """When work goes on, for example 13:00 or Tue 06:00; empty while an hour runs or when nothing is planned."""
    scanner_prefix: str = ""
    """The key that scanners type before each code; empty: none."""
    person: str = ""
    """Who has badged in here; empty for nobody."""
    person_language: str = ""
    """The language of who has badged in here, by its tag; empty when none was chosen."""
    secured: bool = False
    """People are registered, so there are badges to read."""
