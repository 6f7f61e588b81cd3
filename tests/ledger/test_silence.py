"""A next link that keeps silent gets the flag raised for it, and is marked."""

from __future__ import annotations

import pytest

from ledger.errors import RuleRefused
from tests.factory import Plant, china
from tests.ledger.flagging import Flagging

# Cutting's first 40 are due at Tuesday 15:00; from 16:30 on sewing stands still without them.


def silent(flagging: Flagging) -> list[tuple[str, str, int]]:
    rows = flagging.plant.ledger.rows(
        "SELECT link, raised_by, quantity FROM flags WHERE silent ORDER BY flag"
    )
    return [tuple(row) for row in rows]


def test_after_the_latest_and_fifteen_minutes_more_interlock_raises_the_flag(flagging: Flagging) -> None:
    flagging.turn("24 16:44")
    assert silent(flagging) == []
    flagging.turn("24 16:45")
    assert silent(flagging) == [("cut", "sew", 80)]
    (event,) = flagging.events("flag_raised")
    assert (event["source"], event["station"], event["person"]) == ("interlock", None, None)
    assert (event["detail"]["silent"], event["detail"]["share"]) == (True, "1/2")


def test_it_is_raised_once_and_goes_up_its_ladder(flagging: Flagging) -> None:
    for at in ("24 16:45", "24 16:45", "24 16:55", "24 16:59"):
        flagging.turn(at)
    (row,) = flagging.plant.ledger.rows("SELECT flag FROM flags")
    assert flagging.told(row["flag"]) == [("lead", "24 16:55")]


def test_after_a_pause_it_was_silent_from_the_instant_when_it_was(flagging: Flagging) -> None:
    flagging.turn("25 07:00")
    (row,) = flagging.plant.ledger.rows("SELECT raised_at FROM flags")
    assert row["raised_at"] == china("24 16:45")


def test_who_has_flagged_is_not_silent(flagging: Flagging) -> None:
    flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.turn("24 16:59")
    assert silent(flagging) == []


def test_who_is_given_what_it_needs_need_not_speak(flagging: Flagging, plant: Plant) -> None:
    for number, code in enumerate(plant.codes()[:2]):
        plant.scan("scanner-sew", code, f"24 16:{30 + number}")
    flagging.turn("24 16:59")
    assert silent(flagging) == []


def test_who_took_its_flag_back_has_the_same_time_again(flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.withdraw("sew-1", flag, "24 16:40")
    flagging.turn("24 16:54")
    assert silent(flagging) == []
    flagging.turn("24 16:55")
    assert silent(flagging) == [("cut", "sew", 80)]


def test_minutes_count_while_the_next_link_works(flagging: Flagging, plant: Plant) -> None:
    # Four batches came: the next latest is Wednesday 09:30, so silence is complete at 09:45.
    for number, code in enumerate(plant.codes()[:4]):
        plant.scan("scanner-sew", code, f"24 14:{10 + number}")
    flagging.turn("25 09:44")
    assert silent(flagging) == []
    flagging.turn("25 09:45")
    assert ("cut", "sew", 80) in silent(flagging)


def test_the_silent_link_cannot_take_it_back_and_the_flagged_link_answers(flagging: Flagging) -> None:
    flagging.turn("24 16:45")
    (row,) = flagging.plant.ledger.rows("SELECT flag FROM flags")
    with pytest.raises(RuleRefused, match="kept silent"):
        flagging.withdraw("sew-1", row["flag"], "24 16:46")
    flagging.answer("cut-1", row["flag"], "24 16:47")
    assert flagging.state(row["flag"]) == "answered"


def test_what_a_supervisor_overturned_is_not_raised_for_the_same_hour(flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.dispute("cut-1", flag, "24 15:10")
    flagging.rule(flag, "overturned", "24 15:20")
    flagging.turn("24 16:59")
    assert silent(flagging) == []
