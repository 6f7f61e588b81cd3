"""The planners of the demo, and what lies on their table for visitors: an offer, a rush order, a later due."""

from __future__ import annotations

from collections.abc import Mapping

from ledger import agreeing, drafts, taking_in
from ledger.desk import Desk
from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.store import Ledger
from ledger.whereabouts import OpenOrder, open_orders
from shopfloor.agreement import Draft
from shopfloor.instants import DAY_MS, HOUR_MS, Instant
from shopfloor.orders import Order
from shopfloor.roles import Role
from shopfloor.site import Line, Site

SOURCE = "demo planner"
PLANNERS: Mapping[Role, str] = {
    "sales": "Greta Lindholm",
    "production": "Tomasz Nowak",
    "purchasing": "Ines Moreau",
}
OFFER, RUSH = "GB-OFFER-", "GB-RUSH-"
OFFER_DUE_MS = 5 * DAY_MS
RUSH_DUE_MS = 30 * HOUR_MS
OFFER_UNITS, RUSH_UNITS = 60, 400
LATER_MS = 4 * HOUR_MS
STALE_MS = 3 * DAY_MS
"""An offer that is due sooner than this has lain there too long."""


class PlannersTable:
    """Drafts in different states. What visitors settle or take away is replaced when it is set out again."""

    def __init__(self, ledger: Ledger, site: Site, line: Line) -> None:
        self._ledger, self._site, self._line = ledger, site, line
        self._desk = Desk(ledger, site)

    def set_out(self, now: Instant) -> None:
        """An offer that waits for purchasing, a rush order that is not feasible, a released order's later due."""
        there = drafts.drafts(self._ledger)
        offer = self._fresh(there, OFFER, now + STALE_MS, now)
        if offer is None:
            offer = self._draft(OFFER, OFFER_UNITS, "Harbour Winches Gdansk", now + OFFER_DUE_MS, now)
        self._confirm(offer, ("sales", "production"), now)
        rush = self._fresh(there, RUSH, now + HOUR_MS, now)
        if rush is None:
            rush = self._draft(RUSH, RUSH_UNITS, "Fjord Ferries", now + RUSH_DUE_MS, now)
        self._confirm(rush, ("sales",), now)
        if not any(draft.version > 1 for draft in there):
            self._propose_later_due(now)

    def _fresh(self, there: list[Draft], prefix: str, due_after: Instant, now: Instant) -> Draft | None:
        """The one that lies there already; one that has lain too long is discarded."""
        found = None
        for draft in there:
            if draft.order.order.startswith(prefix):
                if draft.order.due_at > due_after:
                    found = draft
                else:
                    by = self._by("sales", now)
                    number, why = draft.order.order, "the customer has ordered elsewhere"
                    drafts.discard_draft(self._ledger, number, by, seen=draft.revision, why=why, now=now)
        return found

    def _draft(self, prefix: str, units: int, customer: str, due_at: Instant, now: Instant) -> Draft:
        product = next(each.id for each in self._site.products.values() if each.line == self._line.id)
        row = self._ledger.row(
            "SELECT COUNT(DISTINCT \"order\") AS number FROM events WHERE kind = 'order_drafted'"
            ' AND substr("order", 1, ?) = ?',
            (len(prefix), prefix),
        )
        order = Order(
            f"{prefix}{1 + (row['number'] if row else 0)}",
            self._line.id,
            product,
            units,
            -(-due_at // HOUR_MS) * HOUR_MS,
            customer,
        )
        taking_in.draft_orders(self._ledger, [order], self._by("sales", now), now=now)
        return drafts.being_agreed(self._ledger, order.order)

    def _confirm(self, draft: Draft, roles: tuple[Role, ...], now: Instant) -> None:
        """Those of the roles who have not yet, as far as they can."""
        for role in roles:
            if role in draft.waits_for(self._site.roles) and len(draft.waits_for(self._site.roles)) > 1:
                look = self._desk.look_at(draft.order.order, now)
                by = self._by(role, now)
                try:
                    agreeing.confirm(self._ledger, self._site, role, by, look.seen, now=now)
                except RuleRefused:
                    return
                draft = drafts.being_agreed(self._ledger, draft.order.order)

    def _propose_later_due(self, now: Instant) -> None:
        """For the order that has gone least far: production has not looked at it yet."""
        waiting = [order for order in open_orders(self._ledger, self._line.id) if not _begun(order)]
        if not waiting:
            return
        order = max(waiting, key=lambda each: each.due_at)
        by = self._by("sales", now)
        why = "the customer can take it some hours later"
        self._desk.propose(order.order, order.due_at + LATER_MS, by, why=why, now=now)
        self._confirm(drafts.being_agreed(self._ledger, order.order), ("sales",), now)

    def _by(self, role: Role, now: Instant) -> By:
        return By(PLANNERS[role], SOURCE, now)


def _begun(order: OpenOrder) -> bool:
    return any(
        position.given_at is not None
        for batch in order.batches
        for position in batch.where.positions.values()
    )
