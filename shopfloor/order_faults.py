"""Orders that a site cannot subdivide at all, and why."""

from __future__ import annotations

from collections.abc import Iterable

from shopfloor.instants import DAY_MS, MINUTE_MS, Instant, moment_of
from shopfloor.orders import Order, OrderPlan
from shopfloor.site import Site

FARTHEST_DUE_MS = 3653 * DAY_MS
"""A due later than this from now is a slip of the pen."""
MOST_BATCHES = 10_000
"""Of one order: each has a code, a label and a row on the order's page."""


class CannotPlan(ValueError):
    """Orders that the site cannot subdivide at all; the text holds each fault on its own line."""


def order_fault(site: Site, order: Order, now: Instant) -> str | None:
    """Why the site cannot plan an order at all, in one sentence; None if it can."""
    name = f"order {order.order}: " if order.order else ""
    product = site.products.get(order.product)
    if product is None:
        return f"{name}the site {site.id} has no product {order.product!r}; it has {_listed(site.products)}."
    if order.line not in site.lines:
        return f"{name}the site {site.id} has no line {order.line!r}; it has {_listed(site.lines)}."
    if product.line != order.line:
        return f"{name}product {product.id} is made on line {product.line}, not on {order.line}."
    if order.quantity < 1:
        return f"{name}a quantity of {order.quantity} is nothing to make; give a whole number above 0."
    if order.due_at > now + FARTHEST_DUE_MS:
        return f"{name}it is due more than ten years from now; correct the date."
    return None


def batches_fault(site: Site, order: Order) -> str | None:
    """Why an order would come in too many batches, in one sentence; None if it does not, or if nobody knows."""
    product = site.products.get(order.product)
    count = 0 if product is None else -(-order.quantity // product.batch)
    if product is None or count <= MOST_BATCHES:
        return None
    return (
        f"{order.quantity} in batches of {product.batch} would be {count} batches, and an order has at most"
        f" {MOST_BATCHES}; raise the batch size of {product.id} or split the order."
    )


def why_not_feasible(site: Site, plan: OrderPlan) -> str:
    """What an order lacks where, and the earliest due that would work: without its number, for a sentence about it."""
    names = {link.id: link.name for link in site.line_or_ghost(plan.order.line).links}
    lacks = [
        f"{names.get(short.link, short.link)} lacks {short.quantity}"
        + ("" if short.before_at is None else f" before {_when(site, short.before_at)}")
        for short in plan.short
    ]
    earliest_at = plan.earliest_ship_at
    earliest = "none within two years" if earliest_at is None else _when(site, earliest_at)
    return f"not feasible: {'; '.join([*lacks, f'earliest due {earliest}'])}"


def _when(site: Site, at: Instant) -> str:
    """Not before an instant, to the minute: a later due is feasible as well."""
    return f"{moment_of(-(-at // MINUTE_MS) * MINUTE_MS, site.zone):%a %Y-%m-%d %H:%M}"


def check_orders(site: Site, orders: Iterable[Order], now: Instant) -> None:
    """Raises CannotPlan with the faults of all orders."""
    faults = [fault for order in orders if (fault := order_fault(site, order, now))]
    if faults:
        raise CannotPlan("\n".join(faults))


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids)) or "none"
