"""Who carries notices: a thread for each address, so that one which hangs holds up neither scans nor others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from interlock import clock
from interlock.apprise_ways import CannotSend, send_through
from interlock.opening import open_ledger
from interlock.report_files import report_file
from interlock.telling import Telling
from kiosk.catalogues import Language
from kiosk.notice_words import Words
from ledger.errors import LedgerError
from ledger.store import Ledger
from shopfloor.channels import Channel
from shopfloor.instants import Instant
from shopfloor.site import Site
from station_config import AddressUnfit, SiteConfig, address_in

LOOK_S = 1.0
STOP_LIMIT_S = 2.0
"""What is being sent then is cut off: it is sent again by whoever serves next."""


class Courier:
    """Carries what the channels of a configuration have to tell, until `stop`."""

    def __init__(
        self, folder: Path, language: Language, log: Any, *, now: Callable[[], Instant] = clock.now
    ) -> None:
        self._folder, self._language, self._log, self._now = folder, language, log, now
        self._rounds: dict[str, _Round] = {}

    def adopt(self, config: SiteConfig) -> None:
        """Through these channels from now on; never waits for what is being sent."""
        channels = {each.id: each for each in config.channels if each.address_file is not None}
        for gone in self._rounds.keys() - channels.keys():
            self._rounds.pop(gone).stopping.set()
        for channel in channels.values():
            running = self._rounds.get(channel.id)
            if running is None:
                running = self._rounds[channel.id] = _Round(
                    self._folder, config.site, channel, self._language, self._log, self._now
                )
                running.start()
            running.what = (config.site, channel)

    def stop(self) -> None:
        """No more from now on."""
        until_s = time.monotonic() + STOP_LIMIT_S
        for each in self._rounds.values():
            each.stopping.set()
        for each in self._rounds.values():
            each.join(max(0.0, until_s - time.monotonic()))
        self._rounds.clear()


class _Round(threading.Thread):
    """One channel's thread, with a connection of its own to the ledger."""

    def __init__(
        self,
        folder: Path,
        site: Site,
        channel: Channel,
        language: Language,
        log: Any,
        now: Callable[[], Instant],
    ) -> None:
        super().__init__(name=f"notify {channel.id}", daemon=True)
        self.stopping = threading.Event()
        self.what = (site, channel)
        self._folder, self._language, self._log, self._now = folder, language, log, now
        self._fault = ""

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._serve()
            except LedgerError:
                pass  # the gateway's beat says so; it is opened again until it can be
            except Exception as fault:  # noqa: BLE001  # scans are recorded all the same
                if repr(fault) != self._fault:
                    self._log.exception("notices cannot be carried", channel=self.what[1].id)
                self._fault = repr(fault)
            self.stopping.wait(LOOK_S)

    def _serve(self) -> None:
        ledger = open_ledger(self._folder, checkpoints=False)
        telling, of = None, None
        try:
            while not self.stopping.is_set():
                if telling is None or of is not self.what:
                    of = self.what
                    telling = self._telling(ledger, *of)
                telling.turn(self._now())
                self.stopping.wait(LOOK_S)
        finally:
            ledger.close()

    def _telling(self, ledger: Ledger, site: Site, channel: Channel) -> Telling:
        send, make = partial(send_to, channel), partial(report_file, self._folder)
        return Telling(ledger, site, channel, send, self._language, self._log, make)


def send_to(channel: Channel, words: Words) -> None:
    """Through the address that the channel's file holds now: who changes it need not restart anything. CannotSend."""
    if channel.address_file is None:
        raise AssertionError(f"{channel.id} is a topic")
    try:
        address = address_in(channel.address_file)
    except AddressUnfit as unfit:
        raise CannotSend(unfit.args[0]) from None
    send_through(address, words)
