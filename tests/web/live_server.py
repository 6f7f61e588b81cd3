"""A web process of its own for the stream tests: `python -m tests.web.live_server FOLDER`.

Its clock stands at what the file `now` in the folder says; it prints its port when it serves.
"""

from gevent import monkey

monkey.patch_all()

# ruff: noqa: E402  # patching comes before all else
import argparse
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import gevent
from gevent.event import Event

from interlock.logs import to_standard_error
from interlock.wake import WakeReceiver
from kiosk.app import create_app
from kiosk.server import serve
from kiosk.services import Pulse, Services
from ledger.badged_in import StationBadges
from ledger.recorder import Recorder
from ledger.store import Ledger
from shopfloor.calendar_book import CalendarBook
from station_config import load
from tests.web.compiled import keep_compiled


def to_standard_output(port: int) -> None:
    print(port, flush=True)  # noqa: T201  # the test reads it


def main(words: Sequence[str] | None = None, ready: Callable[[int], None] = to_standard_output) -> None:
    """`words` in place of the command line; `ready` is told the port when it serves."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--limit", type=int, default=50)
    options.add_argument("--silent-reader-s", type=float, default=30)
    options.add_argument("--head-limit-s", type=float, default=10)
    options.add_argument("--deaf", action="store_true", help="hear no wake-ups")
    options.add_argument("--connected", action="store_true", help="the gateway says that all is well")
    options.add_argument("--compiled", type=Path, help="a folder for compiled templates")
    told = options.parse_args(words)
    to_standard_error("web")
    if told.compiled is not None:
        keep_compiled(told.compiled)
    config = load(told.folder)
    ledger = Ledger(told.folder / "ledger.db", checkpoints=False)
    services = Services(
        ledger=ledger,
        config=config,
        recorder=Recorder(ledger, config.site, StationBadges(config.site)),
        calendars=CalendarBook(config.site),
        clock=lambda: int((told.folder / "now").read_text()),
        pulse=Pulse(),
    )
    if told.connected:
        services.pulse.beat(services.clock(), broker_connected=True)
    receiver = WakeReceiver(told.folder)
    app = create_app(services, None if told.deaf else receiver.wait, stream_limit=told.limit)
    stop = Event()
    gevent.signal_handler(signal.SIGTERM, stop.set)
    serve(
        app,
        "127.0.0.1",
        0,
        stop,
        ready=ready,
        silent_reader_s=told.silent_reader_s,
        head_limit_s=told.head_limit_s,
    )
    receiver.close()
    ledger.close()


if __name__ == "__main__":
    main()
