"""The hour-by-hour sheet of a link's shift: targets and gives from the read models, and what people said about them."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, time
from itertools import accumulate
from operator import attrgetter
from urllib.parse import quote

from kiosk.contexts.agreement import FormState
from kiosk.contexts.hours import HoursPage, SheetFlag, SheetHour, Sign
from kiosk.forms import field_text
from kiosk.services import Services
from kiosk.views.frame import frame, hour_label, minutes, when_text
from kiosk.views.handover import open_at_handover
from kiosk.views.plan_lanes import in_order
from kiosk.views.time_slots import day_text
from ledger import hour_notes, reading
from ledger.store import Row
from shopfloor.board import cell_state, rate_to_catch_up
from shopfloor.calendar import Calendar, Hour, Shift
from shopfloor.calendar_book import CalendarBook
from shopfloor.handoffs import clock_text
from shopfloor.instants import Instant, moment_of
from shopfloor.site import Line, Link
from shopfloor.told_times import YEARS
from shopfloor.wall_time import wall_instant


def find_shift(services: Services, line: Line, link: Link, name: str) -> tuple[Calendar, Shift] | None:
    """A link's shift by its name; without one the shift that runs, or ran last. None when there is no such shift."""
    now = services.clock()
    calendar = services.calendars.of_link(line, link.id, now)
    if name:
        found = _named(calendar, name)
        on = _day_of(name)
        if found is None and on is not None:
            # Of months ago: in a book of its own, so that what everybody uses stays as short as it is.
            at = wall_instant(on, time(), services.config.site.zone)
            calendar = CalendarBook(services.config.site).of_link(line, link.id, at)
            found = _named(calendar, name)
    else:
        found = calendar.shift_at(now)
        if found is None:
            last = bisect_right(calendar.shifts, now, key=attrgetter("start_at")) - 1
            found = calendar.shifts[max(last, 0)] if calendar.shifts else None
    return None if found is None else (calendar, found)


def _named(calendar: Calendar, name: str) -> Shift | None:
    return next((shift for shift in calendar.shifts if shift.id == name), None)


def _day_of(name: str) -> date | None:
    """The production date that a shift's name begins with; None when it is none of this century or the next."""
    try:
        on = date.fromisoformat(name.partition("/")[0])
    except ValueError:
        return None
    return on if on.year in YEARS else None


def hours_page(
    services: Services, line: Line, link: Link, calendar: Calendar, shift: Shift, form: FormState
) -> HoursPage:
    """One shift of a link."""
    now, zone = services.clock(), services.config.site.zone
    with services.ledger.snapshot():
        hours = _hours(services, line, link, calendar, shift, now)
        owed_now = sum(
            row.missing for row in reading.owed(services.ledger, line.id, now) if row.link == link.id
        )
        owed_by_end = reading.owed(services.ledger, line.id, shift.end_at)
        signs = hour_notes.signs(services.ledger, line.id, link.id, shift.id)
        shown = frame(services, now)
    runs = shift.start_at <= now < shift.end_at
    still_due = sum(row.missing for row in owed_by_end if row.link == link.id) - owed_now
    left_ms = calendar.working_ms(now, shift.end_at) if runs else 0
    place = calendar.shifts.index(shift)
    return HoursPage(
        frame=shown,
        line=line.id,
        line_name=line.name,
        link=link.id,
        link_name=link.name,
        shift=shift.id,
        shift_name=shift.id.partition("/")[2],
        shift_day=day_text(moment_of(shift.start_at, zone)),
        shift_span=f"{clock_text(shift.start_at, zone)}-{clock_text(shift.end_at, zone)}",
        runs=runs,
        before=_address(line, link, calendar.shifts[place - 1]) if place else "",
        after=_address(line, link, calendar.shifts[place + 1]) if place + 1 < len(calendar.shifts) else "",
        links=tuple((_address(line, each, shift), each.name, each.id == link.id) for each in in_order(line)),
        hours=tuple(hours),
        behind=owed_now if runs else 0,
        needed_per_hour=rate_to_catch_up(owed_now, still_due, left_ms) if runs and owed_now else None,
        reasons=tuple((reason.id, reason.name) for reason in services.config.site.reasons),
        owners=tuple(each.name for each in in_order(line)),
        signs=tuple(
            Sign(row["person"], when_text(row["signed_at"], now, zone), row["remark"], row["side"])
            for row in signs
        ),
        handover=open_at_handover(services, line, link, now),
        stations=tuple(
            (each.id, each.name)
            for each in services.config.site.stations.values()
            if (each.line, each.link) == (line.id, link.id)
        ),
        form=form,
    )


