"""What each link added to an order's lateness, from its scans: four orders worked by hand, and what late news changes.

The shirts line works 08:00-17:00 with a break 12:00-13:00. An order of 200, due Wednesday 17:00, is planned to leave
Cutting by Wednesday 10:00, Sewing by 14:00, Packing by 16:00; the buffers after Cutting and Sewing are an hour
each, and so is the ship buffer. All minutes are the line's working minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger import corrections
from ledger.checking import faults
from ledger.corrections import Scrap
from ledger.flags import Tap
from shopfloor.orders import Order
from tests.factory import Plant, china
from tests.ledger.planners import Planners
from tests.ledger.recorded import JOIN_SITE

DEVICES = {"cut": "scanner-cut", "sew": "scanner-sew", "pack": "scanner-pack"}


def hand_on(plant: Plant, device: str, code: str, at: str) -> None:
    """Received half a minute before, and given at a day of November and time of day."""
    for ahead_ms in (30_000, 0):
        plant.now = china(at) - ahead_ms
        assert plant.scan(device, code).result == "recorded"


def pass_through(plant: Plant, finishes: Mapping[str, str]) -> None:
    """Each batch through each link, all at the link's finish."""
    for link, at in finishes.items():
        for code in plant.codes():
            hand_on(plant, DEVICES[link], code, at)


def figures(plant: Plant, order: str = "A-1") -> dict[str, tuple[int, int, int, int]]:
    """For each link: late, inherited, own, and what the buffer before it absorbed; minutes."""
    rows = plant.ledger.rows('SELECT * FROM delays WHERE "order" = ?', (order,))
    return {
        row["link"]: (row["late_min"], row["inherited_min"], row["own_min"], row["absorbed_min"])
        for row in rows
    }


