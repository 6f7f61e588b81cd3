"""The floor board of a line."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.contexts import BoardPage, BoardRow, HourCell
from kiosk.services import Services
from kiosk.views.flag_cards import flag_card, loudest_first
from kiosk.views.frame import (
    frame,
    hour_cell,
    hour_label,
    minutes,
    next_start,
    next_target,
    shift_name,
)
from kiosk.views.tablets import missed_tablets
from ledger import reading
from ledger.reading import NextOwed, OwedRow
from ledger.store import Row
from shopfloor.board import link_state, rate_to_catch_up
from shopfloor.calendar import Hour, Shift
from shopfloor.handoffs import clock_text
from shopfloor.instants import Instant, instant_of, moment_of
from shopfloor.site import Line, Link

PAST_COLUMNS = 4
LETTER_PX_PER_METRE = 7.8
"""A 65-inch TV at 1920x1080 seen from ten metres needs letters of 78 pixels."""


@dataclass(frozen=True)
class LineFacts:
    """What was read once for all rows of a line, at one state of the ledger."""

    line: Line
    now: Instant
    shift: Shift | None
    columns: tuple[Hour, ...]
    """Hours of the line's calendar up to the running or the next one, oldest first."""
    now_column: int
    """The index of the running hour in `columns`, or of the next one when none runs."""
    counts: dict[tuple[str, Instant], Row]
    owed_now: tuple[OwedRow, ...]
    owed_by_shift_end: tuple[OwedRow, ...]
    first_unmet: dict[str, Instant]
    next_owed: dict[str, NextOwed]
    flags: tuple[Row, ...]
    last_given: dict[str, Instant]
    offline: frozenset[str]

    @property
    def past(self) -> tuple[Hour, ...]:
        """The hours before the running one, or before the next one when none runs."""
        return self.columns[: self.now_column]

    @property
    def running(self) -> Hour | None:
        """The hour that runs now; None in a pause or outside of shifts."""
        if self.now_column < len(self.columns) and self.columns[self.now_column].start_at <= self.now:
            return self.columns[self.now_column]
        return None


def line_facts(services: Services, line: Line, now: Instant) -> LineFacts:
    """Read a line's state: a fixed number of queries, each from read models."""
    ledger = services.ledger
    calendar = services.calendars.of_line(line, now)
    shift = calendar.shift_at(now)
    at = calendar.hour_at(now)
    index = calendar.hour_of(now) + 1 if at is None else at
    first = max(0, index - PAST_COLUMNS)
    columns = calendar.hours[first : index + 1]
    since = min(columns[0].start_at if columns else now, shift.start_at if shift else now)
    until = max(columns[-1].end_at if columns else now, shift.end_at if shift else now)
    counts = {
        (row["link"], row["start_at"]): row for row in reading.hour_counts(ledger, line.id, since, until)
    }
    return LineFacts(
        line=line,
        now=now,
        shift=shift,
        columns=columns,
        now_column=index - first,
        counts=counts,
        owed_now=tuple(reading.owed(ledger, line.id, now)),
        owed_by_shift_end=tuple(reading.owed(ledger, line.id, shift.end_at)) if shift else (),
        first_unmet=reading.first_unmet(ledger, line.id),
        next_owed=reading.next_owed(ledger, line.id, now),
        flags=tuple(reading.open_flags(ledger, line.id)),
        last_given=reading.last_given(ledger, line.id),
        offline=frozenset(reading.offline_devices(ledger)),
    )


def board_page(services: Services, line_id: str) -> BoardPage:
    """The board of a line; KeyError for an unknown one."""
    line = services.config.site.lines[line_id]
    now = services.clock()
    zone = services.config.site.zone
    with services.ledger.snapshot():
        facts = line_facts(services, line, now)
        past, running = facts.past, facts.running
        return BoardPage(
            frame=frame(services, now),
            line=line.id,
            name=line.name,
            shift=shift_name(facts.shift, now, zone),
            past_labels=tuple(hour_label(hour, services) for hour in past),
            now_label=hour_label(running, services) if running else "",
            minutes_left=minutes(running.end_at - now) if running else 0,
            minutes_total=minutes(running.end_at - running.start_at) if running else 0,
            since=clock_text(facts.shift.start_at, zone) if facts.shift else "",
            until=clock_text(facts.shift.end_at, zone) if facts.shift else "",
            next_start=next_start(services.calendars.of_line(line, now), now, zone),
            rows=tuple(board_row(services, facts, link) for link in line.links),
            flags_open=len(facts.flags),
            orders_open=reading.open_orders(services.ledger, line.id),
            orders_at_risk=reading.orders_at_risk(services.ledger, line.id, now),
            refused=reading.refused_since(services.ledger, _midnight(services, now)),
            letter_px=round(services.config.board.viewing_distance_m * LETTER_PX_PER_METRE),
            tablets=missed_tablets(services, line, now),
        )


