"""A disk that is full, fails or cannot sync: nothing is confirmed that is not on it, and it goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import reading
from ledger.checking import faults
from ledger.errors import LedgerUnavailable
from tests.factory import Plant, worked_order
from tests.faults.failing_disk import FULL, IOERR_FSYNC, IOERR_WRITE, OK, READONLY, FailingDisk


@pytest.fixture
def disk() -> Iterator[FailingDisk]:
    with FailingDisk().installed() as disk:
        yield disk
        disk.on_write = disk.on_sync = OK


@pytest.fixture
def plant(disk: FailingDisk, tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "site")
    plant.release(worked_order())
    yield plant
    disk.on_write = disk.on_sync = OK
    assert faults(plant.ledger) == []
    plant.close()


def scan(plant: Plant, number: int) -> str:
    return plant.scan("scanner-cut", plant.codes()[number], f"24 14:1{number}", scan_id=f"a{number}").result


WRITES = {"full": FULL, "failing": IOERR_WRITE, "read-only": READONLY}


@pytest.mark.parametrize("fault", WRITES.values(), ids=WRITES)
def test_a_disk_that_takes_no_write_confirms_nothing_and_is_read_on(
    disk: FailingDisk, plant: Plant, fault: int
) -> None:
    assert scan(plant, 0) == "recorded"
    disk.on_write = fault
    for _ in range(3):
        with pytest.raises(LedgerUnavailable, match="nothing was recorded"):
            scan(plant, 1)
        with pytest.raises(LedgerUnavailable):
            plant.ledger.prove_writable(plant.now)
        plant.ledger.checkpoint()
        assert reading.last_sequence(plant.ledger) == 2
    disk.on_write = OK
    plant.ledger.prove_writable(plant.now)
    assert [scan(plant, 1), scan(plant, 1), scan(plant, 0)] == ["recorded", "duplicate", "duplicate"]


def test_after_a_sync_that_failed_the_connection_is_given_up(disk: FailingDisk, plant: Plant) -> None:
    assert scan(plant, 0) == "recorded"
    before = plant.ledger._connection
    disk.on_sync = IOERR_FSYNC
    with pytest.raises(LedgerUnavailable):
        scan(plant, 1)
    assert disk.syncs_failed
    disk.on_sync = OK
    # The other connection may find the scan in the log: then it is there once, and told as a duplicate.
    assert scan(plant, 1) in ("recorded", "duplicate")
    assert plant.ledger._connection is not before
    with pytest.raises(Exception, match="closed"):
        before.execute("SELECT 1")
    assert len(plant.ledger.rows("SELECT 1 FROM events WHERE event_id = 'a1'")) == 1


def test_a_disk_that_fails_on_and_on_is_tried_again_and_again(disk: FailingDisk, plant: Plant) -> None:
    disk.on_sync = disk.on_write = IOERR_FSYNC
    for _ in range(5):
        with pytest.raises(LedgerUnavailable):
            scan(plant, 1)
    disk.on_sync = disk.on_write = OK
    assert scan(plant, 1) in ("recorded", "duplicate")


def test_a_sync_that_fails_while_the_log_is_taken_up_loses_nothing(disk: FailingDisk, plant: Plant) -> None:
    assert scan(plant, 0) == "recorded"
    disk.on_sync = IOERR_FSYNC
    plant.ledger.checkpoint()
    disk.on_sync = OK
    assert scan(plant, 1) == "recorded"
    plant.ledger.checkpoint()
    assert scan(plant, 0) == "duplicate"
