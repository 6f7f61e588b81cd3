"""Tablets: whether one can be reached, and what is told of one that cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shopfloor.instants import DAY_MS, SECOND_MS, Instant

Contact = Literal["live", "left", "cut"]
"""`left`: it said that its page was closed; `cut`: it fell silent without a word."""

CUT_AFTER_MS = 20 * SECOND_MS
"""Of its beats, which come every 5 s, three are missing."""
TOLD_FOR_MS = DAY_MS
"""So long the board tells of a tablet that fell silent; the page of devices tells for longer."""


@dataclass(frozen=True, slots=True)
class Tablet:
    """A browser that is or was a station's kiosk, by its own last words."""

    tablet: str
    """The key that it made for itself; who lost it is another tablet."""
    station: str
    number: int
    """What people call it; given by the site."""
    first_at: Instant
    heard_at: Instant
    left_at: Instant | None = None
    waiting: int = 0
    """Scans and taps that it kept and had not sent."""
    oldest_at: Instant | None = None
    """When the first of them happened."""
    refused: int = 0
    """Refused ones that nobody has dismissed there."""
    next_seq: int = 1
    """The number that its next scan or tap gets."""
    clock_offset_ms: int | None = None
    """Its own clock less ours."""
    followed_by: int | None = None
    """The number of the tablet that says that it is this one without its memory."""

    @property
    def has_worked(self) -> bool:
        """Whether anything was ever done on it: who only looked at a kiosk leaves no trace."""
        return self.next_seq > 1

    def contact(self, now: Instant) -> Contact:
        """Whether it can be reached."""
        if self.followed_by is not None:
            return "cut"
        if self.left_at is not None and self.left_at >= self.heard_at:
            return "left"
        return "live" if now - self.heard_at <= CUT_AFTER_MS else "cut"

    def is_missed(self, now: Instant) -> bool:
        """Whether the board has to tell of it: it is behind, or fell silent in the last day."""
        if now - self.heard_at > TOLD_FOR_MS:
            return False
        return self.waiting > 0 or (self.contact(now) == "cut" and self.has_worked)


def follower(tablet: Tablet, others: Iterable[Tablet], now: Instant) -> int | None:
    """The number of the tablet that began in the place of one that is gone: what that one held may be lost.

    Either that one said so, or it is the next that began at the station after this one had fallen silent.
    """
    if tablet.followed_by is not None:
        return tablet.followed_by
    contact = tablet.contact(now)
    if contact == "live" or not (tablet.waiting or (contact == "cut" and tablet.has_worked)):
        return None
    later = (each for each in others if each.station == tablet.station and each.first_at >= tablet.heard_at)
    return min((each.number for each in later if each.number != tablet.number), default=None)


def device_of(station: str, number: int) -> str:
    """The name under which a tablet's scans and taps are recorded."""
    return f"station:{station}/{number}"
