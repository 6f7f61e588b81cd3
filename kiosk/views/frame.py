"""What several screens share: the frame, hours as cells, times in words."""

from __future__ import annotations

from datetime import datetime, tzinfo

from kiosk.contexts import Frame, HourCell, NextTarget
from kiosk.services import Services
from kiosk.speech import dated, language, short_weekday, weekday
from kiosk.views.time_slots import day_text
from ledger import reading
from ledger.reading import NextOwed
from ledger.store import Row
from shopfloor.board import cell_state
from shopfloor.calendar import Calendar, Hour, Shift
from shopfloor.handoffs import clock_text
from shopfloor.instants import MINUTE_MS, Instant, moment_of
from shopfloor.sentences import sentence

FAR_DAYS = 6
"""From so many days on a time is told with its date."""


def frame(services: Services, now: Instant) -> Frame:
    """The site's name, the time, and how fresh the data is."""
    site = services.config.site
    moment = moment_of(now, site.zone)
    return Frame(
        site_name=site.name,
        clock=clock_text(now, site.zone),
        day=dated(moment, "EEEE d MMMM"),
        lang=language().lang,
        tag=language().tag,
        sequence=reading.last_sequence(services.ledger),
        gateway_age_s=services.pulse.age_s(now),
        broker_connected=services.pulse.broker_connected,
        zone=site.zone.key,
        boards=tuple((line.id, line.name) for line in site.lines.values()),
    )


def hour_label(hour: Hour, services: Services) -> str:
    """For example 08-09, or 08:30-09:30 where hours are not whole; the hour that the clock repeats is 02A and 02B."""
    zone = services.config.site.zone
    start, end = moment_of(hour.start_at, zone), moment_of(hour.end_at, zone)
    form = "%H" if start.minute == end.minute == 0 else "%H:%M"
    return f"{start:{form}}{_pass(start)}-{end:{form}}{_pass(end)}"


def _pass(moment: datetime) -> str:
    """A or B for the first or second pass of a wall time that comes twice."""
    if moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset():
        return ""
    return "B" if moment.fold else "A"


def shift_name(shift: Shift | None, now: Instant, zone: tzinfo) -> str:
    """For example late shift; night shift of Sunday when its production date is not today. Empty outside shifts."""
    if shift is None:
        return ""
    name = shift_words(shift.id.partition("/")[2])
    if shift.on == moment_of(now, zone).date():
        return name
    return sentence("%(shift)s of %(day)s", shift=name, day=weekday(shift.on))


def shift_words(pattern: str) -> str:
    """A shift by the name of its pattern: the usual ones have a word in every language."""
    if pattern == "early":
        return sentence("early shift")
    if pattern == "late":
        return sentence("late shift")
    if pattern == "night":
        return sentence("night shift")
    if pattern == "day":
        return sentence("day shift")
    return sentence("%(shift)s shift", shift=pattern)


def when_text(at: Instant, now: Instant, zone: tzinfo) -> str:
    """For example 11:15, Tue 06:15 on another day, Tue 1 Dec 17:00 where the weekday alone could be another week's."""
    moment = moment_of(at, zone)
    days = abs((moment.date() - moment_of(now, zone).date()).days)
    if not days:
        return f"{moment:%H:%M}"
    return (
        f"{short_weekday(moment)} {moment:%H:%M}" if days < FAR_DAYS else f"{day_text(moment)} {moment:%H:%M}"
    )


def next_start(calendar: Calendar, now: Instant, zone: tzinfo) -> str:
    """When work goes on; empty while an hour runs, or when nothing is planned for weeks."""
    if calendar.hour_at(now) is not None:
        return ""
    index = calendar.first_hour_from(now)
    return when_text(calendar.starts[index], now, zone) if index < len(calendar.starts) else ""


def next_target(owed: NextOwed | None, services: Services, now: Instant) -> NextTarget | None:
    """What a link has to give next, in words."""
    if owed is None:
        return None
    return NextTarget(owed.quantity, when_text(owed.by_at, now, services.config.site.zone))


def minutes(duration_ms: int) -> int:
    """Whole minutes that have passed."""
    return max(0, duration_ms) // MINUTE_MS


def hour_cell(hour: Hour, row: Row | None, services: Services, now: Instant) -> HourCell:
    """One hour of one link; a row of hour_counts, or None when nothing was owed or given in it."""
    target, given = (row["target"], row["given"]) if row else (0, 0)
    state = cell_state(target, given, hour.start_at, hour.end_at, now)
    return HourCell(hour.start_at, hour_label(hour, services), target, given, state)
