"""Channels: who is told through each, and how it fares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.contexts.frame import Frame
from shopfloor.report_times import ReportName

ChannelState = Literal["unknown", "new", "well", "waits", "fails", "down"]
"""unknown: the gateway has not taken it up. waits: in quiet hours, or to become one message with what comes soon."""
Trial = Literal["", "waits", "done", "failed"]


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel."""

    channel: str
    way: str
    """The file of its address, or its topic."""
    is_topic: bool
    is_on: bool
    """A light that is on now."""
    roles: str
    """Empty: all, or nobody where `tells` is false."""
    tells: bool
    """It is for steps of ladders; else only for reports."""
    reports: tuple[ReportName, ...]
    lines: str
    """Empty: all."""
    quiet: str
    """The quiet hours that hold now end then; empty outside of them."""
    state: ChannelState
    waiting: int
    messages: int
    sent_min: int | None
    """Minutes since something got out; None when nothing ever has."""
    tries: int
    fault: str
    failing_min: int
    next_try: str
    trial: Trial
    trial_at: str
    trial_fault: str


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """Every channel, what fails first."""

    frame: Frame
    rows: tuple[ChannelRow, ...]
    may_try: bool
