"""A whole site on this machine: broker, gateway and web server, each a process, restarted when it ends."""

from __future__ import annotations

import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from gateway.broker_address import BrokerAddress
from interlock.broker import BrokerFault
from interlock.child import start_child, stop_child
from interlock.opening import broker_address, embedded_broker, open_config, open_ledger
from interlock.ports import why_not_listen
from interlock.waiting import true_within
from station_config import SiteConfig

START_LIMIT_S = 60.0
"""A small computer that is busy takes its time; a part that ends meanwhile is told at once."""
RESTART_AFTER_S = 1.0
"""A part that ends again and again is started at most this often."""

log = structlog.get_logger(__name__)


class PlantFault(Exception):
    """One sentence: what could not be started, and why."""


class Part:
    """One process of the site."""

    def __init__(self, name: str, command: list[str | Path], log_folder: Path | None) -> None:
        self.name = name
        self._command = command
        self._log_file = None if log_folder is None else log_folder / f"{name}.log"
        self._child: subprocess.Popen[bytes] | None = None
        self._started_s = 0.0

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        self._started_s = time.monotonic()
        if self._log_file is None:
            self._child = start_child(self._command)
            return
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("ab") as output:
            self._child = start_child(self._command, log=output)

    def restart_if_ended(self) -> None:
        if self.alive or time.monotonic() - self._started_s < RESTART_AFTER_S:
            return
        code = self._child.returncode if self._child else None
        log.error("ended and is started again", part=self.name, exit_code=code)
        self.start()

    def stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            stop_child(child)

    def last_words(self) -> str:
        """What it said at its end, for a sentence."""
        if self._log_file is None or not self._log_file.exists():
            return "it says why above"
        lines = self._log_file.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


class Plant:
    """A context manager: serving inside, stopped in order after. Start it from the main thread."""

    def __init__(self, folder: Path, *, log_folder: Path | None = None) -> None:
        self.folder = folder
        self.config: SiteConfig = open_config(folder)
        settings = self.config.broker
        self.broker: BrokerAddress = broker_address(folder, self.config)
        self.parts = tuple(
            Part(name, [sys.executable, "-m", "interlock", name, folder], log_folder)
            for name in ("gateway", "kiosk")
        )
        self._broker = embedded_broker(folder, settings) if settings.embedded else None

    @property
    def web_address(self) -> str:
        """Where a browser on this machine finds the first page."""
        listen = self.config.web.listen
        host = "127.0.0.1" if listen in ("0.0.0.0", "::") else listen  # noqa: S104  # read, not listened on
        scheme = "http" if self.config.web.tls_certificate is None else "https"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.config.web.port}"

    def start(self) -> None:
        """Start all parts; returns when pages are served. PlantFault when one cannot start."""
        # Asked first: what answers there later would be taken for our own server.
        web = self.config.web
        why_not = why_not_listen(web.listen, web.port)
        if why_not is not None:
            raise PlantFault(
                f"Pages cannot be served on {web.listen}:{web.port} ({why_not}): end the program that has this port,"
                " or give the site another one, [web] port in site.toml."
            )
        # Made and migrated here, before two processes could do it at once.
        open_ledger(self.folder, create=True).close()
        try:
            if self._broker is not None:
                self._broker.start()
            for part in self.parts:
                part.start()
            self._wait_until_served()
        except BrokerFault as fault:
            self.stop()
            raise PlantFault(str(fault)) from None
        except BaseException:
            self.stop()
            raise

    def check(self) -> None:
        """Start again what has ended; to be called about once a second."""
        if self._broker is not None:
            try:
                self._broker.tend()
            except BrokerFault as fault:
                log.error("cannot be started, will be tried again", part="broker", why=str(fault))  # noqa: TRY400  # one sentence says it
        for part in self.parts:
            part.restart_if_ended()

    def stop(self) -> None:
        """Stop all parts, the last started first. What was confirmed is on disk."""
        for part in reversed(self.parts):
            part.stop()
        if self._broker is not None:
            self._broker.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _serves(self) -> bool:
        try:
            address, trust = f"{self.web_address}/healthy", self._own_certificate()
            with urllib.request.urlopen(address, timeout=1, context=trust) as answer:  # noqa: S310  # our own address
                return bool(answer.status == 200)  # noqa: PLR2004  # OK
        except (urllib.error.URLError, OSError):
            return False

    def _own_certificate(self) -> ssl.SSLContext | None:
        """Our own server shows exactly its certificate, whatever name it has."""
        certificate = self.config.web.tls_certificate
        if certificate is None:
            return None
        context = ssl.create_default_context(cafile=str(certificate))
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    def _wait_until_served(self) -> None:
        def is_served() -> bool:
            if self._serves():
                return True
            for part in self.parts:
                if not part.alive:
                    raise PlantFault(f"the {part.name} ended at its start: {part.last_words()}")
            return False

        if not true_within(START_LIMIT_S, is_served):
            raise PlantFault(
                f"the web server did not answer at {self.web_address} within {START_LIMIT_S:g} s"
            )