def _address(line: Line, link: Link, shift: Shift) -> str:
    return f"/hours/{quote(line.id)}/{quote(link.id)}?shift={quote(shift.id)}"


def _hours(
    services: Services, line: Line, link: Link, calendar: Calendar, shift: Shift, now: Instant
) -> list[SheetHour]:
    hours = [hour for hour in calendar.hours if hour.shift == shift.id]
    span = shift.start_at, shift.end_at
    counts = {
        row["start_at"]: row
        for row in reading.hour_counts(services.ledger, line.id, *span)
        if row["link"] == link.id
    }
    notes = hour_notes.notes(services.ledger, line.id, link.id, *span)
    flags: dict[Instant, list[Row]] = {}
    for flag in reading.flags_of_hours(services.ledger, line.id, link.id, *span):
        flags.setdefault(flag["start_at"], []).append(flag)
    targets = accumulate(counts[h.start_at]["target"] if h.start_at in counts else 0 for h in hours)
    gives = accumulate(counts[h.start_at]["given"] if h.start_at in counts else 0 for h in hours)
    return [
        _hour(services, line, hour, counts.get(hour.start_at), sums, flags.get(hour.start_at, []), notes, now)
        for hour, sums in zip(hours, zip(targets, gives, strict=True), strict=True)
    ]


def _hour(
    services: Services,
    line: Line,
    hour: Hour,
    count: Row | None,
    sums: tuple[int, int],
    flags: list[Row],
    notes: dict[Instant, Row],
    now: Instant,
) -> SheetHour:
    zone = services.config.site.zone
    reasons = {reason.id: reason.name for reason in services.config.site.reasons}
    target, given = (count["target"], count["given"]) if count else (0, 0)
    note = notes.get(hour.start_at)
    reason_id = (note["reason"] if note else None) or ""
    said = reason_id or any(flag["reason"] for flag in flags)
    state = cell_state(target, given, hour.start_at, hour.end_at, now)
    calendar = services.calendars.of_line(line, now)
    return SheetHour(
        start_at=hour.start_at,
        label=hour_label(hour, services),
        state=state,
        target=target,
        given=given,
        target_sum=sums[0],
        given_sum=sums[1],
        flags=tuple(_flag(services, line, flag, reasons, now) for flag in flags),
        reason=reasons.get(reason_id, reason_id),
        reason_id=reason_id,
        action=note["action"] if note else "",
        prevention=note["prevention"] if note else "",
        owner=note["owner"] if note else "",
        due=when_text(note["due_at"], now, zone) if note and note["due_at"] is not None else "",
        due_value=field_text(note["due_at"], zone) if note else "",
        person=note["person"] if note else "",
        notes=note["notes"] if note else 0,
        unexplained_min=max(1, minutes(calendar.working_ms(hour.end_at, now)))
        if state == "short" and not said
        else 0,
    )


def _flag(services: Services, line: Line, flag: Row, reasons: dict[str, str], now: Instant) -> SheetFlag:
    promised_at = flag["promised_at"]
    return SheetFlag(
        flag=flag["flag"],
        order=flag["order"],
        quantity=flag["quantity"],
        raised_by=line.name_of(flag["raised_by"]),
        state=flag["state"],
        reason=reasons.get(flag["reason"], flag["reason"]) if flag["reason"] else "",
        promised="" if promised_at is None else when_text(promised_at, now, services.config.site.zone),
    )
