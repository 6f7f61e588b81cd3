"""Devices: who is there, who is unknown, and what was heard last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kiosk.contexts.choice import Choice
from kiosk.contexts.frame import Frame
from kiosk.contexts.tablets import TabletRow
from shopfloor.broker_refusals import Tried

Presence = Literal["online", "offline", "silent", "seen", "never"]
"""`silent`: nothing for long although its link works; `seen`: it tells no presence, but talks."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device of the site."""

    device: str
    called: str
    """What it calls itself; empty when that is its id."""
    profile: str
    model: str
    station: str
    link: str
    presence: Presence
    seen_min: int | None
    """Whole minutes since its last message; None: never."""
    clock: str
    """Its clock less ours, for example +3 s; empty when it tells no time."""
    clock_off: bool
    """Beyond what is believed."""
    scans_today: int
    refused_today: int
    gaps: int | None
    """Gaps in its sequence; None when nobody counts them."""
    battery: int | None


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """A device that talks and is none of the site's, with the form that makes it one."""

    key: str
    """Tells its form from the others."""
    profile: str
    address: str
    topic: str
    payload: str
    seen_min: int
    device: str
    """The id that is proposed; empty when its own name cannot be one and has to be changed on the device."""
    own_topics: bool
    """It speaks on the site's own topics: its id is its name, and its profile can be chosen."""


@dataclass(frozen=True, slots=True)
class KeptOutRow:
    """What somebody tried at the broker in vain."""

    user: str
    """Empty for all who have no password."""
    known: bool
    """A device of the site."""
    tried: Tried
    times: int
    last_min: int
    why: str
    address: str


@dataclass(frozen=True, slots=True)
class DevicesPage:
    """All devices; `values` and `faults` are those of the form with the key `filled`."""

    frame: Frame
    rows: tuple[DeviceRow, ...]
    counts: Mapping[Presence, int]
    tablets: tuple[TabletRow, ...]
    unknown: tuple[UnknownRow, ...]
    unknown_hidden: int
    kept_out: tuple[KeptOutRow, ...]
    stations: tuple[Choice, ...]
    profiles: tuple[Choice, ...]
    listened: tuple[str, ...]
    """Ids of the profiles that are listened to."""
    person: str
    filled: str
    values: Mapping[str, str]
    faults: Mapping[str, str]
    fault: str
    done: str
    """The device that was just added."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One message as it came, and how it was read."""

    id: int
    at: str
    topic: str
    text: str
    """With control characters by their names, cut."""
    hex: str
    size: int
    cut: bool
    """Not all of it is shown."""
    retained: bool
    device: str
    known: bool
    profile: str
    became: str
    code: str
    scan_id: str
    device_time: str
    seq: int | None
    why: str


@dataclass(frozen=True, slots=True)
class InspectorPage:
    """The last messages."""

    frame: Frame
    device: str
    """Only of this one; empty: of all."""
    devices: tuple[str, ...]
    live: bool
    rows: tuple[RawRow, ...]
