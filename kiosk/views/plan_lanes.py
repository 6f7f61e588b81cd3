"""The lanes of a plan's picture: one for each link, its curves as paths in the picture's units."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from kiosk.contexts.plan import GivenLevel, Lane, LaneSlot, Point
from kiosk.views.time_slots import Slot, ZoomName, calendar_over, index_at, moment_text
from shopfloor.instants import Instant
from shopfloor.orders import HourTarget, LinkTargets
from shopfloor.site import Line, Link, Site

WIDTH, MARGIN = 960.0, 12.0
LANE = 168.0
"""Height of a lane: its words, its curves, the bars that hang below them, and the room between lanes."""
THIN_LANE = 40.0
"""Height of a lane that has only words: of a link that is through."""
_HEAD, _CURVE, _BAR = 46.0, 76.0, 24.0
"""Heights: of the words above the curves, of the whole quantity, of the highest bar."""
_NUMBER_GAP = 9.0
"""Room between the numbers of two bars."""
DIGIT = 9.0
"""Width of a digit of the picture's numbers."""
_LETTER = 18.0
"""Height of such a digit with the room that it needs."""

Corner: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """What all lanes share: the time axis and the scale of the bars."""

    site: Site
    slots: list[Slot]
    zoom: ZoomName
    at: Instant | None
    most_made: int

    @property
    def slot_width(self) -> float:
        return (WIDTH - 2 * MARGIN) / max(len(self.slots), 1)

    def x(self, at: Instant) -> float:
        """Where an instant lies; in time that is folded away, at the fold."""
        index = bisect_right(self.slots, at, key=lambda slot: slot.start_at) - 1
        if index < 0:
            return MARGIN
        slot = self.slots[index]
        part = min((at - slot.start_at) / (slot.end_at - slot.start_at), 1.0)
        return round(MARGIN + (index + part) * self.slot_width, 1)


def words_width(text: str) -> float:
    """Room that a word of the axis needs: what digits, wide and narrow letters take, rather more than less."""
    return sum(
        17.0 if letter > "\u2e80" else 12.0 if letter in "mwMW" else 5.5 if letter in "fijlrt .:'-" else DIGIT
        for letter in text
    )


def in_order(line: Line) -> list[Link]:
    """A line's links, previous before next, else as configured."""
    ordered: list[Link] = []
    waiting = list(line.links)
    while waiting:
        done = {link.id for link in ordered}
        ready = next(link for link in waiting if done.issuperset(link.after))
        ordered.append(ready)
        waiting.remove(ready)
    return ordered


def lane(frame: Frame, line: Line, targets: LinkTargets, given: int, top: float) -> Lane:
    """One link: what it owes by when, when the next link needs it, what it makes."""
    hours, zone = targets.hours, frame.site.zone
    base = top + _HEAD + _CURVE
    ends_at, latest_at = [hour.end_at for hour in hours], _never_earlier(hour.latest_at for hour in hours)
    level = _given(frame, hours, given)
    lowest, highest = _levels(frame, hours, ends_at, latest_at)
    if level is not None:
        lowest, highest = min(lowest, given), max(highest, given)
    whole = max(highest - lowest, 1)

    def y(quantity: int) -> float:
        return round(base - (quantity - lowest) / whole * _CURVE, 1)

    shown = _within(hours, frame.slots)
    target, latest = _steps(frame, hours, y, ends_at), _steps(frame, hours, y, latest_at)
    milestone = line.has_link(targets.link) and line.link(targets.link).kind == "milestone"
    before = Point(len(str(lowest)) * DIGIT + 6 if lowest else 0, base, lowest)
    points = _points(frame, shown, y, None if milestone else before)
    return Lane(
        link=targets.link,
        name=line.name_of(targets.link),
        milestone=milestone,
        top=top,
        base=base,
        quantity=hours[-1].cumulative if hours else 0,
        by=moment_text(hours[-1].end_at, zone) if hours else "",
        latest_by=moment_text(max(hour.latest_at for hour in hours), zone) if hours else "",
        target=_path(target),
        latest=_path(latest),
        room=_path([*target, *reversed(latest)]) + "Z" if target and latest else "",
        points=points,
        slots=_lane_slots(frame, shown),
        off=off_spans(frame, line, targets.link),
        given=None if level is None else replace(level, y=y(given), target_y=y(given + level.missing)),
        lowest=lowest,
        height=LANE,
    )


def through(line: Line, link: str, given: int, top: float) -> Lane:
    """A link that has given all it had to: it owes nothing of this plan, and stands in its place in the chain."""
    return Lane(
        link=link,
        name=line.name_of(link),
        milestone=line.link(link).kind == "milestone",
        top=top,
        base=top + THIN_LANE - 8,
        quantity=0,
        by="",
        latest_by="",
        target="",
        latest="",
        room="",
        points=(),
        slots=(),
        off=(),
        given=None,
        lowest=0,
        height=THIN_LANE,
        all_given=given,
    )


def most_made(links: Iterable[LinkTargets], slots: Sequence[Slot]) -> int:
    """The most that any link makes in one slot."""
    makes: Counter[tuple[str, int]] = Counter()
    for targets in links:
        for hour in _within(targets.hours, slots):
            makes[targets.link, index_at(slots, hour.start_at) or 0] += hour.make
    return max(makes.values(), default=0)


def _within(hours: Sequence[HourTarget], slots: Sequence[Slot]) -> Sequence[HourTarget]:
    """Those that start in the window."""
    if not slots:
        return ()
    begin = bisect_left(hours, slots[0].start_at, key=_start)
    return hours[begin : bisect_left(hours, slots[-1].end_at, key=_start)]


