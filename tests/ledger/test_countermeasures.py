"""Countermeasures: from a reason, owned by a role or a link, and measured by the minutes that the reason costs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger import countermeasures
from ledger.checking import faults
from ledger.drafts import By
from ledger.errors import IdTaken, RuleRefused
from shopfloor.countermeasures import Measure, Span
from tests.factory import Plant, china
from tests.ledger.flagging import Flagging
from tests.ledger.test_delays import pass_through

TOOL = Measure("tool", "A second blade lies ready at the table", "lead", date(2026, 12, 4))
TODAY = date(2026, 11, 26)


def make(plant: Plant, measure: Measure = TOOL, *, link: str = "cut", act: str = "act-1") -> int:
    plant.now = china("26 09:00")
    by = By("Chen", "web", plant.now, act)
    line = plant.site.lines["shirts"]
    return countermeasures.make(
        plant.ledger, plant.site, by, line=line, link=link, measure=measure, now=plant.now
    )


def settle(plant: Plant, number: int, to: Any, since_on: date | None = None, comment: str = "") -> None:
    by = By("Chen", "web", plant.now, f"settle-{to}")
    countermeasures.settle(
        plant.ledger, plant.site, by, number=number, to=to, since_on=since_on, comment=comment, now=plant.now
    )


def state(plant: Plant, number: int) -> tuple[str, str | None]:
    row = countermeasures.measure(plant.ledger, number)
    assert row is not None
    return row["state"], row["since_on"]


def test_it_is_open_then_in_effect_and_can_still_be_given_up(plant: Plant) -> None:
    number = make(plant)
    assert state(plant, number) == ("open", None)
    settle(plant, number, "in_effect", TODAY)
    assert state(plant, number) == ("in_effect", "2026-11-26")
    settle(plant, number, "dropped", comment="the blades did not fit")
    assert state(plant, number) == ("dropped", "2026-11-26")
    assert faults(plant.ledger) == []


def test_the_same_act_counts_once_and_another_under_its_id_is_refused(plant: Plant) -> None:
    assert make(plant) == make(plant)
    assert len(countermeasures.measures(plant.ledger)) == 1
    with pytest.raises(IdTaken):
        make(plant, Measure("tool", "something else", "lead", TODAY))


@pytest.mark.parametrize(
    ("measure", "link", "says"),
    [
        (Measure("gossip", "x", "lead", TODAY), "cut", "is not a reason of this site"),
        (Measure("tool", " ", "lead", TODAY), "cut", "say what is done"),
        (Measure("tool", "x", "Mr Chen", TODAY), "cut", "a role or a link, not to a person"),
        (Measure("tool", "x", "operator", TODAY), "cut", "a role or a link, not to a person"),
        (Measure("tool", "x", "sew", date(2026, 11, 25)), "cut", "has passed"),
        (Measure("tool", "x", "sew", TODAY), "weave", "weave is no link of Shirts"),
        (Measure("tool", "x" * 301, "sew", TODAY), "cut", "at most 300 characters"),
    ],
)
def test_what_is_none_is_refused_in_a_sentence(plant: Plant, measure: Measure, link: str, says: str) -> None:
    with pytest.raises(RuleRefused, match=says):
        make(plant, measure, link=link)
    assert countermeasures.measures(plant.ledger) == []


def test_what_does_not_count_leaves_it_as_it_was(plant: Plant) -> None:
    number = make(plant)
    for to, since_on, comment, says in (
        ("in_effect", None, "", "since which day"),
        ("in_effect", date(2026, 11, 27), "", "today at the latest"),
        ("dropped", None, " ", "say why"),
    ):
        with pytest.raises(RuleRefused, match=says):
            settle(plant, number, to, since_on, comment)
    assert state(plant, number) == ("open", None)
    with pytest.raises(RuleRefused, match="there is no countermeasure 999"):
        settle(plant, 999, "in_effect", TODAY)


def test_it_is_measured_by_what_its_reason_costs_its_link(plant: Plant, flagging: Flagging) -> None:
    flag = flagging.raise_("sew-1", "cut", "25 10:05")
    flagging.answer("cut-1", flag, "25 10:10", reason="tool")
    pass_through(plant, {"cut": "25 12:00", "sew": "25 15:30", "pack": "25 16:45"})
    week = date(2026, 11, 23), date(2026, 11, 29)
    found = countermeasures.daily(plant.ledger, "shirts", "cut", "tool", *week)
    assert found == {date(2026, 11, 24): Span(0, 6), date(2026, 11, 25): Span(120, 4)}
    other = countermeasures.daily(plant.ledger, "shirts", "cut", "people", *week)
    assert [span.minutes for span in other.values()] == [0, 0]
