"""Plans come into force: orders are released, batches get their codes, released orders are planned anew."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.store import Ledger, Transaction
from shopfloor.codes import batch_code
from shopfloor.instants import Instant
from shopfloor.orders import OrderPlan
from shopfloor.sentences import sentence
from shopfloor.site import Site

RELEASED_MEANWHILE = sentence("other orders were released meanwhile; nothing was released, plan again")
CHANGED_MEANWHILE = sentence("the configuration was changed meanwhile; nothing was released, plan again")


def release_orders(
    ledger: Ledger,
    site: Site,
    plans: Sequence[OrderPlan],
    *,
    source: str,
    at: Instant,
    now: Instant,
    planned_after: int | None = None,
    person: str | None = None,
) -> None:
    """Put plans in force without an agreement, all or none. RuleRefused names each that cannot be.

    `planned_after` is the last sequence that the plans know of: orders released since then may have taken
    the same hours, so that nothing is released.
    """
    with ledger.write(now) as tx:
        if planned_after is not None:
            refuse_outdated(tx, planned_after)
        refused = [why for plan in plans if (why := _why_not(tx, plan))]
        if refused:
            raise RuleRefused("\n".join(refused))
        for plan in plans:
            tx.append(released(tx, site, plan, source=source, at=at, person=person))


def refuse_outdated(tx: Transaction, planned_after: int) -> None:
    """RuleRefused if hours were taken or changed since the last event that plans know of: they may not hold."""
    newer = tx.row(_CHANGED_SINCE, (planned_after,))
    if newer is not None:
        raise RuleRefused(CHANGED_MEANWHILE if newer["kind"] == "site_changed" else RELEASED_MEANWHILE)


def _why_not(tx: Transaction, plan: OrderPlan) -> str | None:
    number = plan.order.order
    if not plan.feasible:
        return sentence("order %(number)s is not feasible", number=number)
    if tx.row('SELECT 1 FROM orders WHERE "order" = ?', (number,)):
        return sentence("order %(number)s is released already", number=number)
    if tx.row('SELECT 1 FROM drafts WHERE "order" = ?', (number,)):
        return sentence("order %(number)s is a draft that has to be agreed", number=number)
    return None


def released(
    tx: Transaction, site: Site, plan: OrderPlan, *, source: str, at: Instant, person: str | None
) -> Event:
    """The event that releases a feasible plan, with new codes for its batches."""
    order = plan.order
    size = site.products[order.product].batch
    sizes = [min(size, order.quantity - made) for made in range(0, order.quantity, size)]
    last = tx.row("SELECT MAX(last_number) AS number FROM orders")
    first = ((last["number"] if last else None) or 0) + 1
    return Event(
        event_id=f"order/{order.order}/released/1",
        kind="order_released",
        occurred_at=at,
        source=source,
        order=order.order,
        quantity=order.quantity,
        person=person,
        detail={
            "line": order.line,
            "product": order.product,
            "due_at": order.due_at,
            "customer": order.customer,
            "priority": order.priority,
            "plan_version": 1,
            "batches": [[batch_code(first + n), quantity] for n, quantity in enumerate(sizes)],
            "last_number": first + len(sizes) - 1,
            "targets": _targets(plan),
        },
    )


def replanned(
    plan: OrderPlan, *, version: int, source: str, at: Instant, from_at: Instant, person: str | None, why: str
) -> Event:
    """The event that puts another plan of a released order in force, for hours that begin at `from_at` or later."""
    order = plan.order
    return Event(
        event_id=f"order/{order.order}/released/{version}",
        kind="order_replanned",
        occurred_at=at,
        source=source,
        order=order.order,
        quantity=order.quantity,
        reason=why or None,
        person=person,
        detail={
            "due_at": order.due_at,
            "plan_version": version,
            "from_at": from_at,
            "targets": _targets(plan),
        },
    )


def _targets(plan: OrderPlan) -> dict[str, list[list[int | str]]]:
    return {
        link.link: [
            [h.start_at, h.end_at, h.shift, h.make, h.give, h.cumulative, h.latest_at] for h in link.hours
        ]
        for link in plan.links
    }


_CHANGED_SINCE = """
SELECT kind FROM events
 WHERE sequence > ? AND kind IN ('order_released', 'order_replanned', 'site_changed') LIMIT 1
"""
