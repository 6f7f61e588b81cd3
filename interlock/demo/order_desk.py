"""The planner of the demo: orders of many customers, so that the plant is always filled and not overfilled."""

from __future__ import annotations

from collections.abc import Callable

from interlock.demo.luck import Luck
from interlock.demo.planners import PLANNERS, SOURCE
from ledger import agreeing, reading
from ledger.desk import Desk
from ledger.drafts import By
from ledger.store import Ledger
from ledger.whereabouts import OpenOrder, last_due, open_order, order_numbers
from shopfloor.calendar_book import CalendarBook
from shopfloor.instants import HOUR_MS, MINUTE_MS, Duration, Instant
from shopfloor.orders import Order, OrderPlan
from shopfloor.site import Line, Site

PREFIX = "GB-"
FIRST_NUMBER = 1001
LOAD = 0.8
"""How much of the time that the slowest link has for an order goes by until the next one is due: the load."""
FIRST_DUE_MS = 46 * HOUR_MS
"""A day for the material, the night without deliveries, and the way through the plant."""
RELEASED_AHEAD_MS = 60 * HOUR_MS
"""Orders due within this are released: so every link has targets for a day and a half."""
DUE_STEP_MS = 30 * MINUTE_MS
QUANTITIES = (20, 80)
CUSTOMERS = (
    "Kessler Conveyors",
    "Nordwall Cranes",
    "Brandt & Olsen",
    "Alpina Lifts",
    "Vogtland Mixers",
    "Halvorsen Winches",
    "Maas River Pumps",
    "Elbtal Presses",
    "Tirol Cableways",
    "Baltic Deck Gear",
)
PRODUCTS = (0.5, 0.3, 0.2)
"""How often each product is ordered, in the order of the configuration."""


class OrderDesk:
    """Plans, agrees and releases beside what is released; goes on from what the ledger holds."""

    def __init__(
        self, ledger: Ledger, site: Site, line: Line, luck: Luck, clock: Callable[[], Instant]
    ) -> None:
        self._ledger, self._site, self._line = ledger, site, line
        self._luck, self._clock = luck, clock
        self._desk = Desk(ledger, site)
        self._calendars = CalendarBook(site)
        numbers = [number.removeprefix(PREFIX) for number in order_numbers(ledger, PREFIX)]
        self._next_number = 1 + max(
            (int(number) for number in numbers if number.isdecimal()), default=FIRST_NUMBER - 1
        )
        last_due_at = last_due(ledger, line.id, f"{PREFIX}[0-9]*")
        self._next_due_at = None if last_due_at is None else self._after(last_due_at)

    def work(self, at: Instant) -> list[OpenOrder]:
        """Release what is to be released by an instant; the new orders."""
        if self._next_due_at is None:
            self._next_due_at = at + FIRST_DUE_MS
        elif self._next_due_at < at + FIRST_DUE_MS // 2:
            self._next_due_at = (
                at + RELEASED_AHEAD_MS
            )  # after a pause: what was left over is worked off first
        released = []
        while self._next_due_at <= at + RELEASED_AHEAD_MS:
            known = reading.last_sequence(self._ledger)
            plan = self._plan(self._next_due_at, at)
            if plan is None:
                self._next_due_at += HOUR_MS
                continue
            self._agree(plan, at, known)
            released.append(open_order(self._ledger, plan.order.order))
            self._next_due_at = self._after(max(self._next_due_at, plan.order.due_at - DUE_STEP_MS))
            self._next_number += 1
        return released

    def _agree(self, plan: OrderPlan, at: Instant, known: int) -> None:
        """All three commit to the plan, and with that it is in force."""
        by = By(PLANNERS["sales"], SOURCE, at)
        agreeing.take_in_confirmed(
            self._ledger, self._site, [plan], by, people=PLANNERS, planned_after=known, now=self._clock()
        )

    def _plan(self, due_at: Instant, at: Instant) -> OrderPlan | None:
        """The next order, later than wanted if it has to be; None when it would be too late for now."""
        plan = self._desk.plan(self._order(due_at), at)
        if plan.feasible:
            return plan
        if plan.earliest_ship_at is None or plan.earliest_ship_at > at + RELEASED_AHEAD_MS:
            return None
        plan = self._desk.plan(self._order(plan.earliest_ship_at + HOUR_MS), at)
        return plan if plan.feasible else None

    def _order(self, due_at: Instant) -> Order:
        product, quantity = self._wanted()
        dice = self._luck.of("customer", self._next_number)
        return Order(
            f"{PREFIX}{self._next_number}",
            self._line.id,
            product,
            quantity,
            -(-due_at // DUE_STEP_MS) * DUE_STEP_MS,
            customer=dice.choice(CUSTOMERS),
        )

    def _wanted(self) -> tuple[str, int]:
        dice = self._luck.of("order", self._next_number)
        products = [product.id for product in self._site.products.values() if product.line == self._line.id]
        return dice.choices(products, PRODUCTS[: len(products)])[0], dice.randint(*QUANTITIES)

    def _after(self, due_at: Instant) -> Instant:
        """When the next order is due: the slowest link has had time enough for it."""
        product, quantity = self._wanted()
        slowest_ms = max(
            int(quantity * HOUR_MS / (per_hour * len(self._site.stations_of(self._line.id, link.id))))
            for link in self._line.links
            if (per_hour := self._site.per_hour(product, link))
        )
        calendar = self._calendars.of_link(self._line, self._line.last.id, due_at)
        return calendar.forward(due_at, Duration(int(slowest_ms / LOAD)))
