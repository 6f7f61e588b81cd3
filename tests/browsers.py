"""One headless Chromium for each worker, and another one when that one hangs."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

import structlog
from playwright.sync_api import Browser, BrowserContext, Error, Playwright

CHROMIUM_FLAGS = [
    "--no-sandbox",  # Chromium refuses to start as root with it
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",  # containers give 64 MB of it
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
log = structlog.get_logger()


class Browsers:
    """The Chromium of a worker."""

    def __init__(self, playwright: Playwright, path: str, close_limit_s: float = 20) -> None:
        self.playwright = playwright
        self.path = path
        self.mark = f"--interlock-tests={os.getpid()}.{id(self)}."
        """On the command line of its process."""
        self._close_limit_s = close_limit_s
        self._browser: Browser | None = None

    @property
    def is_there(self) -> bool:
        return self._browser is not None and self._browser.is_connected()

    def current(self) -> Browser:
        """The one that runs, started when there is none."""
        if self._browser is None or not self.is_there:
            self._browser = self.playwright.chromium.launch(
                executable_path=self.path, args=[*CHROMIUM_FLAGS, self.mark]
            )
        return self._browser

    def close(self, visitor: BrowserContext) -> None:
        """End a visit. Now and then Chromium never ends one, on a busy machine above all: then it is killed itself."""
        timer = threading.Timer(self._close_limit_s, self._kill)
        timer.start()
        try:
            visitor.close()
        except Error:
            if self.is_there:
                raise
        finally:
            timer.cancel()
            timer.join()

    def _kill(self) -> None:
        log.warning("Chromium did not end a visit: killed", limit_s=self._close_limit_s)
        kill_whoever_has(self.mark)

    def close_all(self) -> None:
        if self._browser is not None:
            self._browser.close()


def kill_whoever_has(text: str, how: signal.Signals = signal.SIGKILL) -> None:
    """A signal to every process whose command line has the text in it."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError):
                if text.encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), how)
