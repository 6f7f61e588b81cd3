"""First to last, over random lines."""

from hypothesis import given
from hypothesis import strategies as st

from station_config.chain import circles, in_chain_order, last_links

LINKS = "abcdefg"


@st.composite
def any_after(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    names = draw(st.permutations(LINKS))
    return {name: tuple(draw(st.sets(st.sampled_from(LINKS), max_size=3))) for name in names}


@given(any_after())
def test_a_line_has_an_order_exactly_when_it_has_no_circle(after: dict[str, tuple[str, ...]]) -> None:
    order = in_chain_order(after)
    assert sorted(order) == sorted(after)
    fits = all(order.index(before) < order.index(link) for link in after for before in after[link])
    assert fits == (not circles(after))


@given(any_after())
def test_every_circle_told_is_one_and_cutting_them_leaves_none(after: dict[str, tuple[str, ...]]) -> None:
    left = {link: list(before) for link, before in after.items()}
    for circle in circles(after):
        for link, before in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert before in left[link]
        left[circle[0]].remove(circle[1 % len(circle)])
    assert not circles({link: tuple(before) for link, before in left.items()})


def test_links_that_could_change_places_stay_as_in_the_file() -> None:
    after = {"ship": ("pack",), "b": (), "a": (), "pack": ("a", "b")}
    assert in_chain_order(after) == ("b", "a", "pack", "ship")
    assert last_links(after) == ("ship",)
