"""A batch and what is split off from it: the same in any order, and never more units than there were."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.handoffs import Refusal
from shopfloor.histories import Fact, Outcome, family
from shopfloor.site import Line, Link
from shopfloor.whereabouts import Whereabouts, after, in_hand
from tests.rules.test_handoffs_in_any_order import LINE, WHOLE, ZONE

CHAIN = Line(
    "shirts",
    "Shirts",
    (
        Link("cut", "Cutting"),
        Link("sew", "Sewing", after=("cut",)),
        Link("papers", "Papers", kind="milestone", after=("sew",)),
        Link("pack", "Packing", after=("papers",)),
    ),
)
PARTS = ("one", "two", "three")
ROOT = "root"


@st.composite
def facts(draw: st.DrawFn, line: Line) -> list[tuple[str, Fact]]:
    """Scans, scraps and splits with their batch; those of a milestone are of the whole order, under no batch."""
    made = []
    works = [link.id for link in line.links if link.kind == "work"]
    parts = iter(PARTS)
    for number in range(draw(st.integers(0, 25))):
        kind = draw(st.sampled_from(("scan", "scan", "scan", "scrap", "split")))
        link = draw(st.sampled_from(works if kind != "scan" else [each.id for each in line.links]))
        part = next(parts, None) if kind == "split" else None
        if kind == "split" and part is None:
            continue
        whole_order = line.link(link).kind == "milestone"
        batch = "" if whole_order else draw(st.sampled_from((ROOT, ROOT, ROOT, *PARTS)))
        if part == batch:
            batch = ROOT
        made.append(
            (
                batch,
                Fact(
                    number,
                    draw(st.integers(0, 400)) * 1_000,
                    f"{link}-{draw(st.integers(1, 2))}",
                    link,
                    kind=kind,  # type: ignore[arg-type]  # one of its three words
                    mode=draw(st.sampled_from(("auto", "auto", "in", "out"))),
                    scan_id=str(number),
                    quantity=draw(st.integers(1, 6))
                    if kind != "scan"
                    else draw(st.sampled_from((None, None, 18))),
                    forced=kind == "scan" and draw(st.sampled_from((False, False, False, True))),
                    part=part,
                ),
            )
        )
    return made


def derived(line: Line, told: list[tuple[str, Fact]]) -> list[tuple[str, Fact, Outcome]]:
    of_batches: dict[str, list[Fact]] = {}
    for batch, fact in told:
        of_batches.setdefault(batch, []).append(fact)
    of_all = of_batches.pop("", [])
    return list(family(line, ROOT, WHOLE, of_batches, of_all, ZONE))


def by_fact(found: list[tuple[str, Fact, Outcome]]) -> dict[tuple[str, int], Outcome]:
    return {(batch, fact.number): outcome for batch, fact, outcome in found}


@pytest.mark.parametrize("line", [CHAIN, LINE], ids=["chain", "join"])
@given(data=st.data(), chance=st.randoms(use_true_random=False))
def test_what_became_of_a_batch_and_its_parts_does_not_depend_on_the_order_of_the_facts(
    line: Line, data: st.DataObject, chance: Random
) -> None:
    told = data.draw(facts(line))
    once = by_fact(derived(line, told))
    chance.shuffle(told)
    assert by_fact(derived(line, told)) == once


@pytest.mark.parametrize("line", [CHAIN, LINE], ids=["chain", "join"])
@given(data=st.data())
def test_parts_together_are_never_more_than_the_whole(line: Line, data: st.DataObject) -> None:
    where = {ROOT: Whereabouts()}
    whole = Counter({ROOT: WHOLE})
    given_at: Counter[str] = Counter()
    for batch, fact, outcome in derived(line, data.draw(facts(line))):
        for step in outcome if isinstance(outcome, tuple) else ():
            assert batch in where, "a part has steps only once it was split off"
            where[batch] = after(where[batch], step, fact.at)
            if step.kind == "split":
                assert step.part is not None
                assert step.start is not None
                where[step.part] = step.start
                whole[step.part], whole[batch] = step.quantity, whole[batch] - step.quantity
            if step.kind == "given":
                given_at[step.link] += step.quantity
    assert sum(whole.values()) == WHOLE
    assert min(whole.values()) > 0
    for link in line.links:
        assert given_at[link.id] <= WHOLE, link.id
        assert sum(each.at(link.id).received for each in where.values()) <= WHOLE, link.id
        for batch, each in where.items():
            there = in_hand(line, link, each, whole[batch])
            behind = each.at(link.id).given_at is not None
            assert behind or there >= 0 or each.at(link.id).received_at is None


def test_a_split_that_is_told_after_what_took_everything_is_refused_and_so_are_scans_of_its_part() -> None:
    split = Fact(2, 60_000, "cut-1", "cut", kind="split", quantity=5, part="one")
    came, gone, out = (Fact(n, at, "cut-1", "cut") for n, at in ((1, 0), (3, 30_000), (4, 90_000)))
    held = by_fact(derived(CHAIN, [(ROOT, came), (ROOT, split), ("one", out)]))
    assert [step.quantity for step in held[ROOT, 2]] == [5]  # type: ignore[union-attr]  # it is none
    assert [step.quantity for step in held["one", 4]] == [5]  # type: ignore[union-attr]  # it is none
    lost = by_fact(derived(CHAIN, [(ROOT, came), (ROOT, split), ("one", out), (ROOT, gone)]))
    assert lost[ROOT, 2] == Refusal("given", "was given on 08:00; nothing of it is here")
    assert isinstance(lost["one", 4], Refusal)


def test_what_is_left_of_a_batch_that_nobody_has_begun_is_the_whole_less_its_parts() -> None:
    splits = [
        Fact(n, n * 60_000, "cut-1", "cut", kind="split", quantity=5, part=part)
        for n, part in enumerate(("one", "two"), 1)
    ]
    scans = [Fact(n, n * 60_000, "cut-1", "cut") for n in (3, 4, 5, 6)]
    told = [
        (ROOT, splits[0]),
        (ROOT, splits[1]),
        (ROOT, scans[0]),
        (ROOT, scans[1]),
        ("one", scans[2]),
        ("one", scans[3]),
    ]
    found = by_fact(derived(CHAIN, told))
    units = {
        number: outcome[0].quantity for (_, number), outcome in found.items() if isinstance(outcome, tuple)
    }
    assert units == {1: 5, 2: 5, 3: 10, 4: 10, 5: 5, 6: 5}
    scrap = Fact(7, 400_000, "cut-1", "cut", kind="scrap", quantity=11)
    assert by_fact(derived(CHAIN, [*told[:3], (ROOT, scrap)]))[ROOT, 7] == Refusal(
        "quantity", "has 10 units here, not 11"
    )


def test_what_a_milestone_gave_before_goes_with_the_part_and_what_it_gives_later_is_of_both() -> None:
    steel = Fact(1, 0, "steel-1", "steel")
    scans = [
        Fact(n, n * 60_000, f"{link}-1", link)
        for n, link in enumerate(("turn", "turn", "cast", "cast", "fit"), 2)
    ]
    split = Fact(9, 600_000, "fit-1", "fit", kind="split", quantity=5, part="one")
    told = [("", steel), *((ROOT, scan) for scan in scans), (ROOT, split)]
    again = Fact(10, 700_000, "steel-1", "steel")
    found = by_fact(derived(LINE, [*told, ("", again)]))
    assert isinstance(found["one", 1], Refusal)  # before there was such a part
    assert found["one", 10] == found[ROOT, 10] == Refusal("given", "already given 08:00 to Turning")
    papers = Fact(5, 400_000, "papers-1", "papers")
    sewn = [Fact(n, n * 60_000, "sew-1", "sew") for n in (1, 3, 4)]
    cut = Fact(2, 120_000, "sew-1", "sew", kind="split", quantity=5, part="one")
    later = by_fact(
        derived(CHAIN, [(ROOT, sewn[0]), (ROOT, cut), (ROOT, sewn[1]), ("one", sewn[2]), ("", papers)])
    )
    assert [step.quantity for step in (*later[ROOT, 5], *later["one", 5])] == [15, 5]  # type: ignore[misc]  # they are none
