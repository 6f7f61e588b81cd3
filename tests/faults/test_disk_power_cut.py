"""A power cut, at any moment of any write: what was confirmed is there, and the record is whole."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ledger.checking import faults
from ledger.store import Ledger
from tests.factory import Plant, worked_order
from tests.faults.failing_disk import FailingDisk


class Lights:
    """Takes copies of the disk as power cuts at every n-th write or sync would leave it, and what was confirmed."""

    def __init__(self, disk: FailingDisk, folder: Path, seed: int, every: int) -> None:
        self.confirmed: list[str] = []
        self.cuts: list[tuple[Path, list[str]]] = []
        self._disk, self._folder, self._every = disk, folder, every
        self._luck = random.Random(seed)  # noqa: S311  # a test's own luck
        self._steps = 0

    def step(self) -> None:
        self._steps += 1
        if self._steps % self._every == 0:
            place = self._folder / f"cut-{self._steps}"
            self._disk.power_cut(place, self._luck)
            self.cuts.append((place, list(self.confirmed)))


def work(folder: Path, lights: Lights, disk: FailingDisk) -> None:
    """Scans one commit after the other, with the log taken up now and then."""
    plant = Plant(folder)
    plant.release(worked_order())
    disk.before = lights.step
    for number, code in enumerate(plant.codes()):
        for device in ("scanner-cut", "scanner-sew", "scanner-pack"):
            plant.now += 60_000
            scan_id = f"{device}-{number}"
            if plant.scan(device, code, scan_id=scan_id).result == "recorded":
                lights.confirmed.append(scan_id)
        if number % 3 == 2:
            plant.ledger.checkpoint()
    disk.before = lambda: None
    plant.close()


LONG = (pytest.mark.faults_long, pytest.mark.timeout(600))


@pytest.mark.parametrize("journal", ["log", "rollback journal"])
@pytest.mark.parametrize(
    ("seed", "every"),
    [(1, 11), (2, 13), *(pytest.param(seed, 5, marks=LONG) for seed in range(3, 7))],
)
def test_what_was_confirmed_outlives_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal: str, seed: int, every: int
) -> None:
    if journal != "log":
        monkeypatch.setattr("ledger.store.FIRST_SAFE_WAL", (9, 9, 9))
    disk = FailingDisk()
    lights = Lights(disk, tmp_path, seed, every)
    with disk.installed():
        work(tmp_path / "site", lights, disk)
    assert len(lights.cuts) > 20
    assert len(lights.confirmed) == 30
    for place, confirmed in lights.cuts:
        ledger = Ledger(place / "ledger.db")
        stored = {row["event_id"] for row in ledger.rows("SELECT event_id FROM events")}
        assert set(confirmed) <= stored, f"lost at {place.name}"
        assert faults(ledger) == [], place.name
        ledger.close()
