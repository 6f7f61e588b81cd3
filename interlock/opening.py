"""Opening a site folder: its configuration, its ledger, its broker's address."""

from __future__ import annotations

from pathlib import Path

from gateway.connection import BrokerAddress
from gateway.payloads import PROFILES, Profile
from ledger.store import BUSY_TIMEOUT_MS, Ledger
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


def device_profiles(config: SiteConfig) -> dict[str, Profile]:
    """How each device's payload is read."""
    return {device.id: PROFILES[device.profile] for device in config.site.devices.values()}


def broker_address(settings: BrokerSettings) -> BrokerAddress:
    """Where and as whom this machine reaches the broker."""
    password = None if settings.password_file is None else settings.password_file.read_text().strip()
    return BrokerAddress(settings.connect_host, settings.port, settings.username, password)
