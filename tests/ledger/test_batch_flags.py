"""Flags for one batch: it never came, it came short, it was rejected."""

from __future__ import annotations

import pytest

from ledger import corrections
from ledger.checking import faults
from ledger.corrections import Scrap
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.scans import Scan
from tests.factory import Plant, china
from tests.ledger.flagging import Flagging


@pytest.fixture
def code(plant: Plant) -> str:
    """A batch that cutting received at 10:00 and gave at 10:02."""
    first: str = plant.codes()[0]
    plant.scan("scanner-cut", first, "24 10:00")
    plant.scan("scanner-cut", first, "24 10:02")
    return first


def reject(plant: Plant, batch: str, units: int, at: str) -> None:
    corrections.scrap(
        plant.ledger,
        plant.recorder,
        Tap(f"scrap {at}", "sew-1", china(at)),
        Scrap(batch, units, "stained", "cut"),
        now=china(at),
    )


def test_a_batch_that_was_given_and_never_came_is_flagged_until_it_comes(
    flagging: Flagging, plant: Plant, code: str
) -> None:
    flag = flagging.raise_batch("sew-1", code, "24 10:20")
    row = flagging.row(flag)
    assert (row["kind"], row["batch"], row["link"], row["quantity"]) == ("batch", code, "cut", 20)
    plant.scan("scanner-cut", plant.codes()[1], "24 10:25")
    plant.scan("scanner-cut", plant.codes()[1], "24 10:26")
    assert flagging.state(flag) == "raised"
    plant.scan("scanner-sew", code, "24 10:40")
    assert flagging.state(flag) == "resolved"


def test_a_give_that_is_taken_back_leaves_the_flag_until_the_batch_comes(
    flagging: Flagging, plant: Plant, code: str
) -> None:
    flag = flagging.raise_batch("sew-1", code, "24 10:20")
    given = plant.ledger.rows("SELECT event_id FROM events WHERE kind = 'given'")[0]["event_id"]
    corrections.undo(
        plant.ledger,
        plant.recorder,
        Tap("undo", "cut-1", china("24 10:30")),
        event_id=given,
        why="it is still here",
        now=china("24 10:30"),
    )
    assert flagging.state(flag) == "raised"
    plant.scan("scanner-cut", code, "24 10:50")
    plant.scan("scanner-sew", code, "24 10:55")
    assert flagging.state(flag) == "resolved"


def test_a_receipt_that_arrives_late_shows_the_flag_to_have_been_wrong(
    flagging: Flagging, plant: Plant, code: str
) -> None:
    flag = flagging.raise_batch("sew-1", code, "24 10:20")
    plant.recorder.record(
        [Scan("scanner-sew", code, china("24 10:40"), "late-1", china("24 10:05"), 1)], china("24 10:40")
    )
    assert flagging.state(flag) == "resolved"
    assert flagging.row(flag)["note"] == "turned out wrong: received 10:05, recorded 10:40"


def test_what_came_short_is_flagged_and_owed_again(flagging: Flagging, plant: Plant, code: str) -> None:
    plant.scan("scanner-sew", code, "24 10:20", quantity=17)
    flag = flagging.raise_batch("sew-1", code, "24 10:21")
    row = flagging.row(flag)
    assert (row["kind"], row["quantity"], row["cumulative"]) == ("short", 3, 20)
    plant.scan("scanner-cut", plant.codes()[1], "24 10:30")
    plant.scan("scanner-cut", plant.codes()[1], "24 10:31")
    assert flagging.state(flag) == "resolved"


