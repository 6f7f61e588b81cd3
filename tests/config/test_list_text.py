"""Lists as people write them: one item more or less, and every other comment and comma in its place."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_config.list_text import insert_item, remove_item

INSERTED = [
    # the list, where, what it becomes
    ("[]", 0, '["new"]'),
    ("[ # none yet\n]", 0, '["new" # none yet\n]'),
    ('["a", "b"]', 2, '["a", "b", "new"]'),
    ('["a", "b"]', 1, '["a", "new", "b"]'),
    ('["a", "b"]', 0, '["new", "a", "b"]'),
    ('[ "a", ]', 1, '[ "a", "new", ]'),
    ('[\n  "a", # one\n]', 1, '[\n  "a", # one\n  "new",\n]'),
    ('[\n  "a" # one\n]', 1, '[\n  "a", # one\n  "new"\n]'),
    ('[\n  "a",\n  # two\n  "b",\n]', 1, '[\n  "a",\n  "new",\n  # two\n  "b",\n]'),
    ('[\n  "b",\n]', 0, '[\n  "new",\n  "b",\n]'),
    ('[\r\n\t"a",\r\n]', 1, '[\r\n\t"a",\r\n\t"new",\r\n]'),
    ('[ "a", # one\n ]', 1, '[ "a", # one\n  "new",\n ]'),
    ('[ "a" # one, two\n]', 1, '[ "a", # one, two\n  "new"\n]'),
    ('[ "a"\n, "b" ]', 1, '[ "a"\n, "new", "b" ]'),
]
REMOVED = [
    ('["a"]', 0, "[]"),
    ('["a", "b"]', 0, '["b"]'),
    ('["a", "b"]', 1, '["a"]'),
    ('["a", "b", "c"]', 1, '["a", "c"]'),
    ('["a", "b", ]', 1, '["a", ]'),
    ('[\n  "a", # one\n  "b", # two\n]', 0, '[\n  "b", # two\n]'),
    ('[\n  "a", # one\n  "b" # two\n]', 1, '[\n  "a", # one\n]'),
    ('[\n  # one\n  "a",\n]', 0, "[\n  # one\n]"),
    ('[\r\n  "a",\r\n  "b",\r\n]', 0, '[\r\n  "b",\r\n]'),
    ('[ "a" # one\n, "b" ]', 0, '[  # one\n "b" ]'),
    ('[ "a", # one\n  "b" ]', 1, '[ "a", # one\n   ]'),
]


@pytest.mark.parametrize(("before", "at", "after"), INSERTED)
def test_a_new_item_stands_as_its_neighbour_does(before: str, at: int, after: str) -> None:
    assert insert_item(before, at, '"new"') == after


@pytest.mark.parametrize(("before", "at", "after"), REMOVED)
def test_an_item_goes_with_its_comma_and_its_line(before: str, at: int, after: str) -> None:
    assert remove_item(before, at) == after


gaps = st.sampled_from(["", " ", "\n", "\r\n  ", " # note, with ] and comma\n", "\n# above\n\t", " #\n\n"])


@st.composite
def lists(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A list written somehow, and its items."""
    items = draw(st.lists(st.sampled_from(["a", "b, c", "#d", "]", "2026-10-01"]), max_size=4))
    text = "["
    for number, item in enumerate(items, 1):
        comma = "," if number < len(items) or draw(st.booleans(), "a comma behind the last") else ""
        text += draw(gaps) + draw(st.sampled_from(['"', "'"])).join(["", item, ""]) + draw(gaps) + comma
    return text + draw(gaps) + "]", items


def items_of(written: str) -> list[str]:
    return list(tomllib.loads(f"x = {written}")["x"])


def comments_in(written: str) -> list[str]:
    return re.findall(r"(?:# note, with ] and comma|# above|#)(?=\r?\n)", written)


@given(one=lists(), data=st.data())
def test_an_item_more_leaves_all_others_and_all_comments(
    one: tuple[str, list[str]], data: st.DataObject
) -> None:
    written, items = one
    at = data.draw(st.integers(0, len(items)))
    longer = insert_item(written, at, '"new"')
    assert items_of(longer) == [*items[:at], "new", *items[at:]]
    assert comments_in(longer) == comments_in(written)


@given(one=lists().filter(lambda one: bool(one[1])), data=st.data())
def test_an_item_less_leaves_all_others_and_all_comments_but_its_own(
    one: tuple[str, list[str]], data: st.DataObject
) -> None:
    written, items = one
    at = data.draw(st.integers(0, len(items) - 1))
    shorter = remove_item(written, at)
    assert items_of(shorter) == [*items[:at], *items[at + 1 :]]
    assert len(comments_in(shorter)) >= len(comments_in(written)) - 1
