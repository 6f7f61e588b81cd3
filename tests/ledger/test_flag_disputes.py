"""A dispute stops the clocks; a supervisor upholds or overturns, or a scan that arrives late does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.errors import RuleRefused
from shopfloor.scans import Scan
from tests.factory import Plant, china
from tests.ledger.flagging import Flagging


def test_a_dispute_stops_the_clock_and_a_ruling_that_upholds_starts_it_anew(flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.dispute("cut-1", flag, "24 15:10")
    flagging.turn("24 16:05")
    assert (flagging.state(flag), flagging.told(flag)) == ("disputed", [])
    flagging.rule(flag, "upheld", "24 16:05")
    assert flagging.state(flag) == "raised"
    flagging.turn("24 16:20")
    assert flagging.told(flag) == [("lead", "24 16:15")]


def test_an_overturned_flag_is_closed_and_says_who_ruled(flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.dispute("cut-1", flag, "24 15:10")
    flagging.rule(flag, "overturned", "24 15:20")
    row = flagging.row(flag)
    assert (row["state"], row["ruling"], row["closed_at"]) == ("overturned", "overturned", china("24 15:20"))
    assert [event["person"] for event in flagging.events("flag_ruled")] == ["Chen"]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda f, flag: f.dispute("pack-1", flag, "24 15:11"), "only the flagged link answers"),
        (lambda f, flag: f.dispute("cut-1", flag, "24 15:11", comment=" "), "needs a word why"),
        (lambda f, flag: f.rule(flag, "upheld", "24 15:11"), "nobody disputes the flag"),
    ],
)
def test_what_does_not_count_changes_nothing(
    flagging: Flagging, act: Callable[[Flagging, int], None], sentence: str
) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    with pytest.raises(RuleRefused, match=sentence):
        act(flagging, flag)
    assert flagging.state(flag) == "raised"


def test_a_flag_is_disputed_once_and_ruled_on_once(flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.dispute("cut-1", flag, "24 15:10")
    with pytest.raises(RuleRefused, match="a supervisor rules on it first"):
        flagging.answer("cut-1", flag, "24 15:11")
    flagging.rule(flag, "upheld", "24 15:20")
    with pytest.raises(RuleRefused, match="disputed already"):
        flagging.dispute("cut-1", flag, "24 15:25")
    with pytest.raises(RuleRefused, match="ruled on already"):
        flagging.rule(flag, "overturned", "24 15:30")
    flagging.answer("cut-1", flag, "24 15:31")
    assert flagging.state(flag) == "answered"


@pytest.mark.parametrize("ruling", ["maybe", ""])
def test_a_ruling_is_one_of_two(flagging: Flagging, ruling: str) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.dispute("cut-1", flag, "24 15:10")
    with pytest.raises(RuleRefused, match="upheld, overturned"):
        flagging.rule(flag, ruling, "24 15:20")


def test_a_scan_that_arrives_late_overturns_a_disputed_flag_by_itself(
    flagging: Flagging, plant: Plant
) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.turn("24 15:16")
    flagging.dispute("cut-1", flag, "24 15:20", "the scanner has no network, both are on the trolley")
    scans = [
        Scan(
            "scanner-cut",
            code,
            china("24 15:40"),
            f"off-{n}-{kind}",
            china(f"24 14:{50 + n + kind}"),
            10 + 2 * n + kind,
        )
        for n, code in enumerate(plant.codes()[:2])
        for kind in (0, 1)
    ]
    for scan in scans:
        plant.recorder.record([scan], china("24 15:40"))
    row = flagging.row(flag)
    assert row["state"] == "overturned"
    assert row["note"] == "turned out wrong: given 14:52, recorded 15:40; the dispute was right"
    assert plant.ledger.rows("SELECT moot FROM escalations")[0]["moot"] == 1
    with pytest.raises(RuleRefused, match="is overturned; there is nothing to rule on"):
        flagging.rule(flag, "upheld", "24 16:00")


def test_what_was_resolved_meanwhile_is_ruled_on_all_the_same(flagging: Flagging, plant: Plant) -> None:
    flag = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.dispute("cut-1", flag, "24 15:10")
    for code in plant.codes()[:2]:
        plant.scan("scanner-sew", code, "24 15:12")
    assert flagging.state(flag) == "resolved"
    flagging.rule(flag, "overturned", "24 15:30")
    assert (flagging.state(flag), flagging.row(flag)["closed_at"]) == ("overturned", china("24 15:12"))
