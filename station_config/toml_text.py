"""Values as they are written in TOML, and braces with one key more or less.

tomlkit writes these. It is not given the whole file: it moves tables of one kind together, and what a comment
stood above is then another one. Which piece of the file changes is decided in `text_edits`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import tomlkit
from tomlkit.items import InlineTable

_LONG_LINE = 100


def text_value(text: str) -> str:
    """A text in quotes."""
    return tomlkit.item(text).as_string()


def list_value(texts: Sequence[str]) -> str:
    """A list of texts, on lines of their own when there are many."""
    array = tomlkit.array()
    array.extend(texts)
    written = array.as_string()
    return written if len(written) <= _LONG_LINE else array.multiline(multiline=True).as_string()


def inline_table(values: Mapping[str, str]) -> str:
    """A table of texts in braces."""
    table = tomlkit.inline_table()
    table.update(values)
    return table.as_string()


def dotted_key(parts: Sequence[str]) -> str:
    """A key as it stands before the equals sign."""
    return tomlkit.key(parts).as_string()


def inline_with(braces: str, key: str, value: str) -> str:
    """An inline table with one key more, whose value is TOML already. Raises tomlkit's TOMLKitError."""
    table = _inline(braces)
    table[key] = tomlkit.value(value)
    return table.as_string()


def inline_without(braces: str, key: str) -> str:
    """An inline table with one key less. Raises tomlkit's TOMLKitError."""
    table = _inline(braces)
    del table[key]
    return table.as_string()


def _inline(braces: str) -> InlineTable:
    table = tomlkit.value(braces)
    if not isinstance(table, InlineTable):
        raise tomlkit.exceptions.TOMLKitError(f"no table in braces: {braces}")
    return table
