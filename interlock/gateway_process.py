"""The gateway's process: the site's broker on one side, its ledger on the other."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gateway.client import Gateway
from gateway.directory import Directory
from interlock import clock
from interlock.logs import to_standard_error
from interlock.opening import broker_address, open_config, open_ledger
from interlock.wake import WakeSender
from ledger.device_records import keep_overheard
from ledger.devices import set_device_state
from ledger.errors import LedgerDamaged, LedgerUnavailable
from ledger.recorder import Recorder
from ledger.site_versions import last_version
from ledger.store import Ledger
from shopfloor.instants import Instant
from shopfloor.overheard import Overheard
from shopfloor.scans import Answer, Scan, Unreadable
from shopfloor.site import Site
from station_config import SiteConfig, SiteFaults, load


class _Recording:
    """The recorder, for the configuration that planners last saved on the site's page."""

    def __init__(self, folder: Path, ledger: Ledger, config: SiteConfig) -> None:
        self.config = config
        self.recorder = Recorder(ledger, config.site)
        self.quiet = False
        """What is written now changes no board."""
        self._folder, self._ledger = folder, ledger
        self._version = last_version(ledger)

    @property
    def site(self) -> Site:
        return self.config.site

    def adopt_changes(self, log: Any) -> bool:
        """Record by a newer version of site.toml if one was saved, and whether it was so.

        What cannot be read just now is tried again.
        """
        try:
            version = last_version(self._ledger)
            if version == self._version:
                return False
            self.config = load(self._folder)
        except (LedgerUnavailable, LedgerDamaged, SiteFaults) as why:
            log.warning("the changed configuration is not taken up", why=str(why))
            return False
        self._version = version
        self.recorder = Recorder(self._ledger, self.site)
        log.info("took up the changed configuration", version=version)
        return True


def directory_of(config: SiteConfig) -> Directory:
    """The devices and profiles that a configuration has."""
    site = config.site
    return Directory(
        site.id, config.profiles, site.devices.values(), listen=config.listen, codes=config.codes
    )


def serve_gateway(folder: Path) -> None:
    """Record what the site's devices report, until SIGTERM or SIGINT."""
    log = to_standard_error("gateway")
    config = open_config(folder)
    ledger = open_ledger(folder, create=True)
    log.info("opened", ledger=str(ledger.path), with_=ledger.journal)
    wake = WakeSender(folder)
    ledger.listeners.append(lambda sequence: None if recording.quiet else wake.changed(sequence))
    recording = _Recording(folder, ledger, config)

    def record(items: Sequence[Scan | Unreadable]) -> Sequence[Answer | None]:
        return recording.recorder.record(items, clock.now())

    def device_state(device: str, online: bool, at: Instant) -> None:  # noqa: FBT001  # the gateway's signature
        set_device_state(ledger, recording.site, device, online=online, now=at)

    def beat(connected: bool) -> None:  # noqa: FBT001  # the gateway's signature
        wake.beat(connected)
        ledger.checkpoint()  # also for what the web server has written
        if recording.adopt_changes(log):
            gateway.adopt(directory_of(recording.config))

    def overheard(what: Overheard) -> None:
        recording.quiet = True  # boards show nothing of it: no reason to draw them anew each second
        try:
            keep_overheard(ledger, recording.site, what, clock.now())
        finally:
            recording.quiet = False

    gateway = Gateway(
        config.site.id,
        broker_address(config.broker),
        record=record,
        device_state=device_state,
        beat=beat,
        clock=clock.now,
        directory=directory_of(config),
        overheard=overheard,
        unavailable=(LedgerUnavailable, LedgerDamaged),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: gateway.stop())
    try:
        gateway.run()
    finally:
        ledger.close()
        wake.close()
