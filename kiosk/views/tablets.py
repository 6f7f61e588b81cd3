"""Tablets of stations, for the page of devices and for the boards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from kiosk.contexts.tablets import TabletRow
from kiosk.services import Services
from kiosk.speech import number
from kiosk.views.frame import minutes, when_text
from ledger import device_records, seq_gaps
from ledger.devices import TRUSTED_CLOCK_MS
from ledger.tablets import last_numbers
from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from shopfloor.sentences import sentence
from shopfloor.site import Line
from shopfloor.tablets import Tablet, device_of, follower

_BY_CONTACT = ("cut", "live", "left")


def tablet_rows(services: Services, now: Instant) -> tuple[TabletRow, ...]:
    """All tablets that ever did anything or are here now; what is missed first."""
    known = [each for each in services.tablets.known() if each.station in services.config.site.stations]
    missing = _missing(services, known)
    today = device_records.scans_today(services.ledger, services.config.site, now)
    rows = [
        _row(services, each, known, missing, today, now)
        for each in known
        if each.has_worked or each.waiting or each.contact(now) == "live"
    ]
    return tuple(
        sorted(rows, key=lambda row: (not row.is_missed, _BY_CONTACT.index(row.contact), row.number))
    )


def missed_tablets(services: Services, line: Line, now: Instant) -> tuple[TabletRow, ...]:
    """Tablets of a line's stations that are behind or fell silent."""
    of_line = {station.id for station in services.config.site.stations.values() if station.line == line.id}
    known = services.tablets.known()
    missing = _missing(services, known)
    return tuple(
        _row(services, each, known, missing, {}, now)
        for each in known
        if each.station in of_line and each.is_missed(now)
    )


def _missing(services: Services, known: list[Tablet]) -> Counter[str]:
    """What each tablet counted and never sent: gaps, and the end of one that lost its memory."""
    missing: Counter[str] = Counter()
    for gap in seq_gaps.open_gaps(services.ledger):
        missing[gap.device] += gap.missing
    last = last_numbers(services.ledger)
    for each in known:
        if each.followed_by is not None:
            device = device_of(each.station, each.number)
            missing[device] += max(0, each.next_seq - 1 - last.get(device, 0))
    return missing


def offset_text(offset_ms: int) -> str:
    """How far a clock is off, for example +3.0 s."""
    sign = "+" if offset_ms >= 0 else "\N{MINUS SIGN}"
    size = abs(offset_ms)
    if size < 2 * MINUTE_MS:
        return sentence("%(sign)s%(n)s s", sign=sign, n=number(round(size / SECOND_MS, 1)))
    if size < 2 * HOUR_MS:
        return sentence("%(sign)s%(n)s min", sign=sign, n=size // MINUTE_MS)
    if size < 2 * DAY_MS:
        return sentence("%(sign)s%(n)s h", sign=sign, n=size // HOUR_MS)
    return sentence("%(sign)s%(n)s d", sign=sign, n=size // DAY_MS)


def _row(
    services: Services,
    tablet: Tablet,
    known: list[Tablet],
    missing: Mapping[str, int],
    today: Mapping[str, int],
    now: Instant,
) -> TabletRow:
    site = services.config.site
    station = site.stations[tablet.station]
    device = device_of(tablet.station, tablet.number)
    offset = tablet.clock_offset_ms
    return TabletRow(
        number=tablet.number,
        station=station.name,
        link=site.line_or_ghost(station.line).name_of(station.link),
        contact=tablet.contact(now),
        heard_min=minutes(now - tablet.heard_at),
        waiting=tablet.waiting,
        since="" if tablet.oldest_at is None else when_text(tablet.oldest_at, now, site.zone),
        refused=tablet.refused,
        missing=missing[device],
        follower=follower(tablet, known, now),
        clock="" if offset is None else offset_text(offset),
        clock_off=offset is not None and abs(offset) > TRUSTED_CLOCK_MS,
        scans_today=today.get(device, 0),
        is_missed=tablet.is_missed(now),
    )
