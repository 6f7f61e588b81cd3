"""What simulated people do: scan, flag, answer, dispute, rule, correct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from shopfloor.flags import Ruling
from shopfloor.instants import Instant

Meaning: TypeAlias = Literal["received", "given", "refused"]


@dataclass(frozen=True, slots=True)
class FlagKey:
    """What tells an open flag from another: there is one at a time for each."""

    against: str
    order: str
    raised_by: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """One code read by one device."""

    at: Instant
    device: str
    code: str
    meant: Meaning
    """What the person expects of it; `refused` is a slip."""
    quantity: int | None = None
    """What was counted, if that is told."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A shift lead says: not received."""

    at: Instant
    station: str
    key: FlagKey


@dataclass(frozen=True, slots=True)
class Answered:
    """The flagged link's shift lead replies."""

    at: Instant
    station: str
    key: FlagKey
    reason: str
    promised_at: Instant
    comment: str


@dataclass(frozen=True, slots=True)
class Disputed:
    """The flagged link's shift lead says that the flag is wrong."""

    at: Instant
    station: str
    key: FlagKey
    comment: str


@dataclass(frozen=True, slots=True)
class Ruled:
    """A supervisor decides about a disputed flag."""

    at: Instant
    person: str
    key: FlagKey
    ruling: Ruling
    comment: str


@dataclass(frozen=True, slots=True)
class Undone:
    """A scan with a quantity of its own is taken back, where it was made."""

    at: Instant
    station: str
    device: str
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Scrapped:
    """Units are spoilt at a station, or rejected as a link before gave them."""

    at: Instant
    station: str
    code: str
    quantity: int
    reason: str
    rejected_from: str | None


Action: TypeAlias = Scanned | Flagged | Answered | Disputed | Ruled | Undone | Scrapped
