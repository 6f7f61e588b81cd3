"""The keys that pages change: when two values say the same, and how another one is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from station_config.changes import Typed
from station_config.durations import DURATION
from station_config.list_text import insert_item, remove_item
from station_config.outages import outages_in
from station_config.positions import KeyPath
from station_config.reader import Unfit, Value
from station_config.text_edits import Document
from station_config.toml_text import list_value, text_value
from station_config.values import BREAK, CLOCK, DAY, DAYS, HOLIDAY, OVERTIME, RATE, ZONE

_NUMBER = re.compile(r"(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class EditedKey:
    """A key whose value is one of a kind, or a list of them in any order."""

    value: Value[Any]
    unset: Typed | None = None
    """What it says when it is left out; None for a key that must be there."""
    is_number: bool = False
    rank: Callable[[str], Any] = str
    """Where a new item of a list goes among the others."""

    def reading(self, raw: object) -> object:
        """What the ordinary reader makes of it; texts that it refuses are only like themselves."""
        if self.is_number and _NUMBER.fullmatch(str(raw)):
            raw = Decimal(str(raw))  # refused ones, such as 0, are then alike as well
        try:
            return self.value.parse(raw)
        except Unfit:
            return ("refused", repr(raw))

    def meant(self, typed: Typed) -> Typed:
        """What was typed, nothing being what the key says when it is left out."""
        return typed or (typed if self.unset is None else self.unset)

    def says(self, raw: object, typed: Typed) -> bool:
        """Whether the value in the file says what was typed."""
        if isinstance(typed, str):
            return self.reading(raw) == self.reading(typed)
        if not isinstance(raw, list | tuple):
            return False
        readings = [self.reading(item) for item in raw]
        return set(map(self.reading, typed)) == set(readings) and len(set(readings)) == len(readings)

    def written(self, typed: Typed) -> str:
        """As TOML, no item twice. What is no number goes in quotes: the ordinary reader then tells the fault."""
        if not isinstance(typed, str):
            return list_value(list({self.reading(item): item for item in reversed(typed)}.values())[::-1])
        return typed if self.is_number and _NUMBER.fullmatch(typed) else text_value(typed)


def _weekday(day: str) -> int:
    return DAYS.index(day) if day in DAYS else len(DAYS)


_EDITED = {
    "holidays": EditedKey(HOLIDAY, ()),
    "start": EditedKey(CLOCK),
    "end": EditedKey(CLOCK),
    "days": EditedKey(DAY, rank=_weekday),
    "breaks": EditedKey(BREAK, ()),
    "overtime": EditedKey(OVERTIME, ()),
    "per_hour": EditedKey(RATE, is_number=True),
    "lead": EditedKey(DURATION, "0min"),
    "transfer": EditedKey(DURATION, "0min"),
    "buffer": EditedKey(DURATION, "0min"),
    "ship_buffer": EditedKey(DURATION, "0min"),
    "out_of_service": EditedKey(outages_in(ZoneInfo("UTC")), ()),
}


def edited_key(raw: Mapping[str, Any], key: str) -> EditedKey:
    """The key in a file that says `raw`: when a station is out of service is told in the site's zone."""
    kind = _EDITED[key]
    if key != "out_of_service":
        return kind
    try:
        return replace(kind, value=outages_in(ZONE.parse(raw["site"]["timezone"])))
    except (KeyError, TypeError, Unfit):  # a fault that the ordinary reader tells
        return kind


def with_key_set(document: Document, table: KeyPath, key: str, typed: Typed) -> str:
    """The text with the key saying what was typed; the same text when it says so already."""
    kind, path = edited_key(document.raw, key), (*table, key)
    back = not typed and kind.unset is not None
    typed = kind.meant(typed)
    if key not in document.at(table):
        unchanged = kind.unset is not None and kind.says(kind.unset, typed)
        return document.text if unchanged else document.with_key(table, key, kind.written(typed))
    raw = document.at(path)
    if kind.says(raw, typed):
        return document.text
    if back and not document.commented(path):
        return document.without_key(path)
    if isinstance(raw, list) and not isinstance(typed, str):
        return document.with_value(path, _with_items(document.written(path), raw, kind, typed))
    return document.with_value(path, kind.written(typed))


def _with_items(written: str, raw: list[object], kind: EditedKey, typed: tuple[str, ...]) -> str:
    """The list with the new items put in and those that are not wanted taken out."""
    items = [_shown(item) for item in raw]
    wanted = {kind.reading(item): item for item in typed}
    readings = [kind.reading(item) for item in raw]
    for reading, item in wanted.items():
        if reading in readings:
            continue
        at = max((at for at, other in enumerate(items, 1) if kind.rank(other) <= kind.rank(item)), default=0)
        written = insert_item(written, at, text_value(item))
        items.insert(at, item)
        readings.insert(at, reading)
    for at in reversed(range(len(items))):  # after the new ones came, which stand like the old ones
        if readings[at] not in wanted or readings[at] in readings[:at]:
            written = remove_item(written, at)
    return written


def _shown(raw: object) -> str:
    """A date or a time without quotes ranks like one in quotes."""
    return raw.isoformat() if isinstance(raw, date | time) else str(raw)
