"""Why drafts cannot be kept: what is short and where, the promise, and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.contexts import Explained
from kiosk.services import Services
from kiosk.views.feasibility import date_text, feasibility
from ledger.plans import released_order
from shopfloor.agreement import Draft
from shopfloor.instants import Instant
from shopfloor.orders import OrderPlan

MOST_EXPLAINED = 8
"""To look for ways out costs a few plans each."""


def explained(
    services: Services, drafts: Sequence[Draft], together: Mapping[str, OrderPlan], now: Instant
) -> tuple[tuple[Explained, ...], int]:
    """Drafts that cannot be kept as they stand, by due, and how many more there are than are explained.

    `together` are plans of new orders beside each other. A change of a released order is looked at alone.
    """
    suspects = [
        draft
        for draft in drafts
        if draft.version > 1 or draft.order.order not in together or not together[draft.order.order].feasible
    ]
    found: list[Explained] = []
    more = 0
    for draft in suspects:
        if len(found) == MOST_EXPLAINED:
            more += draft.version == 1
            continue
        why = _explained(services, draft, together.get(draft.order.order), now)
        if why is not None:
            found.append(why)
    return tuple(found), more


def _explained(
    services: Services, draft: Draft, beside_others: OrderPlan | None, now: Instant
) -> Explained | None:
    order, site = draft.order, services.config.site
    plan = services.desk.look(draft, now).plan
    alone = plan.feasible and beside_others is not None
    if plan.feasible and not alone:
        return None
    done = None
    if draft.version > 1:
        in_force = released_order(services.ledger, order.order)
        done = in_force.given if in_force else None
    shown = beside_others if alone and beside_others is not None else plan
    return Explained(
        order=order.order,
        product=site.product_name(order.product),
        quantity=order.quantity,
        due=date_text(order.due_at, now, site.zone),
        change=draft.version > 1,
        alone=alone,
        feasibility=feasibility(services, shown, now, together=False, explain=not alone, done=done),
    )
