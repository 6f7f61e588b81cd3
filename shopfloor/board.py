"""The state of a link, an hour and an order, as boards and kiosks show it."""

from __future__ import annotations

from typing import Literal

from shopfloor.instants import MINUTE_MS, Instant

LinkState = Literal["idle", "on_target", "due_soon", "late", "stands_still", "flagged", "answered", "no_data"]
"""From calm to loud; `late` is within the buffer, `stands_still` is past the latest."""

CellState = Literal["none", "ahead", "now", "met", "short"]

DUE_SOON_MS = 15 * MINUTE_MS


def cell_state(target: int, given: int, start_at: Instant, end_at: Instant, now: Instant) -> CellState:
    """An hour of a link by itself: what it owed and what was given in it."""
    if not target and not given:
        return "none"
    if now < start_at:
        return "ahead"
    if now < end_at:
        return "now"
    return "met" if given >= target else "short"


def link_state(
    *,
    flags: tuple[str, ...],
    unmet_end_at: Instant | None,
    unmet_latest_at: Instant | None,
    has_targets: bool,
    behind_pace: bool,
    silent_devices: bool,
    now: Instant,
) -> LinkState:
    """The loudest thing that is true of a link.

    `flags` are the states of its open flags; `unmet_end_at` is the end of the first hour whose target it
    has not met in full, `unmet_latest_at` the first latest among those; `behind_pace` when this hour's gives
    lag behind its time; `silent_devices` when every device of the link is known to be off.
    """
    if "raised" in flags:
        return "flagged"
    if flags:
        return "answered"
    if unmet_end_at is not None and unmet_end_at <= now:
        return "stands_still" if unmet_latest_at is not None and unmet_latest_at <= now else "late"
    if silent_devices:
        return "no_data"
    if unmet_end_at is not None and unmet_end_at - now <= DUE_SOON_MS and behind_pace:
        return "due_soon"
    return "on_target" if has_targets else "idle"


def rate_to_catch_up(behind: int, still_due: int, left_ms: int) -> int | None:
    """Units an hour a link needs for the rest of its shift; None when no working time is left."""
    if behind + still_due <= 0:
        return 0
    if left_ms <= 0:
        return None
    return -(-(behind + still_due) * 60 * MINUTE_MS // left_ms)
