"""One item more or less in a list as it is written, `[ ... ]`: comments, line breaks and commas stay in order.

A comment on the line of an item that stands there alone goes with the item.
"""

from __future__ import annotations

import re

from station_config.positions import Positions, Span

_NAMED = "x = "
_TO_COMMA = re.compile(r"(?:[ \t\r\n]|#[^\n]*+)*+,")  # possessive: a comma inside a comment is none
_TO_LINE_END = re.compile(r"[ \t]*(?:#[^\n]*?)?(?=\r?\n)")
_BLANKS = re.compile(r"[ \t]*")
_COMMA_BEFORE = re.compile(r"[ \t]*,[ \t]*")


def insert_item(written: str, at: int, item: str) -> str:
    """The list with an item before its at-th, or at its end; on a line of its own if its neighbour stands so."""
    spans = _items(written)
    if not spans:
        return f"[{item}{written[1:]}"
    if at == 0:
        first = spans[0].value_at
        line = _line_start(written, first)
        between = ", " if written[line:first].strip() else f",{_newline(written)}{written[line:first]}"
        return f"{written[:first]}{item}{between}{written[first:]}"
    before = spans[at - 1]
    comma = _TO_COMMA.match(written, before.end)
    if comma is None:
        written = f"{written[: before.end]},{written[before.end :]}"
        behind, closing = before.end + 1, ""
    else:
        behind, closing = comma.end(), ","
    rest = _TO_LINE_END.match(written, behind)
    if rest is None:
        return f"{written[:behind]} {item}{closing}{written[behind:]}"
    indent = _newline(written) + _indent(written, before.value_at)
    return f"{written[: rest.end()]}{indent}{item}{closing}{written[rest.end() :]}"


def remove_item(written: str, at: int) -> str:
    """The list without its at-th item."""
    spans = _items(written)
    begin, end = spans[at].value_at, spans[at].end
    comma = _TO_COMMA.match(written, end)
    if comma is not None and written[end : comma.end()].strip() != ",":
        # A comment or a new line stands before the comma: both stay.
        return f"{written[:begin]}{written[end : comma.end() - 1]}{written[comma.end() :]}"
    behind = end if comma is None else comma.end()
    line = _line_start(written, begin)
    rest = _TO_LINE_END.match(written, behind)
    if rest is not None and line and not written[line:begin].strip():
        return written[:line] + written[written.index("\n", rest.end()) + 1 :]
    if comma is None and at and _COMMA_BEFORE.fullmatch(written, spans[at - 1].end, begin):
        begin = spans[at - 1].end
    elif comma is not None:
        behind = _end_of(_BLANKS, written, behind)
    return written[:begin] + written[behind:]


def _items(written: str) -> list[Span]:
    """The places of the items, from the start of the list."""
    spans = Positions(_NAMED + written).spans
    shift = len(_NAMED)
    found: list[Span] = []
    while (span := spans.get(("x", len(found)))) is not None:
        found.append(Span(span.statement_at - shift, span.value_at - shift, span.end - shift))
    return found


def _line_start(written: str, at: int) -> int:
    """Where the line begins; 0 on the line that the list itself begins on."""
    return written.rfind("\n", 0, at) + 1


def _indent(written: str, at: int) -> str:
    """What stands before an item on its line, if it is the first there."""
    line = _line_start(written, at)
    return written[line:at] if line and not written[line:at].strip() else "  "


def _newline(written: str) -> str:
    return "\r\n" if "\r\n" in written else "\n"


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()
