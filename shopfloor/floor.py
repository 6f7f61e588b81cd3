"""The lines of a site with the capacity that is left: orders are divided, promised and taken here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from shopfloor.calendar import calendar_of
from shopfloor.capacity import LinkCapacity
from shopfloor.chain import Chain
from shopfloor.instants import DAY_MS, SECOND_MS, Instant, moment_of
from shopfloor.order_faults import CannotPlan, check_orders
from shopfloor.orders import Load, Order, OrderPlan
from shopfloor.replanning import NOT_BEGUN, Progress
from shopfloor.site import Line, Link, Site
from shopfloor.subdivision import Subdivision, Task, subdivide, take, targets

PROMISE_HORIZON_MS = 730 * DAY_MS
"""No due later than this from now is looked for."""
_BEFORE, _AFTER = timedelta(days=7), timedelta(days=14)
"""Calendars reach so much further: lags are counted in them."""
_MONTH = timedelta(days=31)

Given = Mapping[str, int]
"""Units that each link has given of an order."""


class Floor:
    """The capacity of a site's lines from now on, less what is released; kept, it grows old with `move_to`."""

    def __init__(
        self,
        site: Site,
        *,
        now: Instant,
        until_at: Instant | None = None,
        lines: Collection[str] | None = None,
        products: Collection[str] | None = None,
        loads: Iterable[Load] = (),
    ) -> None:
        """Of all lines if not told which. It covers dues within the promise horizon and until `until_at`.

        `products` are those that will be asked for, all if not told; others may be, at the price of a moment.
        """
        self.site = site
        self.now = now
        from_on, to_on = _dates(site, now, max(now + PROMISE_HORIZON_MS, until_at or now))
        self._dates = from_on, to_on
        self._chains = {
            line.id: Chain(
                line, {link.id: calendar_of(site, link.shifts, from_on, to_on) for link in line.links}
            )
            for line in site.lines.values()
            if lines is None or line.id in lines
        }
        self._capacities = {
            line_id: {
                link.id: LinkCapacity(
                    chain.calendars[link.id],
                    site.stations_of(line_id, link.id),
                    _rates(site, chain.line, link),
                    now,
                    site.products if products is None else products,
                )
                for link in chain.line.links
                if link.kind == "work"
            }
            for line_id, chain in self._chains.items()
        }
        self.take(loads)

    def covers(self, due_at: Instant) -> bool:
        """Whether the calendars of this floor reach far enough for a due."""
        return moment_of(due_at, self.site.zone).date() + _AFTER <= self._dates[1]

    def move_to(self, now: Instant) -> None:
        """Time has gone on: hours that have begun count no more."""
        self.now = now
        for capacity in self._each_capacity():
            capacity.move_to(now)

    def copy(self) -> Floor:
        """A floor to try something on: what it takes, this one keeps."""
        other = copy(self)
        other._capacities = {  # noqa: SLF001  # its own
            line_id: {link_id: capacity.copy() for link_id, capacity in capacities.items()}
            for line_id, capacities in self._capacities.items()
        }
        return other

    def with_station(self, line_id: str, link_id: str, more: int = 1) -> Floor:
        """A copy whose link, one that works, has more stations in every hour."""
        other = self.copy()
        capacities = other._capacities[line_id]  # noqa: SLF001  # its own
        capacities[link_id] = capacities[link_id].with_stations(more)
        return other

    def hours(self, line_id: str, link_id: str) -> LinkCapacity:
        """A link's hours with what there is and what is left, to read; KeyError for a milestone."""
        return self._capacities[line_id][link_id]

    def take(self, loads: Iterable[Load]) -> None:
        """Take what is released; a link, product or hour that the configuration no longer has takes nothing."""
        capacities = {
            (line_id, link_id): capacity
            for line_id, links in self._capacities.items()
            for link_id, capacity in links.items()
        }
        for load in loads:
            capacity = capacities.get((load.line, load.link))
            if capacity is not None and capacity.makes(load.product):
                hour = capacity.calendar.hour_at(load.start_at)
                if hour is not None:
                    cost = capacity.cost_of(load.product)
                    capacity.left[hour] -= load.make * cost

    def give_back(self, loads: Iterable[Load]) -> None:
        """Undo what was taken before; only of a copy that was not asked yet: answers rest on room that only shrinks."""
        self.take(replace(load, make=-load.make) for load in loads)

    def plan(
        self,
        orders: Sequence[Order],
        done: Mapping[str, Given] | None = None,
        progress: Mapping[str, Progress] | None = None,
    ) -> list[OrderPlan]:
        """Divide orders backward and take the hours of those that are feasible; plans in the order given.

        The latest due takes its hours first, then the lower priority number, then the order number. An
        order that is not feasible takes nothing; its earliest ship is beside all that are. `done` is what
        links have given of an order already; `progress` says it of released ones in full. Raises CannotPlan.
        """
        orders = tuple(orders)
        begun = {number: Progress(given) for number, given in (done or {}).items()} | dict(progress or {})
        self._check(orders)
        backward = sorted(
            range(len(orders)), key=lambda i: (-orders[i].due_at, orders[i].priority, orders[i].order)
        )
        plans: dict[int, OrderPlan] = {}
        late: list[tuple[int, Subdivision]] = []
        for i in backward:
            order = orders[i]
            chain = self._chains[order.line]
            last_hour = chain.last_hour(order.due_at)
            divided = self._subdivide(order, last_hour, begun.get(order.order, NOT_BEGUN))
            if divided.short:
                late.append((i, divided))
            else:
                take(self._capacities[order.line], divided)
                plans[i] = OrderPlan(order, feasible=True, links=targets(chain, divided))
        earliest: dict[tuple[object, ...], Instant | None] = {}
        for i, divided in late:
            order = orders[i]
            so_far = begun.get(order.order, NOT_BEGUN)
            wanted = order.product, order.quantity, so_far.key
            if wanted not in earliest:
                earliest[wanted] = self._earliest_due(order, so_far)
            plans[i] = OrderPlan(
                order, feasible=False, short=tuple(divided.short), earliest_ship_at=earliest[wanted]
            )
        return [plans[i] for i in range(len(orders))]

    def earliest_due(
        self, order: Order, done: Given | None = None, progress: Progress = NOT_BEGUN
    ) -> Instant | None:
        """The earliest due by which an order like this is feasible; its own due plays no part.

        `done` or `progress` as for `plan`. None within the horizon; raises CannotPlan.
        """
        self._check([order])
        return self._earliest_due(order, Progress(done) if done else progress)

    def promise(self, product: str, quantity: int) -> Instant | None:
        """The earliest due that is feasible beside what is taken; None if there is none within two years."""
        line = self.site.products[product].line if product in self.site.products else ""
        return self.earliest_due(Order("", line, product, quantity, self.now))

    def _earliest_due(self, order: Order, progress: Progress) -> Instant | None:
        """A later last hour never makes a feasible order infeasible: so it is found by halving."""
        chain = self._chains[order.line]
        calendar = chain.last.calendar
        low = calendar.first_hour_from(self.now)
        high = calendar.last_hour_ending_by(self.now + PROMISE_HORIZON_MS)
        if high < low or self._subdivide(order, high, progress).short:
            return None
        while low < high:
            middle = (low + high) // 2
            if self._subdivide(order, middle, progress).short:
                low = middle + 1
            else:
                high = middle
        return _first_due(chain, calendar.ends[low])

    def _subdivide(self, order: Order, last_hour: int, progress: Progress) -> Subdivision:
        task = Task(
            order.product,
            order.quantity,
            self.site.products[order.product].batch,
            order.due_at,
            progress.done,
            progress.made,
            progress.arriving,
        )
        chain, capacities = self._chains[order.line], self._capacities[order.line]
        return subdivide(chain, capacities, task, last_hour=last_hour, now=self.now)

    def _check(self, orders: Sequence[Order]) -> None:
        """Raises CannotPlan for orders that the site does not know how to make."""
        check_orders(self.site, orders, self.now)
        for product, line_id in {order.product: order.line for order in orders}.items():
            for link_id, capacity in self._capacities[line_id].items():
                if not capacity.makes(product):
                    raise CannotPlan(
                        f"link {line_id}/{link_id} has no per_hour for product {product}; set one."
                    )
        if orders and not self.covers(max(order.due_at for order in orders)):
            raise ValueError("a due lies beyond the calendars of this floor; make one that covers it")

    def _each_capacity(self) -> Iterable[LinkCapacity]:
        return (capacity for capacities in self._capacities.values() for capacity in capacities.values())


