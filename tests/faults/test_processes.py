"""Processes of a site: one that dies is started again, none outlives its parent, and a stop is a clean one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.ports import free_port
from tests.factory import WORKED_SITE
from tests.waiting import wait_for


class RunningSite:
    """`interlock run` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.web, self.mqtt = free_port(), free_port()
        folder.mkdir()
        ports = f"[web]\nport = {self.web}\n[broker]\nport = {self.mqtt}\n"
        (folder / "site.toml").write_text(WORKED_SITE + ports)
        self.said = folder / "said"
        with self.said.open("wb") as output:
            command = [sys.executable, "-m", "interlock", "run", str(folder)]
            self.process = subprocess.Popen(command, stdout=output, stderr=output)

    def wait_until_it_serves(self) -> None:
        wait_for(lambda: b"scanners at" in self.said.read_bytes(), seconds=60, what="the site to serve")

    def children(self) -> dict[int, str]:
        """Command lines of its processes."""
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(stat.read_text().rpartition(")")[2].split()[1]) == self.process.pid:
                    found[int(stat.parent.name)] = (stat.parent / "cmdline").read_text().replace("\0", " ")
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found

    def child(self, word: str) -> int:
        return next(pid for pid, command in self.children().items() if word in command)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web}/healthy", timeout=2) as answer:
                return b'"broker_connected":true' in answer.read()
        except (urllib.error.URLError, OSError):
            return False


def is_gone(pid: int) -> bool:
    """Ended, or ended and waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RunningSite]:
    site = RunningSite(tmp_path / "site")
    try:
        site.wait_until_it_serves()
        yield site
    finally:
        site.process.kill()
        site.process.wait()


@pytest.mark.parametrize("part", ["nats-server", "interlock gateway", "kiosk_main"])
def test_a_part_that_is_killed_comes_back(site: RunningSite, part: str) -> None:
    wait_for(site.healthy, what="the site to be healthy")
    killed = site.child(part)
    os.kill(killed, signal.SIGKILL)
    wait_for(
        lambda: any(part in c for pid, c in site.children().items() if pid != killed), what=f"{part} again"
    )
    wait_for(site.healthy, seconds=20, what="the site to be healthy again")


def test_a_stop_leaves_nothing_running_and_says_nothing_alarming(site: RunningSite) -> None:
    wait_for(site.healthy, what="the site to be healthy")
    children = list(site.children())
    assert len(children) == 3
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(15) == 0
    assert all(is_gone(pid) for pid in children)
    said = site.said.read_text()
    assert "Stopped." in said
    assert "Traceback" not in said
    assert "error" not in said


def test_nothing_outlives_a_parent_that_was_killed(site: RunningSite) -> None:
    children = list(site.children())
    site.process.kill()
    wait_for(lambda: all(is_gone(pid) for pid in children), what="the parts to end with their parent")


def test_a_port_that_is_taken_is_one_sentence(site: RunningSite, tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    text = WORKED_SITE + f"[web]\nport = {site.web}\n[broker]\nport = {free_port()}\n"
    (second / "site.toml").write_text(text)
    command = [sys.executable, "-m", "interlock", "run", str(second)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)
    assert ended.returncode == 1
    assert f"Pages cannot be served on 127.0.0.1:{site.web} (Address already in use)" in ended.stderr
    assert "Traceback" not in ended.stderr