BY_HAND = {
    # Cutting two hours late, an hour absorbed; Sewing half an hour more, an hour absorbed; Packing a quarter more.
    "each a little": (
        {"cut": "25 12:00", "sew": "25 15:30", "pack": "25 16:45"},
        {"cut": (120, 0, 120, 0), "sew": (90, 60, 30, 60), "pack": (45, 30, 15, 60)},
    ),
    # Cutting two hours late; Sewing makes up 40 minutes of the 60 that it inherits; the buffer takes the rest.
    "one made up for another": (
        {"cut": "25 12:00", "sew": "25 14:20", "pack": "25 16:00"},
        {"cut": (120, 0, 120, 0), "sew": (20, 60, -40, 60), "pack": (0, 0, 0, 0)},
    ),
    # Cutting is 30 minutes late over the break (11:30 and the break to 13:00 are the same), the buffer takes it;
    # Sewing is three working hours late over the night: 14:00 to 17:00; Packing gives on Thursday at 09:00, 2 h late.
    "over a break and a night": (
        {"cut": "25 10:30", "sew": "25 17:00", "pack": "26 09:00"},
        {"cut": (30, 0, 30, 0), "sew": (180, 0, 180, 0), "pack": (120, 120, 0, 60)},
    ),
    # Everybody an hour early.
    "early": (
        {"cut": "25 09:00", "sew": "25 12:00", "pack": "25 15:00"},
        {"cut": (-60, 0, -60, 0), "sew": (-60, 0, -60, 0), "pack": (-60, 0, -60, 0)},
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_an_order_worked_by_hand(plant: Plant, name: str) -> None:
    finishes, expected = BY_HAND[name]
    pass_through(plant, finishes)
    assert figures(plant) == expected
    assert faults(plant.ledger) == []


def test_what_comes_late_from_a_branch_counts_and_not_the_earlier_one(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "site", JOIN_SITE)
    try:
        plant.release(Order("G-1", "gears", "gear", 60, china("25 17:00")))
        # Fitting is planned 13:00-16:00's last hour; Turning and Casting have no buffer: needed when it begins.
        planned = {
            row["link"]: row["at"]
            for row in plant.ledger.rows(
                "SELECT link, MAX(end_at) AS at FROM targets WHERE \"order\" = 'G-1' GROUP BY link"
            )
        }
        assert (planned["turn"], planned["cast"], planned["fit"]) == (
            china("25 15:00"),
            china("25 15:00"),
            china("25 16:00"),
        )
        assert plant.scan("scanner-steel", "G-1", "25 09:01").result == "recorded"
        for device, at in (
            ("scanner-turn", "25 15:20"),  # 20 minutes late
            ("scanner-cast", "25 15:50"),  # 50 minutes late: it decides
            ("scanner-fit", "25 16:40"),
        ):
            for code in plant.codes("G-1"):
                hand_on(plant, device, code, at)
        found = figures(plant, "G-1")
        assert found["turn"][0] == 20
        assert found["cast"] == (50, 0, 50, 0)
        assert found["fit"] == (40, 50, -10, 0)
        row = plant.ledger.rows("SELECT controlled_by FROM delays WHERE link = 'fit'")[0]
        assert row["controlled_by"] == "cast"
        assert faults(plant.ledger) == []
    finally:
        plant.close()


def test_handoffs_are_counted_on_the_day_of_their_targets(plant: Plant) -> None:
    codes = plant.codes()
    # Cutting owes 40 by Tuesday 15:00, 16:00, 17:00 and Wednesday 09:00, 10:00: two batches each.
    for at, place in (("24 14:30", 0), ("24 15:30", 1), ("24 15:40", 2), ("24 15:50", 3), ("25 08:10", 4)):
        hand_on(plant, "scanner-cut", codes[place], at)
    assert days(plant, "cut") == {}
    for code in codes[5:]:
        hand_on(plant, "scanner-cut", code, "25 08:50")
    # Late are the second, the fifth and the sixth, all three Tuesday's.
    assert days(plant, "cut") == {"2026-11-24": (6, 3), "2026-11-25": (4, 0)}


def days(plant: Plant, link: str) -> dict[str, tuple[int, int]]:
    rows = plant.ledger.rows("SELECT on_day, due, late FROM link_days WHERE link = ?", (link,))
    return {row["on_day"]: (row["due"], row["late"]) for row in rows}


def sums(plant: Plant) -> dict[str, Any]:
    return {
        row["link"]: row for row in plant.ledger.rows("SELECT * FROM link_days WHERE on_day = '2026-11-25'")
    }


def test_an_undone_give_takes_the_finish_back_with_all_that_was_counted(plant: Plant) -> None:
    pass_through(plant, {"cut": "25 12:00", "sew": "25 15:30", "pack": "25 16:45"})
    assert sums(plant)["pack"]["own_min"] == 15
    last = plant.ledger.rows("SELECT event_id FROM events WHERE kind = 'given' ORDER BY sequence DESC")[0]
    tap = Tap("undo-1", "pack-1", china("25 16:50"))
    corrections.undo(
        plant.ledger, plant.recorder, tap, event_id=last["event_id"], why="wrong batch", now=tap.at
    )
    assert set(figures(plant)) == {"cut", "sew"}
    assert "pack" not in sums(plant)
    plant.scan("scanner-pack", plant.codes()[-1], "26 08:15")
    assert figures(plant)["pack"][0] == 75
    assert faults(plant.ledger) == []


def test_what_was_finished_before_a_plan_was_made_anew_is_measured_by_the_plan_that_it_worked_to(
    planners: Planners,
) -> None:
    plant = planners.plant
    planners.draft()
    planners.agree()
    pass_through(plant, {"cut": "25 12:00"})
    plant.now = china("25 13:00")
    planners.propose("27 17:00")
    planners.agree()
    pass_through(plant, {"sew": "27 14:30"})
    assert figures(plant)["cut"] == (120, 0, 120, 0)
    # Sewing works to the new plan, by Friday 14:00.
    assert figures(plant)["sew"][0] == 30


def test_what_the_next_link_rejects_was_not_given_the_last_good_unit_finishes(plant: Plant) -> None:
    first, *rest = plant.codes()
    pass_through(plant, {"cut": "25 09:00"})
    for code in (first, *rest[:-1]):
        hand_on(plant, "scanner-sew", code, "25 13:00")
    hand_on(plant, "scanner-sew", rest[-1], "25 14:30")
    assert plant.scan("scanner-pack", first, "25 14:40").result == "recorded"
    tap = Tap("reject-1", "pack-1", china("25 14:50"))
    what = Scrap(first, 20, "seams", giver="sew")
    corrections.scrap(plant.ledger, plant.recorder, tap, what, now=tap.at)
    for code in rest:
        hand_on(plant, "scanner-pack", code, "25 16:00")
    # Without the rejected 20 the 180 that are left were all given at 14:30; planned was 14:00.
    assert figures(plant)["sew"][0] == 30
    assert faults(plant.ledger) == []
