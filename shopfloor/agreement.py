"""Time is settled together: what each role commits to, and which commitments a change withdraws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shopfloor.instants import Instant
from shopfloor.orders import Order, OrderPlan
from shopfloor.roles import ROLES, Role, role_word
from shopfloor.sentences import sentence
from shopfloor.site import Line


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody committed to in a role, and when."""

    role: Role
    person: str
    at: Instant
    quantity: int
    due_at: Instant
    may_move_to: Instant | None = None
    """Sales: the latest due that the customer would still take."""
    starts_at: Instant | None = None
    """Production: the first hour of the plan that was seen."""
    material_at: Instant | None = None
    """Purchasing: when the material arrives."""
    needed_at: Instant | None = None
    """Purchasing: the first need of the plan that was seen."""


@dataclass(frozen=True)
class Draft:
    """An order that is being agreed: new, or with another due than the one in force."""

    order: Order
    version: int
    """The plan version it becomes: 1 for a new order."""
    revision: int
    """Counts its changes: one confirms the state that one saw."""
    drafted_at: Instant
    person: str
    why: str = ""
    material_at: Instant | None = None
    may_move_to: Instant | None = None
    confirmations: Mapping[Role, Confirmation] = field(default_factory=dict)

    def waits_for(self, roles: Iterable[Role]) -> tuple[Role, ...]:
        """Roles that have not confirmed yet."""
        return tuple(role for role in roles if role not in self.confirmations)


def first_need(line: Line, plan: OrderPlan) -> Instant | None:
    """The moment from which a first link lacks its material; None when there is no plan, or nothing is needed any more.

    A link that works begins its first hour then; a milestone's latest is when the first of it is needed.
    """
    needs = [
        hours.hours[0].latest_at if link.kind == "milestone" else hours.hours[0].start_at
        for hours in plan.links
        if hours.hours and not (link := line.link(hours.link)).after
    ]
    return min(needs, default=None)


def starts_at(plan: OrderPlan) -> Instant | None:
    """The start of the plan's first hour; None when there is no plan."""
    return min((link.hours[0].start_at for link in plan.links if link.hours), default=None)


def why_not_confirm(draft: Draft, role: Role, plan: OrderPlan, needed_at: Instant | None) -> str | None:
    """Why a role cannot commit to a draft as it stands, in one sentence; None if it can."""
    number = draft.order.order
    if role in draft.confirmations:
        return sentence(
            "order %(number)s is confirmed by %(role)s already", number=number, role=role_word(role)
        )
    if role == "sales":
        early = draft.may_move_to is not None and draft.may_move_to < draft.order.due_at
        return (
            sentence("order %(number)s: the customer cannot move to a time before the due", number=number)
            if early
            else None
        )
    if not plan.feasible:
        return sentence(
            "order %(number)s is not feasible: %(role)s can confirm it when its date or the floor is changed",
            number=number,
            role=role_word(role),
        )
    if role == "purchasing" and needed_at is not None:  # else nothing is needed any more
        if draft.material_at is None:
            return sentence(
                "order %(number)s has no material date: say when the material arrives", number=number
            )
        if too_late(draft, plan, needed_at):
            return sentence("order %(number)s: the material arrives after it is first needed", number=number)
    return None


def too_late(draft: Draft, plan: OrderPlan, needed_at: Instant | None) -> bool:
    """Whether the material arrives after its first need; for what is not feasible no material comes in time."""
    if draft.material_at is None:
        return False
    return not plan.feasible or (needed_at is not None and draft.material_at > needed_at)


def touched(before: Draft, after: Draft, *, late_material: bool) -> tuple[Role, ...]:
    """The roles whose confirmations a change withdraws; `late_material`: it comes too late after the change.

    A quantity touches all three, a due sales and production, a material date purchasing. Purchasing is touched
    by a due as well when its material then comes too late.
    """
    if after.order.quantity != before.order.quantity:
        return ROLES
    roles: list[Role] = []
    due_moved = after.order.due_at != before.order.due_at
    if due_moved or after.may_move_to != before.may_move_to:
        roles.append("sales")
    if due_moved:
        roles.append("production")
    if after.material_at != before.material_at or (due_moved and late_material):
        roles.append("purchasing")
    return tuple(roles)


def in_order(roles: Iterable[str]) -> Sequence[Role]:
    """Roles in their usual order; what is no role is left out."""
    given = set(roles)
    return [role for role in ROLES if role in given]
