"""What a change of the site, or of dues, would do to orders: shown before anybody commits to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from shopfloor.floor import Floor
from shopfloor.instants import Instant
from shopfloor.lost_hours import LostHour, hours_to_come, loads_in_force, lost_hours
from shopfloor.order_faults import FARTHEST_DUE_MS, order_fault
from shopfloor.orders import Order, OrderPlan, ReleasedOrder, Shortage
from shopfloor.replanning import Progress, on_time, progress_of
from shopfloor.site import Site
from shopfloor.versions import MovedHour, moved

__all__ = ["Effect", "LostHour", "WhatIf", "what_if"]

_NO_DUES: Mapping[str, Instant] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one order.

    A released order is feasible while its targets stand: it is on time, and the site has room for them. Of one that
    is behind, or whose hours are lost, it is told whether what is left can be planned anew by its due. Earliest
    is the earliest due that would work; None when it is feasible, or when none lies within the horizon.
    """

    order: Order
    """As it is, with the due that it has."""
    due_after: Instant
    released: bool
    feasible_before: bool
    feasible_after: bool
    earliest_before: Instant | None
    earliest_after: Instant | None
    short_after: tuple[Shortage, ...]
    hours: tuple[MovedHour, ...]
    """From plan to plan; of a released order that cannot be planned anew there are none: its targets stay."""

    @property
    def is_any(self) -> bool:
        """Whether anything differs at all, or another due was asked for."""
        asked = self.due_after != self.order.due_at
        feasible = self.feasible_before != self.feasible_after
        return asked or feasible or self.earliest_before != self.earliest_after or bool(self.hours)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The effects on released orders, then on drafts, each as they were given; and the hours lost."""

    effects: tuple[Effect, ...]
    lost: tuple[LostHour, ...]

    @property
    def becomes_feasible(self) -> tuple[Effect, ...]:
        return tuple(each for each in self.effects if each.feasible_after and not each.feasible_before)

    @property
    def becomes_infeasible(self) -> tuple[Effect, ...]:
        return tuple(each for each in self.effects if each.feasible_before and not each.feasible_after)


def what_if(
    site: Site,
    other: Site,
    *,
    released: Sequence[ReleasedOrder],
    drafts: Sequence[Order],
    now: Instant,
    dues: Mapping[str, Instant] = _NO_DUES,
) -> WhatIf:
    """Compare what orders come to on a site with what they come to on another, with other dues there.

    Drafts are planned together beside the targets in force. Released orders keep these; of those that are behind
    or have lost hours it is told what planning them anew together would give, beside the targets of the others.
    One with another due in `dues` is planned anew on purpose: beside the targets of the others, and if that is
    feasible drafts are planned beside its new plan. An order that a site does not know how to make is not
    feasible there, with nothing short.

    More room is good for one order alone, not for each of many: an order that it makes feasible takes hours from
    another. So a draft may become infeasible by one more station, or feasible by a closed day.
    """
    anew = {
        each.order.order
        for each in released
        if dues.get(each.order.order, each.order.due_at) != each.order.due_at
    }
    until_at = _last_of(released, drafts, dues, now)
    before = _Side(site, released, drafts, now, until_at)
    after = _Side(other, released, drafts, now, until_at, dues)
    before.plan(())
    after.plan(anew)
    effects = [
        _effect(each.order, before.anew[each.order.order], after.anew[each.order.order], now, each)
        for each in released
    ]
    effects += [
        _effect(order, old, new, now)
        for order, old, new in zip(drafts, before.drafts, after.drafts, strict=True)
    ]
    lost = after.lost()
    already = {_key(hour) for hour in before.lost()} if lost else set()
    return WhatIf(tuple(effects), tuple(replace(hour, already=_key(hour) in already) for hour in lost))


class _Side:
    """One of the two sites with what orders come to there."""

    def __init__(
        self,
        site: Site,
        released: Sequence[ReleasedOrder],
        drafts: Sequence[Order],
        now: Instant,
        until_at: Instant,
        dues: Mapping[str, Instant] = _NO_DUES,
    ) -> None:
        self._site, self._now, self._dues = site, now, dues
        self._released, self._drafts = released, drafts
        orders = [*(each.order for each in released), *drafts]
        self._empty = Floor(
            site,
            now=now,
            until_at=until_at,
            lines={order.line for order in orders},
            products={order.product for order in orders},
        )
        self.anew: dict[str, OrderPlan] = {}
        """Released orders as they stand, or would be planned anew."""
        self.drafts: list[OrderPlan] = []
        self._loaded = self._empty
        self._lost: list[LostHour] = []

    def plan(self, on_purpose: Collection[str]) -> None:
        """Look at released orders, plan anew those that do not stand and those that are moved, then drafts."""
        self._loaded = self._beside(self._released)
        self._lost = lost_hours(self._loaded, self._released)
        lost = {hour.order for hour in self._lost}
        stands = [
            each
            for each in self._released
            if each.order.order not in lost and on_time(each, self._now) and self._knows(each.order)
        ]
        self.anew = {
            each.order.order: OrderPlan(each.order, feasible=True, links=each.links) for each in stands
        }
        fallen = [each for each in self._released if each.order.order not in self.anew]
        for plan in self._planned(self._beside(stands), fallen):
            self.anew[plan.order.order] = plan
        wanted = set(on_purpose)
        while wanted:
            # One that cannot be keeps its targets, and the others are planned beside these once more.
            stay = [each for each in self._released if each.order.order not in wanted]
            floor = self._beside(stay)
            plans = self._planned(floor, [each for each in self._released if each.order.order in wanted])
            self.anew |= {plan.order.order: plan for plan in plans}
            feasible = {plan.order.order for plan in plans if plan.feasible}
            if feasible == wanted:
                self._loaded = floor
                self._lost = lost_hours(floor, stay)
                break
            wanted = feasible
        self.drafts = self._divided(self._loaded.copy(), self._drafts, {})

    def lost(self) -> list[LostHour]:
        """Hours lost of the targets that stay in force."""
        return self._lost

    def _beside(self, released: Iterable[ReleasedOrder]) -> Floor:
        """The floor less the targets in force of some orders."""
        floor = self._empty.copy()
        floor.take(loads_in_force(released, self._now))
        return floor

    def _planned(self, floor: Floor, released: Sequence[ReleasedOrder]) -> list[OrderPlan]:
        progress = {each.order.order: progress_of(each, self._now) for each in released}
        return self._divided(floor, [each.order for each in released], progress)

    def _divided(
        self, floor: Floor, orders: Sequence[Order], progress: Mapping[str, Progress]
    ) -> list[OrderPlan]:
        """Plans in the order given, with the dues of this side; what is not known here is infeasible."""
        orders = [replace(order, due_at=self._dues.get(order.order, order.due_at)) for order in orders]
        known = [self._knows(order) for order in orders]
        there = [order for order, knows in zip(orders, known, strict=True) if knows]
        plans = iter(floor.plan(there, progress=progress))
        return [
            next(plans) if knows else OrderPlan(order, feasible=False)
            for order, knows in zip(orders, known, strict=True)
        ]

    def _knows(self, order: Order) -> bool:
        return order_fault(self._site, order, self._now) is None and all(
            link.kind == "milestone" or self._site.per_hour(order.product, link)
            for link in self._site.lines[order.line].links
        )


def _effect(
    order: Order, old: OrderPlan, new: OrderPlan, now: Instant, released: ReleasedOrder | None = None
) -> Effect:
    if released is None:
        hours = moved(old.links, new.links, now)
    else:
        hours = moved(old.links if old.feasible else released.links, new.links, now) if new.feasible else ()
    return Effect(
        order=order,
        due_after=new.order.due_at,
        released=released is not None,
        feasible_before=old.feasible,
        feasible_after=new.feasible,
        earliest_before=old.earliest_ship_at,
        earliest_after=new.earliest_ship_at,
        short_after=new.short,
        hours=hours,
    )


def _key(hour: LostHour) -> tuple[str, str, Instant, str]:
    return hour.order, hour.link, hour.start_at, hour.why


def _last_of(
    released: Iterable[ReleasedOrder], drafts: Iterable[Order], dues: Mapping[str, Instant], now: Instant
) -> Instant:
    """The end of all that is looked at; dues too far for any plan left out."""
    ends = [hour.end_at for each in released for _, hour in hours_to_come(each.links, now)]
    due = [*(each.order.due_at for each in released), *(order.due_at for order in drafts), *dues.values()]
    return max([now, *ends, *(at for at in due if at <= now + FARTHEST_DUE_MS)])
