"""A full disk under a site that runs: told within seconds, nothing confirmed that is not stored, and over by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gateway.broker_address import BrokerAddress
from gateway.device import ScannerClient
from tests.broker_fixtures import Embedded
from tests.live_site import Site
from tests.waiting import wait_for

SMALL = "8m"
JUNK = "x" * 150


class Disk:
    """Where a site stands, to be filled and emptied: a small file system of its own where one may be mounted.

    Else the gateway runs with file functions that answer as those of a full disk do.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "disk"
        self.folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", self.folder]
        self.mounted = os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0
        self._ballast = self.folder / "ballast"

    def fill(self) -> None:
        """Until nothing more goes onto it."""
        if not self.mounted:
            self._ballast.touch()
            return
        with self._ballast.open("wb", buffering=0) as ballast:
            try:
                while ballast.write(b"\0" * 4096):
                    pass
            except OSError:
                pass

    def make_room(self) -> None:
        self._ballast.unlink()

    def gateway(self, site: Path) -> list[str | Path]:
        if self.mounted:
            return [sys.executable, "-m", "interlock", "gateway", site]
        return [sys.executable, Path(__file__).with_name("gateway_on_failing_disk.py"), site, self._ballast]

    def close(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.folder], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path)
    yield disk
    disk.close()


@pytest.fixture
def site(disk: Disk, embedded_broker: Embedded, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    site = Site(disk.folder / "site", embedded_broker)
    site.part("gateway")._command = disk.gateway(site.folder)
    site.plant.start()
    yield site
    site.plant.stop()
    site.is_whole()
    site.ledger.close()


@pytest.fixture
def scanner(site: Site) -> Iterator[ScannerClient]:
    broker = BrokerAddress(site.broker.host, site.broker.port)
    with closing(ScannerClient("e2e", broker, "full-disk", resend_after_s=1.0)) as client:
        client.connect()
        yield client


def healthy(site: Site) -> Any:
    return site.get("/healthy")


def stored(site: Site) -> set[str]:
    rows = site.ledger.rows(
        "SELECT event_id AS id FROM events UNION SELECT scan_id FROM refused UNION SELECT scan_id FROM same_scans"
    )
    return {row["id"] for row in rows}


def test_a_full_disk_is_told_and_nothing_is_confirmed_that_is_not_stored(
    disk: Disk, site: Site, scanner: ScannerClient, new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport=(1920, 1080))
    page.goto(f"{site.base}/board/parts")
    expect(page.locator("body[data-fresh=live]")).to_be_attached()
    assert healthy(site)["recording"] == "well"

    disk.fill()
    sent = [f"s{number}" for number in range(600)]
    for number, scan_id in enumerate(sent):
        code = site.codes[number] if number < len(site.codes) else f"NONE{number}{JUNK}"
        scanner.publish("scanner-cut", json.dumps({"id": scan_id, "code": code}).encode())
    wait_for(lambda: healthy(site)["recording"] == "unwritable", 5, "the word that nothing is recorded")
    expect(page.locator("#fresh")).to_contain_text("SCANS ARE NOT RECORDED", timeout=5_000)
    assert "make room" in healthy(site)["alarms"][0]
    assert scanner.unanswered > 0
    assert {scan_id for _, scan_id in scanner.answers} <= stored(site)
    assert site.get("/api/v1/board/parts")["links"]

    disk.make_room()
    wait_for(lambda: healthy(site)["recording"] == "well", 10, "the word that all is well")
    expect(page.locator("#fresh")).to_be_hidden(timeout=5_000)
    scanner.wait_all(20)
    assert set(sent) <= stored(site)
    assert max(site.recorded("s").values()) == 1
