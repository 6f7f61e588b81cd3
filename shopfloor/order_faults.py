"""Orders that a site cannot subdivide at all, and why."""

from __future__ import annotations

from collections.abc import Iterable

from shopfloor.instants import DAY_MS, MINUTE_MS, Instant, moment_of
from shopfloor.orders import Order, OrderPlan, Shortage
from shopfloor.sentences import sentence
from shopfloor.site import Site
from shopfloor.weekdays import weekday_word

FARTHEST_DUE_MS = 3653 * DAY_MS
"""A due later than this from now is a slip of the pen."""
MOST_BATCHES = 10_000
"""Of one order: each has a code, a label and a row on the order's page."""


class CannotPlan(ValueError):
    """Orders that the site cannot subdivide at all; the text holds each fault on its own line."""


def order_fault(site: Site, order: Order, now: Instant) -> str | None:
    """Why the site cannot plan an order at all, in one sentence; None if it can."""
    fault = _fault(site, order, now)
    if fault is None or not order.order:
        return fault
    return sentence("order %(order)s: %(fault)s", order=order.order, fault=fault)


def _fault(site: Site, order: Order, now: Instant) -> str | None:
    product = site.products.get(order.product)
    if product is None:
        return sentence(
            "the site %(site)s has no product %(product)s; it has %(products)s.",
            site=site.id,
            product=repr(order.product),
            products=_listed(site.products),
        )
    if order.line not in site.lines:
        return sentence(
            "the site %(site)s has no line %(line)s; it has %(lines)s.",
            site=site.id,
            line=repr(order.line),
            lines=_listed(site.lines),
        )
    if product.line != order.line:
        return sentence(
            "product %(product)s is made on line %(made_on)s, not on %(line)s.",
            product=product.id,
            made_on=product.line,
            line=order.line,
        )
    if order.quantity < 1:
        return sentence(
            "a quantity of %(quantity)s is nothing to make; give a whole number above 0.",
            quantity=order.quantity,
        )
    if order.due_at > now + FARTHEST_DUE_MS:
        return sentence("it is due more than ten years from now; correct the date.")
    return None


def batches_fault(site: Site, order: Order) -> str | None:
    """Why an order would come in too many batches, in one sentence; None if it does not, or if nobody knows."""
    product = site.products.get(order.product)
    count = 0 if product is None else -(-order.quantity // product.batch)
    if product is None or count <= MOST_BATCHES:
        return None
    return sentence(
        "%(quantity)s in batches of %(batch)s would be %(count)s batches, and an order has at most"
        " %(most_batches)s; raise the batch size of %(product)s or split the order.",
        quantity=order.quantity,
        batch=product.batch,
        count=count,
        most_batches=MOST_BATCHES,
        product=product.id,
    )


def why_not_feasible(site: Site, plan: OrderPlan) -> str:
    """What an order lacks where, and the earliest due that would work: without its number, for a sentence about it."""
    names = {link.id: link.name for link in site.line_or_ghost(plan.order.line).links}
    told = [_lack(site, names.get(short.link, short.link), short) for short in plan.short]
    earliest_at = plan.earliest_ship_at
    earliest = (
        sentence("no due works within two years")
        if earliest_at is None
        else sentence("earliest due %(time)s", time=_when(site, earliest_at))
    )
    what = told[0] if told else earliest
    for each in [*told, earliest][1:]:
        what = sentence("%(some)s; %(more)s", some=what, more=each)
    return sentence("not feasible: %(what)s", what=what)


def _lack(site: Site, link: str, short: Shortage) -> str:
    if short.before_at is None:
        return sentence("%(link)s lacks %(quantity)s", link=link, quantity=short.quantity)
    before = _when(site, short.before_at)
    return sentence(
        "%(link)s lacks %(quantity)s before %(time)s", link=link, quantity=short.quantity, time=before
    )


def _when(site: Site, at: Instant) -> str:
    """Not before an instant, to the minute: a later due is feasible as well."""
    moment = moment_of(-(-at // MINUTE_MS) * MINUTE_MS, site.zone)
    time = moment.strftime("%Y-%m-%d %H:%M")
    return sentence("%(weekday)s %(time)s", weekday=weekday_word(moment), time=time)


def check_orders(site: Site, orders: Iterable[Order], now: Instant) -> None:
    """Raises CannotPlan with the faults of all orders."""
    faults = [fault for order in orders if (fault := order_fault(site, order, now))]
    if faults:
        raise CannotPlan("\n".join(faults))


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids)) or sentence("none")
