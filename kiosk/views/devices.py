"""Devices, strangers, and the last raw messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

from kiosk.contexts.choice import Choice
from kiosk.contexts.devices import (
    DeviceRow,
    DevicesPage,
    InspectorPage,
    KeptOutRow,
    Presence,
    RawRow,
    UnknownRow,
)
from kiosk.forms import FormFaults, known_person
from kiosk.services import Services
from kiosk.views.frame import frame, minutes
from kiosk.views.tablets import offset_text, tablet_rows
from ledger import device_records
from ledger.device_records import DeviceRecord
from ledger.devices import TRUSTED_CLOCK_MS, local_day
from ledger.said import told_in
from ledger.store import Row
from shopfloor.broker_refusals import BrokerRefusal
from shopfloor.instants import HOUR_MS, Instant, instant_of, moment_of
from shopfloor.profiles import NATIVE_ID, Profile
from shopfloor.sentences import sentence
from shopfloor.site import Device
from station_config import id_like

SILENT_AFTER_MS = 2 * HOUR_MS
"""Working time of its line in which a device says nothing, and is called silent."""
SHOWN_STRANGERS = 20
SHOWN_CHARACTERS = 120
LIVE_CHARACTERS = 400
LIVE_HEX_BYTES = 64
ALL_BYTES = 2_000


def devices_page(
    services: Services,
    *,
    filled: str = "",
    values: Mapping[str, str] | None = None,
    faults: FormFaults | None = None,
    fault: str = "",
    done: str = "",
) -> DevicesPage:
    """All devices with what is known of them; what is abnormal first."""
    site, now = services.config.site, services.clock()
    moment = moment_of(now, site.zone)
    day_start_at = instant_of(moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0))
    with services.ledger.snapshot():
        records = device_records.device_records(
            services.ledger, site, local_day(now, site.zone), day_start_at
        )
        strangers = device_records.unknown_devices(services.ledger, site)
        shown = frame(services, now)
        tablets = tablet_rows(services, now)
    rows = [_row(services, device, records[device.id], now) for device in site.devices.values()]
    given = {each.field.removeprefix("device:"): each.text for each in faults.faults} if faults else {}
    fields = ("id", "station", "profile", "address", "mode", "person", "why")
    general = [text for field, text in given.items() if field not in fields]
    return DevicesPage(
        frame=shown,
        rows=tuple(sorted(rows, key=lambda row: _LOUDEST.index(row.presence))),
        counts=Counter(row.presence for row in rows),
        tablets=tablets,
        unknown=tuple(_unknown(row, now) for row in strangers[:SHOWN_STRANGERS]),
        unknown_hidden=max(0, len(strangers) - SHOWN_STRANGERS),
        kept_out=tuple(_kept_out(services, one, now) for one in services.refusals()[:SHOWN_STRANGERS]),
        stations=tuple(Choice(station.id, station.name) for station in site.stations.values()),
        profiles=tuple(
            Choice(profile.id, _profile_name(profile)) for profile in services.config.profiles.values()
        ),
        listened=_listened(services),
        person=known_person(),
        filled=filled,
        values=values or {},
        faults=given,
        fault="\n".join([*general, *([fault] if fault else [])]),
        done=done,
    )


def inspector_page(services: Services, device: str, *, live: bool) -> InspectorPage:
    """The last messages, the newest first; all of each when it stands still."""
    with services.ledger.snapshot():
        rows = device_records.raw_messages(services.ledger, device)
        heard = device_records.heard_devices(services.ledger)
        shown = frame(services, services.clock())
    return InspectorPage(
        frame=shown,
        device=device,
        devices=tuple(dict.fromkeys([*heard, *([device] if device else [])])),
        live=live,
        rows=tuple(_raw(services, row, live=live) for row in rows),
    )


def stranger_key(profile: str, address: str) -> str:
    """A short name for the form of one stranger."""
    return sha256(f"{profile}\0{address}".encode()).hexdigest()[:12]


def visible(payload: bytes, characters: int) -> str:
    """Text with the name of each control character; what is no UTF-8 shows as a replacement character."""
    text = payload.decode("utf-8", "replace")[:characters]
    return "".join(_picture(sign) for sign in text)


_LOUDEST: tuple[Presence, ...] = ("offline", "silent", "never", "seen", "online")
_NAMES = tuple(
    "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI"  # noqa: SIM905  # so they are read as a row
    " DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split()
)
_DELETE = 0x7F


def _picture(sign: str) -> str:
    """A control character by its name, as scanners' manuals have it: fonts lack its picture."""
    code = ord(sign)
    if code < len(_NAMES):
        return f"<{_NAMES[code]}>"
    if code == _DELETE:
        return "<DEL>"
    return sign if sign.isprintable() else "\N{MIDDLE DOT}"


