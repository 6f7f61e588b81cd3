"""The history of a batch: the same from its facts in any order, and never more units than there were."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.handoffs import Refusal
from shopfloor.histories import Fact, history, in_order
from shopfloor.site import Line, Link
from shopfloor.whereabouts import Whereabouts, after, can_ship, in_hand

WHOLE = 20
ZONE = ZoneInfo("Asia/Shanghai")
LINE = Line(
    "gears",
    "Gears",
    (
        Link("steel", "Steel", kind="milestone"),
        Link("turn", "Turning", after=("steel",)),
        Link("cast", "Casting"),
        Link("fit", "Fitting", after=("turn", "cast")),
        Link("pack", "Packing", after=("fit",)),
    ),
)
LINKS = tuple(link.id for link in LINE.links)
GIVERS = {"turn": (None, "steel"), "fit": (None, "turn", "cast"), "pack": (None, "fit")}


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    made = []
    for number in range(draw(st.integers(0, 25))):
        link = draw(st.sampled_from(LINKS))
        kind = draw(st.sampled_from(("scan", "scan", "scan", "scrap")))
        made.append(
            Fact(
                number,
                draw(st.integers(0, 400)) * 1_000,
                f"{link}-{draw(st.integers(1, 2))}",
                link,
                kind=kind,  # type: ignore[arg-type]  # one of its two words
                mode=draw(st.sampled_from(("auto", "auto", "in", "out"))),
                scan_id=str(number),
                quantity=draw(st.sampled_from((None, 20, 18, 5, 1)))
                if kind == "scan"
                else draw(st.integers(1, 6)),
                giver=draw(st.sampled_from(GIVERS.get(link, (None,)))) if kind == "scrap" else None,
                forced=kind == "scan" and draw(st.sampled_from((False, False, False, True))),
            )
        )
    return made


@given(facts(), st.randoms(use_true_random=False))
def test_a_history_does_not_depend_on_the_order_in_which_its_facts_are_given(
    told: list[Fact], chance: Random
) -> None:
    once = history(LINE, WHOLE, told, ZONE)
    chance.shuffle(told)
    assert history(LINE, WHOLE, told, ZONE) == once


@given(facts())
def test_no_link_ever_has_less_than_nothing_or_gives_more_than_there_is(told: list[Fact]) -> None:
    where, ended = Whereabouts(), 0
    for fact, outcome in history(LINE, WHOLE, told, ZONE):
        for step in outcome if isinstance(outcome, tuple) else ():
            assert step.quantity > 0 or step.kind == "received"
            where = after(where, step, fact.at)
            ended += step.ends
        for link in LINE.links:
            there = in_hand(LINE, link, where, WHOLE)
            assert there >= 0 or where.at(link.id).received_at is None
    lost = sum(position.lost for position in where.positions.values())
    assert can_ship(LINE, where, WHOLE) == max(0, WHOLE - ended)
    assert all(way.quantity <= WHOLE and way.quantity - way.short <= WHOLE for way in where.handoffs.values())
    assert ended <= lost


def test_a_number_of_the_device_decides_only_within_the_two_minutes_that_a_clock_is_set_back() -> None:
    first, second = Fact(1, 300_000, "turn-1", "turn", seq=1), Fact(2, 200_000, "turn-1", "turn", seq=2)
    assert in_order(LINE, [second, first]) == [first, second]
    much_later = Fact(3, 60_000, "turn-1", "turn", seq=3)
    assert in_order(LINE, [first, much_later]) == [much_later, first]


def test_a_batch_that_skipped_a_link_is_refused_and_with_a_leads_word_it_is_there() -> None:
    skipped = Fact(1, 0, "pack-1", "pack")
    ((_, outcome),) = history(LINE, WHOLE, [skipped], ZONE)
    assert outcome == Refusal("skipped", "skipped a link: not received yet by Fitting")
    ((_, steps),) = history(LINE, WHOLE, [Fact(1, 0, "pack-1", "pack", forced=True)], ZONE)
    assert isinstance(steps, tuple)
    assert [(step.kind, step.link) for step in steps] == [
        ("given", "steel"), ("received", "turn"), ("given", "turn"), ("given", "cast"),
        ("received", "fit"), ("given", "fit"), ("received", "pack"),
    ]  # fmt: skip
