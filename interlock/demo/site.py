"""The demo's site folder: the gearbox plant's configuration with this start's ports, written again each time."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interlock.opening import LEDGER_FILE
from station_config import BrokerSettings, WebSettings, write_template

TEMPLATE = "gearbox"
HOST = "127.0.0.1"
SMALL_BATCH = "batch = 1"
"""Of the first products every gearbox has a code of its own, other than in the template: so something is scanned every
ten seconds. The last one goes in batches as it does there: of those a part can be missing or spoilt."""
SMALL = 2
_ACCESS = """
[access]
# Only for a demo on one machine: visitors try everything without a login. Never write this into a plant's file.
without_login = "everything"
"""
_CONFIG_FILE = "site.toml"
_LOCK_FILE = "demo.lock"
_MARK = "# The demo factory's site: `interlock demo` writes this file again at each start.\n"
_TRIED_PORTS = 200
_BATCH_SIZE = re.compile(r"^batch = \d+$", re.MULTILINE)


class DemoFault(Exception):
    """One sentence: why the demo cannot start, and what to do."""


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A folder that is ready for the plant."""

    folder: Path
    web_port: int
    broker_port: int
    notes: tuple[str, ...]
    """What differs from the usual, each in a sentence."""


@contextmanager
def demo_site(folder: Path, port: int | None) -> Iterator[DemoSite]:
    """The demo's folder, made or taken up again; nobody else's demo has it meanwhile. Raises DemoFault."""
    if not _is_ours(folder):
        raise DemoFault(f"{folder} holds a site that is not the demo's: name another folder with --data.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK_FILE).open("a+")
    except OSError as fault:
        raise DemoFault(
            f"{folder} cannot be written ({fault.strerror}): name another folder with --data."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            who = lock.read().strip() or "unknown"
            raise DemoFault(
                f"The demo is running already in {folder} (process {who}): stop that one, or name another folder "
                "with --data."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield _write(folder, port)


def _is_ours(folder: Path) -> bool:
    """A folder without a site, or with the demo's."""
    try:
        return (folder / _CONFIG_FILE).read_text(encoding="utf-8", errors="replace").startswith(_MARK)
    except FileNotFoundError:
        return not (folder / LEDGER_FILE).exists()
    except NotADirectoryError:
        return True  # a file, as the attempt to make the folder will say
    except OSError:
        return False


def _write(folder: Path, port: int | None) -> DemoSite:
    notes: list[str] = []
    web_port = _web_port(port, notes)
    broker_port = _next_free(BrokerSettings().port, not_this=web_port)
    if broker_port != BrokerSettings().port:
        notes.append(f"Port {BrokerSettings().port} is taken: scanners connect to {broker_port}.")
    with tempfile.TemporaryDirectory() as elsewhere:
        example = write_template(TEMPLATE, Path(elsewhere)).read_text(encoding="utf-8")
    example = _BATCH_SIZE.sub(SMALL_BATCH, example, count=SMALL)
    text = f"{_MARK}\n{example}\n[web]\nport = {web_port}\n\n[broker]\nport = {broker_port}\n{_ACCESS}"
    written = folder / f"{_CONFIG_FILE}.new"
    written.write_text(text, encoding="utf-8")
    written.replace(folder / _CONFIG_FILE)
    return DemoSite(folder, web_port, broker_port, tuple(notes))


def _web_port(port: int | None, notes: list[str]) -> int:
    if port is not None:
        if not _is_free(port):
            raise DemoFault(f"Port {port} is taken by another program: name another with --port.")
        return port
    free = _next_free(WebSettings().port)
    if free != WebSettings().port:
        notes.append(f"Port {WebSettings().port} is taken: pages are served at {free}.")
    return free


def _next_free(first: int, *, not_this: int | None = None) -> int:
    for port in range(first, first + _TRIED_PORTS):
        if port != not_this and _is_free(port):
            return port
    raise DemoFault(f"All ports from {first} to {first + _TRIED_PORTS - 1} are taken: free one of them.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