def test_what_was_rejected_is_flagged_and_owed_again(flagging: Flagging, plant: Plant, code: str) -> None:
    plant.scan("scanner-sew", code, "24 10:20")
    reject(plant, code, 5, "24 10:25")
    flag = flagging.raise_batch("sew-1", code, "24 10:26")
    row = flagging.row(flag)
    assert (row["kind"], row["quantity"], row["cumulative"]) == ("rejected", 5, 20)
    plant.scan("scanner-cut", plant.codes()[1], "24 10:30")
    assert flagging.state(flag) == "raised"
    plant.scan("scanner-cut", plant.codes()[1], "24 10:31")
    assert flagging.state(flag) == "resolved"


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("short", "was not received yet"),
        ("rejected", "was not received yet"),
        ("hour", "no kind of flag for a batch"),
        ("lost", "no kind of flag for a batch"),
    ],
)
def test_what_is_not_so_is_not_flagged(flagging: Flagging, code: str, kind: str, sentence: str) -> None:
    with pytest.raises(RuleRefused, match=sentence):
        flagging.raise_batch("sew-1", code, "24 10:20", kind=kind)


def test_a_batch_that_was_received_or_never_given_is_not_missing(
    flagging: Flagging, plant: Plant, code: str
) -> None:
    plant.scan("scanner-sew", code, "24 10:10")
    with pytest.raises(RuleRefused, match="was received"):
        flagging.raise_batch("sew-1", code, "24 10:20")
    with pytest.raises(RuleRefused, match="has not given"):
        flagging.raise_batch("sew-1", plant.codes()[1], "24 10:21")
    with pytest.raises(RuleRefused, match="is no batch of this line"):
        flagging.raise_batch("sew-1", "nothing", "24 10:22")
    with pytest.raises(RuleRefused, match="is a first link"):
        flagging.raise_batch("cut-1", code, "24 10:23")


def test_one_flag_for_a_batch_at_a_time_and_the_same_tap_is_the_same_flag(
    flagging: Flagging, code: str
) -> None:
    flag = flagging.raise_batch("sew-1", code, "24 10:20", tap_id="one")
    assert flagging.raise_batch("sew-1", code, "24 10:21", tap_id="one") == flag
    with pytest.raises(RuleRefused, match="is flagged for"):
        flagging.raise_batch("sew-1", code, "24 10:22")


def test_a_flag_for_a_batch_stands_beside_the_one_for_the_hour(flagging: Flagging, code: str) -> None:
    batch, hour = flagging.raise_batch("sew-1", code, "24 15:05"), flagging.raise_("sew-1", "cut", "24 15:06")
    assert (flagging.row(batch)["quantity"], flagging.row(hour)["quantity"]) == (20, 20)


def test_what_was_flagged_of_an_order_that_ships_with_what_is_good_is_resolved(
    flagging: Flagging, plant: Plant
) -> None:
    """The last batch loses five units at Sewing: cutting can never give 200 that hold, and the order ships with 195."""
    codes = plant.codes()
    for n, code in enumerate(codes):
        for device, hour in (("scanner-cut", 8), ("scanner-sew", 10)):
            for minute in (2 * n, 2 * n + 1):
                if device == "scanner-sew" and minute == 19:
                    reject(plant, code, 5, "25 10:18:30")
                plant.scan(device, code, f"25 {hour:02d}:{minute:02d}")
    flag = flagging.raise_batch("sew-1", codes[-1], "25 10:20", kind="rejected")
    for n, code in enumerate(codes):
        plant.scan("scanner-pack", code, f"25 13:{2 * n:02d}")
        assert flagging.state(flag) == "raised"
        plant.scan("scanner-pack", code, f"25 13:{2 * n + 1:02d}")
    assert flagging.state(flag) == "resolved"
    assert faults(plant.ledger) == []
    last = plant.ledger.rows("SELECT event_id FROM events WHERE kind = 'given' ORDER BY sequence DESC")[0]
    undo = Tap("undo-1", "pack-1", china("25 13:25"))
    corrections.undo(
        plant.ledger, plant.recorder, undo, event_id=last["event_id"], why="not all", now=undo.at
    )
    assert flagging.state(flag) == "raised"
    assert faults(plant.ledger) == []
