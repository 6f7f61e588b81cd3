"""All ways in which the gateway's process reaches people who are not looking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.signalling import Signaller
from interlock import clock
from interlock.courier import Courier
from interlock.lights import Lights
from kiosk.catalogues import Language
from ledger.errors import LedgerDamaged, LedgerUnavailable
from ledger.notices import keep_channels
from ledger.reports_sent import keep_reports
from ledger.store import Ledger
from station_config import SiteConfig


class Reaching:
    """The channels of the configuration that was last adopted."""

    def __init__(
        self, folder: Path, ledger: Ledger, config: SiteConfig, language: Language, log: Any
    ) -> None:
        self._ledger = ledger
        self._courier = Courier(folder, language, log)
        self._lights = Lights(ledger, config, language, clock.now)
        self.signaller = Signaller(self._lights, unavailable=(LedgerUnavailable, LedgerDamaged))
        self._wanted: SiteConfig | None = config

    def adopt(self, config: SiteConfig) -> None:
        """Through these channels from the next turn on."""
        self._wanted = config

    def turn(self) -> None:
        """At each beat: take up what was adopted, as soon as the ledger can be written."""
        if self._wanted is None:
            return
        keep_channels(self._ledger, self._wanted.channels, clock.now())
        keep_reports(self._ledger, self._wanted.channels, self._wanted.site, clock.now())
        self._lights.adopt(self._wanted)
        self._courier.adopt(self._wanted)
        self._wanted = None

    def stop(self) -> None:
        """No more from now on."""
        self._courier.stop()
