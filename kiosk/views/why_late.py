"""The third question about an order: which link added how many minutes, and what it answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from kiosk.contexts.delays import DelayRow, WhyLate
from kiosk.services import Services
from kiosk.views.feasibility import date_text
from kiosk.views.plan_lanes import in_order
from ledger import delay_reading, reading
from ledger.store import Row
from shopfloor.calendar import Calendar
from shopfloor.delays import (
    Delay,
    Part,
    Silence,
    buffer_min,
    charged,
    controlling_path,
    delays,
    lateness_min,
)
from shopfloor.flags import stands
from shopfloor.instants import Instant
from shopfloor.site import Line


def why_late(services: Services, number: str, line: Line, now: Instant) -> WhyLate | None:
    """As it stands now; None when the configuration has its line no more, or nothing was planned."""
    rows = {
        row["link"]: row for row in delay_reading.parts(services.ledger, number) if line.has_link(row["link"])
    }
    if not line.links or line.last.id not in rows:
        return None
    line_time = services.calendars.of_line(line, now)
    parts = {link: _part(line, row, line_time, now) for link, row in rows.items()}
    found = delays(line, parts)
    path = controlling_path(found, line.last.id)
    flags = reading.order_flags(services.ledger, number)
    silences = _silences(flags, rows, line_time, now)
    answers_for = charged(found.values(), silences, _share(flags))
    reasons = _reasons(services, flags)
    silent = {each.silent for those in silences.values() for each in those}
    last = found[line.last.id]
    return WhyLate(
        rows=tuple(
            replace(
                _row(
                    services, line, found[link], rows[link], now, decides=link in path, reasons=reasons[link]
                ),
                answers_for_min=answers_for.get(link, 0),
                silent=link in silent,
            )
            for link in (each.id for each in in_order(line))
            if link in found
        ),
        late_min=last.late_min,
        ship_buffer_min=parts[line.last.id].buffer_min,
        finished=last.finished,
    )


def why_late_json(why: WhyLate) -> dict[str, Any]:
    """The same for programs."""
    return {
        "late_minutes": why.late_min,
        "past_due_minutes": why.past_due_min,
        "finished": why.finished,
        "links": [
            {
                "link": row.link,
                "late_minutes": row.late_min,
                "inherited_minutes": row.inherited_min,
                "own_minutes": row.own_min,
                "absorbed_minutes": row.absorbed_min,
                "answers_for_minutes": row.answers_for_min,
                "silent": row.silent,
                "decides": row.decides,
                "finished": bool(row.finished),
            }
            for row in why.rows
        ],
    }


def _part(line: Line, row: Row, line_time: Calendar, now: Instant) -> Part:
    if row["late_min"] is not None:
        return Part(row["late_min"], buffer_min=row["buffer_min"])
    link = line.link(row["link"])
    room = line.ship_buffer if link == line.last else link.buffer
    since_at = row["unmet_end_at"]
    overdue = 0 if since_at is None else max(0, lateness_min(line_time, since_at, now))
    return Part(None, overdue, buffer_min(line_time, room, row["planned_at"] or now))


def _silences(
    flags: list[Row], rows: Mapping[str, Row], line_time: Calendar, now: Instant
) -> dict[str, list[Silence]]:
    """Who kept silent about which late link, and for how long until that one finished, or until now."""
    found: dict[str, list[Silence]] = defaultdict(list)
    for flag in flags:
        if flag["silent"] and stands(flag["state"], flag["note"]) and flag["link"] in rows:
            finished_at = rows[flag["link"]]["finished_at"]
            running = lateness_min(line_time, flag["raised_at"], now if finished_at is None else finished_at)
            found[flag["link"]].append(Silence(flag["raised_by"], running))
    return found


def _share(flags: list[Row]) -> Fraction:
    """The share of a delay that was the rule when Interlock first flagged for somebody."""
    return next((Fraction(flag["share"]) for flag in flags if flag["share"]), Fraction(0))


def _reasons(services: Services, flags: list[Row]) -> dict[str, tuple[str, ...]]:
    names = {reason.id: reason.name for reason in services.config.site.reasons}
    answered: dict[str, dict[str, None]] = defaultdict(dict)
    for flag in flags:
        if flag["reason"]:
            answered[flag["link"]][names.get(flag["reason"], flag["reason"])] = None
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    found.update({link: tuple(words) for link, words in answered.items()})
    return found


def _row(
    services: Services,
    line: Line,
    delay: Delay,
    row: Row,
    now: Instant,
    *,
    decides: bool,
    reasons: tuple[str, ...],
) -> DelayRow:
    zone = services.config.site.zone
    return DelayRow(
        link=delay.link,
        name=line.name_of(delay.link),
        planned="" if row["planned_at"] is None else date_text(row["planned_at"], now, zone),
        finished="" if row["finished_at"] is None else date_text(row["finished_at"], now, zone),
        late_min=delay.late_min,
        inherited_min=delay.inherited_min,
        own_min=delay.own_min,
        absorbed_min=delay.absorbed_min,
        decides=decides,
        reasons=reasons,
    )
