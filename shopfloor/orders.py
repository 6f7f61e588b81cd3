"""Orders and their plans: what backward subdivision takes and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shopfloor.instants import Instant


@dataclass(frozen=True, slots=True)
class Order:
    """A quantity of one product, due at an instant, on one line."""

    order: str
    line: str
    product: str
    quantity: int
    due_at: Instant
    customer: str = ""
    priority: int = 100
    """The lower number takes its hours first among orders due at the same instant."""


@dataclass(frozen=True, slots=True)
class HourTarget:
    """What one link owes for one order by the end of one hour; quantities in units."""

    start_at: Instant
    end_at: Instant
    shift: str
    """The dated shift, for example 2026-11-24/day."""
    make: int
    give: int
    cumulative: int
    """The gives up to and with this hour."""
    latest_at: Instant
    """The first instant by which the next link needs this cumulative quantity."""


@dataclass(frozen=True, slots=True)
class LinkTargets:
    """One link's hours of an order: only those with a make or a give, in time order."""

    link: str
    hours: tuple[HourTarget, ...]


@dataclass(frozen=True, slots=True)
class Shortage:
    """Units that a link would have had to work off before the first whole hour from now."""

    link: str
    quantity: int
    before_at: Instant | None = None
    """The moment by which the link lacks them: most is owed beyond what it can make until then."""


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """An order subdivided backward, or why that is not feasible."""

    order: Order
    feasible: bool
    links: tuple[LinkTargets, ...] = ()
    """Previous links before next ones; empty when not feasible."""
    short: tuple[Shortage, ...] = ()
    earliest_ship_at: Instant | None = None
    """The earliest due that would work; None when feasible or when none lies within the horizon."""


@dataclass(frozen=True, slots=True)
class Load:
    """Capacity that a released order has taken: units of a product in one hour of a link."""

    line: str
    link: str
    start_at: Instant
    product: str
    make: int


@dataclass(frozen=True, slots=True)
class ReleasedOrder:
    """An order in force: its targets, and the units that each link has given of it so far."""

    order: Order
    plan_version: int
    links: tuple[LinkTargets, ...]
    given: Mapping[str, int]