def _row(services: Services, device: Device, record: DeviceRecord, now: Instant) -> DeviceRow:
    site = services.config.site
    station = site.stations[device.station]
    profile = services.config.profiles[device.profile]
    offset = record.clock_offset_ms
    return DeviceRow(
        device=device.id,
        called=device.address,
        profile=_profile_name(profile),
        model=record.model or "",
        station=station.name,
        link=site.line_or_ghost(station.line).name_of(station.link),
        presence=_presence(services, device, record, now),
        seen_min=None if record.last_seen_at is None else minutes(now - record.last_seen_at),
        clock="" if offset is None else offset_text(offset),
        clock_off=offset is not None and abs(offset) > TRUSTED_CLOCK_MS,
        scans_today=record.scans_today,
        refused_today=record.refused_today,
        gaps=record.gaps,
        battery=record.battery,
    )


def _presence(services: Services, device: Device, record: DeviceRecord, now: Instant) -> Presence:
    """Offline if it said so last; silent if it says nothing while its line works."""
    seen_at = record.last_seen_at
    heard_since = seen_at is not None and record.online_at is not None and seen_at > record.online_at
    if record.online is False and not heard_since:
        return "offline"
    times = [at for at in (seen_at, record.online_at if record.online else None) if at is not None]
    if not times:
        return "never"
    line = services.config.site.line_or_ghost(services.config.site.stations[device.station].line)
    calendar = services.calendars.of_line(line, now)
    if calendar.working_ms(max(times), now) >= SILENT_AFTER_MS:
        return "silent"
    return "online" if record.online else "seen"


def _profile_name(profile: Profile) -> str:
    """The names of makers are theirs; two of the built-in profiles are described."""
    if profile.id == "native":
        return sentence("Interlock's own JSON, or only the code")
    return sentence("Only the code") if profile.id == "bare" else profile.name or profile.id


def _unknown(row: Row, now: Instant) -> UnknownRow:
    profile, address = row["profile"], row["address"]
    own_topics = row["topic"].startswith("interlock/")
    proposed = id_like(address)
    return UnknownRow(
        key=stranger_key(profile, address),
        profile=profile,
        address=address,
        topic=row["topic"],
        payload=visible(bytes(row["payload"]), SHOWN_CHARACTERS),
        seen_min=minutes(now - row["last_at"]),
        device=proposed if not own_topics or proposed == address else "",
        own_topics=own_topics,
    )


def _kept_out(services: Services, one: BrokerRefusal, now: Instant) -> KeptOutRow:
    return KeptOutRow(
        user=one.user,
        known=one.user in services.config.site.devices,
        tried=one.tried,
        times=one.times,
        last_min=minutes(now - one.last_at),
        why="".join(_picture(sign) for sign in one.why),
        address=one.address,
    )


def _listened(services: Services) -> tuple[str, ...]:
    config = services.config
    used = {NATIVE_ID, *config.listen, *(device.profile for device in config.site.devices.values())}
    return tuple(
        profile.id for profile in config.profiles.values() if profile.id in used or not profile.built_in
    )


def _raw(services: Services, row: Row, *, live: bool) -> RawRow:
    zone = services.config.site.zone
    payload = bytes(row["payload"])
    shown = payload[: LIVE_HEX_BYTES if live else ALL_BYTES]
    moment = moment_of(row["arrived_at"], zone)
    device_at = row["device_at"]
    return RawRow(
        id=row["id"],
        at=f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}",
        topic="".join(_picture(sign) for sign in row["topic"]),
        text=visible(payload, LIVE_CHARACTERS if live else ALL_BYTES),
        hex=shown.hex(" "),
        size=row["size"],
        cut=row["size"] > len(shown),
        retained=bool(row["retained"]),
        device=row["device"],
        known=bool(row["known"]),
        profile=row["profile"],
        became=row["became"],
        code="".join(_picture(sign) for sign in row["code"]),
        scan_id=row["scan_id"],
        device_time="" if device_at is None else f"{moment_of(device_at, zone):%Y-%m-%d %H:%M:%S}",
        seq=row["seq"],
        why=told_in(row["said"], row["why"]),
    )
