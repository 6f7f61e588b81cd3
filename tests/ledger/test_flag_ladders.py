"""The ladders of flags in the ledger: each step once, at the instant when it was due, whatever restarts."""

from __future__ import annotations

import pytest

from ledger.flag_clocks import FlagClocks
from tests.factory import Plant, china
from tests.ledger.flagging import Flagging


def test_an_unanswered_flag_goes_up_its_ladder_over_the_night(flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 16:05")
    for at in ("24 16:14", "24 16:15", "24 16:16", "24 16:40", "25 08:04", "25 08:05", "25 12:00"):
        flagging.turn(at)
    assert flagging.told(flag) == [
        ("lead", "24 16:15"),
        ("supervisor", "24 16:35"),
        ("manager", "25 08:05"),
    ]


def test_after_a_pause_all_that_was_due_is_done_once_at_its_own_instant(flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 16:05")
    flagging.turn("25 08:10")
    told = flagging.told(flag)
    assert told == [("lead", "24 16:15"), ("supervisor", "24 16:35"), ("manager", "25 08:05")]
    assert flagging.turn("25 08:10") == 0
    assert flagging.told(flag) == told


def test_nothing_due_writes_nothing(flagging: Flagging) -> None:
    flagging.raise_("sew-1", "cut", "24 16:05")
    assert flagging.turn("24 16:14") == 0


def test_an_answer_stops_the_first_clock_and_a_broken_promise_starts_the_second(flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.answer("cut-1", flag, "24 15:10", promised="24 15:30")
    flagging.turn("24 15:39")
    assert flagging.told(flag) == []
    flagging.turn("24 16:00")
    assert flagging.told(flag) == [("lead", "24 15:40"), ("supervisor", "24 16:00")]
    flagging.answer("cut-1", flag, "24 16:10", promised="24 16:40")
    flagging.turn("24 16:50")
    assert flagging.told(flag)[2:] == [("lead", "24 16:50")]


def test_an_answer_without_a_time_has_no_clock(flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.answer("cut-1", flag, "24 15:10")
    flagging.turn("24 16:44")
    assert flagging.told(flag) == []
    assert flagging.row(flag)["clock"] is None


def test_what_arrives_stops_every_clock(flagging: Flagging, plant: Plant) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    for code in plant.codes()[:2]:
        plant.scan("scanner-sew", code, "24 15:12")
    flagging.turn("24 16:29")
    assert (flagging.state(flag), flagging.told(flag)) == ("resolved", [])


def test_a_step_that_late_news_makes_needless_stays_and_is_marked(flagging: Flagging, plant: Plant) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.turn("24 15:35")
    flagging.answer("cut-1", flag, "24 15:20", promised="24 16:30", recorded="24 15:40")
    rows = plant.ledger.rows("SELECT role, moot FROM escalations ORDER BY step")
    assert [tuple(row) for row in rows] == [("lead", 0), ("supervisor", 1)]
    assert len(flagging.events("flag_escalated")) == 2


def test_whom_to_tell_is_written_with_the_step(flagging: Flagging, plant: Plant) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.turn("24 15:36")
    rows = plant.ledger.rows("SELECT * FROM notices ORDER BY sequence")
    assert [(row["role"], row["link"], row["flag"], row["step"], row["sent_at"]) for row in rows] == [
        ("lead", "cut", flag, 1, None),
        ("supervisor", "cut", flag, 2, None),
    ]
    assert [row["sequence"] for row in rows] == [
        event["sequence"] for event in flagging.events("flag_escalated")
    ]


def test_a_flag_opened_again_has_its_clock_from_then_on(flagging: Flagging, plant: Plant) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    first, second = plant.codes()[:2]
    plant.scan("scanner-cut", first, "24 15:06")
    plant.scan("scanner-cut", first, "24 15:07")
    plant.scan("scanner-cut", second, "24 15:06:30")
    plant.scan("scanner-cut", second, "24 15:08")
    assert flagging.state(flag) == "resolved"
    plant.scan("scanner-sew", first, "24 15:20", quantity=18)
    assert flagging.state(flag) == "raised"
    flagging.turn("24 15:30")
    assert flagging.told(flag) == [("lead", "24 15:30")]


def test_flags_from_before_there_were_clocks_are_wound(flagging: Flagging, plant: Plant) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    with plant.ledger.write(china("24 15:06")) as tx:
        tx.run("UPDATE flags SET clock = NULL, clock_from_at = NULL, clock_due_at = NULL")
    clocks = FlagClocks(plant.ledger, plant.site)
    assert clocks.wind(china("24 15:08")) == 1
    assert clocks.wind(china("24 15:09")) == 0
    clocks.turn(china("24 15:15"))
    assert flagging.told(flag) == [("lead", "24 15:15")]


OVERTIME = ('end = "17:00"', 'end = "16:20"')


def test_other_shifts_hold_from_the_next_step_on(flagging: Flagging, plant: Plant) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 16:05")
    shorter = Plant(
        plant.folder.parent / "other", text=(plant.folder / "site.toml").read_text().replace(*OVERTIME)
    )
    shorter.close()
    FlagClocks(plant.ledger, shorter.site).turn(china("24 17:00"))
    assert flagging.told(flag) == [("lead", "24 16:15")]
    FlagClocks(plant.ledger, shorter.site).turn(china("25 08:15"))
    assert flagging.told(flag)[1:] == [("supervisor", "25 08:15")]


@pytest.mark.parametrize("seen_at", ["24 16:15", "24 16:34"])
def test_a_step_taken_twice_at_once_is_one(flagging: Flagging, plant: Plant, seen_at: str) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 16:05")
    one, other = (FlagClocks(plant.ledger, plant.site) for _ in range(2))
    one.turn(china(seen_at))
    other.turn(china(seen_at))
    assert flagging.told(flag) == [("lead", "24 16:15")]
