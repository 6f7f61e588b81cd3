"""What if: something tried out on the plan, and what that would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.contexts.choice import Choice
from kiosk.contexts.frame import Frame


@dataclass(frozen=True, slots=True)
class ChangedHour:
    """An hour in which a link would give another quantity of an order."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ChangedLink:
    """A link's hours of one order that would change."""

    name: str
    hours: tuple[ChangedHour, ...]


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What would become of one order."""

    order: str
    product: str
    quantity: int
    due: str
    due_after: str
    """Empty when the due stays."""
    released: bool
    feasible_before: bool
    feasible_after: bool
    earliest_before: str
    """The earliest ship date; empty when feasible, or when there is none within two years."""
    earliest_after: str
    short: str
    """What is short and where; empty when nothing is."""
    links: tuple[ChangedLink, ...]
    changed_hours: int


@dataclass(frozen=True, slots=True)
class LostRow:
    """A link's targets in force that there would be no room for."""

    order: str
    link: str
    quantity: int
    hours: str
    count: int
    closed: bool
    """Closed, or else over capacity."""
    already: bool
    """It is so without the change."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a change that was tried is made."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would be different."""

    changes: str
    """What was tried, in words."""
    effects: tuple[EffectRow, ...]
    """The order asked about, orders whose feasibility or earliest date changes, then those of which only hours do."""
    not_shown: int
    """More orders of which hours change."""
    untouched: int
    lost: tuple[LostRow, ...]
    ways: tuple[Way, ...]
    released: int


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """The form and, when something was asked, the outcome."""

    frame: Frame
    orders: tuple[Choice, ...]
    links: tuple[Choice, ...]
    rates: tuple[Choice, ...]
    """Links that have a rate."""
    buffers: tuple[Choice, ...]
    """Links that have a buffer, and lines for their ship buffer."""
    shifts: tuple[Choice, ...]
    stations: tuple[Choice, ...]
    values: Mapping[str, str]
    faults: Mapping[str, str]
    outcome: Outcome | None
