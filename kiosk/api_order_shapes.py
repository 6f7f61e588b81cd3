"""The JSON of orders in the API: taken in, agreed, planned."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from kiosk.api_shapes import (
    Batch,
    Comment,
    Count,
    Fault,
    Flag,
    Id,
    OrderLink,
    Quantity,
    Target,
    When,
)
from kiosk.forms import LONGEST_PERSON

_Role = Literal["sales", "production", "purchasing"]
_Person = Annotated[str, Meta(min_length=1, max_length=LONGEST_PERSON, description="Who does it")]
_Priority = Annotated[int, Meta(ge=-999_999_999, le=999_999_999)]
_Seen = Annotated[Count, Meta(description="The revision that was seen: refused if it is another by now")]


class OrderBody(Struct, forbid_unknown_fields=True):
    """An order to take in or to plan. In a list, `person` and `id` of the first are those of the whole list."""

    order: str
    product: str
    quantity: Quantity
    due: When
    line: str | None = None
    """The product's when it is left out."""
    customer: str = ""
    priority: _Priority = 100
    person: Annotated[str, Meta(max_length=LONGEST_PERSON)] = ""
    id: Id | None = None


class ConfirmBody(Struct, forbid_unknown_fields=True):
    """A role commits to what it saw."""

    role: _Role
    person: _Person
    seen: _Seen
    material_at: When | None = None
    """Purchasing: when the material arrives; as it is known when left out."""
    may_move_to: When | None = None
    """Sales: the latest due that the customer would still take."""
    id: Id | None = None


class TakeBackBody(Struct, forbid_unknown_fields=True):
    """A role takes its confirmation back."""

    role: _Role
    person: _Person
    why: Annotated[Comment, Meta(min_length=1)]
    id: Id | None = None


class ChangeBody(Struct, forbid_unknown_fields=True):
    """What is to differ; the rest stays."""

    person: _Person
    seen: _Seen
    quantity: Quantity | None = None
    due: When | None = None
    customer: str | None = None
    priority: _Priority | None = None
    material_at: When | None = None
    why: Comment = ""
    id: Id | None = None


class GiveUpBody(Struct, forbid_unknown_fields=True):
    """A draft, or a change of a released order, is given up."""

    person: _Person
    seen: _Seen
    why: Comment = ""
    id: Id | None = None


class ReleaseBody(Struct, forbid_unknown_fields=True):
    """A draft that waits for nobody is released."""

    person: _Person
    seen: _Seen


class PlanAnewBody(Struct, forbid_unknown_fields=True):
    """Another due, or the same, for a released order."""

    due: When
    why: Annotated[Comment, Meta(min_length=1)]
    person: _Person
    id: Id | None = None


class OrderFault(Struct):
    """What is wrong with one order of a request; no field when it is the order as a whole."""

    index: int
    field: str | None
    error: str


class OrderFaults(Fault):
    """All of them in one text, and one by one. Nothing was taken in."""

    faults: list[OrderFault] = field(default_factory=list)


class Confirmation(Struct):
    """What somebody committed to in a role, and when."""

    role: _Role
    person: str
    at: str
    quantity: int
    due: str
    may_move_to: str | None
    starts_at: str | None
    material_at: str | None
    needed_at: str | None


class Lack(Struct):
    """What a link would have had to make before the first whole hour from now."""

    link: str
    quantity: int


class LackBy(Lack):
    """And by when it lacks that."""

    before: str | None


class Agreement(Struct):
    """What is being agreed of an order: a new one, or a change of one that is released."""

    version: int
    revision: int
    due: str
    quantity: int
    why: str
    drafted_at: str
    person: str
    material_at: str | None
    may_move_to: str | None
    feasible: bool
    short: list[LackBy]
    earliest_ship: str | None
    starts_at: str | None
    needed_at: str | None
    confirmations: list[Confirmation]
    waits_for: list[_Role]


class OrderHead(Struct):
    """An order: draft, released or shipped. `feasible` and `earliest_ship` are of drafts only."""

    order: str
    line: str
    product: str
    quantity: int
    due: str
    customer: str
    priority: int
    state: str
    shipped_at: str | None
    feasible: bool | None
    earliest_ship: str | None
    confirmations: list[Confirmation]
    waits_for: list[_Role]
    agreeing: Agreement | None


class Orders(Struct):
    """Open orders by due, then the last shipped ones, then drafts by due."""

    orders: list[OrderHead]


class PlanVersion(Struct):
    """A plan that is or was in force, and who put it in force why."""

    version: int
    planned_at: str
    due: str
    person: str
    why: str


class PlannedLink(Struct):
    """A link's hours in a plan."""

    link: str
    hours: list[Target]


class DelayPart(Struct):
    """What one link added to an order's lateness; the line's working minutes."""

    link: str
    late_minutes: int
    """Below zero: early."""
    inherited_minutes: int
    own_minutes: int
    """late less inherited; below zero it made up for others."""
    absorbed_minutes: int
    """Taken off by the buffer after the link before."""
    answers_for_minutes: int
    """Its own delay, with the share of who kept silent moved: the sum over all links stays."""
    silent: bool
    decides: bool
    """On the path along which own less absorbed adds up to the order's lateness."""
    finished: bool


class Delays(Struct):
    """Why an order is late, or as it stands now."""

    late_minutes: int
    """Against its plan, which ends the ship buffer before the due."""
    past_due_minutes: int
    finished: bool
    links: list[DelayPart]


class Order(OrderHead):
    """An order with its links, batches and flags; `planned` is the plan of what is being agreed."""

    plan_version: int | None
    versions: list[PlanVersion]
    links: list[OrderLink]
    planned: list[PlannedLink]
    batches: list[Batch]
    flags: list[Flag]
    delays: Delays | None
    """None before it is released."""


class GivenUp(Struct):
    """What is left: nothing of a draft, or the order as it is in force."""

    order: str
    state: Literal["discarded", "released", "shipped"]


class Promise(Struct):
    """The earliest due of a quantity; none within two years is null."""

    site: str
    now: str
    product: str
    quantity: int
    line: str
    promise: str | None


class PlannedOrder(Struct):
    """An order divided backward, or why that is not feasible."""

    order: str
    line: str
    product: str
    quantity: int
    due: str
    feasible: bool
    short: list[Lack]
    earliest_ship: str | None
    links: list[PlannedLink]


class Plan(Struct):
    """Orders planned beside each other and what is released; nothing of it is stored."""

    site: str
    now: str
    orders: list[PlannedOrder]
