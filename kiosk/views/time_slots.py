"""Time across a page: slots of an hour, a shift, a day or a week, a window of them at a time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from heapq import merge
from itertools import islice, pairwise
from typing import Literal, TypeAlias

from kiosk.addresses import with_query
from kiosk.contexts.plan import Zoom
from kiosk.speech import dated
from shopfloor.calendar import Calendar, calendar_of
from shopfloor.instants import Instant, instant_from_text, moment_of
from shopfloor.sentences import sentence
from shopfloor.site import Line, Site
from shopfloor.wall_time import wall_instant

ZoomName: TypeAlias = Literal["hours", "shifts", "days", "weeks"]
ZOOMS: tuple[ZoomName, ...] = ("hours", "shifts", "days", "weeks")
MOST = {"hours": 40, "shifts": 30, "days": 42, "weeks": 53}
"""Slots of one window: as many as can be read side by side."""
_REACH_DAYS = {"hours": 60, "shifts": 120, "days": 60, "weeks": 400}
"""A window never looks further than this for its slots."""
_DAY, _WEEK, _MIDNIGHT = timedelta(days=1), timedelta(days=7), time()

Span: TypeAlias = tuple[Instant, Instant, str]
"""Start, end and shift of working time."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A piece of time [start, end) with its names."""

    start_at: Instant
    end_at: Instant
    label: str
    """Short: 08 for an hour that starts then, early for a shift, 24 for a day, W48 for a week."""
    group: str
    """The day of an hour or a shift, the week of a day, the month of a week."""
    name: str
    """In full, for example Tue 24 Nov 10-11."""
    folded: bool = False
    """Time in which nobody works is left out before it."""


def zoom_of(text: str) -> ZoomName | None:
    """The zoom of that name, or None."""
    return next((zoom for zoom in ZOOMS if zoom == text), None)


def default_zoom(working_hours: int, days: int) -> ZoomName:
    """The finest zoom that shows so much time in one window."""
    if working_hours <= MOST["hours"]:
        return "hours"
    if working_hours <= MOST["shifts"] * 8:
        return "shifts"
    return "days" if days <= MOST["days"] else "weeks"


def zooms(chosen: ZoomName, mark: str) -> tuple[Zoom, ...]:
    """A link to each zoom, from the same beginning."""
    return tuple(Zoom(zoom, with_query(mark, zoom=zoom), zoom == chosen) for zoom in ZOOMS)


def instant_asked(text: str, zone: tzinfo) -> Instant | None:
    """An instant out of an address; None when it is none."""
    try:
        at = instant_from_text(text, zone) if text else None
        return at if at is None or 2000 <= moment_of(at, zone).year < 2200 else None  # noqa: PLR2004  # as on a form
    except (ValueError, OverflowError):
        return None


def text_asked(at: Instant, zone: tzinfo) -> str:
    """An instant as an address says it."""
    return moment_of(at, zone).strftime("%Y-%m-%dT%H:%M%z")


def calendar_over(site: Site, shifts: Iterable[str], from_at: Instant, until_at: Instant) -> Calendar:
    """The calendar of some shifts around that time, in whole months: so a month's calendar is made once."""
    first, last = moment_of(from_at, site.zone).date(), moment_of(until_at, site.zone).date()
    known = (shift for shift in shifts if shift in site.shifts)
    return calendar_of(site, known, (first - _WEEK).replace(day=1), (last + 5 * _WEEK).replace(day=1))


def line_calendar(site: Site, line: Line, from_at: Instant, until_at: Instant) -> Calendar:
    """The union of the shifts of a line's links."""
    return calendar_over(site, {shift for link in line.links for shift in link.shifts}, from_at, until_at)


def begin_before(zoom: ZoomName, calendar: Calendar, from_at: Instant, least: Instant, most: int) -> Instant:
    """Where the window begins that ends at an instant; not before `least`."""
    if zoom in ("days", "weeks"):
        step = _DAY if zoom == "days" else _WEEK
        on = moment_of(from_at, calendar.zone).date() - step * most
        return max(least, wall_instant(on, _MIDNIGHT, calendar.zone))
    starts = calendar.starts if zoom == "hours" else [shift.start_at for shift in calendar.shifts]
    index = bisect_left(starts, from_at) - most
    return max(least, starts[index]) if index >= 0 else least


def window(
    site: Site,
    line: Line,
    zoom: ZoomName,
    from_at: Instant,
    until_at: Instant | None = None,
    besides: Iterable[Span] = (),
    most: int | None = None,
) -> list[Slot]:
    """The slots from the one that contains an instant, or follows it, on; before `until_at`, MOST if not told.

    `besides` is time that counts as working time though no shift has it any more.
    """
    reach = wall_instant(
        moment_of(from_at, site.zone).date() + timedelta(days=_REACH_DAYS[zoom]), _MIDNIGHT, site.zone
    )
    until_at = reach if until_at is None else min(until_at, reach)
    made: Iterator[Slot]
    if zoom in ("days", "weeks"):
        made = _days(zoom, from_at, site.zone)
    else:
        calendar = line_calendar(site, line, from_at, until_at)
        spans = working_spans(calendar, from_at, until_at, besides)
        made = _hour_slots(spans, site.zone) if zoom == "hours" else _shift_slots(spans, site.zone)
    slots = []
    for slot in islice(made, most or MOST[zoom]):
        if slot.start_at >= until_at:
            break
        slots.append(slot)
    return slots


