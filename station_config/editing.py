"""Editing the text of site.toml with its comments, order and formatting kept: text in, text out."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass

from tomlkit.exceptions import TOMLKitError

from shopfloor.sentences import sentence
from station_config.changes import AddDevice, AddStation, Change, Typed, wanted
from station_config.edited_keys import edited_key, with_key_set
from station_config.faults import Fault, SiteFaults
from station_config.finding import UnknownId, table_of
from station_config.keys import FILE_NAME
from station_config.positions import KeyPath, key_text
from station_config.site_file import BYTE_ORDER_MARK
from station_config.text_edits import Document, value_at


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault with the change and the field that caused it; None and "" when it belongs to no field."""

    fault: Fault
    change: Change | None
    field: str


def apply(text: str, changes: Iterable[Change]) -> str:
    """The text with the changes made; only keys that would be read differently are touched.

    Raises SiteFaults for unknown ids, each told once, for a text that is no TOML, and for a key that cannot be
    changed without changing another. Whether the result is a sound site is for `check_text` to say.
    """
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    document = Document.of(text.removeprefix(mark))
    unknown: dict[Fault, None] = {}
    for change in changes:
        try:
            document = _changed(document, change)
        except UnknownId as one:
            unknown[Fault(FILE_NAME, None, "", str(one))] = None
    if unknown:
        raise SiteFaults(unknown)
    return mark + document.text


def placed(text: str, changes: Iterable[Change], faults: Iterable[Fault]) -> tuple[PlacedFault, ...]:
    """Faults of a text that `apply` returned, each with the field that it belongs to."""
    document = Document.of(text.removeprefix(BYTE_ORDER_MARK))
    fields: dict[str, tuple[Change, str]] = {}
    for change in changes:
        try:
            table = table_of(document.raw, change)
        except UnknownId:
            continue
        fields |= {key_text((*table, key)): (change, key) for key in wanted(change)}
    return tuple(PlacedFault(fault, *_field_of(fault, fields)) for fault in faults)


def _field_of(fault: Fault, fields: dict[str, tuple[Change, str]]) -> tuple[Change | None, str]:
    for path, field in fields.items():
        if fault.key == path or fault.key.startswith((f"{path}[", f"{path}.")):
            return field
    return None, ""


def _changed(document: Document, change: Change) -> Document:
    if isinstance(change, AddStation):
        values = {"id": change.id, "name": change.name, "link": change.link}
        return _with_table(document, "station", values)
    if isinstance(change, AddDevice):
        values = {
            "id": change.id,
            "station": change.station,
            "profile": change.profile,
            "address": change.address,
            "mode": change.mode,
        }
        return _with_table(document, "device", values)
    table = table_of(document.raw, change)
    for key, typed in wanted(change).items():
        path = (*table, key)
        try:
            text = with_key_set(document, table, key, typed)
            after = document if text == document.text else Document.of(text)
        except (KeyError, SiteFaults, TOMLKitError):
            raise _not_from_here(document, path) from None
        if after is not document and not _differs_only_in(document, after, path, typed):
            raise _not_from_here(document, path)
        document = after
    return document


_NEEDED = ("id", "link", "station")
"""Keys that a table must have: an empty one is a fault that its reader tells."""


def _with_table(document: Document, kind: str, typed: dict[str, str]) -> Document:
    """One more table, without optional keys that are empty. An id that is there already is for the reader to tell."""
    values = {key: text.strip() for key, text in typed.items() if key in _NEEDED or text.strip()}
    try:
        after = Document.of(document.with_table(kind, values))
        expected = {**document.raw, kind: [*document.raw.get(kind, []), values]}
    except (KeyError, TypeError, SiteFaults, TOMLKitError):
        raise _not_from_here(document, (kind,)) from None
    if after.raw != expected:
        raise _not_from_here(document, (kind,))
    return after


def _differs_only_in(before: Document, after: Document, path: KeyPath, typed: Typed) -> bool:
    """Whether the key says now what was typed and everything else says what it said: no surprise is written."""
    *table, key = path
    raws = deepcopy(before.raw), deepcopy(after.raw)
    _, now = (value_at(raw, tuple(table)).pop(key, None) for raw in raws)
    kind = edited_key(before.raw, str(key))
    return raws[0] == raws[1] and kind.says(kind.unset if now is None else now, kind.meant(typed))


def _not_from_here(document: Document, path: KeyPath) -> SiteFaults:
    text = sentence("is written in a way that cannot be changed on a page; change it in site.toml itself")
    return SiteFaults([Fault(FILE_NAME, document.positions.line_of(path), key_text(path), text)])
