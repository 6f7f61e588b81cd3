"""The site's page as fields: what the configuration says now, and the changes that a posted form asks for.

A field is called by what it sets: `shift:day:start`, `link:shirts/cut:buffer`, `station:cut-1:out_of_service`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from kiosk.forms import FieldFault, FormFaults
from shopfloor.instants import NO_TIME, Duration, Instant, moment_of
from shopfloor.sentences import sentence
from shopfloor.site import Line, Link, ShiftPattern, Site, Station
from station_config import (
    DAYS,
    AddDevice,
    AddStation,
    Change,
    PlacedFault,
    SetLinkValues,
    SetShift,
    SetShipBuffer,
    SetSiteHolidays,
    SetStationOutages,
    duration_text,
)

WAS = "was|"
"""Before a field's name: what it said when the form was drawn."""
HOLIDAYS = "site::holidays"
NEW_LINK, NEW_NAME = "new::link", "new::name"
LONGEST_LIST = 200
"""Dates or spans in one field: comments around each are looked after one by one, which takes its time."""
_LISTS = ("holidays", "days", "breaks", "overtime", "out_of_service")
_LINK_KEYS = ("per_hour", "lead", "transfer", "buffer")


def fields_of(site: Site) -> dict[str, str]:
    """Every field with what it says now; lists are separated by blanks."""
    return {
        HOLIDAYS: " ".join(sorted(day.isoformat() for day in site.holidays)),
        **{name: text for shift in site.shifts.values() for name, text in _shift_fields(shift)},
        **{name: text for line in site.lines.values() for name, text in _line_fields(line)},
        **{
            f"station:{station.id}:out_of_service": _outages(station, site)
            for station in site.stations.values()
        },
        NEW_LINK: "",
        NEW_NAME: "",
    }


def changes_of(site: Site, posted: Mapping[str, str]) -> list[Change]:
    """What a form asks for: only the fields that say something else than they did when the form was drawn.

    FormFaults for a field that somebody else has changed meanwhile to something else again.
    """
    now = fields_of(site)
    other = {name: _tidy(name, text) for name, text in posted.items() if name in now}
    differ = {
        name: text for name, text in other.items() if text != now[name] and text != _was(name, posted, now)
    }
    long = [name for name, text in differ.items() if len(text.split()) > LONGEST_LIST]
    if long:
        raise FormFaults(
            *(
                FieldFault(
                    name, sentence("at most %(longest_list)s of them on this page", longest_list=LONGEST_LIST)
                )
                for name in long
            )
        )
    taken = [name for name in differ if _was(name, posted, now) != now[name]]
    if taken:
        raise FormFaults(
            *(
                FieldFault(
                    name,
                    sentence(
                        "somebody else made it %(now)s meanwhile; decide", now=now[name] or sentence("empty")
                    ),
                )
                for name in taken
            )
        )
    changes: list[Change] = []
    for (kind, which), keys in _grouped(differ).items():
        match kind:
            case "site":
                changes.append(SetSiteHolidays(tuple(keys["holidays"].split())))
            case "shift":
                changes.append(
                    SetShift(
                        which,
                        start=keys.get("start"),
                        end=keys.get("end"),
                        **{
                            key: tuple(keys[key].split())
                            for key in ("days", "breaks", "overtime")
                            if key in keys
                        },
                    )
                )
            case "line":
                changes.append(SetShipBuffer(which, keys["ship_buffer"]))
            case "link":
                line, _, link = which.partition("/")
                changes.append(SetLinkValues(line, link, **keys))
            case "station":
                changes.append(SetStationOutages(which, tuple(keys["out_of_service"].split())))
    if other.get(NEW_LINK):
        changes.append(AddStation(free_id(site, other[NEW_LINK]), other[NEW_LINK], other.get(NEW_NAME, "")))
    return changes


