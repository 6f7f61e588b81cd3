"""The cells of a line's load: each link's share of each slot of time, in the picture's units."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from kiosk.addresses import with_query
from kiosk.contexts.load import CellState, LoadCell, LoadRow, Taker
from kiosk.views.plan_lanes import DIGIT, MARGIN, Frame
from kiosk.views.time_slots import Slot, ZoomName, index_at, text_asked
from ledger.store import Row
from shopfloor.capacity import LinkCapacity
from shopfloor.floor import Floor
from shopfloor.orders import OrderPlan
from shopfloor.site import Line, Link

CELL = 40.0
_FINER: dict[ZoomName, ZoomName] = {"weeks": "days", "days": "hours", "shifts": "hours"}
_WHOLE = 100


@dataclass(frozen=True)
class LoadFrame:
    """What all rows share: the time axis, the line, and its floor as released orders have left it."""

    frame: Frame
    line: Line
    floor: Floor

    def capacity(self, link: Link) -> LinkCapacity | None:
        """None for a milestone."""
        return None if link.kind == "milestone" else self.floor.hours(self.line.id, link.id)


@dataclass
class Taken:
    """What one link makes, by slot."""

    orders: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    drafts: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    drafts_cost: Counter[int] = field(default_factory=Counter)
    closed: Counter[int] = field(default_factory=Counter)
    """Units of released orders in hours that this link does not work any more."""


def taken_of(on: LoadFrame, makes: Iterable[Row], plans: Iterable[OrderPlan]) -> dict[str, Taken]:
    """By link: what released orders make, as far as they are named, and what feasible drafts would."""
    slots, line = on.frame.slots, on.line
    taken: defaultdict[str, Taken] = defaultdict(Taken)
    capacities = {link.id: on.capacity(link) for link in line.links}
    for each in makes:
        capacity = capacities.get(each["link"])
        slot = index_at(slots, each["start_at"])
        if slot is None or capacity is None:
            continue
        if "order" in each.keys():  # noqa: SIM118  # a row of the ledger is no mapping
            taken[each["link"]].orders[slot][each["order"]] += each["make"]
        if capacity.calendar.hour_at(each["start_at"]) is None:
            taken[each["link"]].closed[slot] += each["make"]
    for plan in plans:
        for targets in plan.links:
            capacity = capacities.get(targets.link)
            if capacity is None:
                continue
            cost = capacity.cost_of(plan.order.product)
            for hour in targets.hours:
                slot = index_at(slots, hour.start_at) if hour.make else None
                if slot is not None:
                    taken[targets.link].drafts[slot][plan.order.order] += hour.make
                    taken[targets.link].drafts_cost[slot] += hour.make * cost
    return dict(taken)


def row(on: LoadFrame, link: Link, taken: Taken | None, top: float) -> LoadRow:
    """One link with its cells; a milestone has none."""
    capacity = on.capacity(link)
    if capacity is None:
        return LoadRow(link.id, link.name, True, top, (), (), 0, 0, 0, 0, "", 0)  # noqa: FBT003  # a milestone
    taken = taken or Taken()
    counted = [_count(capacity, slot) for slot in on.frame.slots]
    found = [_cell(on, capacity, taken, index, count) for index, count in enumerate(counted)]
    cells = tuple(cell for cell in found if cell is not None)
    full = sum(cell.state in ("full", "over") for cell in cells)
    busiest = max(cells, key=lambda cell: cell.percent, default=None)
    told = busiest is not None and busiest.percent > 0 and not full
    return LoadRow(
        link=link.id,
        name=link.name,
        milestone=False,
        top=top,
        cells=cells,
        off=_off(on, found),
        over=sum(cell.state == "over" for cell in cells),
        full=full,
        full_with_drafts=sum(
            cell.state in ("full", "over") or _is_full(count, taken.drafts_cost[index])
            for index, (cell, count) in enumerate(zip(found, counted, strict=True))
            if cell is not None
        ),
        working=len(cells),
        busiest=busiest.name if busiest is not None and told else "",
        busiest_percent=busiest.percent if busiest is not None and told else 0,
    )


def _off(on: LoadFrame, cells: Sequence[LoadCell | None]) -> tuple[tuple[float, float], ...]:
    """Slots without a cell, side by side made one."""
    width = on.frame.slot_width
    made: list[tuple[float, float]] = []
    for is_off, side_by_side in groupby(enumerate(cells), key=lambda numbered: numbered[1] is None):
        numbers = [number for number, _ in side_by_side]
        if is_off:
            made.append((round(MARGIN + numbers[0] * width, 1), round(len(numbers) * width, 1)))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Count:
    """A link's capacity in one slot, in its own fine unit."""

    total: int
    taken: int
    is_over: bool
    """In any hour of it."""


def _count(capacity: LinkCapacity, slot: Slot) -> _Count:
    """The hours that start in the slot, from the next whole hour on."""
    begin = max(bisect_left(capacity.calendar.starts, slot.start_at), capacity.first)
    end = bisect_left(capacity.calendar.starts, slot.end_at)
    left = capacity.left[begin:end]
    total = sum(capacity.total[begin:end])
    return _Count(total, total - sum(left), min(left, default=0) < 0)


def _cell(on: LoadFrame, capacity: LinkCapacity, taken: Taken, index: int, count: _Count) -> LoadCell | None:
    closed = taken.closed[index]
    if not count.total and not count.taken and not closed:
        return None
    named = on.frame.zoom in ("hours", "shifts")
    make = sum(taken.orders[index].values()) if named else None
    slot, width = on.frame.slots[index], on.frame.slot_width
    percent = _percent(count.taken, count.total) if count.total else _WHOLE
    return LoadCell(
        name=slot.name,
        x=round(MARGIN + index * width, 1),
        width=round(width, 1),
        state=_state(count, taken.drafts_cost[index], is_closed=bool(closed)),
        percent=percent,
        drafts_percent=_percent(taken.drafts_cost[index], count.total),
        make=make,
        capacity=None if make is None else _units(on, capacity, count, make - closed),
        takers=_takers(taken.orders[index]),
        drafts=_takers(taken.drafts[index]),
        closed=bool(closed),
        fits=len(str(percent if make is None else make)) * DIGIT + 6 <= width,
        address=_closer(on, slot),
    )


def _state(count: _Count, drafts_cost: int, *, is_closed: bool) -> CellState:
    if is_closed or count.is_over or count.taken > count.total:
        return "over"
    if _is_full(count):
        return "full"
    return "part" if count.taken or drafts_cost else "free"


def _is_full(count: _Count, more: int = 0) -> bool:
    """What is left of a full hour is less than a unit."""
    return count.taken + more >= count.total - count.total // 200


def _units(on: LoadFrame, capacity: LinkCapacity, count: _Count, make: int) -> int:
    """Units of capacity: of the products that are made, or of the line's first one while nothing is."""
    if make > 0 and count.taken > 0:
        return make * count.total // count.taken
    products = [product.id for product in on.floor.site.products.values() if product.line == on.line.id]
    costs = [capacity.cost_of(product) for product in products if capacity.makes(product)]
    return count.total // costs[0] if costs else 0


def _percent(part: int, whole: int) -> int:
    return round(part * _WHOLE / whole) if whole else 0


def _takers(orders: Mapping[str, int]) -> tuple[Taker, ...]:
    return tuple(Taker(order, make) for order, make in orders.items())


def _closer(on: LoadFrame, slot: Slot) -> str:
    finer = _FINER.get(on.frame.zoom)
    if finer is None:
        return ""
    return with_query("load", zoom=finer, **{"from": text_asked(slot.start_at, on.frame.site.zone)})
