"""The floor board of a line."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.contexts.flags import FlagCard
from kiosk.contexts.frame import Frame
from kiosk.contexts.tablets import TabletRow
from shopfloor.board import CellState, LinkState


@dataclass(frozen=True, slots=True)
class HourCell:
    """One hour of one link on the board."""

    start_at: int
    label: str
    """For example 08-09."""
    target: int
    given: int
    state: CellState


@dataclass(frozen=True, slots=True)
class NextTarget:
    """What a link has to give next when nothing is due before."""

    quantity: int
    by: str
    """For example 19:00, or Tue 1 Dec 17:00."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One link on the floor board."""

    link: str
    name: str
    milestone: bool
    state: LinkState
    late_min: int
    """Working minutes since the first unmet target ended; 0 when none is late."""
    past: tuple[HourCell | None, ...]
    """Oldest first, one for each of the board's past columns; None where the link has no such hour."""
    now: HourCell | None
    shift_given: int
    shift_target: int
    """Since the shift began, up to and with the hour that runs."""
    behind: int
    """Units due by now over all open orders and not given."""
    needed_per_hour: int | None
    """To catch up within the shift; None when no time is left or nothing is to catch up."""
    rate_per_hour: int | None
    """What the link's stations can do together; None for a milestone."""
    flags: tuple[FlagCard, ...]
    last_given: str | None
    """For example 10:38; None before the first."""
    last_given_age_min: int | None
    next_target: NextTarget | None = None
    """The first target to come; None when something is overdue, or when nothing is owed."""
    silences: int = 0
    """Open flags that Interlock raised because this link kept silent."""


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The floor board of a line."""

    frame: Frame
    line: str
    name: str
    shift: str
    """For example early shift; empty outside every shift."""
    past_labels: tuple[str, ...]
    now_label: str
    minutes_left: int
    since: str
    """When the shift began, for example 06:00."""
    rows: tuple[BoardRow, ...]
    flags_open: int
    orders_open: int
    orders_at_risk: int
    refused: int
    """Scans refused today."""
    letter_px: int
    """Least height of letters for the configured viewing distance."""
    until: str = ""
    """When the shift ends, for example 14:00; empty outside every shift."""
    next_start: str = ""
    """When work goes on, for example 13:00 or Tue 06:00; empty while an hour runs or when nothing is planned."""
    minutes_total: int = 60
    """Working minutes of the hour that runs."""
    tablets: tuple[TabletRow, ...] = ()
    """Those of the line's stations that are behind or fell silent."""
