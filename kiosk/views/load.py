"""The load of a line: links down, time across, and why drafts do not fit."""

from __future__ import annotations

from itertools import accumulate

from kiosk.addresses import with_query
from kiosk.contexts import LineTab, LoadPage
from kiosk.services import Services
from kiosk.views.frame import frame
from kiosk.views.load_cells import CELL, LoadFrame, row, taken_of
from kiosk.views.overload import overload
from kiosk.views.plan_lanes import WIDTH, Frame, in_order
from kiosk.views.plan_picture import ticks
from kiosk.views.time_slots import (
    Slot,
    ZoomName,
    begin_before,
    instant_asked,
    line_calendar,
    moment_text,
    text_asked,
    window,
    zoom_of,
    zooms,
)
from ledger import reading
from ledger.drafts import drafts
from ledger.store import Row
from ledger.taken import loads_between, makes_between
from shopfloor.instants import DAY_MS, Instant
from shopfloor.site import Line, Site

SLOTS: dict[ZoomName, int] = {"hours": 24, "shifts": 21, "days": 28, "weeks": 26}
"""So many side by side leave room for a number in each."""
_AXIS, _ROW, _MILESTONE_ROW = 56.0, 84.0, 36.0
"""Heights: of the axis, of a link with cells, of one without."""
_FARTHEST_MS = 600 * DAY_MS
"""A window begins no later than this from now: the floor knows no more than two years."""
_MARK = "load"


def load_page(services: Services, line: Line, zoom: str, begin: str) -> LoadPage:
    """The load of a line from the next whole hour on; `zoom` and `begin` are texts of the address."""
    now, site = services.clock(), services.config.site
    zone = site.zone
    chosen = zoom_of(zoom) or "hours"
    with services.ledger.snapshot():
        mine = [draft for draft in drafts(services.ledger) if draft.order.line == line.id]
        together = services.desk.together(mine, now)
        floor = services.desk.floor(now)
        asked_at = min(max(instant_asked(begin, zone) or now, now), now + _FARTHEST_MS)
        slots, makes = _slots(services, line, chosen, asked_at, now)
        on = LoadFrame(Frame(site, slots, chosen, None, 0), line, floor)
        taken = taken_of(on, makes, [plan for plan in together.values() if plan.feasible])
        why = overload(services, mine, together, now)
        released = reading.open_orders(services.ledger, line.id)
        around = frame(services, now)
    shown_from = slots[0].start_at if slots else now
    before = begin_before(chosen, line_calendar(site, line, now, shown_from), shown_from, now, SLOTS[chosen])
    links = in_order(line)
    heights = (_MILESTONE_ROW if link.kind == "milestone" else _ROW for link in links)
    tops = list(accumulate(heights, initial=_AXIS))
    return LoadPage(
        frame=around,
        line=line.id,
        line_name=line.name,
        lines=_tabs(site, line) if len(site.lines) > 1 else (),
        zoom=chosen,
        zooms=zooms(chosen, _MARK),
        earlier=_address(site, chosen, before) if asked_at > now else "",
        later=_address(site, chosen, slots[-1].end_at) if slots else "",
        span=f"{moment_text(shown_from, zone)} - {moment_text(slots[-1].end_at, zone)}" if slots else "",
        width=WIDTH,
        height=tops[-1],
        axis_y=_AXIS,
        cell_height=CELL,
        ticks=ticks(on.frame),
        rows=tuple(
            row(on, link, taken.get(link.id), top) for link, top in zip(links, tops[:-1], strict=True)
        ),
        released=released,
        drafts=sum(draft.version == 1 for draft in mine),
        changes=sum(draft.version > 1 for draft in mine),
        explained=why.explained,
        not_explained=why.not_explained,
        changes_left=why.changes_left,
    )


def _slots(
    services: Services, line: Line, zoom: ZoomName, asked_at: Instant, now: Instant
) -> tuple[list[Slot], list[Row]]:
    """The window, and what open orders make in it; with their names where the window is short.

    The hour that runs is none of it. Hours that no shift has any more are, when orders have targets in them.
    """
    site, ledger = services.config.site, services.ledger
    if zoom in ("days", "weeks"):
        slots = window(site, line, zoom, asked_at, most=SLOTS[zoom])
        return slots, loads_between(ledger, line.id, now, slots[-1].end_at)
    calendar = line_calendar(site, line, now, now + 60 * DAY_MS)
    to_come = calendar.starts[calendar.first_hour_from(now) :]
    first_at = max(asked_at, to_come[0] if to_come else now)
    slots = window(site, line, zoom, first_at, most=SLOTS[zoom])
    until_at = slots[-1].end_at if slots else first_at + 60 * DAY_MS
    makes = makes_between(ledger, line.id, max(now, min(first_at, asked_at)), until_at)
    closed = [
        (each["start_at"], each["end_at"], each["shift"])
        for each in makes
        if calendar.hour_at(each["start_at"]) is None
    ]
    if closed:
        begin_at = min(first_at, min(closed)[0])
        slots = window(site, line, zoom, begin_at, until_at, besides=closed, most=SLOTS[zoom])
    return slots, makes


def _tabs(site: Site, chosen: Line) -> tuple[LineTab, ...]:
    return tuple(
        LineTab(line.id, line.name, with_query("", line=line.id, **{"from": ""}), line.id == chosen.id)
        for line in site.lines.values()
    )


def _address(site: Site, zoom: ZoomName, from_at: Instant) -> str:
    return with_query(_MARK, zoom=zoom, **{"from": text_asked(from_at, site.zone)})
