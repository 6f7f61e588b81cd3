"""The load of a line: what released orders take of each link's hours, and what drafts would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kiosk.contexts.agreement import Feasibility
from kiosk.contexts.frame import Frame
from kiosk.contexts.plan import Tick, Zoom

CellState: TypeAlias = Literal["free", "part", "full", "over"]


@dataclass(frozen=True, slots=True)
class Taker:
    """An order with what it makes in a slot."""

    order: str
    make: int


@dataclass(frozen=True, slots=True)
class LoadCell:
    """One link in one slot of time. Heights are parts of the cell's, drafts on top of what is taken."""

    name: str
    x: float
    width: float
    state: CellState
    percent: int
    """Of its capacity, taken by released orders; of an hour that is closed, 100."""
    drafts_percent: int
    make: int | None
    """Units that released orders make; None where only shares are counted."""
    capacity: int | None
    """Units it could make of the same products."""
    takers: tuple[Taker, ...]
    drafts: tuple[Taker, ...]
    closed: bool
    """Released orders have targets in hours that are no working time any more."""
    fits: bool
    """Whether there is room for a number."""
    address: str
    """Where the same time is seen more closely; empty at the closest."""


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One link."""

    link: str
    name: str
    milestone: bool
    top: float
    cells: tuple[LoadCell, ...]
    off: tuple[tuple[float, float], ...]
    """x and width of slots in which this link does not work: closed, or no station in service."""
    over: int
    """Cells above capacity."""
    full: int
    """Cells that released orders fill."""
    full_with_drafts: int
    """Cells that are full once the drafts are released as well."""
    working: int
    """Cells in which the link works."""
    busiest: str
    """The name of the cell of which most is taken; empty when nothing is taken, or some are full."""
    busiest_percent: int


@dataclass(frozen=True, slots=True)
class LineTab:
    """A line to choose."""

    line: str
    name: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """A draft that cannot be kept as it stands, and why."""

    order: str
    product: str
    quantity: int
    due: str
    change: bool
    """A change of an order that is released."""
    alone: bool
    """Feasible by itself, but not beside the other drafts."""
    feasibility: Feasibility


@dataclass(frozen=True, slots=True)
class LoadPage:
    """The load of one line, and its drafts that cannot be kept."""

    frame: Frame
    line: str
    line_name: str
    lines: tuple[LineTab, ...]
    """All of the site's; empty when there is only one."""
    zoom: str
    zooms: tuple[Zoom, ...]
    earlier: str
    later: str
    span: str
    width: float
    height: float
    axis_y: float
    cell_height: float
    ticks: tuple[Tick, ...]
    rows: tuple[LoadRow, ...]
    released: int
    """Open orders of this line."""
    drafts: int
    """New orders of this line."""
    changes: int
    """Changes of its released orders that are being agreed."""
    explained: tuple[Explained, ...]
    not_explained: int
    """More new orders that cannot be kept than are explained here."""
    changes_left: int
    """More changes of released orders that are being agreed; they were not looked at."""
