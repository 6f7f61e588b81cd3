"""From a site folder to its configuration, or to all faults in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from shopfloor.channels import Channel
from shopfloor.profiles import Gs1Rules, Profile
from shopfloor.site import Site
from station_config.access import AccessSettings, read_access
from station_config.agreement import read_roles
from station_config.channels import read_channels
from station_config.faults import Fault, SiteFaults
from station_config.flags import read_flags
from station_config.keys import FILE_NAME
from station_config.lines import capitalised, read_lines
from station_config.names import Names
from station_config.positions import Positions
from station_config.products import read_products
from station_config.profiles import read_codes, read_listen, read_profiles
from station_config.reader import FaultLog, Table
from station_config.reasons import read_reasons, read_scrap_reasons
from station_config.settings import (
    BoardSettings,
    BrokerSettings,
    KioskSettings,
    LedgerSettings,
    WebSettings,
    read_board,
    read_broker,
    read_kiosk,
    read_ledger,
    read_web,
)
from station_config.shifts import read_shifts
from station_config.stations import read_devices, read_stations
from station_config.values import FILE_VERSION, HOLIDAY, LANGUAGE, NAME, VERSION, ZONE

BYTE_ORDER_MARK = "\ufeff"
"""Some editors begin a file of UTF-8 with it."""

_HINTS = {
    "Invalid value": 'texts stand in quotes, name = "Cutting", and times too',
    "Cannot overwrite": "the key stands here for the second time, take one out",
    "Cannot declare": "the table stands here twice, take one out; tables of a list have two brackets, [[shift]]",
    "Cannot mutate": "a table in braces ends with its brace, write all its keys inside",
    "Expected '='": "write key = value",
    "Expected ']": "close the header with the brackets that it opens with",
    "Unclosed array": "close the list with ]",
    "Unclosed inline table": "close the table with }, on the same line",
    "Expected newline": "write each key on a line of its own, and text in quotes",
    "Illegal character": 'close the text with " on the same line',
    "Unterminated string": "close the text with its quotes",
    "Unescaped '\\'": "write \\\\ for a backslash",
    "Invalid statement": "write key = value, a [table] or a # comment",
}


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """Everything that site.toml says."""

    site: Site
    broker: BrokerSettings
    web: WebSettings
    board: BoardSettings
    ledger: LedgerSettings = field(default_factory=LedgerSettings)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """Built-in ones and the site's own."""
    listen: tuple[str, ...] = ()
    """Profiles that are listened to although no device has them yet."""
    codes: Gs1Rules = field(default_factory=Gs1Rules)
    kiosk: KioskSettings = field(default_factory=KioskSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    channels: tuple[Channel, ...] = ()
    """Ways out to people who are not looking."""
    language: str = ""
    """Of whoever has chosen none; empty when the file does not say."""


def load(folder: Path) -> SiteConfig:
    """The configuration of a site folder. Raises SiteFaults with every fault found."""
    return check_text(folder, read_site_text(folder))


def check_text(folder: Path, text: str) -> SiteConfig:
    """The configuration that a text would be as the folder's site.toml. Raises SiteFaults; writes nothing."""
    raw, positions = read_toml(text.removeprefix(BYTE_ORDER_MARK))
    log = FaultLog(FILE_NAME, positions)
    config = _read(Table(log, (), "", raw), folder)
    if faults := log.in_order():
        raise SiteFaults(faults)
    return config


def read_toml(text: str) -> tuple[dict[str, object], Positions]:
    """What stands in a text, and where; text that is no TOML is one fault."""
    try:
        return tomllib.loads(text, parse_float=_number), Positions(text)
    except RecursionError:
        raise SiteFaults(
            [Fault(FILE_NAME, None, "", "the brackets are nested too deep; take some out")]
        ) from None
    except ValueError as error:
        raise SiteFaults([_syntax_fault(str(error), text)]) from None


def check_folder(folder: Path) -> list[Fault]:
    """Every fault in the configuration of a site folder; an empty list is good."""
    try:
        load(folder)
    except SiteFaults as found:
        return list(found.faults)
    return []


def read_site_text(folder: Path) -> str:
    """The text of a folder's site.toml exactly as it stands there, also its line ends and its mark of UTF-8."""
    path = folder / FILE_NAME
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        text = f"there is no such file in {folder}; write a first one with: interlock init {folder}"
        raise SiteFaults([Fault(FILE_NAME, None, "", text)], about_content=False) from None
    except OSError as error:
        text = f"cannot be read in {folder} ({error.strerror}); make it a file that you may read"
        raise SiteFaults([Fault(FILE_NAME, None, "", text)], about_content=False) from None
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        text = "a character is not UTF-8; save the file with the encoding UTF-8"
        raise SiteFaults([Fault(FILE_NAME, line, "", text)]) from None


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all measure; every limit refuses infinity
        return Decimal("Infinity")


def _syntax_fault(message: str, text: str) -> Fault:
    """The one fault of a text that is no TOML: behind it nothing can be read."""
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = None
    if found is not None:
        line = int(found[1]) if found[1] else text.rstrip("\n").count("\n") + 1
        message = message[: found.start()]
    message = re.sub(r"\(('.*'),?\)", lambda names: names[1].replace("', '", ".").replace("'", '"'), message)
    hint = next((hint for start, hint in _HINTS.items() if message.startswith(start)), None)
    if message == "Invalid value" and found and not found[1]:
        hint = "the file ends here, close what is open"
    advice = f"; {hint}" if hint else "; write it as TOML"
    return Fault(FILE_NAME, line, "", f"cannot be read: {message[:1].lower()}{message[1:]}{advice}")


def _read(top: Table, folder: Path) -> SiteConfig:
    top.need("version", FILE_VERSION, VERSION)
    site = top.table("site", needed="id, name and timezone")
    site_id = Names("site").read(site)
    name = site.may("name", NAME, capitalised(site_id))
    zone = site.need("timezone", ZONE, ZoneInfo("UTC"))
    language = site.may("language", LANGUAGE, "")
    holidays = frozenset(day for _, day in site.items("holidays", HOLIDAY))
    shifts = read_shifts(top, holidays if site.sound("holidays") else None)
    lines = read_lines(top, shifts)
    stations = read_stations(top, lines, zone)
    broker = read_broker(top, folder)
    profiles = read_profiles(top, zone, embedded_broker=broker.embedded)
    return SiteConfig(
        site=Site(
            id=site_id,
            name=name,
            zone=zone,
            holidays=holidays,
            shifts=shifts.patterns,
            lines={line_id: read.line for line_id, read in lines.by_id.items()},
            products=read_products(top, lines, stations),
            stations=stations.by_id,
            devices=read_devices(top, stations, profiles),
            reasons=read_reasons(top),
            scrap_reasons=read_scrap_reasons(top),
            flags=read_flags(top),
            roles=read_roles(top),
        ),
        broker=broker,
        web=read_web(top, broker, folder),
        board=read_board(top),
        ledger=read_ledger(top),
        profiles=profiles.by_id,
        listen=read_listen(top, profiles),
        codes=read_codes(top),
        kiosk=read_kiosk(top),
        access=read_access(top),
        channels=read_channels(top, lines, folder),
        language=language,
    )
