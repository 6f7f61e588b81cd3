"""Why an order is late: what each link added itself, what it got from before, and what the buffers took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DelayRow:
    """One link's part; minutes are the line's working minutes."""

    link: str
    name: str
    planned: str
    """Day and time by which it was to have given all."""
    finished: str
    """When it had; empty while it has not."""
    late_min: int
    """Below zero: early."""
    inherited_min: int
    own_min: int
    """Below zero: made up."""
    absorbed_min: int
    """What the buffer after the link before it took off."""
    decides: bool
    """It lies on the path that decides how late the order is."""
    reasons: tuple[str, ...] = ()
    """What it answered when it was flagged for this order."""
    answers_for_min: int = 0
    """Own delay that it answers for: less what silent links take over, and with what it took over itself."""
    silent: bool = False
    """It kept silent about a previous link."""


@dataclass(frozen=True, slots=True)
class WhyLate:
    """The chain with its minutes: own less absorbed along what decides is exactly `late_min`."""

    rows: tuple[DelayRow, ...]
    late_min: int
    """Of the last link against its plan, which leaves the ship buffer before the due."""
    ship_buffer_min: int
    finished: bool

    @property
    def past_due_min(self) -> int:
        """What the customer feels: lateness that the ship buffer does not take."""
        return max(0, self.late_min - self.ship_buffer_min)
