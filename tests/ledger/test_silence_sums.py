"""Silence moves minutes in the sums of a period, as on the order's page; a flag that was wrong moves nothing.

Cutting's last 40 are planned for Wednesday 10:00 and needed by 11:30: Sewing is silent from 11:45 on. They come at
14:45: 225 working minutes late, 120 of them since 11:45, for the break from 12:00 to 13:00 is no time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger import corrections, delay_reading
from ledger.checking import faults
from ledger.flags import Tap
from shopfloor.scans import Scan
from tests.factory import WORKED_SITE, Plant, china, worked_order
from tests.ledger.flagging import Flagging
from tests.ledger.test_delays import hand_on

QUARTER = f'{WORKED_SITE}\n[flags]\nsilence_share = "1/4"\n'


def sums(plant: Plant, first: int = 23, last: int = 29) -> dict[str, tuple[int, int, int]]:
    """For each link: own minutes, those that others share, and those that it took for silence; November days."""
    rows = delay_reading.sums(plant.ledger, "shirts", date(2026, 11, first), date(2026, 11, last))
    return {row["link"]: (row["own_min"], row["shared_min"], row["silent_min"]) for row in rows}


def cut_is_late(flagging: Flagging) -> int:
    """The last two batches of Cutting come late; Packing speaks, Sewing does not. The flag for the silent."""
    plant = flagging.plant
    codes = plant.codes()
    for code in codes[:8]:
        hand_on(plant, "scanner-cut", code, "25 09:00")
    flagging.raise_("pack-1", "sew", "25 11:44")
    flagging.turn("25 11:46")
    for code in codes[8:]:
        hand_on(plant, "scanner-cut", code, "25 14:45")
    (row,) = plant.ledger.rows("SELECT flag FROM flags WHERE silent")
    return int(row["flag"])


def test_the_silent_link_takes_half_of_what_grew_and_the_sum_stays(flagging: Flagging, plant: Plant) -> None:
    cut_is_late(flagging)
    assert sums(plant) == {"cut": (225, 60, 0), "sew": (0, 0, 60)}
    assert faults(plant.ledger) == []


def test_what_moves_counts_on_the_day_of_the_late_part_on_both_sides(
    flagging: Flagging, plant: Plant
) -> None:
    cut_is_late(flagging)
    assert sums(plant, 25, 25) == {"cut": (225, 60, 0), "sew": (0, 0, 60)}
    assert all(minutes == (0, 0, 0) for minutes in sums(plant, 26, 29).values())


@pytest.fixture
def quarter(tmp_path: Path) -> Iterator[Flagging]:
    plant = Plant(tmp_path / "site", QUARTER)
    plant.release(worked_order())
    yield Flagging(plant)
    plant.close()


def test_the_share_is_the_sites(quarter: Flagging) -> None:
    cut_is_late(quarter)
    assert sums(quarter.plant) == {"cut": (225, 30, 0), "sew": (0, 0, 30)}


def test_a_flag_that_a_supervisor_overturns_afterwards_moves_nothing(
    flagging: Flagging, plant: Plant
) -> None:
    codes = plant.codes()
    for code in codes[:8]:
        hand_on(plant, "scanner-cut", code, "25 09:00")
    flagging.turn("25 11:46")
    (row,) = plant.ledger.rows("SELECT flag FROM flags WHERE silent AND link = 'cut'")
    flagging.dispute("cut-1", row["flag"], "25 11:50")
    for code in codes[8:]:
        hand_on(plant, "scanner-cut", code, "25 14:45")
    assert sums(plant)["sew"] == (0, 0, 60)
    flagging.rule(row["flag"], "overturned", "25 15:00")
    assert sums(plant) == {"cut": (225, 0, 0)}
    assert faults(plant.ledger) == []


def test_late_news_that_shows_there_was_no_silence_takes_the_share_back(
    flagging: Flagging, plant: Plant
) -> None:
    """The last two were given at 11:00, by a scanner that had no network until 15:00."""
    flag = cut_is_late(flagging)
    for number, code in enumerate(plant.codes()[8:]):
        for step in (0, 1):
            at = china("25 10:58") + (2 * number + step) * 20_000
            scan = Scan(
                "scanner-cut", code, china("25 15:00"), f"off-{number}-{step}", at, 10 + 2 * number + step
            )
            plant.recorder.record([scan], china("25 15:00"))
    assert flagging.row(flag)["note"] is not None
    assert sums(plant) == {"cut": (59, 0, 0)}
    assert faults(plant.ledger) == []


def test_a_finish_that_is_taken_back_takes_the_shares_back(flagging: Flagging, plant: Plant) -> None:
    cut_is_late(flagging)
    last = plant.ledger.rows("SELECT event_id FROM events WHERE kind = 'given' ORDER BY sequence DESC")[0]
    tap = Tap("undo-1", "cut-1", china("25 14:50"))
    corrections.undo(
        plant.ledger, plant.recorder, tap, event_id=last["event_id"], why="wrong batch", now=tap.at
    )
    assert all(minutes == (0, 0, 0) for minutes in sums(plant).values())
    # The same silence goes on until it is there for good: 15:45, an hour more and half of it is Sewing's.
    plant.scan("scanner-cut", plant.codes()[-1], "25 15:45")
    assert sums(plant) == {"cut": (285, 90, 0), "sew": (0, 0, 90)}
    assert faults(plant.ledger) == []
