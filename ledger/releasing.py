"""Releasing orders: targets come into force, and batches get their codes."""

from __future__ import annotations

from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.store import Ledger
from shopfloor.codes import batch_code
from shopfloor.instants import Instant
from shopfloor.orders import Load, OrderPlan
from shopfloor.site import Site


def release_order(
    ledger: Ledger, site: Site, plan: OrderPlan, *, source: str, at: Instant, now: Instant
) -> None:
    """Put a feasible plan in force. RuleRefused when it is not feasible or the order is released already."""
    order = plan.order
    if not plan.feasible:
        raise RuleRefused(f"order {order.order} is not feasible; nothing was released")
    size = site.products[order.product].batch
    with ledger.write(now) as tx:
        if tx.row('SELECT 1 FROM orders WHERE "order" = ?', (order.order,)):
            raise RuleRefused(f"order {order.order} is released already")
        first = tx.row("SELECT COALESCE(MAX(last_number), 0) + 1 AS number FROM orders")["number"]  # type: ignore[index]  # an aggregate always has a row
        sizes = [min(size, order.quantity - made) for made in range(0, order.quantity, size)]
        tx.append(
            Event(
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
        )


def released_loads(ledger: Ledger, now: Instant) -> list[Load]:
    """The capacity that released orders have taken from an instant on."""
    return [
        Load(row["line"], row["link"], row["start_at"], row["product"], row["make"])
        for row in ledger.rows(
            'SELECT t.line, t.link, t.start_at, o.product, t.make FROM orders o JOIN targets t USING ("order")'
            " WHERE o.shipped_at IS NULL AND t.start_at >= ? AND t.make > 0",
            (now,),
        )
    ]
