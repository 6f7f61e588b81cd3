"""What was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kiosk.contexts.choice import Choice
from kiosk.contexts.frame import Frame

Show = Literal["open", "forcible", "settled"]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One scan or message that was refused."""

    number: int
    """By which a lead forces or discards it."""
    word: str
    """The stable word of the reason; it decides what can be done."""
    can_force: bool
    settled: str
    """What became of it since: forced, discarded or counted; empty while it is open."""
    at: str
    """Day and time, for example Tue 24 Nov 14:10:07."""
    device: str
    station_id: str
    """Empty when none is known."""
    station: str
    """The station's name."""
    read: str
    """The code, or of what is no scan the first characters of the message."""
    size: int
    """Bytes of a message that is no scan; 0 for a scan."""
    reason: str


@dataclass(frozen=True, slots=True)
class SettleForm:
    """What a lead fills in about a refused scan."""

    tap_id: str
    person: str
    why: str
    station: str
    faults: Mapping[str, str]
    """A sentence by field; under "" what a rule refused, which is told whatever became of the form."""


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """What was refused, the newest first."""

    frame: Frame
    show: Show
    rows: tuple[RefusedRow, ...]
    counts: Mapping[str, int]
    """By what is shown; of those that are kept."""
    older: int | None
    """From which number on the next page begins; None on the last page."""
    is_first: bool
    ever: int
    """All that was ever refused; the newest 50,000 are kept, all are counted."""


@dataclass(frozen=True, slots=True)
class RefusedOnePage:
    """One refused scan with what can be done."""

    frame: Frame
    row: RefusedRow
    stations: tuple[Choice, ...]
    form: SettleForm | None
    """None once it is settled."""
    fault: str
    """Why a rule refused what was sent; empty otherwise."""
    done: str
    """What was recorded a moment ago, in one sentence; empty otherwise."""
