"""The table of site.toml that a change is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfloor.kinds import kind_word
from shopfloor.sentences import sentence
from station_config.changes import (
    AddDevice,
    AddStation,
    Change,
    SetLinkValues,
    SetShift,
    SetShipBuffer,
    SetSiteHolidays,
    SetStationOutages,
)
from station_config.positions import KeyPath
from station_config.wording import either, nearest, quoted

_LISTED = 8


class UnknownId(Exception):  # it becomes a Fault
    """The sentence about an id that no table has."""


def table_of(raw: Mapping[str, Any], change: Change) -> KeyPath:  # one for each change
    """The path of the table; of what was just added the last of that id. Raises UnknownId."""
    match change:
        case SetSiteHolidays():
            if not isinstance(raw.get("site"), dict):
                raise UnknownId(sentence("there is no [site]; write it and below it id, name and timezone"))
            return ("site",)
        case SetShift():
            return _find(raw, "shift", change.id)
        case SetShipBuffer():
            return _find(raw, "line", change.line)
        case SetLinkValues():
            line = _find(raw, "line", change.line)
            return (
                *line,
                *_find(raw["line"][line[1]], "link", change.link, f" in the line {quoted(change.line)}"),
            )
        case SetStationOutages():
            return _find(raw, "station", change.station)
        case AddStation() | AddDevice():
            kind = "station" if isinstance(change, AddStation) else "device"
            return (kind, _find(raw, kind, change.id.strip(), last=True)[1])


def _find(
    table: Mapping[str, Any], kind: str, wanted: str, where: str = "", *, last: bool = False
) -> KeyPath:
    tables = table.get(kind)
    ids = (
        [one.get("id") if isinstance(one, dict) else None for one in tables]
        if isinstance(tables, list)
        else []
    )
    found = [index for index, one in enumerate(ids) if one == wanted]
    if found:
        return (kind, found[-1 if last else 0])
    known = [one for one in ids if isinstance(one, str)]
    near = nearest(wanted, known)
    if near is not None:
        advice = sentence("did you mean %(near)s?", near=quoted(near))
    else:
        advice = (
            sentence("choose %(known)s", known=either(map(quoted, known[:_LISTED])))
            if known
            else sentence("add it in site.toml")
        )
    raise UnknownId(
        sentence(
            "there is no %(kind)s %(wanted)s%(where)s; %(advice)s",
            kind=kind_word(kind),
            wanted=quoted(wanted),
            where=where,
            advice=advice,
        )
    )
