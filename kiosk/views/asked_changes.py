"""What a what-if form asks for: a changed site and other dues; every fault names its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from urllib.parse import quote, urlencode

from kiosk.contexts.what_if import Way
from kiosk.forms import Form
from kiosk.views.time_slots import day_text, moment_text
from shopfloor.changes import (
    CannotChange,
    with_buffer,
    with_closed_day,
    with_overtime,
    with_rate,
    with_ship_buffer,
    with_station,
    with_station_out,
)
from shopfloor.instants import MINUTE_MS, Instant, moment_of
from shopfloor.sentences import sentence, text_of
from shopfloor.site import Site
from station_config import duration_from_text, duration_text

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
    "rate_link",
    "rate",
    "buffer_link",
    "buffer",
)
_RATE = re.compile(r"\d{1,6}(\.\d{1,3})?")


@dataclass
class Asked:
    """What is tried: the site as it would be, dues, the words for it, and where it is made so."""

    site: Site
    order: str = ""
    """The order that is asked about: it is answered even when nothing changes for it."""
    dues: dict[str, Instant] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    """Fields of the site's page that make it so; of one that is called less:… the dates are taken out."""


def asked_changes(
    fields: Mapping[str, str], site: Site, dues: Mapping[str, Instant], now: Instant
) -> tuple[Asked | None, Form]:
    """What the fields ask for, None when they ask for nothing or have faults. `dues`: those of all open orders."""
    form = Form(fields, site.zone)
    asked = Asked(site)
    _due(form, asked, dues, now)
    _station(form, asked)
    _overtime(form, asked, now)
    _rate(form, asked)
    _buffer(form, asked)
    _closed(form, asked, now)
    _out(form, asked, now)
    if asked.fields:
        asked.ways.append(Way("site", f"/site?{urlencode(asked.fields)}"))
    return (asked if asked.words and not form.faults else None), form


def _due(form: Form, asked: Asked, dues: Mapping[str, Instant], now: Instant) -> None:
    number, due_at = form.text("order"), form.instant("due")
    asked.order = number
    if not number:
        if due_at is not None:
            form.fault("order", sentence("say which order has this other due"))
    elif number not in dues:
        form.fault(
            "order",
            sentence(
                "there is no open order and no draft %(number)s; choose one of the list", number=number[:40]
            ),
        )
    elif due_at is not None and due_at <= now:
        form.fault("due", sentence("lies in the past; choose a later day"))
    elif due_at is not None and due_at == dues[number]:
        form.fault("due", sentence("is the due that the order has; choose another day or time"))
    elif due_at is not None:
        asked.dues[number] = due_at
        asked.words.append(
            sentence("%(number)s due %(due_at)s", number=number, due_at=moment_text(due_at, asked.site.zone))
        )
        asked.ways.append(Way(number, f"/orders/{quote(number)}"))


def _station(form: Form, asked: Asked) -> None:
    where = form.text("station")
    line, _, link = where.partition("/")
    if where and _changes(form, "station", asked, lambda site: with_station(site, line, link)):
        asked.words.append(
            sentence("one more station at %(link)s", link=asked.site.lines[line].name_of(link))
        )
        asked.fields["new::link"] = where


def _overtime(form: Form, asked: Asked, now: Instant) -> None:
    shift, on = form.text("overtime_shift"), _date(form, "overtime_on", asked, now)
    if on is None:
        return
    if not shift and len(asked.site.shifts) == 1:
        shift = next(iter(asked.site.shifts))
    if not shift:
        form.fault("overtime_shift", sentence("say which shift works on that day"))
    elif _changes(form, "overtime_on", asked, lambda site: with_overtime(site, shift, on)):
        asked.words.append(sentence("shift %(shift)s also on %(on)s", shift=shift, on=day_text(on)))
        asked.fields[f"shift:{shift}:overtime"] = on.isoformat()


def _rate(form: Form, asked: Asked) -> None:
    where, text = form.text("rate_link"), form.text("rate")
    line, _, link = where.partition("/")
    if not where and not text:
        return
    if not where:
        form.fault("rate_link", sentence("say which link has this other rate"))
    elif not _known_link(asked.site, line, link):
        form.fault(
            "rate_link", sentence("there is no link %(where)s; choose one of the list", where=where[:40])
        )
    elif not _RATE.fullmatch(text):
        form.fault(
            "rate", sentence("%(written)s is no rate: units an hour like 40 or 7.5", written=repr(text[:20]))
        )
    elif asked.site.lines[line].link(link).per_hour == Fraction(text):
        form.fault("rate", sentence("is the rate that the link has; write another one"))
    elif _changes(form, "rate", asked, lambda site: with_rate(site, line, link, Fraction(text))):
        own = [
            each.name for each in asked.site.products.values() if each.line == line and link in each.per_hour
        ]
        said = sentence(
            "%(link)s %(rate)s an hour at each station", link=asked.site.lines[line].name_of(link), rate=text
        )
        if own:
            said = sentence("%(said)s (%(own)s: its own rate as before)", said=said, own=", ".join(own))
        asked.words.append(said)
        asked.fields[f"link:{where}:per_hour"] = text


