"""Many orders on one floor in one go: plans, the promise, and the capacity that a plan takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopfloor.floor import PROMISE_HORIZON_MS, Floor
from shopfloor.instants import Instant
from shopfloor.order_faults import FARTHEST_DUE_MS, CannotPlan, check_orders, order_fault
from shopfloor.orders import Load, Order, OrderPlan
from shopfloor.site import Site

__all__ = [
    "FARTHEST_DUE_MS",
    "PROMISE_HORIZON_MS",
    "CannotPlan",
    "Floor",
    "loads_of",
    "order_fault",
    "plan_orders",
    "promise",
]


def plan_orders(
    site: Site, orders: Sequence[Order], *, now: Instant, loads: Iterable[Load] = ()
) -> list[OrderPlan]:
    """Divide orders backward beside what released orders have taken; as `Floor.plan` says. Raises CannotPlan."""
    check_orders(site, orders, now)
    return _floor(site, orders, now, loads).plan(orders)


def promise(
    site: Site, *, product: str, quantity: int, now: Instant, loads: Iterable[Load] = ()
) -> Instant | None:
    """The earliest due that is feasible beside what is planned; None if there is none within two years."""
    line = site.products[product].line if product in site.products else ""
    order = Order("", line, product, quantity, now)
    check_orders(site, [order], now)
    return _floor(site, [order], now, loads).earliest_due(order)


def loads_of(plan: OrderPlan) -> list[Load]:
    """The capacity that a plan takes."""
    order = plan.order
    return [
        Load(order.line, targets.link, hour.start_at, order.product, hour.make)
        for targets in plan.links
        for hour in targets.hours
        if hour.make
    ]


def _floor(site: Site, orders: Sequence[Order], now: Instant, loads: Iterable[Load]) -> Floor:
    return Floor(
        site,
        now=now,
        until_at=max((order.due_at for order in orders), default=now),
        lines={order.line for order in orders},
        products={order.product for order in orders},
        loads=loads,
    )
