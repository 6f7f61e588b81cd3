"""What the pages, the API and the stream work with: opened by the process, handed in once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app

from kiosk.tablets import Tablets
from ledger.badged_in import StationBadges
from ledger.desk import Desk
from ledger.recorder import Recorder
from ledger.store import Ledger
from shopfloor.broker_faults import BrokerFault
from shopfloor.broker_refusals import BrokerRefusal
from shopfloor.calendar_book import CalendarBook
from shopfloor.instants import SECOND_MS, Instant
from station_config import SiteConfig

EXTENSION = "interlock"


class Pulse:
    """The gateway's last word: when it came, whether the broker was connected then, and whether it could record."""

    def __init__(self) -> None:
        self.beat_at: Instant | None = None
        """None before its first."""
        self.broker_connected = False
        self.broker_fault: BrokerFault | None = None
        """What somebody has to mend before the gateway can reach the broker."""
        self.trouble = ""
        """`unwritable` or `damaged`; empty when it can record."""

    def beat(
        self,
        at: Instant,
        *,
        broker_connected: bool,
        trouble: str = "",
        broker_fault: BrokerFault | None = None,
    ) -> None:
        """Note a word from the gateway."""
        self.beat_at = at
        self.broker_fault = broker_fault
        self.trouble = trouble
        self.broker_connected = broker_connected

    def age_s(self, now: Instant) -> int | None:
        """Whole seconds since its last word; None before the first."""
        return None if self.beat_at is None else max(0, now - self.beat_at) // SECOND_MS


@dataclass(slots=True)
class Services:
    """One site, as the web process sees it."""

    ledger: Ledger
    config: SiteConfig
    recorder: Recorder
    calendars: CalendarBook
    clock: Callable[[], Instant]
    pulse: Pulse
    refusals: Callable[[], Sequence[BrokerRefusal]] = tuple
    """What the embedded broker refused, the last tried first."""
    warnings: Callable[[Instant], Sequence[str]] = lambda _: ()
    """What else will need somebody soon, in sentences."""
    desk: Desk = field(init=False)
    tablets: Tablets = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.ledger, self.config.site)
        self.tablets = Tablets(self.ledger)

    @property
    def folder(self) -> Path:
        """The site folder: site.toml beside the ledger."""
        return self.ledger.path.parent

    @property
    def trouble(self) -> str:
        """What keeps scans from being recorded: `unwritable` or `damaged`; empty when nothing does."""
        return "damaged" if self.ledger.damage is not None else self.pulse.trouble

    def adopt(self, config: SiteConfig) -> None:
        """Serve a changed configuration from now on; addresses and ports stay as they were at the start."""
        self.config = config
        self.recorder = Recorder(self.ledger, config.site, StationBadges(config.site))
        self.calendars = CalendarBook(config.site)
        self.desk.adopt(config.site)


def current() -> Services:
    """The services of the app that handles this request."""
    services: Services = current_app.extensions[EXTENSION]
    return services
