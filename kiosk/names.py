"""From the names in an address to what the site has by them; NotHere says which names there are."""

from __future__ import annotations

from kiosk.errors import NotHere
from kiosk.services import Services, current
from ledger import drafts, reading
from shopfloor.site import Line, Station

_NEWEST = 20


def known_line(name: str) -> Line:
    """The line of that name."""
    lines = current().config.site.lines
    if name not in lines:
        raise NotHere("line", name, lines)
    return lines[name]


def known_station(name: str) -> Station:
    """The station of that name."""
    stations = current().config.site.stations
    if name not in stations:
        raise NotHere("station", name, stations)
    return stations[name]


def no_order(services: Services, number: str) -> NotHere:
    """The fault of an unknown order, with those that are open, drafted or were shipped last."""
    released = [row["order"] for row in reading.orders(services.ledger, _NEWEST)]
    drafted = [draft.order.order for draft in drafts.drafts(services.ledger) if draft.version == 1]
    return NotHere("order", number, [*released, *drafted])


def no_flag(services: Services, number: int) -> NotHere:
    """The fault of an unknown flag, with those that are open."""
    return NotHere("flag", str(number), [str(row["flag"]) for row in reading.open_flags(services.ledger)])
