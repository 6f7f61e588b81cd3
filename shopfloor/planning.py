"""Many orders on one floor: who takes which hours first, the earliest ship date, the promise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction

from shopfloor.calendar import calendar_of
from shopfloor.capacity import LinkCapacity
from shopfloor.instants import DAY_MS, SECOND_MS, Instant, moment_of
from shopfloor.orders import Load, Order, OrderPlan
from shopfloor.site import Line, Link, Site
from shopfloor.subdivision import Chain, ChainLink, Subdivision, subdivide, take, targets

PROMISE_HORIZON_MS = 730 * DAY_MS
"""No due later than this from now is looked for."""
FARTHEST_DUE_MS = 3653 * DAY_MS
"""A due later than this from now is a slip of the pen."""


class CannotPlan(ValueError):
    """Orders that the site cannot subdivide at all; the text holds each fault on its own line."""


def plan_orders(
    site: Site, orders: Sequence[Order], *, now: Instant, loads: Iterable[Load] = ()
) -> list[OrderPlan]:
    """Divide orders backward beside what released orders have taken; plans come in the order given.

    The latest due takes its hours first, then the lower priority number, then the order number. An order
    that is not feasible takes nothing; its earliest ship is beside all that are.
    """
    faults = [fault for order in orders if (fault := order_fault(site, order, now))]
    if faults:
        raise CannotPlan("\n".join(faults))
    loads = tuple(loads)
    floor = Floor(site, orders, now=now, loads=loads)
    backward = sorted(
        range(len(orders)), key=lambda i: (-orders[i].due_at, orders[i].priority, orders[i].order)
    )
    plans: dict[int, OrderPlan] = {}
    late: list[tuple[int, Subdivision]] = []
    for i in backward:
        done = floor.subdivide(orders[i])
        if done.short:
            late.append((i, done))
        else:
            take(floor.chains[orders[i].line], done)
            plans[i] = OrderPlan(orders[i], feasible=True, links=targets(floor.chains[orders[i].line], done))
    earliest: dict[tuple[str, int], Instant | None] = {}
    for i, done in late:
        wanted = orders[i].product, orders[i].quantity
        if wanted not in earliest:
            earliest[wanted] = floor.earliest_due(orders[i])
        plans[i] = OrderPlan(
            orders[i], feasible=False, short=tuple(done.short), earliest_ship_at=earliest[wanted]
        )
    return [plans[i] for i in range(len(orders))]


def promise(
    site: Site, *, product: str, quantity: int, now: Instant, loads: Iterable[Load] = ()
) -> Instant | None:
    """The earliest due that is feasible beside what is planned; None if there is none within two years."""
    line = site.products[product].line if product in site.products else ""
    order = Order("", line, product, quantity, now)
    fault = order_fault(site, order, now)
    if fault:
        raise CannotPlan(fault)
    return Floor(site, [order], now=now, loads=tuple(loads)).earliest_due(order)


def loads_of(plan: OrderPlan) -> list[Load]:
    """The capacity that a plan takes."""
    order = plan.order
    return [
        Load(order.line, targets_.link, hour.start_at, order.product, hour.make)
        for targets_ in plan.links
        for hour in targets_.hours
        if hour.make
    ]


def order_fault(site: Site, order: Order, now: Instant) -> str | None:
    """Why the site cannot plan an order at all, in one sentence; None if it can."""
    name = f"order {order.order}: " if order.order else ""
    product = site.products.get(order.product)
    if product is None:
        return f"{name}the site {site.id} has no product {order.product!r}; it has {_listed(site.products)}."
    if order.line not in site.lines:
        return f"{name}the site {site.id} has no line {order.line!r}; it has {_listed(site.lines)}."
    if product.line != order.line:
        return f"{name}product {product.id} is made on line {product.line}, not on {order.line}."
    if order.quantity < 1:
        return f"{name}a quantity of {order.quantity} is nothing to make; give a whole number above 0."
    if order.due_at > now + FARTHEST_DUE_MS:
        return f"{name}it is due more than ten years from now; correct the date."
    return None


class Floor:
    """The lines that some orders need, with the capacity that released orders have left."""

    def __init__(self, site: Site, orders: Sequence[Order], *, now: Instant, loads: Sequence[Load]) -> None:
        self.site = site
        self.now = now
        self._from_on, self._to_on = _dates(site, orders, now)
        lines = {order.line for order in orders}
        loads = [load for load in loads if load.line in lines]
        products = {order.product for order in orders} | {load.product for load in loads}
        self._products = sorted(products & site.products.keys())
        self.chains = {line_id: self._chain(site.lines[line_id]) for line_id in sorted(lines)}
        for load in loads:
            self._take(load)

    def subdivide(self, order: Order) -> Subdivision:
        """Divide an order backward from its due; takes no capacity."""
        chain = self.chains[order.line]
        return self._subdivide(order, chain, chain.last_hour(order.due_at))

    def earliest_due(self, order: Order) -> Instant | None:
        """The earliest due by which an order like this is feasible; its own due plays no part.

        A later last hour never makes a feasible order infeasible: so it is found by halving.
        """
        chain = self.chains[order.line]
        calendar = chain.last.calendar
        low, high = chain.last.first, calendar.last_hour_ending_by(self.now + PROMISE_HORIZON_MS)
        if high < low or self._subdivide(order, chain, high).short:
            return None
        while low < high:
            middle = (low + high) // 2
            if self._subdivide(order, chain, middle).short:
                low = middle + 1
            else:
                high = middle
        return _first_due(chain, calendar.ends[low])

    def _subdivide(self, order: Order, chain: Chain, last_hour: int) -> Subdivision:
        return subdivide(
            chain,
            product=order.product,
            batch=self.site.products[order.product].batch,
            quantity=order.quantity,
            due_at=order.due_at,
            last_hour=last_hour,
        )

    def _chain(self, line: Line) -> Chain:
        return Chain(line, {link.id: self._chain_link(line, link) for link in line.links}, self.now)

    def _chain_link(self, line: Line, link: Link) -> ChainLink:
        calendar = calendar_of(self.site, link.shifts, self._from_on, self._to_on)
        first = calendar.first_hour_from(self.now)
        if link.kind == "milestone":
            return ChainLink(link, calendar, first, None)
        stations = len(self.site.stations_of(line.id, link.id))
        return ChainLink(
            link, calendar, first, LinkCapacity(calendar, stations, self._rates(line, link), first)
        )

    def _rates(self, line: Line, link: Link) -> dict[str, Fraction]:
        rates = {
            product: self.site.per_hour(product, link)
            for product in self._products
            if self.site.products[product].line == line.id
        }
        for product, rate in rates.items():
            if not rate:
                raise CannotPlan(f"link {line.id}/{link.id} has no per_hour for product {product}; set one.")
        return {product: rate for product, rate in rates.items() if rate}

    def _take(self, load: Load) -> None:
        """What was released for a link, product or hour that the configuration no longer has takes nothing."""
        chain_link = self.chains[load.line].links.get(load.link)
        if chain_link is None or chain_link.capacity is None:
            return
        hour = chain_link.calendar.hour_at(load.start_at)
        if hour is not None and load.product in chain_link.capacity.unit_cost:
            chain_link.capacity.take(hour, load.product, load.make)


def _dates(site: Site, orders: Sequence[Order], now: Instant) -> tuple[date, date]:
    """Production dates that cover now, the promise horizon and every due.

    Whole months: then the calendars of one month are made once.
    """
    latest_at = max([now + PROMISE_HORIZON_MS, *(order.due_at for order in orders)])
    first, last = moment_of(now, site.zone).date(), moment_of(latest_at, site.zone).date()
    return (first - timedelta(days=7)).replace(day=1), (last + timedelta(days=45)).replace(day=1)


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


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids)) or "none"
