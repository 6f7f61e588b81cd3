"""What a what-if form asks for: a changed site and other dues; every fault names its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlencode

from kiosk.contexts.what_if import Way
from kiosk.forms import Form
from kiosk.views.time_slots import day_text, moment_text
from shopfloor.changes import CannotChange, with_closed_day, with_overtime, with_station, with_station_out
from shopfloor.instants import Instant, moment_of
from shopfloor.site import Site

FIELDS = (
    "order",
    "due",
    "station",
    "overtime_shift",
    "overtime_on",
    "closed_on",
    "out",
    "out_from",
    "out_until",
)


@dataclass
class Asked:
    """What is tried: the site as it would be, dues, the words for it, and where it is made so."""

    site: Site
    dues: dict[str, Instant] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    """Fields of the site's page that make it so."""


def asked_changes(
    fields: Mapping[str, str], site: Site, dues: Mapping[str, Instant], now: Instant
) -> tuple[Asked | None, Form]:
    """What the fields ask for, None when they ask for nothing or have faults. `dues`: those of all open orders."""
    form = Form(fields, site.zone)
    asked = Asked(site)
    _due(form, asked, dues, now)
    _station(form, asked)
    _overtime(form, asked)
    _closed(form, asked)
    _out(form, asked, now)
    if asked.fields:
        asked.ways.append(Way("site", f"/site?{urlencode(asked.fields)}"))
    return (asked if asked.words and not form.faults else None), form


def _due(form: Form, asked: Asked, dues: Mapping[str, Instant], now: Instant) -> None:
    number, due_at = form.text("order"), form.instant("due")
    if not number:
        if due_at is not None:
            form.fault("order", "say which order has this other due")
    elif number not in dues:
        form.fault("order", f"there is no open order and no draft {number[:40]}; choose one of the list")
    elif due_at is not None and due_at <= now:
        form.fault("due", "lies in the past; choose a later day")
    elif due_at is not None and due_at == dues[number]:
        form.fault("due", "is the due that the order has; choose another day or time")
    elif due_at is not None:
        asked.dues[number] = due_at
        asked.words.append(f"{number} due {moment_text(due_at, asked.site.zone)}")
        asked.ways.append(Way(number, f"/orders/{quote(number)}"))


def _station(form: Form, asked: Asked) -> None:
    where = form.text("station")
    line, _, link = where.partition("/")
    if where and _changes(form, "station", asked, lambda site: with_station(site, line, link)):
        asked.words.append(f"one more station at {asked.site.lines[line].name_of(link)}")
        asked.fields["new::link"] = where


def _overtime(form: Form, asked: Asked) -> None:
    shift, on = form.text("overtime_shift"), _date(form, "overtime_on")
    if on is None:
        return
    if not shift and len(asked.site.shifts) == 1:
        shift = next(iter(asked.site.shifts))
    if not shift:
        form.fault("overtime_shift", "say which shift works on that day")
    elif _changes(form, "overtime_on", asked, lambda site: with_overtime(site, shift, on)):
        asked.words.append(f"shift {shift} also on {day_text(on)}")
        asked.fields[f"shift:{shift}:overtime"] = on.isoformat()


def _closed(form: Form, asked: Asked) -> None:
    on = _date(form, "closed_on")
    if on is not None and _changes(form, "closed_on", asked, lambda site: with_closed_day(site, on)):
        asked.words.append(f"closed on {day_text(on)}")
        asked.fields["site::holidays"] = on.isoformat()


def _out(form: Form, asked: Asked, now: Instant) -> None:
    station, from_at, until_at = form.text("out"), form.instant("out_from"), form.instant("out_until")
    if not station:
        if from_at is not None or until_at is not None:
            form.fault("out", "say which station is out of service")
        return
    if station not in asked.site.stations:
        form.fault("out", f"there is no station {station[:40]}; choose one of the list")
        return
    begins_at = now if from_at is None else from_at
    zone = asked.site.zone
    if _changes(form, "out_until", asked, lambda site: with_station_out(site, station, begins_at, until_at)):
        until = "until further notice" if until_at is None else f"until {moment_text(until_at, zone)}"
        name = asked.site.stations[station].name
        asked.words.append(f"{name} out of service from {moment_text(begins_at, zone)} {until}")
        ends = ".." if until_at is None else f"{moment_of(until_at, zone):%Y-%m-%dT%H:%M}"
        asked.fields[f"station:{station}:out_of_service"] = (
            f"{moment_of(begins_at, zone):%Y-%m-%dT%H:%M}/{ends}"
        )


def _changes(form: Form, name: str, asked: Asked, change: Callable[[Site], Site]) -> bool:
    try:
        asked.site = change(asked.site)
    except CannotChange as fault:
        form.fault(name, str(fault))
        return False
    return True


def _date(form: Form, name: str) -> date | None:
    text = form.text(name)
    if not text:
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError:
        form.fault(name, f"{text[:40]!r} is no day like 2026-11-28")
        return None
    if not 2000 <= on.year < 2200:  # noqa: PLR2004  # of this century or the next
        form.fault(name, f"{text[:40]!r} is not of this century or the next; correct the year")
        return None
    return on
