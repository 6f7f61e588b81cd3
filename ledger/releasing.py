"""Releasing orders: targets come into force, and batches get their codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.store import Ledger, Transaction
from shopfloor.codes import batch_code
from shopfloor.instants import Instant
from shopfloor.orders import Load, OrderPlan
from shopfloor.site import Site


def release_orders(
    ledger: Ledger,
    site: Site,
    plans: Sequence[OrderPlan],
    *,
    source: str,
    at: Instant,
    now: Instant,
    planned_after: int | None = None,
) -> None:
    """Put plans in force, all or none. RuleRefused names each that is not feasible or released already.

    `planned_after` is the last sequence that the plans know of: orders released since then may have taken
    the same hours, so that nothing is released.
    """
    with ledger.write(now) as tx:
        if planned_after is not None and _released_since(tx, planned_after):
            raise RuleRefused("other orders were released meanwhile; nothing was released, plan again")
        refused = [why for plan in plans if (why := _why_not(tx, plan))]
        if refused:
            raise RuleRefused("\n".join(refused))
        for plan in plans:
            tx.append(_release(tx, site, plan, source=source, at=at))


def released_loads(ledger: Ledger, now: Instant, but_not: Collection[str] = ()) -> list[Load]:
    """The capacity that released orders, but for some of them, have taken from an instant on."""
    rows = ledger.rows(
        'SELECT "order", t.line, t.link, t.start_at, o.product, t.make FROM orders o JOIN targets t USING ("order")'
        " WHERE o.shipped_at IS NULL AND t.start_at >= ? AND t.make > 0",
        (now,),
    )
    return [
        Load(row["line"], row["link"], row["start_at"], row["product"], row["make"])
        for row in rows
        if row["order"] not in but_not
    ]


def _released_since(tx: Transaction, sequence: int) -> bool:
    newer = "SELECT 1 FROM events WHERE sequence > ? AND kind = 'order_released' LIMIT 1"
    return tx.row(newer, (sequence,)) is not None


def _why_not(tx: Transaction, plan: OrderPlan) -> str | None:
    number = plan.order.order
    if not plan.feasible:
        return f"order {number} is not feasible"
    if tx.row('SELECT 1 FROM orders WHERE "order" = ?', (number,)):
        return f"order {number} is released already"
    return None


def _release(tx: Transaction, site: Site, plan: OrderPlan, *, source: str, at: Instant) -> Event:
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
        detail={
            "line": order.line,
            "product": order.product,
            "due_at": order.due_at,
            "customer": order.customer,
            "priority": order.priority,
            "plan_version": 1,
            "batches": [[batch_code(first + n), quantity] for n, quantity in enumerate(sizes)],
            "last_number": first + len(sizes) - 1,
            "targets": {
                link.link: [
                    [h.start_at, h.end_at, h.shift, h.make, h.give, h.cumulative, h.latest_at]
                    for h in link.hours
                ]
                for link in plan.links
            },
        },
    )
