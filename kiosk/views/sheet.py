"""A station's sheet for when everything is down."""

from __future__ import annotations

from typing import Any

from kiosk.contexts.sheet import SheetPage
from kiosk.services import Services
from kiosk.views.frame import frame
from shopfloor.handoffs import clock_text
from shopfloor.site import Station


def sheet_page(services: Services, station: Station, **told: Any) -> SheetPage:
    """The sheet of a station; `told` is what was typed into its form."""
    now, site = services.clock(), services.config.site
    line = site.lines[station.line]
    calendar = services.calendars.of_link(line, station.link, now)
    shift = calendar.shift_at(now) or next((each for each in calendar.shifts if each.start_at > now), None)
    hours = [hour for hour in calendar.hours if shift is not None and hour.shift == shift.id]
    zone = site.zone
    with services.ledger.snapshot():
        shown = frame(services, now)
    return SheetPage(
        frame=shown,
        station=station.id,
        station_name=station.name,
        line=line.id,
        line_name=line.name,
        link=station.link,
        link_name=line.name_of(station.link),
        hours=tuple(f"{clock_text(hour.start_at, zone)}-{clock_text(hour.end_at, zone)}" for hour in hours),
        **told,
    )
