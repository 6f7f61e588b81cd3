"""A plan as plain values that others rely on: instants with the site's offset, whole seconds."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from shopfloor.instants import Instant, local_text
from shopfloor.orders import HourTarget, OrderPlan


class Texts(dict[Instant, str]):
    """Instants as text in a zone; thousands of orders share the same hours."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, at: Instant) -> str:
        text = self[at] = local_text(at, self._zone)
        return text


def plan_shape(texts: Texts, plan: OrderPlan) -> dict[str, Any]:
    """One order of the document that `interlock plan --json` prints."""
    order = plan.order
    return {
        "order": order.order,
        "line": order.line,
        "product": order.product,
        "quantity": order.quantity,
        "due": texts[order.due_at],
        "feasible": plan.feasible,
        "short": [{"link": shortage.link, "quantity": shortage.quantity} for shortage in plan.short],
        "earliest_ship": None if plan.earliest_ship_at is None else texts[plan.earliest_ship_at],
        "links": [
            {"link": link.link, "hours": [hour_shape(texts, hour) for hour in link.hours]}
            for link in plan.links
        ],
    }


def hour_shape(texts: Texts, hour: HourTarget) -> dict[str, Any]:
    """One hour of a link."""
    return {
        "start": texts[hour.start_at],
        "end": texts[hour.end_at],
        "shift": hour.shift,
        "make": hour.make,
        "give": hour.give,
        "cumulative": hour.cumulative,
        "latest": texts[hour.latest_at],
    }
