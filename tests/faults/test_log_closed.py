"""Nobody reads the log any more: the pipe is closed, the disk full. Work goes on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from interlock.ports import free_port
from ledger.store import Ledger
from tests.factory import WORKED_SITE, site_folder
from tests.waiting import wait_for

SPEAKER = """
import sys
from interlock.logs import to_standard_error
log = to_standard_error("speaker")
log.info("heard")
for line in sys.stdin:
    try:
        raise RuntimeError("x" * 20_000)
    except RuntimeError:
        log.exception("said", line=line)
    print("went on", flush=True)
"""


def test_a_log_whose_reader_is_gone_stops_nothing() -> None:
    speaker = subprocess.Popen(
        [sys.executable, "-c", SPEAKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert speaker.stdin is not None
    assert speaker.stdout is not None
    assert speaker.stderr is not None
    assert "heard" in speaker.stderr.readline()
    speaker.stderr.close()
    for n in range(3):
        speaker.stdin.write(f"{n}\n")
        speaker.stdin.flush()
        assert speaker.stdout.readline() == "went on\n"
    speaker.stdin.close()
    assert speaker.wait(10) == 0
    speaker.stdout.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_log_on_a_full_disk_stops_nothing() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", SPEAKER],
            check=False,
            input="1\n2\n",
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
            timeout=30,
        )
    assert done.stdout == "went on\n" * 2


@contextmanager
def with_closed_log(*command: str) -> Iterator[None]:
    """A process of ours whose log has lost its reader before the first line; afterwards it is asked to end."""
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen([sys.executable, "-m", "interlock", *command], stdout=writer, stderr=writer)
    os.close(writer)
    try:
        yield
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def test_a_web_server_whose_log_is_closed_serves_and_ends_in_order(tmp_path: Path) -> None:
    port = free_port()
    folder = site_folder(tmp_path / "site", f"{WORKED_SITE}\n[web]\nport = {port}\n")

    def page() -> bytes:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/board/shirts", timeout=10) as answer:
                return bytes(answer.read())
        except OSError:
            return b""

    with with_closed_log("kiosk", str(folder)):
        wait_for(page, seconds=90, what="the web server to serve")
        with socket.create_connection(("127.0.0.1", port), timeout=10) as visitor:
            visitor.sendall(b"no request at all\r\n\r\n")  # of which the web server complains
            assert visitor.recv(100).startswith(b"HTTP/1.1 400")
        assert b"Shirts" in page()


def test_a_gateway_whose_log_is_closed_beats_and_ends_in_order(tmp_path: Path) -> None:
    broker = f'\n[broker]\nhost = "127.0.0.1"\nport = {free_port()}\n'
    folder = site_folder(tmp_path / "site", WORKED_SITE + broker)
    proved_at = "SELECT value FROM tallies WHERE name = 'proved_at'"
    with (
        closing(Ledger(folder / "ledger.db", create=True)) as ledger,
        with_closed_log("gateway", str(folder)),
    ):
        first = wait_for(lambda: ledger.row(proved_at), seconds=90, what="the gateway's first beat")
        wait_for(lambda: ledger.row(proved_at)[0] > first[0], seconds=30, what="its next one")
