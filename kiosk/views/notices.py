"""How each channel fares."""

from __future__ import annotations

from kiosk.contexts.notices import ChannelRow, ChannelState, NoticesPage, Trial
from kiosk.identity import caller
from kiosk.services import Services
from kiosk.speech import told
from kiosk.views.frame import frame, minutes, when_text
from ledger import notices
from ledger.said import told_in
from ledger.store import Row
from shopfloor.channels import Channel, is_down, quiet_until
from shopfloor.flag_rules import LADDER_ROLES
from shopfloor.instants import Instant
from shopfloor.roles import role_word
from shopfloor.sentences import enumerated

_LOUDEST: tuple[ChannelState, ...] = ("down", "fails", "unknown", "waits", "new", "well")


def notices_page(services: Services) -> NoticesPage:
    """Every channel of the configuration, what fails first."""
    now = services.clock()
    with services.ledger.snapshot():
        rows = [_row(services, channel, now) for channel in services.config.channels]
        return NoticesPage(
            frame=frame(services, now),
            rows=tuple(sorted(rows, key=lambda row: _LOUDEST.index(row.state))),
            may_try=caller().may("devices"),
        )


def _row(services: Services, channel: Channel, now: Instant) -> ChannelRow:
    site = services.config.site
    state = notices.state(services.ledger, channel.id)
    waiting = 0 if state is None else notices.count_waiting(services.ledger, channel)
    resting = quiet_until(channel.quiet, now, site.zone)
    return ChannelRow(
        channel=channel.id,
        way=channel.topic.topic
        if channel.topic
        else channel.address_file.name
        if channel.address_file
        else "",
        is_topic=channel.topic is not None,
        is_on=_is_on(channel, state),
        roles=""
        if channel.roles in (LADDER_ROLES, ())
        else told(enumerated([role_word(role) for role in channel.roles])),
        tells=bool(channel.roles),
        reports=channel.reports,
        lines=", ".join(site.line_or_ghost(line).name for line in channel.lines),
        quiet="" if resting is None else when_text(resting, now, site.zone),
        state=_state(state, waiting, now),
        waiting=waiting,
        messages=0 if state is None else state["messages"],
        sent_min=_since_sent(state, now),
        tries=0 if state is None else state["tries"],
        fault="" if state is None else told(told_in(state["fault_said"], state["fault"] or "")),
        failing_min=_since(state, "failing_since_at", now) or 0,
        next_try=_next_try(state, services, now),
        trial=_trial(state),
        trial_at=""
        if state is None or state["test_done_at"] is None
        else when_text(state["test_done_at"], now, site.zone),
        trial_fault=""
        if state is None
        else told(told_in(state["test_fault_said"], state["test_fault"] or "")),
    )


def _state(state: Row | None, waiting: int, now: Instant) -> ChannelState:
    if state is None:
        return "unknown"
    if state["fault"] is not None:
        return "down" if is_down(state["failing_since_at"], now) else "fails"
    if waiting:
        return "waits"
    return "well" if state["messages"] else "new"


def _is_on(channel: Channel, state: Row | None) -> bool:
    return state is not None and bool(state["is_on"]) and bool(channel.topic and channel.topic.payload_clear)


def _since(state: Row | None, column: str, now: Instant) -> int | None:
    return None if state is None or state[column] is None else minutes(now - state[column])


def _since_sent(state: Row | None, now: Instant) -> int | None:
    """Since the last notice or report."""
    ago = [
        since for name in ("last_sent_at", "reported_at") if (since := _since(state, name, now)) is not None
    ]
    return min(ago, default=None)


def _next_try(state: Row | None, services: Services, now: Instant) -> str:
    if state is None or state["next_try_at"] is None or state["next_try_at"] <= now:
        return ""
    return when_text(state["next_try_at"], now, services.config.site.zone)


def _trial(state: Row | None) -> Trial:
    if state is None or state["test_asked_at"] is None:
        return ""
    if state["test_done_at"] is None:
        return "waits"
    return "done" if state["test_fault"] is None else "failed"
