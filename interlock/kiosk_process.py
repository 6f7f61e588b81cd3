"""The web server's process: pages, API and live streams of one site. `kiosk_main` is its program."""

from __future__ import annotations

import errno
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

from gevent.event import Event

from interlock import clock
from interlock.logs import to_standard_error
from interlock.opening import ending, open_config, open_ledger
from interlock.ports import why_not_listen
from interlock.refusal_file import read_refusals
from interlock.wake import WakeReceiver
from kiosk.app import create_app
from kiosk.server import CannotListen, CertificateUnusable, serve, tls_context
from kiosk.services import Pulse, Services
from ledger.badged_in import StationBadges
from ledger.errors import LedgerError
from ledger.recorder import Recorder
from ledger.site_versions import is_in_force
from shopfloor.calendar_book import CalendarBook
from station_config import SiteFaults, settle

BUSY_TIMEOUT_MS = 400


def main(folder: Path) -> None:
    """Serve until SIGTERM or SIGINT; a known fault is one line and exit code 1."""
    log = to_standard_error("kiosk")
    try:
        serve_kiosk(folder, log)
    except (SiteFaults, LedgerError, CannotListen, CertificateUnusable) as fault:
        sys.exit(str(fault))


def serve_kiosk(folder: Path, log: Any) -> None:
    """Open the site and serve it."""
    config = open_config(folder)
    tls = tls_context(config.web.tls_certificate, config.web.tls_key)
    # Asked before anything is opened: a second server must not take the wake-ups of the one that runs.
    why_not = why_not_listen(config.web.listen, config.web.port)
    if why_not is not None:
        raise CannotListen(config.web.listen, config.web.port, OSError(errno.EADDRINUSE, why_not))
    # The gateway checkpoints; one process is enough. A write that waits holds up every page: so not for long.
    ledger = open_ledger(folder, create=True, checkpoints=False, busy_timeout_ms=BUSY_TIMEOUT_MS)
    if settle(folder, lambda text: is_in_force(ledger, text)):
        log.warning(
            "a change of site.toml was interrupted before it was recorded: the text before it is back"
        )
        config = open_config(folder)
    wake = WakeReceiver(folder)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services = Services(
        ledger=ledger,
        config=config,
        recorder=Recorder(ledger, config.site, StationBadges(config.site)),
        calendars=CalendarBook(config.site),
        clock=clock.now,
        pulse=Pulse(),
        refusals=partial(read_refusals, folder),
        warnings=ending(config).warnings,
    )
    log.info("opened", ledger=str(ledger.path), with_=ledger.journal)
    try:
        serve(create_app(services, wake.wait), config.web.listen, config.web.port, stop, tls=tls)
    finally:
        wake.close()
        ledger.close()
