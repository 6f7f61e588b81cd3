"""The first page."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.contexts.frame import Frame


@dataclass(frozen=True, slots=True)
class StationLink:
    """A kiosk in the list on the first page."""

    station: str
    name: str
    link_name: str


@dataclass(frozen=True, slots=True)
class LineSummary:
    """A line on the first page."""

    line: str
    name: str
    stations: tuple[StationLink, ...]
    orders_open: int
    flags_open: int
    links_behind: int
    first_link: str = ""
    """Whose hour sheet leads to those of the others; empty for a line without links."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page: what this is, and the ways in."""

    frame: Frame
    lines: tuple[LineSummary, ...]
    empty: bool
    """No order was released yet."""
    mqtt_address: str
    """Where scanners connect, for example 127.0.0.1:1883."""
    topic: str
    """Where a scan is published, for example interlock/gbx1/<device>/scan."""