def working_spans(
    calendar: Calendar, from_at: Instant, until_at: Instant, besides: Iterable[Span] = ()
) -> Iterator[Span]:
    """Hours that end after `from_at` and start before `until_at`, with those besides that no shift has."""
    first = bisect_right(calendar.ends, from_at)
    own = ((hour.start_at, hour.end_at, hour.shift) for hour in islice(calendar.hours, first, None))
    more = sorted({s for s in besides if s[1] > from_at and calendar.hour_at(s[0]) is None})
    cut_to = from_at - 1
    for start_at, end_at, shift in merge(own, more):
        if start_at >= until_at:
            return
        if max(start_at, cut_to) < end_at:
            yield max(start_at, cut_to) if cut_to >= from_at else start_at, end_at, shift
            cut_to = end_at


def index_at(slots: Sequence[Slot], at: Instant) -> int | None:
    """The slot that contains an instant; None in time that is folded away or outside."""
    index = bisect_right(slots, at, key=lambda slot: slot.start_at) - 1
    return index if index >= 0 and at < slots[index].end_at else None


def idle_spans(
    calendar: Calendar, from_at: Instant, until_at: Instant, least_ms: int
) -> list[tuple[Instant, Instant]]:
    """Where nobody of a calendar works in [from, until), for at least that long."""
    worked = list(working_spans(calendar, from_at, until_at))
    edges = [
        (from_at, from_at),
        *((start_at, end_at) for start_at, end_at, _ in worked),
        (until_at, until_at),
    ]
    gaps = [(before[1], after[0]) for before, after in pairwise(edges)]
    return [(start_at, end_at) for start_at, end_at in gaps if end_at - start_at >= least_ms]


def day_text(moment: date) -> str:
    """For example Tue 24 Nov."""
    return dated(moment, "EEE d MMM")


def moment_text(at: Instant, zone: tzinfo) -> str:
    """For example Tue 24 Nov 16:30."""
    moment = moment_of(at, zone)
    return f"{day_text(moment)} {moment:%H:%M}{_pass(moment)}"


def hour_name(start_at: Instant, end_at: Instant, zone: tzinfo) -> str:
    """For example Tue 24 Nov 10-11; the hour that the clock repeats is 02A and 02B."""
    start, end = moment_of(start_at, zone), moment_of(end_at, zone)
    form = "%H" if start.minute == end.minute == 0 else "%H:%M"
    return f"{day_text(start)} {start:{form}}{_pass(start)}-{end:{form}}{_pass(end)}"


def _hour_slots(spans: Iterable[Span], zone: tzinfo) -> Iterator[Slot]:
    before: Instant | None = None
    for start_at, end_at, _ in spans:
        name, start = hour_name(start_at, end_at, zone), moment_of(start_at, zone)
        label = f"{start:{'%H:%M' if start.minute else '%H'}}{_pass(start)}"
        yield Slot(start_at, end_at, label, day_text(start), name, before not in (None, start_at))
        before = end_at


def _shift_slots(spans: Iterable[Span], zone: tzinfo) -> Iterator[Slot]:
    """Hours of one shift that follow each other are one slot."""
    held: Span | None = None
    folded = False
    for span in spans:
        if held is not None and held[2] == span[2]:
            held = held[0], span[1], span[2]
            continue
        if held is not None:
            yield _shift_slot(held, zone, folded=folded)
            folded = held[1] != span[0]
        held = span
    if held is not None:
        yield _shift_slot(held, zone, folded=folded)


def _shift_slot(span: Span, zone: tzinfo, *, folded: bool) -> Slot:
    on, _, pattern = span[2].partition("/")
    try:
        group = day_text(date.fromisoformat(on))
    except ValueError:  # a shift that was recorded under another name
        group = day_text(moment_of(span[0], zone))
    return Slot(span[0], span[1], pattern, group, f"{group} {pattern}", folded)


def _days(zoom: ZoomName, from_at: Instant, zone: tzinfo) -> Iterator[Slot]:
    on = moment_of(from_at, zone).date()
    step = _DAY
    if zoom == "weeks":
        on, step = on - on.weekday() * _DAY, _WEEK
    while True:
        start_at, end_at = wall_instant(on, _MIDNIGHT, zone), wall_instant(on + step, _MIDNIGHT, zone)
        if zoom == "weeks":
            number = on.isocalendar().week
            name = sentence("week %(week)s from %(day)s", week=str(number), day=day_text(on))
            yield Slot(
                start_at, end_at, sentence("W%(week)s", week=str(number).zfill(2)), dated(on, "MMM y"), name
            )
        else:
            monday = on - on.weekday() * _DAY
            yield Slot(start_at, end_at, f"{on.day}", day_text(monday), day_text(on))
        on += step


def _pass(moment: datetime) -> str:
    """A or B for the first or second pass of a wall time that comes twice."""
    if moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset():
        return ""
    return "B" if moment.fold else "A"
