"""[[station]] and [[device]]: the places that work for a link, and what reports from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, cast
from zoneinfo import ZoneInfo

from shopfloor.profiles import NATIVE_ID
from shopfloor.sentences import sentence
from shopfloor.site import Device, Station
from station_config.lines import Lines, ReadLink, capitalised
from station_config.names import Names
from station_config.outages import Outage, outages_in
from station_config.profiles import Profiles
from station_config.reader import Table
from station_config.values import ADDRESS, LINK_REFERENCE, MODE, NAME, PROFILE_REFERENCE, STATION_REFERENCE
from station_config.wording import nearest, quoted

_TAKEN = ("event", "gateway")
"""Names under `interlock/<site>/` that are the site's own."""
"""As a device it would share its topic with what the site tells others."""


@dataclass
class Stations:
    """All stations, and how many work for each link."""

    names: Names
    by_id: dict[str, Station] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Stations of each (line, link)."""
    perhaps: set[tuple[str, str]] = field(default_factory=set)
    """Links that a station with an unknown link was probably meant for."""
    unplaced: bool = False
    """Some station could belong to any link."""

    def countable(self, line_id: str, link_id: str) -> bool:
        return not self.unplaced and (line_id, link_id) not in self.perhaps


def read_stations(top: Table, lines: Lines, zone: ZoneInfo) -> Stations:
    """All stations; a work link that has none is reported."""
    tables = top.tables("station", "station")
    outage = outages_in(zone)
    stations = Stations(Names("station", is_open=not top.sound("station")), unplaced=not top.sound("station"))
    for table in tables:
        station_id = stations.names.read(table)
        name = table.may("name", NAME, capitalised(station_id))
        line_id, link_id = _read_station_link(table, lines, stations)
        outages = _joined([span for _, span in table.items("out_of_service", outage)])
        stations.by_id.setdefault(station_id, Station(station_id, name, line_id, link_id, outages))
    for line_id, line in lines.by_id.items():
        for link_id, read in line.links.items():
            _check_has_station(stations, line_id, link_id, read)
    return stations


def _joined(spans: list[Outage]) -> tuple[Outage, ...]:
    """In the order of time, those that touch made one: no time is ever counted out twice."""
    joined: list[Outage] = []
    for start_at, end_at in sorted(spans, key=lambda span: span[0]):
        last_start_at, last_end_at = joined[-1] if joined else (start_at, start_at - 1)
        if last_end_at is not None and last_end_at < start_at:
            joined.append((start_at, end_at))
        elif last_end_at is not None:
            joined[-1] = (last_start_at, None if end_at is None else max(last_end_at, end_at))
    return tuple(joined)


def _read_station_link(table: Table, lines: Lines, stations: Stations) -> tuple[str, str]:
    written = table.need("link", LINK_REFERENCE, "")
    line_id, _, link_id = written.partition("/")
    line = lines.by_id.get(line_id)
    if line is not None and link_id in line.names:
        stations.counts[line_id, link_id] += 1
        return line_id, link_id
    meant = _meant_link(written, lines)
    if meant is None:
        stations.unplaced = True
    else:
        stations.perhaps.add(meant)
    if not table.sound("link"):
        return line_id, link_id
    if line is not None and link_id and not line.names.excuses(link_id):
        advice = line.names.advice(link_id, prefix=f"{line_id}/")
        table.fault(
            "link",
            sentence(
                "the line %(line_id)s has no link %(link_id)s; %(advice)s",
                line_id=quoted(line_id),
                link_id=quoted(link_id),
                advice=advice,
            ),
        )
    elif line is None and not lines.names.excuses(line_id):
        advice = (
            sentence("did you mean %(near)s?", near=quoted("/".join(meant)))
            if meant
            else sentence('write for example link = "shirts/cut"')
        )
        wrong = (
            sentence("there is no line %(line_id)s", line_id=quoted(line_id))
            if link_id
            else sentence("%(written)s is not written line/link", written=quoted(written))
        )
        table.fault("link", sentence("%(fault)s; %(advice)s", fault=wrong, advice=advice))
    elif line is not None and not link_id:
        table.fault(
            "link",
            sentence(
                "%(written)s names a line and no link; %(advice)s",
                written=quoted(written),
                advice=LINK_REFERENCE.advice(),
            ),
        )
    return line_id, link_id


def _meant_link(written: str, lines: Lines) -> tuple[str, str] | None:
    """The link a wrong reference was probably meant for."""
    line_id, slash, link_id = written.partition("/")
    if slash and line_id in lines.by_id:
        near = nearest(link_id, lines.by_id[line_id].links)
        return None if near is None else (line_id, near)
    every = {f"{line}/{link}": (line, link) for line, read in lines.by_id.items() for link in read.links}
    called_so = [place for place in every.values() if place[1] == (link_id if slash else written)]
    if len(called_so) == 1:
        return called_so[0]
    return every.get(nearest(written, every) or "") if slash else None


def _check_has_station(stations: Stations, line_id: str, link_id: str, read: ReadLink) -> None:
    works = read.link.kind == "work" and read.table.sound("kind", "id")
    if works and stations.countable(line_id, link_id) and not stations.counts[line_id, link_id]:
        place = quoted(f"{line_id}/{link_id}")
        text = sentence("the work link %(place)s has no station", place=place)
        read.table.fault(
            "id",
            sentence("%(written)s; write a [[station]] with link = %(place)s", written=text, place=place),
        )


def read_devices(top: Table, stations: Stations, profiles: Profiles) -> dict[str, Device]:
    """All devices by id."""
    tables = top.tables("device", "device")
    names = Names("device", is_open=not top.sound("device"))
    devices: dict[str, Device] = {}
    first: dict[str, list[Device]] = {}
    for table in tables:
        device_id = names.read(table)
        if device_id in _TAKEN:
            text = sentence(
                "%(device_id)s is taken by the site's own messages; write another id, such as %(other)s",
                device_id=quoted(device_id),
                other=quoted(device_id + "-1"),
            )
            table.fault("id", text)
        station = table.need("station", STATION_REFERENCE, "")
        if table.sound("station"):
            stations.names.check(table, "station", station)
        profile = table.may("profile", PROFILE_REFERENCE, NATIVE_ID)
        if table.sound("profile"):
            profiles.check(table, "profile", profile)
        address = table.may("address", ADDRESS, "")
        mode = cast("Literal['auto', 'in', 'out']", table.may("mode", MODE, "auto"))
        device = Device(device_id, station, profile, mode, address)
        if device_id not in devices and table.sound("profile", "address"):
            _check_address(table, device, first.setdefault(device.called, []), profiles)
        devices.setdefault(device_id, device)
    return devices


def _check_address(table: Table, device: Device, others: list[Device], profiles: Profiles) -> None:
    """Two devices of one name are told apart by their topics, or not at all."""
    for other in others:
        mine, theirs = profiles.by_id.get(device.profile), profiles.by_id.get(other.profile)
        if mine is None or theirs is None:
            continue
        same = device.profile == other.profile
        if same or any(one.overlaps(another) for one in mine.topics for another in theirs.topics):
            key = "address" if table.has("address") else "id"
            text = sentence(
                "%(called)s is the name of the device %(other)s too, on the same topics",
                called=quoted(device.called),
                other=quoted(other.id),
            )
            table.fault(
                key, sentence("%(written)s; write what this one calls itself, or take it out", written=text)
            )
            break
    others.append(device)
