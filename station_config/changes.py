"""What a person changes in a site on a page, in the texts that the person typed.

Fields are called like the keys they set, so that a fault of a key is a fault of a field. A field that is None
is left as it is; an empty text or list is what a left-out key means.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeAlias

Texts: TypeAlias = tuple[str, ...]
Typed: TypeAlias = str | Texts
"""What was typed for one key."""


@dataclass(frozen=True, slots=True)
class SetSiteHolidays:
    """`holidays` of the site, for example "2026-12-25"."""

    holidays: Texts


@dataclass(frozen=True, slots=True)
class SetShift:
    """Times, days, breaks and overtime dates of a shift."""

    id: str
    start: str | None = None
    end: str | None = None
    days: Texts | None = None
    breaks: Texts | None = None
    overtime: Texts | None = None


@dataclass(frozen=True, slots=True)
class SetLinkValues:
    """Rate and lags of a link; a milestone has no rate: leave it None."""

    line: str
    link: str
    per_hour: str | None = None
    lead: str | None = None
    transfer: str | None = None
    buffer: str | None = None


@dataclass(frozen=True, slots=True)
class SetShipBuffer:
    """`ship_buffer` of a line."""

    line: str
    ship_buffer: str


@dataclass(frozen=True, slots=True)
class SetStationOutages:
    """When a station is out of service, for example "2026-12-01T06:00/.."."""

    station: str
    out_of_service: Texts


@dataclass(frozen=True, slots=True)
class AddStation:
    """One more station of a link, `link` being "line/link"; without a name it is called after its id."""

    id: str
    link: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class AddDevice:
    """One more device at a station; what is empty is left out: `profile` native, `mode` auto, `address` its id."""

    id: str
    station: str
    profile: str = ""
    address: str = ""
    mode: str = ""


Change: TypeAlias = (
    SetSiteHolidays | SetShift | SetLinkValues | SetShipBuffer | SetStationOutages | AddStation | AddDevice
)

_WHICH = {
    SetShift: {"id"},
    SetLinkValues: {"line", "link"},
    SetShipBuffer: {"line"},
    SetStationOutages: {"station"},
}
"""The fields that only say which table is meant."""


def wanted(change: Change) -> dict[str, Typed]:
    """The keys that a change sets, each with what was typed; blanks around it and empty items are dropped."""
    which = _WHICH.get(type(change), set())
    typed = {field.name: getattr(change, field.name) for field in fields(change) if field.name not in which}
    return {
        key: value.strip()
        if isinstance(value, str)
        else tuple(text.strip() for text in value if text.strip())
        for key, value in typed.items()
        if value is not None
    }
