"""Opening a site folder: its configuration, its ledger, its broker's address."""

from __future__ import annotations

from pathlib import Path

from gateway.broker_address import BrokerAddress
from gateway.broker_address import Login as BrokerLogin
from gateway.directory import Directory
from gateway.tls import Tls
from interlock.access import Login, gateway_login, stamp
from interlock.broker import EmbeddedBroker
from interlock.broker_config import Certificate
from interlock.certificates import Ending
from ledger import people
from ledger.store import BUSY_TIMEOUT_MS, Ledger
from shopfloor.instants import Instant
from station_config import BrokerSettings, SiteConfig, load

LEDGER_FILE = "ledger.db"


def open_config(folder: Path) -> SiteConfig:
    """The site's configuration; SiteFaults with every fault."""
    return load(folder)


def open_ledger(
    folder: Path, *, create: bool = False, checkpoints: bool = True, busy_timeout_ms: int = BUSY_TIMEOUT_MS
) -> Ledger:
    """The site's ledger; LedgerError with one sentence. Only one process of a site has `checkpoints`."""
    return Ledger(
        folder / LEDGER_FILE, create=create, checkpoints=checkpoints, busy_timeout_ms=busy_timeout_ms
    )


def directory_of(config: SiteConfig) -> Directory:
    """The devices and profiles that a configuration has."""
    site = config.site
    return Directory(
        site.id, config.profiles, site.devices.values(), listen=config.listen, codes=config.codes
    )


def broker_address(folder: Path, config: SiteConfig) -> BrokerAddress:
    """Where this machine reaches the broker, and as whom."""
    settings = config.broker
    if not settings.embedded or settings.username is not None:
        login = own_login(settings)
        username, password = (settings.username, None) if login is None else (login.username, login.password)
        return BrokerAddress(settings.connect_host, settings.port, username, password, _tls(settings))

    def ask_login() -> BrokerLogin:
        login = gateway_login(folder, config.site.id)
        return (None, None) if login is None else (login.username, login.password)

    return BrokerAddress(settings.connect_host, settings.port, tls=_tls(settings), ask_login=ask_login)


def own_login(settings: BrokerSettings) -> Login | None:
    """The gateway's user at a broker of the plant's own, if site.toml tells both."""
    if settings.username is None or settings.password_file is None:
        return None
    return Login(settings.username, settings.password_file.read_text(encoding="utf-8").strip())


def embedded_broker(folder: Path, settings: BrokerSettings) -> EmbeddedBroker:
    """The broker that Interlock starts itself."""
    certificate = None
    if settings.tls_certificate is not None and settings.tls_key is not None:
        certificate = Certificate(settings.tls_certificate, settings.tls_key)
    return EmbeddedBroker(folder, settings.listen, settings.port, certificate=certificate)


def warnings_of(folder: Path, config: SiteConfig, now: Instant) -> list[str]:
    """What is no fault and should not stay so, in sentences."""
    found = (open_to_everybody(folder, config.broker), pages_open_to_everybody(folder, config))
    return [*filter(None, found), *ending(config).warnings(now)]


def ending(config: SiteConfig) -> Ending:
    """When the certificates end that the site shows: to browsers, to devices, or to the broker."""
    return Ending((config.web.tls_certificate, config.broker.tls_certificate))


def open_to_everybody(folder: Path, settings: BrokerSettings) -> str | None:
    """A warning when other machines may say and hear everything at the broker that Interlock starts."""
    if not settings.open_to_others or stamp(folder) is not None:
        return None
    return (
        f"the broker listens on {settings.listen} and asks nobody for a password: whoever reaches it can send scans. "
        f"Give each scanner one: interlock device add {folder} NAME"
    )


def pages_open_to_everybody(folder: Path, config: SiteConfig) -> str | None:
    """A warning when whoever reaches the pages from another machine may change everything."""
    if not config.web.open_to_others:
        return None
    if people.anybody_in(folder / LEDGER_FILE):
        if config.access.without_login != "everything":
            return None
        return (
            f"the pages listen on {config.web.listen}, and [access] without_login lets everybody who reaches them"
            ' change everything; that is for a demo, write "reading"'
        )
    return (
        f"the pages listen on {config.web.listen} and ask nobody to log in: whoever reaches them may change everything."
        f" Register the first person at /setup, or with: interlock user add {folder} NAME --role admin"
    )


def _tls(settings: BrokerSettings) -> Tls | None:
    if settings.embedded:
        own = settings.tls_certificate
        return None if own is None else Tls(own, pinned=True)
    if settings.tls_ca is None:
        return None
    return Tls(settings.tls_ca, certificate=settings.tls_certificate, key=settings.tls_key)
