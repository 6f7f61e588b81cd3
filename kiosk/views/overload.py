"""Why drafts cannot be kept: what is short and where, the promise, and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiosk.contexts import Explained
from kiosk.services import Services
from kiosk.views.feasibility import date_text, feasibility
from shopfloor.agreement import Draft
from shopfloor.instants import Instant
from shopfloor.orders import OrderPlan

MOST_EXPLAINED = 8
"""To look for ways out costs a few plans each."""
MOST_CHANGES = 4
"""To look at a change of a released order costs a floor of its own."""


@dataclass(frozen=True, slots=True)
class Overload:
    """Drafts that cannot be kept, explained, and how many more there are."""

    explained: tuple[Explained, ...]
    not_explained: int
    changes_left: int
    """Changes of released orders that were not looked at."""


def overload(
    services: Services, drafts: Sequence[Draft], together: Mapping[str, OrderPlan], now: Instant
) -> Overload:
    """Drafts that cannot be kept as they stand, by due.

    `together` are plans of new orders beside each other. A change of a released order is looked at alone.
    """
    new = [draft for draft in drafts if draft.version == 1]
    late = [draft for draft in new if not (plan := together.get(draft.order.order)) or not plan.feasible]
    changes = [draft for draft in drafts if draft.version > 1]
    looked_at = sorted(
        [*late[:MOST_EXPLAINED], *changes[:MOST_CHANGES]], key=lambda draft: draft.order.due_at
    )
    found = (_explained(services, draft, together.get(draft.order.order), now) for draft in looked_at)
    return Overload(
        tuple(each for each in found if each is not None),
        len(late[MOST_EXPLAINED:]),
        len(changes[MOST_CHANGES:]),
    )


def _explained(
    services: Services, draft: Draft, beside_others: OrderPlan | None, now: Instant
) -> Explained | None:
    order, site = draft.order, services.config.site
    look = services.desk.look(draft, now)
    plan = look.plan
    alone = plan.feasible and beside_others is not None
    if plan.feasible and not alone:
        return None
    progress = look.progress if draft.version > 1 else None
    shown = beside_others if alone and beside_others is not None else plan
    return Explained(
        order=order.order,
        product=site.product_name(order.product),
        quantity=order.quantity,
        due=date_text(order.due_at, now, site.zone),
        change=draft.version > 1,
        alone=alone,
        feasibility=feasibility(services, shown, now, together=False, explain=not alone, progress=progress),
    )
