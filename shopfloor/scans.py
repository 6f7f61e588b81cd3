"""What a device reports and what it is told: values shared by gateway, API and ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shopfloor.codes import CodeKind, code_kind
from shopfloor.instants import Instant

Result = Literal["recorded", "duplicate", "refused"]


@dataclass(frozen=True, slots=True)
class Scan:
    """One code read at one place."""

    device: str
    """A configured device, or `station:<id>` for a tap on that station's kiosk."""
    code: str
    arrived_at: Instant
    scan_id: str | None = None
    """Made where the scan happened; None when the device makes none."""
    device_at: Instant | None = None
    """The device's own clock, if it told one."""
    seq: int | None = None
    """The device's own sequence number, if it counts."""
    quantity: int | None = None
    person: str | None = None
    packet: int | None = None
    """The broker's packet identifier, by which a redelivery of a scan without an id is known."""
    redelivered: bool = False
    """The broker marks it as possibly sent before."""
    payload: bytes = b""
    """The bytes as they came (at most 2,000), kept when the scan is refused."""
    meant: Literal["in", "out"] | None = None
    """What whoever tapped it said: received, or given on; None: as the device is fixed."""
    declared: CodeKind | None = None
    """What the device's profile says that it reads; None: the code itself says."""

    @property
    def kind(self) -> CodeKind:
        """Whether it is a badge, a command, or a code that may be a batch."""
        return self.declared or code_kind(self.code)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that is no scan: kept for inspection, counted, never recorded."""

    device: str
    topic: str
    arrived_at: Instant
    payload: bytes
    """At most the first 2,000 bytes."""
    size: int
    """Bytes as they came."""
    reason: str
    """One sentence."""
    scan_id: str | None = None
    waited_for: bool = False
    """Something was read from a label, or said in our own format: somebody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a scan; `text` is one short sentence for the person at the device."""

    device: str
    scan_id: str | None
    result: Result
    text: str