def _rates(site: Site, line: Line, link: Link) -> dict[str, Fraction]:
    """Units that a station of a link makes in an hour, of each product of the line that has a rate."""
    return {
        product.id: rate
        for product in site.products.values()
        if product.line == line.id and (rate := site.per_hour(product.id, link))
    }


def _dates(site: Site, now: Instant, latest_at: Instant) -> tuple[date, date]:
    """Production dates around now and the latest due; whole months, so that a month's calendars are made once."""
    first, last = moment_of(now, site.zone).date(), moment_of(latest_at, site.zone).date()
    return (first - _BEFORE).replace(day=1), (last + _AFTER + _MONTH).replace(day=1)


def _first_due(chain: Chain, end_at: Instant) -> Instant | None:
    """The first whole second whose ship buffer begins at or after the end of an hour of the last link."""
    calendar, ship_buffer = chain.last.calendar, chain.line.ship_buffer

    def fits(due_at: Instant) -> bool:
        return calendar.back(due_at, ship_buffer) >= end_at

    low = -(-end_at // SECOND_MS) * SECOND_MS
    if fits(low):
        return low
    step = SECOND_MS
    while not fits(low + step):
        if low + step > calendar.ends_at:
            return None
        step *= 2
    high = low + step
    while high - low > SECOND_MS:
        middle = (low + high) // (2 * SECOND_MS) * SECOND_MS
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high
