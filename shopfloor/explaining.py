"""What would help an order that is not feasible: facts; the words are made where they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from shopfloor.floor import Floor
from shopfloor.instants import Instant
from shopfloor.orders import OrderPlan
from shopfloor.replanning import NOT_BEGUN, Progress

_FEW = 3


@dataclass(frozen=True, slots=True)
class Way:
    """With one more station at a link, all the time, the order's earliest due is this."""

    line: str
    link: str
    at: Instant


def ways_out(floor: Floor, plan: OrderPlan, progress: Progress = NOT_BEGUN) -> tuple[Way, ...]:
    """For an order that is not feasible: its earliest due with one more station at a link that is short.

    `floor` is as the plan has left it, `progress` how far the order is already. Only ways that are earlier
    than the plan's own earliest ship, the earliest first, at most three. None for milestones: no station
    makes them earlier.
    """
    order = plan.order
    line = floor.site.lines.get(order.line)
    ways: list[Way] = []
    for short in plan.short:
        if line is None or not line.has_link(short.link) or line.link(short.link).kind != "work":
            continue
        at = floor.with_station(order.line, short.link).earliest_due(order, progress=progress)
        if at is not None and (plan.earliest_ship_at is None or at < plan.earliest_ship_at):
            ways.append(Way(order.line, short.link, at))
    return tuple(sorted(ways, key=lambda way: way.at)[:_FEW])