def _start(hour: HourTarget) -> Instant:
    return hour.start_at


def _never_earlier(instants: Iterable[Instant]) -> list[Instant]:
    """Instants of a curve that only rises."""
    made: list[Instant] = []
    for at in instants:
        made.append(max(at, made[-1]) if made else at)
    return made


def _levels(
    frame: Frame, hours: Sequence[HourTarget], ends_at: Sequence[Instant], latest_at: Sequence[Instant]
) -> tuple[int, int]:
    """What the next link needs where the window begins, and what is owed where it ends: the lane's scale."""
    if not hours or not frame.slots:
        return 0, 0
    needed = bisect_right(latest_at, frame.slots[0].start_at)
    owed = bisect_right(ends_at, frame.slots[-1].end_at)
    first = hours[0].cumulative - hours[0].give
    return (
        hours[needed - 1].cumulative if needed else min(first, 0),
        hours[owed - 1].cumulative if owed else first,
    )


def _steps(
    frame: Frame, hours: Sequence[HourTarget], y: Callable[[int], float], ats: Sequence[Instant]
) -> list[Corner]:
    """The corners of a cumulative quantity that rises at instants, from the window's beginning to its end."""
    if not hours or not frame.slots:
        return []
    begin, end = frame.slots[0].start_at, frame.slots[-1].end_at
    before = bisect_right(ats, begin)
    level = y(hours[before - 1].cumulative if before else hours[0].cumulative - hours[0].give)
    corners = [(frame.x(begin), level)]
    for hour, at in zip(hours[before:], ats[before:], strict=True):
        if at > end:
            break
        if hour.give:
            x = frame.x(at)
            corners += [(x, level), (x, level := y(hour.cumulative))]
    last_x = frame.x(min(end, max(hours[-1].latest_at, hours[-1].end_at)))
    return [*corners, (max(last_x, corners[-1][0]), level)]


def _path(corners: Sequence[Corner]) -> str:
    return "".join(f"{'L' if n else 'M'}{x:g} {y:g}" for n, (x, y) in enumerate(corners))


def _points(
    frame: Frame, shown: Sequence[HourTarget], y: Callable[[int], float], before: Point | None
) -> tuple[Point, ...]:
    """A corner for each slot in which something is given; its number where it has room after the one before.

    None before it: there is only one, and it always has room.
    """
    last: dict[int, HourTarget] = {}
    for hour in shown:
        if hour.give:
            last[index_at(frame.slots, hour.start_at) or 0] = hour
    made: list[Point] = []
    for hour in last.values():
        point = Point(frame.x(hour.end_at), y(hour.cumulative), hour.cumulative)
        begin, _ = _words(point)
        if before is None:
            made.append(point)
        elif begin >= 0 and (begin >= before.x or point.y + _LETTER <= before.y):
            before = point
            made.append(point)
        else:
            made.append(replace(point, quantity=0))
    return tuple(made)


def _words(point: Point) -> Corner:
    """From where to where a corner's number stands."""
    return point.x - len(str(point.quantity or "")) * DIGIT - 5, point.x


def _lane_slots(frame: Frame, shown: Sequence[HourTarget]) -> tuple[LaneSlot, ...]:
    """What is made in each slot; with numbers where slots are wide enough for all of the picture's."""
    by_slot: dict[int, list[HourTarget]] = {}
    for hour in shown:
        by_slot.setdefault(index_at(frame.slots, hour.start_at) or 0, []).append(hour)
    width = round(frame.slot_width, 1)
    fits = len(str(frame.most_made)) * DIGIT + _NUMBER_GAP <= width
    made = []
    for index, hours in by_slot.items():
        make = sum(hour.make for hour in hours)
        x = MARGIN + index * frame.slot_width
        made.append(
            LaneSlot(
                name=frame.slots[index].name,
                x=round(x, 1),
                width=width,
                make=make,
                give=sum(hour.give for hour in hours),
                cumulative=hours[-1].cumulative,
                latest=moment_text(max(hour.latest_at for hour in hours), frame.site.zone),
                bar_height=round(make / frame.most_made * _BAR, 1) if frame.most_made else 0,
                make_fits=make > 0 and fits,
            )
        )
    return tuple(made)


def off_spans(frame: Frame, line: Line, link: str) -> tuple[Corner, ...]:
    """Slots of hours or shifts in which others work and this link does not, side by side made one."""
    if not frame.slots or frame.zoom in ("days", "weeks") or not line.has_link(link):
        return ()
    calendar = calendar_over(
        frame.site, line.link(link).shifts, frame.slots[0].start_at, frame.slots[-1].end_at
    )
    idle = [not calendar.working_ms(slot.start_at, slot.end_at) for slot in frame.slots]
    made: list[Corner] = []
    for index in (number for number, off in enumerate(idle) if off):
        x = MARGIN + index * frame.slot_width
        if made and idle[index - 1]:
            made[-1] = made[-1][0], round(made[-1][1] + frame.slot_width, 1)
        else:
            made.append((round(x, 1), round(frame.slot_width, 1)))
    return tuple(made)


def _given(frame: Frame, hours: Sequence[HourTarget], given: int) -> GivenLevel | None:
    """A level up to now: what is known is how much, and by now."""
    if frame.at is None or not frame.slots or frame.at < frame.slots[0].start_at:
        return None
    ended = bisect_right(hours, frame.at, key=lambda hour: hour.end_at)
    owed = hours[ended - 1].cumulative if ended else 0
    if not given and not owed:
        return None
    return GivenLevel(given, frame.x(min(frame.at, frame.slots[-1].end_at)), 0, max(owed - given, 0), 0)
