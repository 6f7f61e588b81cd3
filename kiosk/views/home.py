"""The first page."""

from __future__ import annotations

from kiosk.contexts import HomePage, LineSummary, StationLink
from kiosk.services import Services
from kiosk.views.frame import frame
from kiosk.views.plan_lanes import in_order
from ledger import reading
from shopfloor.instants import Instant
from shopfloor.site import Line


def home_page(services: Services) -> HomePage:
    """What this is, and the ways in."""
    site, broker = services.config.site, services.config.broker
    now = services.clock()
    with services.ledger.snapshot():
        return HomePage(
            frame=frame(services, now),
            lines=tuple(_summary(services, line, now) for line in site.lines.values()),
            empty=not reading.has_orders(services.ledger),
            mqtt_address=f"{broker.connect_host}:{broker.port}",
            topic=f"interlock/{site.id}/<device>/scan",
        )


def _summary(services: Services, line: Line, now: Instant) -> LineSummary:
    ledger = services.ledger
    stations = tuple(
        StationLink(station.id, station.name, link.name)
        for link in line.links
        for station in services.config.site.stations_of(line.id, link.id)
    )
    return LineSummary(
        line=line.id,
        name=line.name,
        stations=stations,
        orders_open=reading.open_orders(ledger, line.id),
        flags_open=len(reading.open_flags(ledger, line.id)),
        links_behind=len({row.link for row in reading.owed(ledger, line.id, now)}),
        first_link=in_order(line)[0].id if line.links else "",
    )
