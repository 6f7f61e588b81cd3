"""The picture of a plan. Coordinates are those of the picture's viewBox."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Zoom:
    """A way to look at the same time more or less closely."""

    zoom: str
    """hours, shifts, days or weeks."""
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """The beginning of a slot of time on the axis."""

    x: float
    label: str
    """Short name of the slot; empty where there is no room."""
    group: str
    """Day, week or month that begins here; empty where none does or there is no room."""
    folded: bool
    """Time in which nobody works is left out here."""
    begins: bool
    """A day, week or month begins here."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant on the axis, with its time in words."""

    x: float
    text: str
    anchor: str
    """start or end: on which side of the line its words stand."""


@dataclass(frozen=True, slots=True)
class LaneSlot:
    """What a link makes and gives in one slot of time."""

    name: str
    x: float
    width: float
    make: int
    give: int
    cumulative: int
    """In all by the end of it."""
    latest: str
    """When the next link needs what is given by then."""
    bar_height: float
    make_fits: bool
    """Whether there is room for the number."""


@dataclass(frozen=True, slots=True)
class Point:
    """A corner of the target's curve."""

    x: float
    y: float
    quantity: int
    """0 where there is no room for the number."""


@dataclass(frozen=True, slots=True)
class GivenLevel:
    """What a link has given so far, up to now."""

    quantity: int
    x: float
    y: float
    missing: int
    """Units that its target says more by now."""
    target_y: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One link of the picture: its curves as paths."""

    link: str
    name: str
    milestone: bool
    top: float
    base: float
    """The line of the lowest quantity shown."""
    quantity: int
    """The whole that it owes; 0 when nothing of it is left."""
    by: str
    """When its target is whole."""
    latest_by: str
    """When the next link needs the last of it."""
    target: str
    latest: str
    room: str
    """The buffer: what lies between the two curves."""
    points: tuple[Point, ...]
    slots: tuple[LaneSlot, ...]
    """Those with a make or a give."""
    off: tuple[tuple[float, float], ...]
    """x and width of slots in which others work and this link does not."""
    given: GivenLevel | None
    lowest: int
    """The quantity at the base: what the next link has needed before the window."""
    height: float = 0
    all_given: int = 0
    """Units of a link that is through and owes nothing of this plan: a thin lane without curves; else 0."""


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """A plan as a picture: links down, time across."""

    line_name: str
    zoom: str
    zooms: tuple[Zoom, ...]
    earlier: str
    """Address of the window before; empty at the beginning."""
    later: str
    width: float
    height: float
    axis_y: float
    """The lower edge of the axis."""
    scrolls: bool
    """It has more slots than fit a small screen."""
    ticks: tuple[Tick, ...]
    idle: tuple[tuple[float, float], ...]
    """x and width of time in which nobody works, where time is not folded."""
    now: Mark | None
    now_before: bool
    """Now lies before what is shown."""
    due: Mark | None
    ship_by: Mark | None
    """Where the ship buffer begins."""
    lanes: tuple[Lane, ...]
    span: str
    """What is shown, in words: from when until when."""
    given: bool
    """Something was given, so that there is a third curve."""
