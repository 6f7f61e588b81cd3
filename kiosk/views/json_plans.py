"""The API's answers about what is being agreed and planned: the same as the screens say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kiosk.services import Services
from kiosk.views.agreement import plan_of
from ledger import plans
from shopfloor.agreement import Confirmation, Draft, first_need, starts_at
from shopfloor.instants import Instant, local_text
from shopfloor.orders import OrderPlan
from shopfloor.plan_shape import Texts, hour_shape, plan_shape


def draft_head_json(services: Services, draft: Draft, agreeing: Mapping[str, Any]) -> dict[str, Any]:
    """A new order that is not released yet."""
    order = draft.order
    return {
        "order": order.order,
        "line": order.line,
        "product": order.product,
        "quantity": order.quantity,
        "due": _at(services, order.due_at),
        "customer": order.customer,
        "priority": order.priority,
        "state": "draft",
        "shipped_at": None,
        "feasible": agreeing["feasible"],
        "earliest_ship": agreeing["earliest_ship"],
        "confirmations": agreeing["confirmations"],
        "waits_for": agreeing["waits_for"],
        "agreeing": agreeing,
    }


def agreements_json(
    services: Services, found: Sequence[Draft], now: Instant
) -> list[tuple[Draft, dict[str, Any]]]:
    """What is being agreed, each with its plan alone beside what is released."""
    together = services.desk.together(found, now)
    return [
        (draft, agreement_json(services, draft, plan_of(services, draft, together, now)[0]))
        for draft in found
    ]


def agreement_json(services: Services, draft: Draft, plan: OrderPlan) -> dict[str, Any]:
    """What is being agreed of an order, with what its plan says."""
    site = services.config.site
    line = site.line_or_ghost(draft.order.line)
    return {
        "version": draft.version,
        "revision": draft.revision,
        "due": _at(services, draft.order.due_at),
        "quantity": draft.order.quantity,
        "why": draft.why,
        "drafted_at": _at(services, draft.drafted_at),
        "person": draft.person,
        "material_at": _maybe(services, draft.material_at),
        "may_move_to": _maybe(services, draft.may_move_to),
        "feasible": plan.feasible,
        "short": [
            {"link": short.link, "quantity": short.quantity, "before": _maybe(services, short.before_at)}
            for short in plan.short
        ],
        "earliest_ship": _maybe(services, plan.earliest_ship_at),
        "starts_at": _maybe(services, starts_at(plan)),
        "needed_at": _maybe(services, first_need(line, plan)),
        "confirmations": confirmations_json(services, draft.confirmations.values()),
        "waits_for": list(draft.waits_for(site.roles)),
    }


def planned_json(services: Services, plan: OrderPlan) -> list[dict[str, Any]]:
    """A plan's hours, by link."""
    texts = Texts(services.config.site.zone)
    return [
        {"link": link.link, "hours": [hour_shape(texts, hour) for hour in link.hours]} for link in plan.links
    ]


def confirmations_json(services: Services, given: Iterable[Confirmation]) -> list[dict[str, Any]]:
    """Who confirmed what and when."""
    return [
        {
            "role": each.role,
            "person": each.person,
            "at": _at(services, each.at),
            "quantity": each.quantity,
            "due": _at(services, each.due_at),
            "may_move_to": _maybe(services, each.may_move_to),
            "starts_at": _maybe(services, each.starts_at),
            "material_at": _maybe(services, each.material_at),
            "needed_at": _maybe(services, each.needed_at),
        }
        for each in given
    ]


def versions_json(services: Services, number: str) -> list[dict[str, Any]]:
    """All plans of an order, the first first."""
    return [
        {
            "version": plan.version,
            "planned_at": _at(services, plan.planned_at),
            "due": _at(services, plan.due_at),
            "person": plan.person,
            "why": plan.why,
        }
        for plan in plans.plan_versions(services.ledger, number)
    ]


def promise_json(
    services: Services, product: str, quantity: int, promised_at: Instant | None, now: Instant
) -> dict[str, Any]:
    """The earliest due of a quantity, as `interlock promise --json` prints it."""
    site = services.config.site
    return {
        "site": site.id,
        "now": _at(services, now),
        "product": product,
        "quantity": quantity,
        "line": site.products[product].line,
        "promise": _maybe(services, promised_at),
    }


def plan_json(services: Services, planned: Sequence[OrderPlan], now: Instant) -> dict[str, Any]:
    """Plans, as `interlock plan --json` prints them."""
    site = services.config.site
    texts = Texts(site.zone)
    return {"site": site.id, "now": texts[now], "orders": [plan_shape(texts, plan) for plan in planned]}


def _at(services: Services, at: Instant) -> str:
    return local_text(at, services.config.site.zone)


def _maybe(services: Services, at: Instant | None) -> str | None:
    return None if at is None else _at(services, at)
