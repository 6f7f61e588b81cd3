"""The line on which a key stands, in every way TOML has of writing it."""

import tomllib

import pytest

from station_config.positions import KeyPath, Positions, key_text

TEXT = '''\
# a comment with [brackets] and = signs
top = "a # b"
dotted.inner . deep = 1
"quoted key" = "it's"
[table]
text = """
[not.a.table]
still = "text" """
after = 1
list = [
  "one",  # ] not the end
  { a = 1, b = [ 1,
      2 ] },
  [ ],
]
[[many]]
x = 1
  [[many.sub]]
  y = 1
  [[many.sub]]
  y = 2
[[many]]
[many.sub.z]
"q\\u0041" = 1979-05-27 07:32:00
[many.inline]
t = { "k.k" = \'\'\'a
b\'\'\', after = true }
end = 1
'''

LINES: list[tuple[KeyPath, int | None]] = [
    (("top",), 2),
    (("dotted", "inner", "deep"), 3),
    (("table",), 5),
    (("table", "text"), 6),
    (("table", "after"), 9),
    (("table", "list"), 10),
    (("table", "list", 0), 11),
    (("table", "list", 1, "a"), 12),
    (("table", "list", 1, "b", 1), 13),
    (("table", "list", 2), 14),
    (("many", 0), 16),
    (("many", 0, "x"), 17),
    (("many", 0, "sub", 1, "y"), 21),
    (("many", 1), 22),
    (("many", 1, "sub", "z", "qA"), 24),
    (("many", 1, "inline", "t", "k.k"), 26),
    (("many", 1, "inline", "t", "after"), 27),
    (("many", 1, "inline", "end"), 28),
    # what does not stand there has the line of the table around it, or none
    (("many", 0, "sub", 1, "missing"), 20),
    (("many", 0, "missing", "deeper"), 16),
    (("missing",), None),
    ((), None),
]


@pytest.mark.parametrize(("path", "line"), LINES)
def test_a_key_is_found_on_its_line(path: KeyPath, line: int | None) -> None:
    tomllib.loads(TEXT)
    assert Positions(TEXT).line_of(path) == line


def test_a_path_is_shown_as_people_read_it() -> None:
    assert key_text(("line", 0, "link", 2, "per_hour")) == "line[0].link[2].per_hour"
    assert key_text(("a b", "c\n")) == '"a b"."c\\n"'
    assert key_text(()) == ""
