"""A station's sheet for when everything is down: blank to print, and typed in afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.contexts.frame import Frame


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of the form as it was typed; `fault` says what is wrong with it."""

    number: int
    time: str = ""
    way: str = "in"
    code: str = ""
    quantity: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The sheet of one station. Blank, only the places are used."""

    frame: Frame
    station: str
    station_name: str
    line: str
    line_name: str
    link: str
    link_name: str
    hours: tuple[str, ...] = ()
    """Of the shift that runs, or of the next: 08:00-09:00."""
    rows: tuple[SheetRow, ...] = ()
    begin: str = ""
    written_by: str = ""
    person: str = ""
    tap_id: str = ""
    faults: Mapping[str, str] | None = None
    """Sentences by field, of what is no row; None before anything was sent."""
    recorded: int = 0
    """How many rows have just been recorded."""
