"""What several screens share: the frame, flags as cards, hours as cells."""

from __future__ import annotations

from kiosk.contexts import FlagCard, Frame, HourCell
from kiosk.services import Services
from ledger import reading
from ledger.store import Row
from shopfloor.board import cell_state
from shopfloor.calendar import Hour, Shift
from shopfloor.handoffs import clock_text
from shopfloor.instants import MINUTE_MS, Instant, moment_of
from shopfloor.site import Line


def frame(services: Services, now: Instant) -> Frame:
    """The site's name, the time, and how fresh the data is."""
    site = services.config.site
    moment = moment_of(now, site.zone)
    return Frame(
        site_name=site.name,
        clock=clock_text(now, site.zone),
        day=f"{moment:%A} {moment.day} {moment:%B}",
        sequence=reading.last_sequence(services.ledger),
        gateway_age_s=services.pulse.age_s(now),
        broker_connected=services.pulse.broker_connected,
        zone=site.zone.key,
    )


def hour_label(hour: Hour, services: Services) -> str:
    """For example 08-09, or 08:30-09:30 where hours are not whole."""
    zone = services.config.site.zone
    start, end = moment_of(hour.start_at, zone), moment_of(hour.end_at, zone)
    if start.minute == end.minute == 0:
        return f"{start:%H}-{end:%H}"
    return f"{start:%H:%M}-{end:%H:%M}"


def shift_name(shift: Shift | None) -> str:
    """For example late shift; empty outside every shift."""
    return "" if shift is None else f"{shift.id.partition('/')[2]} shift"


def minutes(duration_ms: int) -> int:
    """Whole minutes that have passed."""
    return max(0, duration_ms) // MINUTE_MS


def hour_cell(hour: Hour, row: Row | None, services: Services, now: Instant) -> HourCell:
    """One hour of one link; a row of hour_counts, or None when nothing was owed or given in it."""
    target, given = (row["target"], row["given"]) if row else (0, 0)
    state = cell_state(target, given, hour.start_at, hour.end_at, now)
    return HourCell(hour.start_at, hour_label(hour, services), target, given, state)


def flag_card(row: Row, services: Services, line: Line, now: Instant) -> FlagCard:
    """An open flag as both links see it. Its age runs in the line's working minutes."""
    zone = services.config.site.zone
    calendar = services.calendars.of_line(line, now)
    reasons = {reason.id: reason.name for reason in services.config.site.reasons}
    promised_at = row["promised_at"]
    return FlagCard(
        flag=row["flag"],
        order=row["order"],
        against=line.link(row["link"]).name,
        raised_by=line.link(row["raised_by"]).name,
        quantity=row["quantity"],
        hour=clock_text(row["end_at"], zone),
        age_min=minutes(calendar.working_ms(row["raised_at"], now)),
        state=row["state"],
        reason=None if row["reason"] is None else reasons.get(row["reason"], row["reason"]),
        promised=None if promised_at is None else clock_text(promised_at, zone),
        promise_broken=promised_at is not None and promised_at < now,
        comment=row["comment"] or "",
    )
