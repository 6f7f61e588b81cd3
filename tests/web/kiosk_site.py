"""The sites that the kiosk's screens are opened on, each behind a server of its own."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from kiosk.identity import KIOSK_COOKIE
from ledger import kiosks
from tests.factory import Plant, china
from tests.ledger.recorded import JOIN_SITE
from tests.web.conftest import served
from tests.web.kiosk_screens import AT_JOIN, BUSY, CUT_OFF, EMPTY, NOW, SIGNED_IN, SITE, Screen, at_join, busy
from tests.web.kiosk_visit import Kiosk
from tests.web.secured import register_all

Open = Callable[[], Page]
Shown = Iterator[tuple[Screen, Page]]
FEW = 9
FORGIVE = r"ERR_|Failed to fetch|aborted|the server responded with a status of 4\d\d"


@contextmanager
def _site(
    folder: Path, fill: Callable[[Plant], object], site: str = SITE
) -> Iterator[tuple[Plant, str, Callable[[int], None]]]:
    """A plant on Wednesday morning, its server's address, and what sends the server a signal."""
    with ExitStack() as running:
        plant = Plant(folder, site)
        running.callback(plant.close)
        fill(plant)
        plant.now = china(NOW)
        (plant.folder / "now").write_text(str(plant.now))
        server = served(running, plant, "--connected")
        yield plant, f"http://127.0.0.1:{server.port}", server.process.send_signal


def _on(
    folder: Path,
    new_page: Open,
    screens: tuple[Screen, ...],
    fill: Callable[[Plant], object],
    site: str = SITE,
) -> Shown:
    with _site(folder, fill, site) as (_, address, _):
        page = new_page()
        for screen in screens:
            screen.open(Kiosk(page, f"{address}/kiosk/{screen.station}"))
            yield screen, page


def _signed_in(folder: Path, new_page: Open) -> Shown:
    with _site(folder, busy) as (plant, address, _):
        crew = register_all(plant)
        with plant.ledger.write(plant.now) as tx:
            token = kiosks.enrol_here(tx, "sew-1", by="test", address="a", agent="b")
        page = new_page()
        page.context.add_cookies([{"name": KIOSK_COOKIE, "value": token, "url": address}])
        kiosk = Kiosk(page, f"{address}/kiosk/sew-1")
        yield Screen("nobody signed in", "sew-1"), page
        kiosk.wedge(crew["lead"].badge, "Enter")
        expect(page.locator(".kiosk-person b")).to_have_text("Li Lead")
        for screen in SIGNED_IN:
            screen.open(Kiosk(page, f"{address}/kiosk/sew-1"))
            yield screen, page


def _cut_off(folder: Path, new_page: Open) -> Shown:
    with _site(folder, busy) as (_, address, send_signal):
        kiosk = Kiosk(new_page(), f"{address}/kiosk/sew-1")
        kiosk.page.clock.install()
        send_signal(signal.SIGSTOP)
        try:
            kiosk.page.clock.fast_forward(70_000)
            for screen in CUT_OFF:
                screen.open(kiosk)
                yield screen, kiosk.page
        finally:
            send_signal(signal.SIGCONT)


KINDS: Mapping[str, Callable[[Path, Open], Shown]] = {
    "empty": lambda folder, new_page: _on(folder, new_page, EMPTY, bool),
    "busy": lambda folder, new_page: _on(folder, new_page, BUSY[:FEW], busy),
    "busy, over it": lambda folder, new_page: _on(folder, new_page, BUSY[FEW:], busy),
    "at a join": lambda folder, new_page: _on(folder, new_page, AT_JOIN, at_join, JOIN_SITE),
    "people": _signed_in,
    "cut off": _cut_off,
}
"""All screens of a kiosk in turn, each as it stands open; in parts, because a busy machine opens each in seconds."""
