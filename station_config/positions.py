"""Where each key of a TOML text stands; the standard library's reader does not tell.

The text has been read as valid TOML before, so this walk checks nothing: it only has to find its way
over keys, headers, strings and brackets.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from typing import TypeAlias

from station_config.wording import quoted

KeyPath: TypeAlias = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.DOTALL,
)


def key_text(path: KeyPath) -> str:
    """The path as people read it, `line[0].link[2].per_hour`; odd keys stand in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            shown = part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else quoted(part)
            text += f".{shown}" if text else shown
    return text


@dataclass(frozen=True, slots=True)
class Span:
    """A value in the text, [value_at, end), and where its statement `key = value` begins; a list item has no key."""

    statement_at: int
    value_at: int
    end: int


@dataclass(slots=True)
class Block:
    """The keys below a header, [start, end) in whole lines: blanks and comments behind the last key are outside."""

    start: int
    end: int
    indent: str = ""
    """What stands before its first key."""


class Positions:
    """The lines and places of all keys, tables and list items of one valid TOML text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._lines: dict[KeyPath, int] = {}
        self._table_counts: dict[KeyPath, int] = {}
        self.spans: dict[KeyPath, Span] = {}
        """Of every `key = value` and every list item."""
        self.blocks: dict[KeyPath, Block] = {(): Block(0, 0)}
        """Of every header, and of the keys before the first one."""
        self._walk()

    def line_of(self, path: KeyPath) -> int | None:
        """The line of the key, or of the nearest table around it; None when that is the whole file."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return None

    def _walk(self) -> None:
        table: KeyPath = ()
        while True:
            self._skip(_BLANK)
            if self._at >= len(self._text):
                return
            if self._text.startswith("[[", self._at):
                table = self._header(2)
            elif self._text.startswith("[", self._at):
                table = self._header(1)
            else:
                self._pair_of_block(table)

    def _pair_of_block(self, table: KeyPath) -> None:
        block, begin = self.blocks[table], self._at
        if block.start == block.end:
            block.indent = self._text[self._text.rfind("\n", 0, begin) + 1 : begin]
        self._pair(table)
        block.end = self._line_end()

    def _line_end(self) -> int:
        """Behind the line that the walk is in."""
        return self._text.find("\n", self._at) + 1 or len(self._text)

    def _header(self, brackets: int) -> KeyPath:
        self._at += brackets
        *outer, last = self._key()
        self._skip(_BLANK)
        self._at += brackets
        path: KeyPath = ()
        for part in outer:
            path = self._newest((*path, part))
        path = (*path, last)
        self._note(path)
        if brackets == 2:  # noqa: PLR2004  # one more table of a list
            index = self._table_counts.get(path, 0)
            self._table_counts[path] = index + 1
            path = self._note((*path, index))
        self.blocks[path] = Block(self._line_end(), self._line_end())
        return path

    def _newest(self, path: KeyPath) -> KeyPath:
        """Below a list of tables a header means the last one of it."""
        self._note(path)
        count = self._table_counts.get(path)
        return path if count is None else (*path, count - 1)

    def _pair(self, table: KeyPath) -> None:
        path, begin = table, self._at
        for part in self._key():
            path = self._note((*path, part))
        self._skip(_BLANK)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path, begin)

    def _key(self) -> list[str]:
        parts = []
        self._skip(_BLANK)
        while True:
            part = self._skip(_KEY_PART)
            # A quoted part may hold escapes; the library decodes them.
            parts.append(tomllib.loads(f"part = {part}")["part"] if part[:1] in {'"', "'"} else part)
            if not self._skip(_DOT):
                return parts

    def _value(self, path: KeyPath, statement_at: int) -> None:
        begin = self._at
        first = self._text[self._at : self._at + 1]
        if first == "[":
            self._list(path)
        elif first == "{":
            self._inline_table(path)
        elif first in {'"', "'"}:
            self._skip(_STRING)
        else:
            self._skip(_BARE_VALUE)
        end = begin + len(self._text[begin : self._at].rstrip())
        self.spans[path] = Span(statement_at, begin, end)

    def _list(self, path: KeyPath) -> None:
        index = 0
        while self._next_inside("]"):
            self._value(self._note((*path, index)), self._at)
            index += 1

    def _inline_table(self, path: KeyPath) -> None:
        while self._next_inside("}"):
            self._pair(path)

    def _next_inside(self, closing: str) -> bool:
        """Step over the opening bracket or a comma; False at the closing bracket, which is passed too."""
        self._skip(_BLANK)
        if self._text[self._at : self._at + 1] != closing:
            self._at += 1
            self._skip(_BLANK)
        if self._text[self._at : self._at + 1] not in {closing, ""}:
            return True
        self._at += 1
        return False

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found.group()

    def _note(self, path: KeyPath) -> KeyPath:
        self._lines.setdefault(path, bisect_right(self._line_starts, self._at))
        return path
