"""[broker], [web], [board], [ledger] and [kiosk]: how this machine serves the site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from shopfloor.sentences import sentence
from station_config.reader import Table, Unfit, Value, text_of
from station_config.values import (
    BROKER_PORT,
    DISTANCE_M,
    EVENTS,
    FILE,
    HOST,
    LISTEN,
    MONTHS,
    PORT,
    USERNAME,
    YES_OR_NO,
)
from station_config.wording import quoted

_LOOPBACK = "127.0.0.1"
_EVERY_NETWORK = frozenset({"0.0.0.0", "::"})  # noqa: S104  # recognised here, never the default
_MQTT_PORT = 1883
_WEB_PORT = 8080
_DISTANCE_M = 6.0
_EVENTS = "all"
_FUNCTION_KEY = re.compile(r"F(?:[1-9]|1\d|2[0-4])", re.ASCII)


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """A broker at `host`, or the embedded one that listens on `listen` when there is no host."""

    host: str | None = None
    port: int = _MQTT_PORT
    listen: str = _LOOPBACK
    username: str | None = None
    password_file: Path | None = None
    events: str = _EVENTS
    """What is published of the record: "all" or "none"."""
    event_names: bool = False
    """Whether published events name the person."""
    tls_ca: Path | None = None
    """The authority that signed the broker's certificate; for a broker at `host` it switches TLS on."""
    tls_certificate: Path | None = None
    """The embedded broker's own certificate, which switches TLS on; for one at `host` ours as its client."""
    tls_key: Path | None = None

    @property
    def embedded(self) -> bool:
        """Whether Interlock starts the broker itself."""
        return self.host is None

    @property
    def tls(self) -> bool:
        """Whether the broker is spoken to through TLS."""
        return (self.tls_certificate if self.embedded else self.tls_ca) is not None

    @property
    def open_to_others(self) -> bool:
        """Whether other machines reach the broker that Interlock starts."""
        return self.embedded and not _is_loopback(self.listen)

    @property
    def connect_host(self) -> str:
        """Where this machine reaches the broker."""
        if self.host is not None:
            return self.host
        return _LOOPBACK if self.listen in _EVERY_NETWORK else self.listen


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where pages and API are served."""

    listen: str = _LOOPBACK
    port: int = _WEB_PORT
    tls_certificate: Path | None = None
    """What the pages show to browsers; it switches TLS on, and then there is no plain HTTP on that port."""
    tls_key: Path | None = None

    @property
    def open_to_others(self) -> bool:
        """Whether other machines reach the pages."""
        return not _is_loopback(self.listen)


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """How far away people stand from the floor board: letters are sized by it."""

    viewing_distance_m: float = _DISTANCE_M


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """After how many months the attached history of shipped orders goes to the archive; None: it stays."""

    keep_months: int | None = None


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """How the stations' kiosks are worked with."""

    scanner_prefix: str | None = None
    """The key that scanners type before each code; None: codes are known by their pace alone."""


def read_broker(top: Table, folder: Path) -> BrokerSettings:
    """How the broker is reached; files are looked for in the site folder."""
    table = top.table("broker")
    host = table.may("host", HOST, "") or None
    if table.has("host") and table.has("listen"):
        text = "listen is for the broker that Interlock starts itself, but host names another"
        table.fault("listen", f"{text}; take one of the two out")
    username = table.may("username", USERNAME, "") or None
    password_file = read_file(table, "password_file", folder)
    if table.has("password_file") and not table.has("username") and table.sound("username"):
        table.fault(
            "password_file", 'a password without a user; write for example username = "interlock" too'
        )
    tls_ca, tls_certificate, tls_key = (
        read_file(table, key, folder) for key in ("tls_ca", "tls_certificate", "tls_key")
    )
    _check_tls(table)
    return BrokerSettings(
        host=host,
        port=table.may("port", BROKER_PORT, _MQTT_PORT),
        listen=table.may("listen", LISTEN, _LOOPBACK),
        username=username,
        password_file=password_file,
        events=table.may("events", EVENTS, _EVENTS),
        event_names=table.may("event_names", YES_OR_NO, default=False),
        tls_ca=tls_ca,
        tls_certificate=tls_certificate,
        tls_key=tls_key,
    )


def _is_loopback(listen: str) -> bool:
    return listen in {"localhost", "::1"} or listen.startswith("127.")


def _check_tls(table: Table) -> None:
    _check_pair(table)
    if table.has("host") and table.has("tls_certificate") and not table.has("tls_ca"):
        text = "a certificate of ours without the authority that signed the broker's"
        table.fault("tls_certificate", f'{text}; write for example tls_ca = "tls/ca.crt" too')
    elif table.has("tls_ca") and not (
        table.has("host") or table.has("tls_certificate") or table.has("tls_key")
    ):
        text = "the embedded broker needs a certificate and its key for TLS"
        table.fault("tls_ca", f"{text}; make them with: interlock certificate DIR HOST")


def _check_pair(table: Table) -> None:
    for one, other, example in (
        ("tls_certificate", "tls_key", "tls/broker.key"),
        ("tls_key", "tls_certificate", "tls/broker.crt"),
    ):
        if table.has(one) and not table.has(other) and table.sound(other):
            table.fault(
                one,
                f"a certificate and its key go together; write for example {other} = {quoted(example)} too",
            )


def read_web(top: Table, broker: BrokerSettings, folder: Path) -> WebSettings:
    """Where the pages are served; the embedded broker cannot have the same port."""
    table = top.table("web")
    web = WebSettings(
        listen=table.may("listen", LISTEN, _LOOPBACK),
        port=table.may("port", PORT, _WEB_PORT),
        tls_certificate=read_file(table, "tls_certificate", folder),
        tls_key=read_file(table, "tls_key", folder),
    )
    _check_pair(table)
    if table.has("port") and table.sound("port") and broker.embedded and web.port == broker.port:
        table.fault("port", f"the broker listens on port {web.port} already; write for example port = 8080")
    return web


def read_board(top: Table) -> BoardSettings:
    """How the floor board is shown."""
    distance_m = top.table("board").may("viewing_distance_m", DISTANCE_M, _DISTANCE_M)
    return BoardSettings(distance_m)


def read_ledger(top: Table) -> LedgerSettings:
    """How long what is attached to shipped orders stays in the ledger."""
    table = top.table("ledger")
    return LedgerSettings(table.may("keep_months", MONTHS, 0) or None)


def _function_key(raw: object) -> str:
    text = text_of(raw)
    if _FUNCTION_KEY.fullmatch(text):
        return text
    better = _FUNCTION_KEY.fullmatch(text.strip().upper())
    raise Unfit(better=better and quoted(better[0]))


FUNCTION_KEY = Value(sentence("a key from F1 to F24"), '"F8"', _function_key)


def read_kiosk(top: Table) -> KioskSettings:
    """How the kiosks are worked with."""
    return KioskSettings(top.table("kiosk").may("scanner_prefix", FUNCTION_KEY, "") or None)


def read_file(table: Table, key: str, folder: Path) -> Path | None:
    """A file named relative to the site folder; one that does not exist is reported."""
    if not table.has(key):
        return None
    path = folder / table.may(key, FILE, "")
    if table.sound(key) and not _is_file(path):
        name = quoted(str(table.raw(key)))
        table.fault(key, f"there is no file {name} beside site.toml; create it, or name one that exists")
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that the file system refuses, for example one too long
        return False
