"""The oracle sees what it is there to see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfloor.scans import Scan
from tests.factory import Plant, china, worked_order
from tests.faults.oracle import broken_promises

RECEIVED_AGAIN = """
INSERT INTO events SELECT 4, 'b', kind, occurred_at, recorded_at, source, station, link, "order", batch,
                          quantity, reason, person, detail, prev_hash, hash FROM events WHERE sequence = 2
"""


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """One batch was received and given, by scans 1 and 2 of a device."""
    plant = Plant(tmp_path / "site")
    plant.release(worked_order())
    for seq, at in enumerate((china("24 14:00"), china("24 14:10")), start=1):
        scan = Scan("scanner-cut", plant.codes()[0], at, scan_id=f"a{seq}", seq=seq)
        plant.recorder.record([scan], at)
    yield plant
    plant.close()


def test_a_whole_record_breaks_no_promise(plant: Plant) -> None:
    told = broken_promises(plant.ledger, confirmed=["a1", "a2"], sequences={"scanner-cut": 2})
    assert told == []


def test_a_scan_that_was_confirmed_and_is_not_there(plant: Plant) -> None:
    assert broken_promises(plant.ledger, confirmed=["a1", "a3"]) == [
        "1 scans were confirmed and are not stored: ['a3']"
    ]


def test_a_gap_in_a_devices_count(plant: Plant) -> None:
    assert broken_promises(plant.ledger, sequences={"scanner-cut": 3}) == [
        "scanner-cut counted to 3, missing are [3]"
    ]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (RECEIVED_AGAIN, "is recorded 2 times"),
        ("UPDATE hour_counts SET given = given + 1 WHERE given > 0", "the board shows 1 hours"),
        ("UPDATE positions SET given_at = NULL", "positions differs from the events"),
        ("UPDATE events SET source = 'nobody' WHERE sequence = 2", "event 2 was changed"),
        ("DELETE FROM events WHERE sequence = 2", "event 2 is missing"),
    ],
)
def test_a_record_that_was_spoilt(plant: Plant, spoil: str, told: str) -> None:
    with plant.ledger.write(plant.now) as tx:
        for trigger in ("events_are_never_changed", "events_are_never_deleted"):
            tx.run(f"DROP TRIGGER {trigger}")
        tx.run(spoil)
    assert any(told in sentence for sentence in broken_promises(plant.ledger))
