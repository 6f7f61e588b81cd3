"""Consequences: chosen by the next link for a flag left unanswered or a promise broken; in effect unless disputed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.consequences import choices, choose, contest, of_flag, settle
from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.consequences import amount_left
from shopfloor.flag_rules import Consequence
from tests.factory import WORKED_SITE, Plant, china, kept_whole, worked_order
from tests.ledger.flagging import Flagging

CATALOGUE = """
[[consequence]]
id = "points"
name = "Three points"
kind = "points"
amount = 3
cap = 4

[[consequence]]
id = "word"
name = "A word at the morning meeting"
kind = "word"
"""


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Flagging]:
    with kept_whole(Plant(tmp_path / "site", WORKED_SITE + CATALOGUE)) as plant:
        plant.release(worked_order())
        yield Flagging(plant)


def pick(strict: Flagging, flag: int, at: str, what: str = "points", station: str = "sew-1") -> None:
    plant = strict.plant
    tap = Tap(f"choose {flag} {at}", station, china(at))
    choose(plant.ledger, plant.site, tap, flag=flag, consequence=what, now=china(at))


def object_to(strict: Flagging, flag: int, at: str) -> None:
    plant = strict.plant
    tap = Tap(f"contest {at}", "cut-1", china(at))
    contest(plant.ledger, plant.site, tap, flag=flag, comment="the saw was down", now=china(at))


def stands(strict: Flagging, flag: int) -> tuple[str, int]:
    row = of_flag(strict.plant.ledger, flag)
    assert row is not None
    return row["state"], row["amount"]


def open_to(strict: Flagging, flag: int, at: str) -> list[str]:
    plant = strict.plant
    found = choices(plant.ledger, plant.site, strict.row(flag), china(at))
    return [each.consequence.id for each in found]


@pytest.fixture
def flag(strict: Flagging) -> int:
    """Unanswered since Tuesday 15:05; the first step was taken at 15:15."""
    number = strict.raise_("sew-1", "cut", "24 15:05")
    strict.turn("24 15:16")
    return number


def test_it_takes_effect_at_the_end_of_the_next_working_day(strict: Flagging, flag: int) -> None:
    pick(strict, flag, "24 15:20")
    strict.turn("25 16:59")
    assert stands(strict, flag) == ("chosen", 3)
    strict.turn("25 17:00")
    assert stands(strict, flag) == ("in_effect", 3)
    assert strict.turn("25 17:01") == 0


def test_nothing_is_chosen_while_a_flag_is_answered_in_time(strict: Flagging) -> None:
    number = strict.raise_("sew-1", "cut", "24 15:05")
    with pytest.raises(RuleRefused, match="answered in time"):
        pick(strict, number, "24 15:06")
    strict.answer("cut-1", number, "24 15:08", promised="24 15:30")
    assert open_to(strict, number, "24 15:30") == []
    assert open_to(strict, number, "24 15:31") == ["points", "word"]
    pick(strict, number, "24 15:31", "word")
    assert stands(strict, number) == ("chosen", 0)


@pytest.mark.parametrize(("ruling", "state"), [("upheld", "in_effect"), ("overturned", "overturned")])
def test_disputed_in_time_a_supervisor_rules(strict: Flagging, flag: int, ruling: str, state: str) -> None:
    pick(strict, flag, "24 15:20")
    object_to(strict, flag, "25 09:00")
    strict.turn("25 17:00")
    assert stands(strict, flag) == ("disputed", 3)
    by = By("Chen", "web", china("26 09:00"), "ruling")
    for _ in range(2):
        settle(strict.plant.ledger, by, flag=flag, ruling=ruling, comment="", now=china("26 09:00"))
    assert stands(strict, flag) == (state, 3)


def test_what_is_in_effect_is_not_disputed_any_more(strict: Flagging, flag: int) -> None:
    pick(strict, flag, "24 15:20")
    with pytest.raises(RuleRefused, match="cannot be disputed any more"):
        object_to(strict, flag, "25 17:00")


def test_one_for_a_flag_and_only_by_who_raised_it(strict: Flagging, flag: int) -> None:
    with pytest.raises(RuleRefused, match="only the next link chooses"):
        pick(strict, flag, "24 15:19", station="pack-1")
    with pytest.raises(RuleRefused, match="there are: points, word"):
        pick(strict, flag, "24 15:19", "prison")
    pick(strict, flag, "24 15:20")
    with pytest.raises(RuleRefused, match="chosen for this flag already"):
        pick(strict, flag, "24 15:21", "word")


def test_the_cap_of_a_month_is_kept(strict: Flagging, flag: int) -> None:
    pick(strict, flag, "24 15:20")
    for code in strict.plant.codes()[:2]:
        strict.plant.scan("scanner-sew", code, "24 15:30")
    second = strict.raise_("sew-1", "cut", "24 16:00")
    strict.turn("24 16:11")
    pick(strict, second, "24 16:12")
    assert stands(strict, second) == ("chosen", 1)
    for code in strict.plant.codes()[2:4]:
        strict.plant.scan("scanner-sew", code, "24 16:20")
    third = strict.raise_("sew-1", "cut", "24 17:00")
    strict.turn("25 08:11")
    assert open_to(strict, third, "25 08:12") == ["word"]
    with pytest.raises(RuleRefused, match="used up for this month"):
        pick(strict, third, "25 08:12")


def test_a_cap_that_was_lowered_gives_nothing_back() -> None:
    entry = Consequence("points", "Three points", "points", amount=3, cap=4)
    assert [amount_left(entry, used) for used in (0, 2, 4, 6)] == [3, 2, 0, 0]


def test_what_was_overturned_uses_nothing_of_the_cap(strict: Flagging, flag: int) -> None:
    pick(strict, flag, "24 15:20")
    object_to(strict, flag, "24 15:25")
    by = By("Chen", "web", china("24 15:28"), "ruling")
    settle(strict.plant.ledger, by, flag=flag, ruling="overturned", comment="", now=china("24 15:28"))
    for code in strict.plant.codes()[:2]:
        strict.plant.scan("scanner-sew", code, "24 15:30")
    second = strict.raise_("sew-1", "cut", "24 16:00")
    strict.turn("24 16:11")
    pick(strict, second, "24 16:12")
    assert stands(strict, second) == ("chosen", 3)


def test_an_answer_that_only_came_late_was_given_in_time(strict: Flagging, flag: int) -> None:
    """Answered at 15:10 on a tablet without a network, heard of after the first step was taken."""
    strict.answer("cut-1", flag, "24 15:10", recorded="24 15:30")
    assert open_to(strict, flag, "24 15:31") == []
    with pytest.raises(RuleRefused, match="answered in time"):
        pick(strict, flag, "24 15:31")


def test_it_falls_with_a_flag_that_is_overturned(strict: Flagging, flag: int) -> None:
    pick(strict, flag, "24 15:20")
    strict.dispute("cut-1", flag, "24 15:30")
    strict.rule(flag, "overturned", "24 15:40")
    strict.turn("25 17:00")
    assert stands(strict, flag) == ("overturned", 3)


def test_the_catalogue_may_be_empty(flagging: Flagging) -> None:
    number = flagging.raise_("sew-1", "cut", "24 15:05")
    flagging.turn("24 15:16")
    assert open_to(flagging, number, "24 15:20") == []
    with pytest.raises(RuleRefused, match="the catalogue is empty"):
        pick(flagging, number, "24 15:20")
