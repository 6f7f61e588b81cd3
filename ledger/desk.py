"""The planners' desk: what is being agreed, planned beside what is released."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ledger import agreeing, drafts, reading, taking_in
from ledger.agreeing import Seen
from ledger.drafts import By
from ledger.errors import OrdersRefused
from ledger.plans import loads_of_order, released_loads, released_order
from ledger.store import Ledger
from shopfloor.agreement import Draft, first_need, too_late
from shopfloor.floor import Floor
from shopfloor.instants import DAY_MS, Instant
from shopfloor.order_faults import batches_fault
from shopfloor.orders import Load, Order, OrderPlan
from shopfloor.planning import CannotPlan, order_fault
from shopfloor.replanning import NOT_BEGUN, Progress, progress_of
from shopfloor.roles import Role
from shopfloor.sentences import sentence
from shopfloor.site import Site

MOST_TOGETHER = 500
"""Drafts that are planned beside each other for one page."""
_REBUILT_AFTER_MS = DAY_MS
"""The horizon of a promise goes on with time: the floor is made anew once a day."""
_MANY_EVENTS = 20_000
"""More events than this since the last look: reading the loads again costs less than reading the events."""


@dataclass(frozen=True, slots=True)
class Look:
    """A draft with its plan, alone beside what is released."""

    draft: Draft
    plan: OrderPlan
    needed_at: Instant | None
    """The first need of its material; None when it is not feasible."""
    planned_after: int
    """The last event that the plan knows of."""
    progress: Progress = NOT_BEGUN
    """What of a released order is settled; the plan is of the rest."""

    @property
    def late_material(self) -> bool:
        """Whether the material arrives after its first need."""
        return too_late(self.draft, self.plan, self.needed_at)

    @property
    def seen(self) -> Seen:
        return Seen(self.draft.revision, self.plan, self.planned_after, self.progress.kept)


class Desk:
    """Plans for one site. It keeps the floor as released orders have left it, and brings it up to date."""

    def __init__(self, ledger: Ledger, site: Site) -> None:
        self._ledger = ledger
        self._site = site
        self._floor: Floor | None = None
        self._made_at: Instant = 0
        self._sequence = 0
        self._given_back = -1

    def adopt(self, site: Site) -> None:
        """Plan for a changed site from now on."""
        self._site = site
        self._floor = None

    def floor(self, now: Instant, but_not: str | None = None) -> Floor:
        """The floor as released orders, but for one, have left it: a copy of your own."""
        floor = self._kept(now).copy()
        if but_not is not None:
            floor.give_back(loads_of_order(self._ledger, but_not, now))
        return floor

    def promise(self, product: str, quantity: int, now: Instant) -> Instant | None:
        """The earliest due beside what is released; RuleRefused when the site cannot make it at all."""
        line = self._site.products[product].line if product in self._site.products else ""
        self._refuse_unplannable([Order("", line, product, quantity, now)], now)
        return self._kept(now).promise(product, quantity)

    def plan(self, order: Order, now: Instant) -> OrderPlan:
        """A new order alone beside what is released; RuleRefused when the site cannot make it at all."""
        self._refuse_unplannable([order], now)
        (plan,) = self._covering(order.due_at, now).plan([order])
        return plan

    def look(self, draft: Draft, now: Instant) -> Look:
        """A draft's plan. Of a released order it is what is left to give, in place of the plan in force."""
        planned_after = reading.last_sequence(self._ledger)
        in_force = None if draft.version == 1 else released_order(self._ledger, draft.order.order)
        progress = NOT_BEGUN if in_force is None else progress_of(in_force, now)
        plan = self._plan_of(draft, progress, now)
        line = self._site.lines.get(draft.order.line)
        return Look(draft, plan, first_need(line, plan) if line else None, planned_after, progress)

    def look_at(self, number: str, now: Instant) -> Look:
        """The draft of an order with its plan; RuleRefused when nothing of it is being agreed."""
        return self.look(drafts.being_agreed(self._ledger, number), now)

    def together(self, all_drafts: Sequence[Draft], now: Instant) -> dict[str, OrderPlan]:
        """New orders planned beside each other and what is released: the first due, as many as can be looked at.

        What the site no longer knows is left out.
        """
        new = (draft.order for draft in all_drafts if draft.version == 1)
        orders = [order for order in new if not order_fault(self._site, order, now)][:MOST_TOGETHER]
        if not orders:
            return {}
        floor = self._covering(max(order.due_at for order in orders), now)
        return {plan.order.order: plan for plan in floor.plan(orders)}

    def confirm(
        self,
        number: str,
        role: Role,
        by: By,
        *,
        seen: int,
        material_at: Instant | None = None,
        may_move_to: Instant | None = None,
        now: Instant,
    ) -> bool:
        """Confirm a draft at the revision that was seen; True when that put it in force."""
        if agreeing.confirmed_before(
            self._ledger, number, role, by, material_at=material_at, may_move_to=may_move_to
        ):
            return drafts.draft(self._ledger, number) is None
        look = self.look_at(number, now)
        return agreeing.confirm(
            self._ledger,
            self._site,
            role,
            by,
            replace(look.seen, revision=seen),
            material_at=material_at,
            may_move_to=may_move_to,
            now=now,
        )

    def release(self, number: str, by: By, *, seen: int, now: Instant) -> None:
        """Release a draft that waits for nobody."""
        look = self.look_at(number, now)
        agreeing.release(self._ledger, self._site, by, replace(look.seen, revision=seen), now=now)

    def change(self, after: Draft, by: By, *, why: str = "", now: Instant) -> tuple[Role, ...]:
        """Change a draft to what `after` says; the roles whose confirmations that withdraws."""
        self._refuse_unplannable([after.order], now, coming_in=after.version == 1)
        late_material = self.look(after, now).late_material
        return drafts.change_draft(self._ledger, after, by, late_material=late_material, why=why, now=now)

    def propose(self, number: str, due_at: Instant, by: By, *, why: str, now: Instant) -> None:
        """Propose to plan a released order anew, for this due."""
        in_force = released_order(self._ledger, number)
        late_material = False
        if in_force is not None:
            changed = replace(in_force.order, due_at=due_at)
            self._refuse_unplannable([changed], now)
            version = in_force.plan_version
            bought = drafts.confirmations(self._ledger, number, version).get("purchasing")
            material_at = bought.material_at if bought else None
            after = Draft(changed, version + 1, 0, now, "", material_at=material_at)
            late_material = self.look(after, now).late_material
        drafts.propose(self._ledger, number, due_at, by, why=why, late_material=late_material, now=now)

    def take_in(self, orders: Sequence[Order], by: By, *, confirmed: bool, now: Instant) -> list[OrderPlan]:
        """Take orders in, all or none, and say how they can be planned beside each other.

        `confirmed` by one person in all roles, or where nobody has to confirm, they are released at once: then each
        has to be feasible. OrdersRefused names every order that cannot be taken in.
        """
        self._refuse_unplannable(orders, now, coming_in=True)
        planned_after = reading.last_sequence(self._ledger)
        last_due_at = max((order.due_at for order in orders), default=now)
        plans = self._covering(last_due_at, now).plan(orders)
        if confirmed or not self._site.roles:
            agreeing.take_in_confirmed(
                self._ledger, self._site, plans, by, planned_after=planned_after, now=now
            )
        else:
            taking_in.draft_orders(self._ledger, orders, by, now=now)
        return plans

    def _refuse_unplannable(self, orders: Sequence[Order], now: Instant, *, coming_in: bool = False) -> None:
        """OrdersRefused for what the site cannot plan; what comes in must not be divided too finely either."""
        faults = {
            order.order: fault
            for order in orders
            if (fault := order_fault(self._site, order, now) or (coming_in and self._too_many(order)))
        }
        if faults:
            raise OrdersRefused(faults)

    def _too_many(self, order: Order) -> str | None:
        fault = batches_fault(self._site, order)
        return fault and sentence("order %(order)s: %(fault)s", order=order.order, fault=fault)

    def _plan_of(self, draft: Draft, progress: Progress, now: Instant) -> OrderPlan:
        order = draft.order
        try:
            floor = self._covering(order.due_at, now)
            if draft.version > 1:
                floor.give_back(loads_of_order(self._ledger, order.order, now))
            (plan,) = floor.plan([order], progress={order.order: progress})
        except CannotPlan:  # the configuration no longer has its line, its product or a rate
            return OrderPlan(order, feasible=False)
        return plan

    def _covering(self, due_at: Instant, now: Instant) -> Floor:
        """A floor of one's own that reaches to a due."""
        kept = self._kept(now)
        if kept.covers(due_at):
            return kept.copy()
        return Floor(self._site, now=now, until_at=due_at, loads=released_loads(self._ledger, now))

    def _kept(self, now: Instant) -> Floor:
        # What others write meanwhile is for the next time, and must not be counted twice.
        with self._ledger.snapshot():
            return self._brought_up_to_date(now)

    def _brought_up_to_date(self, now: Instant) -> Floor:
        sequence = reading.last_sequence(self._ledger)
        given_back = self._times_given_back()
        floor = self._floor
        if (
            floor is None
            or given_back != self._given_back
            or sequence - self._sequence > _MANY_EVENTS
            or not floor.now <= now
            or now - self._made_at > _REBUILT_AFTER_MS
        ):
            floor = Floor(self._site, now=now, loads=released_loads(self._ledger, now))
            self._made_at = now
        else:
            floor.move_to(now)
            floor.take(self._released_since(self._sequence))
        self._floor, self._sequence, self._given_back = floor, sequence, given_back
        return floor

    def _times_given_back(self) -> int:
        row = self._ledger.row("SELECT times FROM given_back")
        return int(row["times"]) if row else 0

    def _released_since(self, sequence: int) -> list[Load]:
        rows = self._ledger.rows(
            "SELECT detail FROM events WHERE sequence > ? AND kind = 'order_released'", (sequence,)
        )
        released = [json.loads(row["detail"]) for row in rows]
        return [
            Load(detail["line"], link, start_at, detail["product"], make)
            for detail in released
            for link, hours in detail["targets"].items()
            for start_at, _end_at, _shift, make, *_ in hours
            if make
        ]