def typed(site: Site, posted: Mapping[str, str]) -> dict[str, str]:
    """What somebody wrote into a form, without the fields left as they were: others may have changed these."""
    now = fields_of(site)
    return {
        name: text
        for name, text in posted.items()
        if name in now and _tidy(name, text) != _was(name, posted, now)
    }


def _tidy(name: str, text: str) -> str:
    return " ".join(text.replace(",", " ").split()) if name.rpartition(":")[2] in _LISTS else text.strip()


def _was(name: str, posted: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What a field said when the form was drawn."""
    return posted.get(WAS + name, now[name])


def field_of(fault: PlacedFault) -> str:
    """The name of the field that a fault belongs to; empty when it belongs to none."""
    match fault.change:
        case AddDevice():
            return f"device:{fault.field}"
        case AddStation():
            return NEW_NAME if fault.field == "name" else NEW_LINK
        case SetSiteHolidays():
            kind = "site:"
        case SetShift(id=which):
            kind = f"shift:{which}"
        case SetShipBuffer(line=which):
            kind = f"line:{which}"
        case SetLinkValues(line=line, link=link):
            kind = f"link:{line}/{link}"
        case SetStationOutages(station=which):
            kind = f"station:{which}"
        case _:
            return ""
    return f"{kind}:{fault.field}"


def free_id(site: Site, link: str) -> str:
    """An id for one more station of a link ("line/link"): the link's id and the first free number."""
    stem = link.rpartition("/")[2]
    number = 1
    while f"{stem}-{number}" in site.stations:
        number += 1
    return f"{stem}-{number}"


def _shift_fields(shift: ShiftPattern) -> Iterable[tuple[str, str]]:
    texts = {
        "start": f"{shift.start:%H:%M}",
        "end": f"{shift.end:%H:%M}",
        "days": " ".join(DAYS[day] for day in sorted(shift.days)),
        "breaks": " ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in shift.breaks),
        "overtime": " ".join(sorted(day.isoformat() for day in shift.overtime)),
    }
    return [(f"shift:{shift.id}:{key}", text) for key, text in texts.items()]


def _line_fields(line: Line) -> Iterable[tuple[str, str]]:
    yield f"line:{line.id}:ship_buffer", _duration(line.ship_buffer)
    for link in line.links:
        texts = (_rate(link), _duration(link.lead), _duration(link.transfer), _duration(link.buffer))
        for key, text in zip(_LINK_KEYS, texts, strict=True):
            if key != "per_hour" or link.kind == "work":
                yield f"link:{line.id}/{link.id}:{key}", text


def _rate(link: Link) -> str:
    """As it is written: 40, 7.5; empty when only products have a rate."""
    rate = link.per_hour
    if rate is None:
        return ""
    return str(rate.numerator) if rate.denominator == 1 else _decimal(rate)


def _decimal(rate: Fraction) -> str:
    """All rates are read from decimal numbers, so that this ends."""
    places = 0
    while (rate * 10**places).denominator != 1:
        places += 1
    return f"{rate.numerator / rate.denominator:.{places}f}"


def _duration(lag: Duration) -> str:
    return "" if lag == NO_TIME else duration_text(lag)


def _outages(station: Station, site: Site) -> str:
    return " ".join(
        f"{_wall(start, site)}/{'..' if end is None else _wall(end, site)}"
        for start, end in station.out_of_service
    )


def _wall(at: Instant, site: Site) -> str:
    """Wall time of the site; with its offset in the hour that comes twice."""
    moment = moment_of(at, site.zone)
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return moment.isoformat(timespec="minutes") if twice else f"{moment:%Y-%m-%dT%H:%M}"


def _grouped(fields: Mapping[str, str]) -> dict[tuple[str, str], dict[str, str]]:
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for name, text in fields.items():
        kind, _, rest = name.partition(":")
        which, _, key = rest.rpartition(":")
        if kind != "new":
            groups.setdefault((kind, which), {})[key] = text
    return groups
