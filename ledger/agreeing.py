"""Confirmations: each role commits to what it saw, and with the last of them the order is released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.drafts import By, agreed, as_seen, being_agreed, draft, drafted, recorded, refuse_times
from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.releasing import refuse_outdated, released, replanned
from ledger.store import Ledger, Transaction
from ledger.taking_in import one_of, refuse_taken, taken_in_before
from shopfloor.agreement import Draft, first_need, starts_at, too_late, why_not_confirm
from shopfloor.instants import Instant
from shopfloor.order_faults import why_not_feasible
from shopfloor.orders import LinkTargets, OrderPlan
from shopfloor.replanning import with_kept
from shopfloor.roles import Role, role_word
from shopfloor.sentences import enumerated, sentence
from shopfloor.site import Site


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody confirms: the draft's revision, its plan, and the last event that the plan knows of."""

    revision: int
    plan: OrderPlan
    planned_after: int
    kept: tuple[LinkTargets, ...] = ()
    """Of a released order: targets of hours that run, which stay in force."""


def confirm(
    ledger: Ledger,
    site: Site,
    role: Role,
    by: By,
    seen: Seen,
    *,
    material_at: Instant | None = None,
    may_move_to: Instant | None = None,
    now: Instant,
) -> bool:
    """Record that a role commits to a draft; True when this released it, or put a changed plan in force.

    Purchasing says when the material arrives, sales how far the customer can move. RuleRefused with one sentence.
    """
    with ledger.write(now) as tx:
        number = seen.plan.order.order
        if confirmed_before(tx, number, role, by, material_at=material_at, may_move_to=may_move_to):
            return draft(tx, number) is None
        refuse_times(number, material_at, may_move_to)
        if role not in site.roles:
            raise RuleRefused(sentence("%(role)s does not confirm orders at this site", role=role_word(role)))
        found = as_seen(tx, number, seen.revision, seen.plan.order)
        if role == "purchasing" and material_at is not None:
            found = replace(found, material_at=material_at)
        if role == "sales":
            found = replace(found, may_move_to=may_move_to)
        needed_at = first_need(site.line_or_ghost(found.order.line), seen.plan)
        why_not = why_not_confirm(found, role, seen.plan, needed_at)
        if why_not is not None:
            raise RuleRefused(why_not)
        tx.append(_confirmed(tx, found, role, by, seen.plan, needed_at))
        if set(found.waits_for(site.roles)) - {role}:
            return False
        _release(tx, site, found, by, seen, now=now)
        return True


def confirmed_before(
    source: Ledger | Transaction,
    number: str,
    role: Role,
    by: By,
    *,
    material_at: Instant | None = None,
    may_move_to: Instant | None = None,
) -> bool:
    """Whether this act is recorded already. IdTaken when its id stands for something else."""
    told: dict[str, object] = {"role": role}
    if role == "sales":
        told["may_move_to"] = may_move_to
    if role == "purchasing" and material_at is not None:  # else it is as it was known
        told["material_at"] = material_at
    return recorded(source, by, "order_confirmed", number, detail=told) is not None


def take_in_confirmed(
    ledger: Ledger,
    site: Site,
    plans: Sequence[OrderPlan],
    by: By,
    *,
    people: Mapping[Role, str] | None = None,
    planned_after: int,
    now: Instant,
) -> None:
    """Draft, confirm in every role and release orders that were planned together, all or none.

    `people` confirm in their roles, else the one who takes them in. The material is taken to arrive at its first
    need. OrdersRefused names each order that cannot be.
    """
    with ledger.write(now) as tx:
        orders = [plan.order for plan in plans]
        if taken_in_before(tx, orders, by):
            return
        refuse_outdated(tx, planned_after)
        late = {
            plan.order.order: sentence(
                "order %(order)s is %(what)s", order=plan.order.order, what=why_not_feasible(site, plan)
            )
            for plan in plans
            if not plan.feasible
        }
        refuse_taken(tx, orders, late)
        for n, plan in enumerate(plans):
            tx.append(drafted(tx.sequence, plan.order, one_of(by, n)))
            for role in site.roles:
                who = replace(by, person=(people or {}).get(role, by.person), event_id=None)
                found = Draft(plan.order, 1, 1, by.at, by.person)
                needed_at = first_need(site.line_or_ghost(plan.order.line), plan)
                found = replace(found, material_at=needed_at if role == "purchasing" else None)
                tx.append(_confirmed(tx, found, role, who, plan, needed_at))
            tx.append(released(tx, site, plan, source=by.source, at=by.at, person=by.person))


def release(ledger: Ledger, site: Site, by: By, seen: Seen, *, now: Instant) -> None:
    """Release a draft that waits for nobody: no role has to confirm, or those who had to have."""
    number = seen.plan.order.order
    with ledger.write(now) as tx:
        found = as_seen(tx, number, seen.revision)
        if waiting := found.waits_for(site.roles):
            raise RuleRefused(
                sentence(
                    "order %(number)s waits for %(waiting)s",
                    number=number,
                    waiting=enumerated([role_word(role) for role in waiting]),
                )
            )
        _release(tx, site, found, by, seen, now=now)


def withdraw(ledger: Ledger, number: str, role: Role, by: By, *, why: str, now: Instant) -> None:
    """Take a confirmation back, while the order is not released."""
    with ledger.write(now) as tx:
        if recorded(tx, by, "confirmation_withdrawn", number, why=why, detail={"role": role}) is not None:
            return
        found = being_agreed(tx, number)
        if role not in found.confirmations:
            raise RuleRefused(
                sentence("order %(number)s is not confirmed by %(role)s", number=number, role=role_word(role))
            )
        detail = {"version": found.version, "role": role}
        tx.append(agreed(tx.sequence, "confirmation_withdrawn", number, by, why=why.strip(), detail=detail))


def _release(tx: Transaction, site: Site, found: Draft, by: By, seen: Seen, *, now: Instant) -> None:
    number = found.order.order
    refuse_outdated(tx, seen.planned_after)
    if not seen.plan.feasible:
        raise RuleRefused(
            sentence("order %(number)s is not feasible any more; change its due or discard it", number=number)
        )
    if too_late(found, seen.plan, first_need(site.line_or_ghost(found.order.line), seen.plan)):
        raise RuleRefused(
            sentence(
                "order %(number)s is needed earlier by now than its material arrives; change its due"
                " or its material date",
                number=number,
            )
        )
    if found.version == 1:
        tx.append(released(tx, site, seen.plan, source=by.source, at=by.at, person=by.person))
    else:
        tx.append(
            replanned(
                replace(seen.plan, links=with_kept(seen.plan.links, seen.kept)),
                version=found.version,
                source=by.source,
                at=by.at,
                from_at=now,
                person=by.person,
                why=found.why,
            )
        )


def _confirmed(
    tx: Transaction, found: Draft, role: Role, by: By, plan: OrderPlan, needed_at: Instant | None
) -> Event:
    return agreed(
        tx.sequence,
        "order_confirmed",
        found.order.order,
        by,
        quantity=found.order.quantity,
        detail={
            "version": found.version,
            "role": role,
            "due_at": found.order.due_at,
            "may_move_to": found.may_move_to if role == "sales" else None,
            "starts_at": starts_at(plan) if role == "production" else None,
            "material_at": found.material_at if role == "purchasing" else None,
            "needed_at": needed_at if role == "purchasing" else None,
        },
    )
