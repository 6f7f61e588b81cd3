"""Delays add up exactly: along the controlling path own less absorbed is the lateness at shipping."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.delays import Delay, Part, Silence, charged, controlling_path, delays, shared
from shopfloor.site import Line, Link

HALF = Fraction(1, 2)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A line of 1 to 9 links with branches and joins; what nobody else takes goes into the last."""
    names = draw(st.permutations([chr(ord("a") + place) for place in range(draw(st.integers(1, 9)))]))
    after: dict[str, tuple[str, ...]] = {}
    for place, name in enumerate(names):
        before = names[:place]
        chosen = draw(st.sets(st.sampled_from(before), max_size=3)) if before else set()
        after[name] = tuple(sorted(chosen))
    taken = {each for befores in after.values() for each in befores}
    loose = [name for name in names[:-1] if name not in taken]
    after[names[-1]] = tuple(sorted({*after[names[-1]], *loose}))
    links = draw(st.permutations([Link(name, name.upper(), after=after[name]) for name in names]))
    return Line("line", "Line", tuple(links))


@st.composite
def histories(draw: st.DrawFn) -> tuple[Line, dict[str, Part]]:
    line = draw(lines())
    amount = st.integers(-300, 900)
    return line, {
        link.id: Part(
            late_min=draw(st.one_of(amount, amount, st.none())),
            overdue_min=draw(st.integers(0, 500)),
            buffer_min=draw(st.sampled_from((0, 0, 30, 61, 240))),
        )
        for link in line.links
    }


@given(histories())
def test_along_the_controlling_path_own_less_absorbed_is_the_lateness_of_the_last_link(
    history: tuple[Line, dict[str, Part]],
) -> None:
    line, parts = history
    found = delays(line, parts)
    for link in line.links:
        path = [found[each] for each in controlling_path(found, link.id)]
        assert sum(each.own_min - each.absorbed_min for each in path) == found[link.id].late_min


@given(histories())
def test_a_link_inherits_the_most_that_any_previous_link_exceeds_its_buffer(
    history: tuple[Line, dict[str, Part]],
) -> None:
    line, parts = history
    found = delays(line, parts)
    for delay in found.values():
        felt = [found[p.id].late_min - parts[p.id].buffer_min for p in line.previous_links(delay.link)]
        assert delay.inherited_min == max([0, *felt])
        assert delay.own_min + delay.inherited_min == delay.late_min
        assert delay.absorbed_min >= 0
        assert (delay.controlled_by is None) == (delay.inherited_min == 0)


@given(histories())
def test_what_is_not_finished_has_recovered_nothing_yet(history: tuple[Line, dict[str, Part]]) -> None:
    line, parts = history
    for delay in delays(line, parts).values():
        assert delay.finished or delay.own_min >= 0


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_links_are_written_down_decides_nothing(
    history: tuple[Line, dict[str, Part]], chance: object
) -> None:
    line, parts = history
    links = list(line.links)
    chance.shuffle(links)  # type: ignore[attr-defined]  # a Random
    again = delays(replace(line, links=tuple(links)), parts)
    assert again == delays(line, parts)


SILENCES = st.lists(st.builds(Silence, st.sampled_from("bcd"), st.integers(-1, 600)), max_size=5)
SHARES = st.fractions(0, 1, max_denominator=12)


@given(st.integers(-100, 500), SILENCES, SHARES)
def test_silence_moves_minutes_and_keeps_their_sum(
    own: int, silences: list[Silence], share: Fraction
) -> None:
    answers = shared(own, "a", silences, share)
    assert sum(answers.values()) == own
    assert all(part >= 0 for link, part in answers.items() if link != "a")
    assert answers["a"] >= min(own, own - int(own * share))


@given(histories(), SHARES)
def test_the_sum_over_an_order_stays_whoever_was_silent(
    history: tuple[Line, dict[str, Part]], share: Fraction
) -> None:
    line, parts = history
    found = delays(line, parts)
    silences = {
        link.id: [Silence(next_link.id, 45) for next_link in line.next_links(link.id)] for link in line.links
    }
    assert sum(charged(found.values(), silences, share).values()) == sum(
        each.own_min for each in found.values()
    )


def test_half_of_what_grows_after_the_silence_is_the_silent_links() -> None:
    assert shared(60, "sew", [Silence("pack", 40)], HALF) == {
        "sew": 40,
        "pack": 20,
    }


def test_two_that_were_silent_share_what_grew_while_both_were() -> None:
    # 60 own minutes: in the last 40 pack was silent, in the last 20 of them print too.
    answers = shared(60, "sew", [Silence("pack", 40), Silence("print", 20)], HALF)
    assert answers == {"sew": 40, "pack": 15, "print": 5}


def test_a_silence_longer_than_the_own_delay_counts_no_more_than_that() -> None:
    assert shared(10, "sew", [Silence("pack", 500)], HALF) == {
        "sew": 5,
        "pack": 5,
    }


def test_links_that_an_order_does_not_pass_are_left_out() -> None:
    line = Line("line", "Line", (Link("a", "A"), Link("b", "B", after=("a",))))
    assert delays(line, {"b": Part(5)}) == {"b": Delay("b", 5, 0, 5, None, 0, finished=True)}


def test_of_two_that_are_felt_alike_the_first_by_name_controls() -> None:
    links = (Link("sew", "Sew"), Link("cut", "Cut"), Link("fit", "Fit", after=("sew", "cut")))
    for written in (links, (links[1], links[0], links[2])):
        found = delays(
            Line("line", "Line", written), {"sew": Part(30), "cut": Part(40, buffer_min=10), "fit": Part(35)}
        )
        assert found["fit"] == Delay("fit", 35, 30, 5, "cut", 10, finished=True)
