"""Changing one key of a TOML text: everything else stays as it is, to the byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from station_config.list_text import insert_item
from station_config.positions import Block, KeyPath, Positions
from station_config.site_file import read_toml
from station_config.toml_text import dotted_key, inline_table, inline_with, inline_without, text_value


def value_at(raw: Any, path: KeyPath) -> Any:
    """What stands at a path, or KeyError."""
    for part in path:
        raw = raw[part]
    return raw


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML text, what it says, and where. Raises SiteFaults when it is no TOML."""

    text: str
    raw: dict[str, Any]
    positions: Positions

    @classmethod
    def of(cls, text: str) -> Document:
        return cls(text, *read_toml(text))

    def at(self, path: KeyPath) -> Any:
        """What stands at a path, or KeyError."""
        return value_at(self.raw, path)

    def written(self, path: KeyPath) -> str:
        """A value as it is written."""
        span = self.positions.spans[path]
        return self.text[span.value_at : span.end]

    def commented(self, path: KeyPath) -> bool:
        """Whether a comment stands in the statement, behind it or on the line above it."""
        start, end = self._lines(path)
        above = self.text[self.text.rfind("\n", 0, max(start - 1, 0)) + 1 : start]
        return "#" in self.text[start:end] or above.lstrip().startswith("#")

    def with_value(self, path: KeyPath, value: str) -> str:
        """Another value at a key that is there."""
        span = self.positions.spans[path]
        return self.text[: span.value_at] + value + self.text[span.end :]

    def with_key(self, path: KeyPath, key: str, value: str) -> str:
        """A new key at the end of its table, however that is written."""
        if path in self.positions.spans:
            return self.with_value(path, inline_with(self.written(path), key, value))
        header = max((head for head in self.positions.blocks if path[: len(head)] == head), key=len)
        block = self.positions.blocks[header]
        keys = [*cast("tuple[str, ...]", path[len(header) :]), key]
        return self._with_lines(block.end, [f"{block.indent}{dotted_key(keys)} = {value}"])

    def without_key(self, path: KeyPath) -> str:
        """The key taken out, with the lines that it stands on."""
        *table, key = path
        if tuple(table) in self.positions.spans:
            return self.with_value(tuple(table), inline_without(self.written(tuple(table)), str(key)))
        start, end = self._lines(path)
        return self.text[:start] + self.text[end:]

    def with_table(self, name: str, values: dict[str, str]) -> str:
        """One more table behind the last of a list of tables; at the end of the text if it is the first."""
        if (name,) in self.positions.spans:
            count = len(self.at((name,)))
            return self.with_value((name,), insert_item(self.written((name,)), count, inline_table(values)))
        others = [block for head, block in self.positions.blocks.items() if head[:1] == (name,)]
        last = max(others, key=lambda block: block.end, default=Block(0, len(self.text)))
        lines = [f"{dotted_key([key])} = {text_value(value)}" for key, value in values.items()]
        return self._with_lines(last.end, ["", f"[[{name}]]", *lines])

    def _lines(self, path: KeyPath) -> tuple[int, int]:
        """The whole lines of a statement."""
        span = self.positions.spans[path]
        start = self.text.rfind("\n", 0, span.statement_at) + 1
        return start, self.text.find("\n", span.end) + 1 or len(self.text)

    def _with_lines(self, at: int, lines: list[str]) -> str:
        """New lines where a line begins, ended as the others are."""
        newline = "\r\n" if "\r\n" in self.text else "\n"
        before = self.text[:at]
        if before and not before.endswith("\n"):
            before += newline
        added = "".join(line.replace("\n", newline) + newline for line in lines)
        return before + added + self.text[at:]
