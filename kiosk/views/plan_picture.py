"""The picture of a plan: target and latest of each link as curves, the buffer as the room between them.

The view says where everything lies, the template draws it. No more is worked out than the window shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, islice

from kiosk.addresses import asked, with_query
from kiosk.contexts.plan import Mark, PlanPicture, Tick
from kiosk.services import Services
from kiosk.views.plan_lanes import (
    DIGIT,
    LANE,
    MARGIN,
    THIN_LANE,
    WIDTH,
    Frame,
    in_order,
    lane,
    most_made,
    through,
    words_width,
)
from kiosk.views.time_slots import (
    MOST,
    Slot,
    ZoomName,
    begin_before,
    calendar_over,
    default_zoom,
    idle_spans,
    instant_asked,
    line_calendar,
    moment_text,
    text_asked,
    window,
    working_spans,
    zoom_of,
    zooms,
)
from shopfloor.calendar import Calendar
from shopfloor.instants import DAY_MS, HOUR_MS, Instant
from shopfloor.orders import HourTarget, LinkTargets
from shopfloor.site import Line, Site

AXIS = 88.0
"""Height of the axis above the lanes."""
_GAP = 8.0
"""Room between two groups of the axis."""
_WORD_GAP = 6.0
"""Room between two labels of the axis."""
_NARROW_SLOTS = 14
"""More slots than this need a wider picture than a phone."""
_SOON_MS = 4 * HOUR_MS
"""A plan that begins within so much working time is shown from now on."""
_NEAR_MS = 3 * DAY_MS
"""A plan that is over for no longer than this, or its own length, is shown until now."""


def plan_picture(
    services: Services,
    line: Line,
    links: Sequence[LinkTargets],
    *,
    zoom: str,
    given: Mapping[str, int] | None = None,
    at: Instant | None = None,
    begin: str | None = None,
) -> PlanPicture:
    """The picture of an order's targets, of a draft or in force.

    `given` is what each link has given so far, `at` is now. `zoom` and `begin`, where the window begins, are texts
    of the address; `begin` is the request's `from` when it is None.
    """
    site = services.config.site
    given = {link: units for link, units in (given or {}).items() if units}
    owing = [targets for targets in links if targets.hours]
    done = [LinkTargets(link, ()) for link in given.keys() - {targets.link for targets in owing}]
    links = _in_order(line, [*owing, *(targets for targets in done if line.has_link(targets.link))])
    hours = [hour for targets in links for hour in targets.hours]
    due_at = _due_at(line, links)
    begins_at, ends_at = _reach(site, line, hours, at)
    calendar = line_calendar(site, line, begins_at, ends_at)
    chosen = zoom_of(zoom) or _default_zoom(calendar, begins_at, ends_at)
    spans = [(hour.start_at, hour.end_at, hour.shift) for hour in hours]
    asked_at = instant_asked(asked("from") if begin is None else begin, site.zone)
    first_at = begins_at if asked_at is None else min(max(asked_at, begins_at), ends_at - 1)
    slots = window(site, line, chosen, first_at, ends_at, besides=spans)
    if asked_at is None and at is not None and slots and slots[-1].end_at <= at < ends_at:
        slots = window(site, line, chosen, at, ends_at, besides=spans)
    frame = Frame(site, slots, chosen, at, most_made(links, slots))
    tops = list(accumulate((LANE if targets.hours else THIN_LANE for targets in links), initial=AXIS))
    lanes = tuple(
        lane(frame, line, targets, given.get(targets.link, 0), top)
        if targets.hours
        else through(line, targets.link, given[targets.link], top)
        for targets, top in zip(links, tops, strict=False)
    )
    shown = (slots[0].start_at, slots[-1].end_at) if slots else (begins_at, ends_at)
    is_last = not window(site, line, chosen, shown[1], ends_at, besides=spans, most=1)
    return PlanPicture(
        line_name=line.name,
        zoom=chosen,
        zooms=zooms(chosen, "plan"),
        earlier=_window_address(
            site, chosen, begin_before(chosen, calendar, shown[0], begins_at, MOST[chosen])
        )
        if shown[0] > begins_at
        else "",
        later="" if is_last else _window_address(site, chosen, shown[1]),
        width=WIDTH,
        height=tops[-1] if lanes else AXIS + LANE,
        axis_y=AXIS,
        scrolls=len(slots) > _NARROW_SLOTS,
        ticks=ticks(frame),
        idle=_idle(frame, calendar),
        now=_mark(frame, at, is_last=is_last),
        now_before=at is not None and at < shown[0],
        due=_mark(frame, due_at, is_last=is_last),
        ship_by=_mark(frame, _ship_by(site, line, due_at), is_last=is_last),
        lanes=lanes,
        span=f"{moment_text(shown[0], site.zone)} - {moment_text(shown[1], site.zone)}" if hours else "",
        given=bool(given),
    )


def _in_order(line: Line, links: Sequence[LinkTargets]) -> list[LinkTargets]:
    """Previous links before next ones; what the line no longer has comes last."""
    by_link = {targets.link: targets for targets in links}
    known = [by_link.pop(link.id) for link in in_order(line) if link.id in by_link]
    return known + list(by_link.values())


def _due_at(line: Line, links: Sequence[LinkTargets]) -> Instant | None:
    """The latest of the link that ships is the due."""
    if not line.links:
        return None
    last = next((targets.hours for targets in links if targets.link == line.last.id), ())
    return last[-1].latest_at if last else None


def _reach(
    site: Site, line: Line, hours: Sequence[HourTarget], at: Instant | None
) -> tuple[Instant, Instant]:
    """All time that the plan speaks of, and now when it is near."""
    begins_at = min((hour.start_at for hour in hours), default=at or 0)
    ends_at = max((max(hour.end_at, hour.latest_at) for hour in hours), default=begins_at + HOUR_MS)
    if at is not None and ends_at <= at < ends_at + max(ends_at - begins_at, _NEAR_MS):
        ends_at = at + 1
    elif at is not None and begins_at - DAY_MS < at < begins_at:
        calendar = line_calendar(site, line, at, begins_at)
        if calendar.working_ms(at, begins_at) <= _SOON_MS:
            begins_at = at
    return begins_at, ends_at


def _default_zoom(calendar: Calendar, begins_at: Instant, ends_at: Instant) -> ZoomName:
    spans = working_spans(calendar, begins_at, ends_at)
    count = sum(1 for _ in islice(spans, MOST["shifts"] * 8 + 1))
    return default_zoom(count, (ends_at - begins_at) // DAY_MS + 2)


def _ship_by(site: Site, line: Line, due_at: Instant | None) -> Instant | None:
    """Where the ship buffer begins; None without one."""
    if due_at is None or not (line.ship_buffer.working_ms or line.ship_buffer.calendar_days):
        return None
    return calendar_over(site, line.last.shifts, due_at, due_at).back(due_at, line.ship_buffer)


def _window_address(site: Site, zoom: ZoomName, from_at: Instant) -> str:
    return with_query("plan", zoom=zoom, **{"from": text_asked(from_at, site.zone)})


def _mark(frame: Frame, at: Instant | None, *, is_last: bool) -> Mark | None:
    """An instant that lies in the window; in the last one also what comes after it, at its end."""
    slots = frame.slots
    if at is None or not slots or at < slots[0].start_at or (at > slots[-1].end_at and not is_last):
        return None
    x = frame.x(at)
    return Mark(x, moment_text(at, frame.site.zone), "end" if x > WIDTH / 2 else "start")


def ticks(frame: Frame) -> tuple[Tick, ...]:
    """Where the slots begin, with as many names as there is room for."""
    width, slots = frame.slot_width, frame.slots
    if frame.zoom == "days" and slots:
        if width >= len(slots[0].name) * DIGIT + _GAP:
            slots = [replace(slot, label=slot.name, group="") for slot in slots]
        else:
            slots = [replace(slots[0], group=slots[0].name), *slots[1:]]
    longest = max((words_width(slot.label) for slot in slots), default=0)
    every = max(1, -int(-(longest + _WORD_GAP) // width))
    named = _groups_with_room(slots, width)
    begins = [number == 0 or slot.group != slots[number - 1].group for number, slot in enumerate(slots)]
    labelled = _labels_with_room(slots, begins if frame.zoom in ("hours", "shifts") else [], every, width)
    return tuple(
        Tick(
            round(MARGIN + number * width, 1),
            slot.label if number in labelled else "",
            slot.group if number in named else "",
            slot.folded,
            begins[number],
        )
        for number, slot in enumerate(slots)
    )


def _labels_with_room(slots: Sequence[Slot], restarts: Sequence[bool], every: int, width: float) -> set[int]:
    """Slots whose label is written: one of so many, counted anew where a group begins, and none into the next."""
    made: list[int] = []
    since = 0
    for number, slot in enumerate(slots):
        begins = bool(restarts) and restarts[number]
        since = 0 if begins else since
        left = number * width
        if since % every == 0 and left + words_width(slot.label) <= WIDTH - MARGIN:
            if made and made[-1] * width + words_width(slots[made[-1]].label) + _WORD_GAP > left:
                made.pop()
            made.append(number)
        since += 1
    return set(made)


def _groups_with_room(slots: Sequence[Slot], width: float) -> set[int]:
    """Slots over which the name of their group is written: groups as long as their name, then others between."""
    begins = [
        n for n, slot in enumerate(slots) if slot.group and (n == 0 or slots[n - 1].group != slot.group)
    ]
    words = {n: (n * width, n * width + len(slots[n].group) * DIGIT + _GAP) for n in begins}
    ends = dict(zip(begins, [*begins, len(slots)][1:], strict=True))
    named = {n for n in begins if words[n][1] <= ends[n] * width + _GAP}
    for n in begins:
        left, right = words[n]
        others = (words[other] for other in named)
        if n not in named and right <= WIDTH and all(right <= begin or end <= left for begin, end in others):
            named.add(n)
    return named


def _idle(frame: Frame, calendar: Calendar) -> tuple[tuple[float, float], ...]:
    """Nights and free days, where time runs on through them; at a week's scale only whole free days."""
    if not frame.slots or frame.zoom in ("hours", "shifts"):
        return ()
    least = HOUR_MS if frame.zoom == "days" else DAY_MS
    spans = idle_spans(calendar, frame.slots[0].start_at, frame.slots[-1].end_at, least)
    edges = [(frame.x(start_at), frame.x(end_at)) for start_at, end_at in spans]
    return tuple((left, round(right - left, 1)) for left, right in edges)
