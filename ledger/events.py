"""Events: the only truth, appended and never changed, each hash covering the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ledger.said import with_said
from shopfloor.instants import Instant, utc_text

GENESIS = "0" * 64
"""What the first event's hash covers in place of a hash before it."""

KINDS = (
    "order_drafted",
    "order_changed",
    "order_discarded",
    "order_confirmed",
    "confirmation_withdrawn",
    "order_released",
    "order_replanned",
    "site_changed",
    "device_added",
    "device_revoked",
    "received",
    "given",
    "scrapped",
    "split",
    "voided",
    "scan_forced",
    "scan_discarded",
    "link_finished",
    "link_unfinished",
    "hour_noted",
    "shift_signed",
    "sheet_entered",
    "photo_attached",
    "flag_raised",
    "flag_answered",
    "flag_resolved",
    "flag_mistaken",
    "flag_reopened",
    "flag_withdrawn",
    "flag_disputed",
    "flag_ruled",
    "flag_escalated",
    "flag_clock_set",
    "consequence_chosen",
    "consequence_disputed",
    "consequence_ruled",
    "consequence_in_effect",
)

_DETAIL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_FACTS = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
# Made once: json.dumps would make one for each event.


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `link` is "line/link"; `detail` is what the kind needs besides."""

    event_id: str
    kind: str
    occurred_at: Instant
    source: str
    station: str | None = None
    link: str | None = None
    order: str | None = None
    batch: str | None = None
    quantity: int | None = None
    reason: str | None = None
    person: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str]:
        """The line and the link of an event that has them."""
        line, _, link = str(self.link).partition("/")
        return line, link


def chained(event: Event, *, sequence: int, recorded_at: str, prev_hash: str) -> tuple[Any, ...]:
    """The row of `events`, in the order of its columns, with its place in the chain."""
    facts = (
        sequence,
        event.event_id,
        event.kind,
        utc_text(event.occurred_at),
        recorded_at,
        event.source,
        event.station,
        event.link,
        event.order,
        event.batch,
        event.quantity,
        event.reason,
        event.person,
        _DETAIL.encode(with_said(event.detail)),
        prev_hash,
    )
    return (*facts, chain_hash(facts))


def chain_hash(facts: tuple[Any, ...]) -> str:
    """SHA-256 over a row's facts, the hash before it among them; a JSON list keeps the fields apart."""
    return sha256(_FACTS.encode(facts).encode()).hexdigest()