def _buffer(form: Form, asked: Asked) -> None:
    """Of a link, or with the name of a line alone its ship buffer."""
    where, text = form.text("buffer_link"), form.text("buffer").lower().replace(" ", "")
    line, _, link = where.partition("/")
    if not where and not text:
        return
    if not where:
        form.fault("buffer_link", sentence("say which link has this other buffer"))
        return
    try:
        buffer = duration_from_text(text)
    except ValueError as fault:
        form.fault("buffer", text_of(fault) if text else sentence("write for example 30min or 4h"))
        return
    site = asked.site
    if where not in site.lines and not _known_link(site, line, link):
        form.fault(
            "buffer_link", sentence("there is no link %(where)s; choose one of the list", where=where[:40])
        )
    elif (site.lines[line].link(link).buffer if link else site.lines[line].ship_buffer) == buffer:
        form.fault("buffer", sentence("is the buffer that it has; write another one"))
    elif _changes(
        form,
        "buffer",
        asked,
        lambda site: with_buffer(site, line, link, buffer) if link else with_ship_buffer(site, line, buffer),
    ):
        name = (
            sentence("buffer of %(link)s", link=site.lines[line].name_of(link))
            if link
            else sentence("ship buffer of %(name)s", name=site.lines[line].name)
        )
        asked.words.append(sentence("%(what)s %(length)s", what=name, length=duration_text(buffer)))
        asked.fields[f"link:{where}:buffer" if link else f"line:{line}:ship_buffer"] = duration_text(buffer)


def _known_link(site: Site, line: str, link: str) -> bool:
    return line in site.lines and site.lines[line].has_link(link)


def _closed(form: Form, asked: Asked, now: Instant) -> None:
    on = _date(form, "closed_on", asked, now)
    if on is None:
        return
    overtime = [shift.id for shift in asked.site.shifts.values() if on in shift.overtime]
    if any(asked.fields.get(f"shift:{shift}:overtime") == on.isoformat() for shift in overtime):
        form.fault("closed_on", sentence("is the day of the overtime above; choose one of the two"))
    elif on in asked.site.holidays and not overtime:
        form.fault("closed_on", sentence("is a closed day already; choose another day"))
    elif _changes(form, "closed_on", asked, lambda site: with_closed_day(site, on)):
        asked.words.append(sentence("closed on %(on)s", on=day_text(on)))
        if overtime:
            said = asked.words[-1]
            asked.words[-1] = sentence(
                "%(said)s, without the overtime of %(shifts)s", said=said, shifts=", ".join(overtime)
            )
        asked.fields["site::holidays"] = on.isoformat()
        asked.fields |= {f"less:shift:{shift}:overtime": on.isoformat() for shift in overtime}


def _out(form: Form, asked: Asked, now: Instant) -> None:
    station, from_at, until_at = form.text("out"), form.instant("out_from"), form.instant("out_until")
    if not station:
        if from_at is not None or until_at is not None:
            form.fault("out", sentence("say which station is out of service"))
        return
    if station not in asked.site.stations:
        form.fault(
            "out", sentence("there is no station %(station)s; choose one of the list", station=station[:40])
        )
        return
    this_minute = now - now % MINUTE_MS
    if from_at is not None and from_at < this_minute:
        form.fault("out_from", sentence("lies in the past; leave it empty for now"))
    if until_at is not None and until_at < this_minute:
        form.fault("out_until", sentence("lies in the past; choose a later day or time"))
    if min(from_at or now, until_at or now) < this_minute:
        return
    begins_at = now if from_at is None else from_at
    zone = asked.site.zone
    if _changes(form, "out_until", asked, lambda site: with_station_out(site, station, begins_at, until_at)):
        until = (
            sentence("until further notice")
            if until_at is None
            else sentence("until %(until_at)s", until_at=moment_text(until_at, zone))
        )
        name = asked.site.stations[station].name
        asked.words.append(
            sentence(
                "%(name)s out of service from %(begins_at)s %(until)s",
                name=name,
                begins_at=moment_text(begins_at, zone),
                until=until,
            )
        )
        ends = ".." if until_at is None else f"{moment_of(until_at, zone):%Y-%m-%dT%H:%M}"
        asked.fields[f"station:{station}:out_of_service"] = (
            f"{moment_of(begins_at, zone):%Y-%m-%dT%H:%M}/{ends}"
        )


def _changes(form: Form, name: str, asked: Asked, change: Callable[[Site], Site]) -> bool:
    try:
        asked.site = change(asked.site)
    except CannotChange as fault:
        form.fault(name, text_of(fault))
        return False
    return True


def _date(form: Form, name: str, asked: Asked, now: Instant) -> date | None:
    """A production date from today on."""
    text = form.text(name)
    if not text:
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError:
        form.fault(name, sentence("%(written)s is no day like 2026-11-28", written=repr(text[:40])))
        return None
    if not 2000 <= on.year < 2200:  # noqa: PLR2004  # of this century or the next
        form.fault(
            name,
            sentence(
                "%(written)s is not of this century or the next; correct the year", written=repr(text[:40])
            ),
        )
        return None
    if on < moment_of(now, asked.site.zone).date():
        form.fault(name, sentence("lies in the past; choose today or a later day"))
        return None
    return on
