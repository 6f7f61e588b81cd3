"""Released orders whose targets a site, changed meanwhile, does not work or has no room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kiosk.contexts.orders import LostPart, LostRoom
from kiosk.services import Services
from kiosk.views.plan_lanes import in_order
from ledger.plans import plan_versions, released_of
from ledger.site_versions import site_versions
from ledger.store import Row
from shopfloor.instants import Instant
from shopfloor.lost_hours import LostHour, lost_hours
from shopfloor.orders import ReleasedOrder

_FIRST = 1
"""The version that says what was found before the first change."""


def lost_room(services: Services, rows: Sequence[Row], now: Instant) -> dict[str, LostRoom]:
    """Of open orders: what their links still owe in hours to come that are closed or over capacity."""
    released = {each.order.order: each for each in released_of(services.ledger, rows)}
    if not released:
        return {}
    lost: dict[str, list[LostHour]] = {}
    for hour in lost_hours(services.desk.floor(now), list(released.values())):
        lost.setdefault(hour.order, []).append(hour)
    rooms = {number: _room(services, released[number], hours) for number, hours in lost.items()}
    return {number: room for number, room in rooms.items() if room.parts}


def _room(services: Services, released: ReleasedOrder, hours: list[LostHour]) -> LostRoom:
    newer = _newer_versions(services, released)
    return LostRoom(_parts(services, released, hours), min(newer, default=0), max(newer, default=0))


def _newer_versions(services: Services, released: ReleasedOrder) -> list[int]:
    plans = plan_versions(services.ledger, released.order.order)
    planned_at = next(plan.planned_at for plan in plans if plan.version == released.plan_version)
    return [
        each.version
        for each in site_versions(services.ledger)
        if each.saved_at >= planned_at and each.version > _FIRST
    ]


def _parts(services: Services, released: ReleasedOrder, hours: list[LostHour]) -> tuple[LostPart, ...]:
    """By link, in the order of the chain; what was given ahead is not owed any more."""
    gives: Counter[tuple[str, bool]] = Counter()
    makes: Counter[tuple[str, bool]] = Counter()
    by_then = {(link.link, hour.start_at): hour.cumulative for link in released.links for hour in link.hours}
    for hour in hours:
        ahead = released.given.get(hour.link, 0)
        where = hour.link, hour.why == "closed"
        gives[where] += min(hour.give, max(0, by_then[hour.link, hour.start_at] - ahead))
        makes[where] += hour.make if ahead < released.order.quantity else 0
    line = services.config.site.line_or_ghost(released.order.line)
    places = {link.id: n for n, link in enumerate(in_order(line))}
    # An hour that only begins a batch has nothing to give yet, and still has to be made.
    quantities = {where: gives[where] or makes[where] for where in gives}
    return tuple(
        LostPart(line.name_of(link), quantities[link, closed], closed)
        for link, closed in sorted(quantities, key=lambda where: (places.get(where[0], len(places)), where))
        if quantities[link, closed]
    )