def board_row(services: Services, facts: LineFacts, link: Link) -> BoardRow:
    """One link's row."""
    now, shift = facts.now, facts.shift
    running = facts.running
    owed = [row for row in facts.owed_now if row.link == link.id]
    behind = sum(row.missing for row in owed)
    flags = loudest_first(
        flag_card(row, services, facts.line, now) for row in facts.flags if row["link"] == link.id
    )
    calendar = services.calendars.of_link(facts.line, link.id, now)
    in_shift = [
        row
        for (of_link, start_at), row in facts.counts.items()
        if shift and of_link == link.id and shift.start_at <= start_at < shift.end_at and start_at <= now
    ]
    due_by_end = sum(row.missing for row in facts.owed_by_shift_end if row.link == link.id)
    left_ms = calendar.working_ms(now, shift.end_at) if shift else 0
    last = facts.last_given.get(link.id)
    return BoardRow(
        link=link.id,
        name=link.name,
        milestone=link.kind == "milestone",
        state=link_state(
            flags=tuple(flag.state for flag in flags),
            unmet_end_at=facts.first_unmet.get(link.id),
            unmet_latest_at=min((row.latest_at for row in owed), default=None),
            has_targets=any(row["target"] for row in in_shift),
            behind_pace=_is_behind_pace(facts, link),
            silent_devices=_devices_are_off(services, facts, link),
            now=now,
        ),
        late_min=minutes(calendar.working_ms(owed[0].since_at, now)) if owed else 0,
        past=tuple(_cell(services, facts, link, hour) for hour in facts.past),
        now=_cell(services, facts, link, running) if running else None,
        shift_given=sum(row["given"] for row in in_shift),
        shift_target=sum(row["target"] for row in in_shift),
        behind=behind,
        needed_per_hour=rate_to_catch_up(behind, due_by_end - behind, left_ms) if behind and shift else None,
        rate_per_hour=_rate(services, facts.line, link, [row.product for row in owed]),
        flags=flags,
        last_given=clock_text(last, services.config.site.zone) if last else None,
        last_given_age_min=minutes(now - last) if last else None,
        next_target=next_target(facts.next_owed.get(link.id), services, now),
        silences=sum(1 for row in facts.flags if row["silent"] and row["raised_by"] == link.id),
    )


def _cell(services: Services, facts: LineFacts, link: Link, hour: Hour) -> HourCell | None:
    row = facts.counts.get((link.id, hour.start_at))
    return hour_cell(hour, row, services, facts.now) if row else None


def _devices_are_off(services: Services, facts: LineFacts, link: Link) -> bool:
    stations = {station.id for station in services.config.site.stations_of(facts.line.id, link.id)}
    devices = {device.id for device in services.config.site.devices.values() if device.station in stations}
    return bool(devices) and devices <= facts.offline


def _is_behind_pace(facts: LineFacts, link: Link) -> bool:
    """Whether less of the running hour's target was given than of its time has passed."""
    hour = facts.running
    row = facts.counts.get((link.id, hour.start_at)) if hour else None
    if hour is None or row is None:
        return True
    gone, length = facts.now - hour.start_at, hour.end_at - hour.start_at
    return bool(row["given"] * length < row["target"] * gone)


def _rate(services: Services, line: Line, link: Link, owed_products: list[str]) -> int | None:
    """What all stations of a link can make in an hour of the slowest product that it owes."""
    if link.per_hour is None:
        return None
    rates = [services.config.site.per_hour(product, link) or link.per_hour for product in owed_products]
    return int(min(rates, default=link.per_hour) * len(services.config.site.stations_of(line.id, link.id)))


def _midnight(services: Services, now: Instant) -> Instant:
    moment = moment_of(now, services.config.site.zone)
    return instant_of(moment.replace(hour=0, minute=0, second=0, microsecond=0))
