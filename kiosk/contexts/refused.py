"""What was refused."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.contexts.frame import Frame


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One scan or message that was refused."""

    number: int
    """By which a lead forces or discards it."""
    settled: str
    """What became of it since: forced, discarded or counted; empty while it is open."""
    at: str
    """Day and time, for example Tue 24 Nov 14:10:07."""
    device: str
    station: str
    """The station's name; empty when none is known."""
    read: str
    """The code, or of what is no scan the first characters of the message."""
    size: int
    """Bytes of a message that is no scan; 0 for a scan."""
    reason: str


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """What was refused, the newest first."""

    frame: Frame
    rows: tuple[RefusedRow, ...]
    ever: int
    """All that was ever refused; older ones than those shown are kept for a while, all are counted."""
