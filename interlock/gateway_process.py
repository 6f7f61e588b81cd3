"""The gateway's process: the site's broker on one side, its ledger on the other."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.client import Gateway
from gateway.publishing import Publisher
from interlock import clock
from interlock.logs import to_standard_error
from interlock.opening import broker_address, directory_of, open_config, open_ledger
from interlock.reaching import Reaching
from interlock.timekeeper import Timekeeper
from interlock.wake import WakeSender
from interlock.watch import DailyWatch
from kiosk.catalogues import ENGLISH, OWN, SITES, known, languages_in
from kiosk.speech import speaking, told
from ledger.badged_in import StationBadges
from ledger.device_records import keep_overheard
from ledger.devices import set_device_state
from ledger.errors import LedgerDamaged, LedgerUnavailable
from ledger.outbox import Outbox, publish_nothing
from ledger.recorder import Recorder
from ledger.site_versions import last_hash, text_hash
from ledger.store import Ledger
from shopfloor.instants import Instant
from shopfloor.overheard import Overheard
from shopfloor.retention import months_ago
from shopfloor.scans import Answer, Scan, Unreadable
from shopfloor.site import Site
from station_config import SiteConfig, SiteFaults, check_text, read_site_text

UNAVAILABLE = (LedgerUnavailable, LedgerDamaged)
"""What is waited out: nothing is confirmed meanwhile."""


class _Recording:
    """The recorder, for the configuration that planners last saved on the site's page."""

    def __init__(self, folder: Path, ledger: Ledger, config: SiteConfig) -> None:
        self.config = config
        self.recorder = Recorder(ledger, config.site, StationBadges(config.site))
        self.quiet = False
        """What is written now changes no board."""
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

    def keep_until(self) -> Instant | None:
        """What is attached to orders that were shipped before goes to the archive; None: it all stays."""
        months = self.config.ledger.keep_months
        return None if months is None else months_ago(clock.now(), months, self.site.zone)

    @property
    def site(self) -> Site:
        return self.config.site

    def adopt_changes(self, log: Any) -> bool:
        """Record by what was saved since, and whether anything was.

        What cannot be read just now is tried again; an edit by hand waits.
        """
        try:
            saved = last_hash(self._ledger)
            if saved in (None, self._served):
                return False
            text = read_site_text(self._folder)
            if text_hash(text) != saved:
                return False
            self.config = check_text(self._folder, text)
        except (LedgerUnavailable, LedgerDamaged, SiteFaults) as why:
            log.warning("the changed configuration is not taken up", why=str(why))
            return False
        self._served = saved
        self.recorder = Recorder(self._ledger, self.site, StationBadges(self.site))
        log.info("took up the changed configuration")
        return True


def serve_gateway(folder: Path) -> None:
    """Record what the site's devices report, until SIGTERM or SIGINT."""
    log = to_standard_error("gateway")
    config = open_config(folder)
    language = known(languages_in((OWN, folder / SITES)), config.language) or ENGLISH
    ledger = open_ledger(folder, create=True)
    log.info("opened", ledger=str(ledger.path), with_=ledger.journal)
    wake = WakeSender(folder)
    ledger.listeners.append(lambda sequence: None if recording.quiet else wake.changed(sequence))
    recording = _Recording(folder, ledger, config)
    timekeeper = Timekeeper(ledger, config.site, log, started_at=clock.now())
    reaching = Reaching(folder, ledger, config, language, log)

    def record(items: Sequence[Scan | Unreadable]) -> Sequence[Answer | None]:
        recording.stalled = True
        answers = recording.recorder.record(items, clock.now())
        recording.stalled = False
        with speaking(language):  # a device shows its answer to people of this site
            return [answer and replace(answer, text=told(answer.text)) for answer in answers]

    def device_state(device: str, online: bool, at: Instant) -> None:  # noqa: FBT001  # the gateway's signature
        set_device_state(ledger, recording.site, device, online=online, now=at)

    def beat(connected: bool) -> None:  # noqa: FBT001  # the gateway's signature
        wake.beat(connected, recording.trouble(), gateway.broker_fault)
        ledger.checkpoint()  # also for what the web server has written
        if recording.adopt_changes(log):
            gateway.adopt(directory_of(recording.config))
            timekeeper.adopt(recording.site)
            reaching.adopt(recording.config)
        reaching.turn()  # first: a channel that is new tells what is due from now on
        timekeeper.turn(clock.now())

    def overheard(what: Overheard) -> None:
        recording.quiet = True  # boards show nothing of it: no reason to draw them anew each second
        try:
            keep_overheard(ledger, recording.site, what, clock.now())
        finally:
            recording.quiet = False

    gateway = Gateway(
        config.site.id,
        broker_address(folder, config),
        record=record,
        device_state=device_state,
        beat=beat,
        clock=clock.now,
        directory=directory_of(config),
        overheard=overheard,
        publisher=_publisher(config, ledger),
        signaller=reaching.signaller,
        unavailable=UNAVAILABLE,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: gateway.stop())
    watch = DailyWatch(folder, log, keep_until=recording.keep_until)
    watch.start()
    try:
        gateway.run()
    finally:
        reaching.stop()
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
