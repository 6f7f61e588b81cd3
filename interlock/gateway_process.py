"""The gateway's process: the site's broker on one side, its ledger on the other."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gateway.client import Gateway
from gateway.publishing import Publisher
from interlock import clock
from interlock.logs import to_standard_error
from interlock.opening import broker_address, device_profiles, open_config, open_ledger
from interlock.wake import WakeSender
from interlock.watch import DamageWatch
from ledger.devices import set_device_state
from ledger.errors import LedgerDamaged, LedgerUnavailable
from ledger.outbox import Outbox, publish_nothing
from ledger.recorder import Recorder
from ledger.site_versions import last_hash, text_hash
from ledger.store import Ledger
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan, Unreadable
from shopfloor.site import Site
from station_config import SiteConfig, SiteFaults, check_text, read_site_text

UNAVAILABLE = (LedgerUnavailable, LedgerDamaged)
"""What is waited out: nothing is confirmed meanwhile."""


class _Recording:
    """The recorder, for the configuration that planners last saved on the site's page."""

    def __init__(self, folder: Path, ledger: Ledger, site: Site) -> None:
        self.site = site
        self.recorder = Recorder(ledger, site)
        self._folder, self._ledger = folder, ledger
        self._served = text_hash(read_site_text(folder))
        self.stalled = False
        """The last scans could not be written; they are tried again until they can."""

    def trouble(self) -> str:
        """What keeps scans from being recorded, for the beat; found by trying, also while none come."""
        if self._ledger.damage is not None:
            return "damaged"
        if self.stalled:
            return "unwritable"  # a whole batch may find no room where a trial does
        try:
            self._ledger.prove_writable(clock.now())
        except LedgerDamaged:
            return "damaged"
        except LedgerUnavailable:
            return "unwritable"
        return ""

    def adopt_changes(self, log: Any) -> None:
        """Record by what was saved since. What cannot be read just now is tried again; an edit by hand waits."""
        try:
            saved = last_hash(self._ledger)
            if saved in (None, self._served):
                return
            text = read_site_text(self._folder)
            if text_hash(text) != saved:
                return
            self.site = check_text(self._folder, text).site
        except (LedgerUnavailable, LedgerDamaged, SiteFaults) as why:
            log.warning("the changed configuration is not taken up", why=str(why))
            return
        self._served = saved
        self.recorder = Recorder(self._ledger, self.site)
        log.info("took up the changed configuration")


def serve_gateway(folder: Path) -> None:
    """Record what the site's devices report, until SIGTERM or SIGINT."""
    log = to_standard_error("gateway")
    config = open_config(folder)
    ledger = open_ledger(folder, create=True)
    log.info("opened", ledger=str(ledger.path), with_=ledger.journal)
    wake = WakeSender(folder)
    ledger.listeners.append(wake.changed)
    recording = _Recording(folder, ledger, config.site)

    def record(items: Sequence[Scan | Unreadable]) -> Sequence[Answer | None]:
        recording.stalled = True
        answers = recording.recorder.record(items, clock.now())
        recording.stalled = False
        return answers

    def device_state(device: str, online: bool, at: Instant) -> None:  # noqa: FBT001  # the gateway's signature
        set_device_state(ledger, recording.site, device, online=online, now=at)

    def beat(connected: bool) -> None:  # noqa: FBT001  # the gateway's signature
        wake.beat(connected, recording.trouble())
        ledger.checkpoint()  # also for what the web server has written
        recording.adopt_changes(log)

    gateway = Gateway(
        config.site.id,
        broker_address(folder, config),
        record=record,
        device_state=device_state,
        beat=beat,
        clock=clock.now,
        profiles=device_profiles(config),
        publisher=_publisher(config, ledger),
        unavailable=UNAVAILABLE,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: gateway.stop())
    watch = DamageWatch(folder, log)
    watch.start()
    try:
        gateway.run()
    finally:
        watch.stop()
        ledger.close()
        wake.close()


def _publisher(config: SiteConfig, ledger: Ledger) -> Publisher | None:
    """Who publishes the events; None when the site wants none of them published."""
    if config.broker.events == "none":
        publish_nothing(ledger, clock.now())
        return None
    return Publisher(
        config.site.id, Outbox(ledger, clock.now), names=config.broker.event_names, unavailable=UNAVAILABLE
    )
