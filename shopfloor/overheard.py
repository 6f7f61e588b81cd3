"""What the gateway hears besides scans: the last raw messages, facts about devices, and strangers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shopfloor.instants import Instant

KEPT_MESSAGES = 200
KEPT_STRANGERS = 200
KEPT_PAYLOAD = 2_000
"""Bytes of a message that are shown."""

Became = Literal["scan", "badge", "command", "state", "heard", "same", "refused", "passed over"]
"""What a message was read as: `heard` is a message without a code, `same` a tag that is still there."""


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message as it came, and how it was read."""

    arrived_at: Instant
    topic: str
    payload: bytes
    """At most `KEPT_PAYLOAD` bytes."""
    size: int
    retained: bool
    device: str
    """Of the site, or what an unknown one calls itself; empty when nobody is named."""
    known: bool
    profile: str
    became: Became
    code: str = ""
    scan_id: str = ""
    device_at: Instant | None = None
    seq: int | None = None
    why: str = ""
    """Why it is no scan."""


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a device of the site told about itself; None where it told nothing."""

    device: str
    heard_at: Instant
    battery: int | None = None
    """Percent."""
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Stranger:
    """A device that talks and is none of the site's."""

    profile: str
    address: str
    """What it calls itself, in its topic or payload."""
    topic: str
    payload: bytes
    heard_at: Instant


@dataclass(frozen=True, slots=True)
class Overheard:
    """What was heard since the last time, handed over at most once a second; all of it is bounded."""

    messages: tuple[RawMessage, ...] = ()
    facts: tuple[DeviceFacts, ...] = ()
    strangers: tuple[Stranger, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.messages or self.facts or self.strangers)
