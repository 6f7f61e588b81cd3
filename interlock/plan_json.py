"""Plans and promises as the JSON that others rely on: instants with the site's offset, whole seconds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from shopfloor.instants import Instant, local_text
from shopfloor.orders import HourTarget, OrderPlan
from shopfloor.site import Site

# Thousands of orders share the same hours.
_text = lru_cache(maxsize=1 << 17)(local_text)


def plan_document(site: Site, plans: Sequence[OrderPlan], *, now: Instant) -> dict[str, Any]:
    """What `interlock plan --json` prints."""
    return {
        "site": site.id,
        "now": _text(now, site.zone),
        "orders": [_order(site, plan) for plan in plans],
    }


def promise_document(
    site: Site, *, product: str, quantity: int, promised_at: Instant | None, now: Instant
) -> dict[str, Any]:
    """What `interlock promise --json` prints."""
    return {
        "site": site.id,
        "now": _text(now, site.zone),
        "product": product,
        "quantity": quantity,
        "line": site.products[product].line,
        "promise": _instant(site, promised_at),
    }


def _order(site: Site, plan: OrderPlan) -> dict[str, Any]:
    order = plan.order
    return {
        "order": order.order,
        "line": order.line,
        "product": order.product,
        "quantity": order.quantity,
        "due": _text(order.due_at, site.zone),
        "feasible": plan.feasible,
        "short": [{"link": shortage.link, "quantity": shortage.quantity} for shortage in plan.short],
        "earliest_ship": _instant(site, plan.earliest_ship_at),
        "links": [
            {"link": link.link, "hours": [_hour(site, hour) for hour in link.hours]} for link in plan.links
        ],
    }


def _hour(site: Site, hour: HourTarget) -> dict[str, Any]:
    return {
        "start": _text(hour.start_at, site.zone),
        "end": _text(hour.end_at, site.zone),
        "shift": hour.shift,
        "make": hour.make,
        "give": hour.give,
        "cumulative": hour.cumulative,
        "latest": _text(hour.latest_at, site.zone),
    }


def _instant(site: Site, at: Instant | None) -> str | None:
    return None if at is None else _text(at, site.zone)
