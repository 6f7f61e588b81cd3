"""Tablets of stations: which are in touch, what they hold, and which fell silent."""

from __future__ import annotations

from dataclasses import dataclass

from shopfloor.tablets import Contact


@dataclass(frozen=True, slots=True)
class TabletRow:
    """One tablet by its own last words."""

    number: int
    station: str
    link: str
    contact: Contact
    heard_min: int
    """Whole minutes since its last word."""
    waiting: int
    """Scans and taps that it holds, or held when it was last heard."""
    since: str
    """When the oldest of them happened, for example 10:02; empty when it told none."""
    refused: int
    missing: int
    """Scans and taps that it counted and that never came, those it may still hold among them."""
    follower: int | None
    """The tablet that began in its place after it had fallen silent: what it held may be lost."""
    clock: str
    clock_off: bool
    scans_today: int
    is_missed: bool
    """The board tells of it."""
