"""Plans come into force: orders are released, batches get their codes, released orders are planned anew."""

from __future__ import annotations

from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.store import Transaction
from shopfloor.codes import batch_code
from shopfloor.instants import Instant
from shopfloor.orders import OrderPlan
from shopfloor.sentences import sentence
from shopfloor.site import Site

RELEASED_MEANWHILE = sentence("other orders were released meanwhile; nothing was released, plan again")
CHANGED_MEANWHILE = sentence("the configuration was changed meanwhile; nothing was released, plan again")


def refuse_outdated(tx: Transaction, planned_after: int) -> None:
    """RuleRefused if hours were taken or changed since the last event that plans know of: they may not hold."""
    newer = tx.row(_CHANGED_SINCE, (planned_after,))
    if newer is not None:
        raise RuleRefused(CHANGED_MEANWHILE if newer["kind"] == "site_changed" else RELEASED_MEANWHILE)


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
