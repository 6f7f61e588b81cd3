"""The site's events to whoever wants them: each at least once, in order, under `interlock/<site>/event/<kind>`.

Nothing waits here: the events stay in the ledger until the broker has them. What a broker acknowledged is not yet
safe with it: one that is killed forgets. So an event is done only some seconds after its acknowledgement, and a new
connection, or a new gateway, begins again with the first that is not done.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, Protocol

import msgspec
import structlog

from gateway import topics
from gateway.connection import Connection

UNDER_WAY = 10
"""Half of what paho has under way at once: an answer to a scan finds room beside events."""
PAGE = 20
LOOK_S = 1.0
"""How often what other processes recorded is looked for."""
TURN_S = 0.05
"""While scans wait, one round of `UNDER_WAY` events this often, so that they are not left behind for ever."""
DONE_AFTER_S = 10.0
SAVE_S = 1.0
REFUSED_PAUSE_S = 5.0
LARGEST_BYTES = 64 * 1024
KEPT_BYTES = 1_000
"""A part of a detail that is larger goes first when an event is too large."""

log = structlog.get_logger(__name__)


class Outbox(Protocol):
    """Where the events are."""

    def begin(self) -> int: ...
    def after(self, sequence: int, limit: int) -> Sequence[Mapping[str, Any]]: ...
    def save(self, sequence: int) -> None: ...


class Publisher:
    """Publishes over the gateway's connection, whenever the gateway's loop lets it."""

    def __init__(
        self,
        site: str,
        outbox: Outbox,
        *,
        names: bool = False,
        unavailable: tuple[type[Exception], ...] = (),
        done_after_s: float = DONE_AFTER_S,
    ) -> None:
        """`names`: whether the person goes along with an event."""
        self.acknowledged = 0
        """The last sequence of which the broker said that it has it and all before."""
        self._site = site
        self._outbox = outbox
        self._names = names
        self._unavailable: tuple[type[Exception], ...] = (*unavailable, OSError)
        self._done_after_s = done_after_s
        self._begun = False
        self._done = self._saved = 0
        self._trail: deque[tuple[float, int]] = deque()
        """When it was seen how far the broker had acknowledged."""
        self._page: deque[Mapping[str, Any]] = deque()
        self._read = 0
        self._more = False
        self._under_way: deque[int] = deque()
        self._sequences: dict[int, int] = {}
        """By the connection's number for the message."""
        self._confirmed: set[int] = set()
        self._connection = 0
        self._said_refused = ""
        self._look_at_s = self._turn_at_s = self._save_at_s = self._pause_until_s = 0.0

    @property
    def due_at_s(self) -> float:
        """When there may be something to do that nobody announces, on the monotonic clock."""
        if not self._connection or len(self._under_way) >= UNDER_WAY:
            return inf
        return max(self._look_at_s, self._turn_at_s, self._pause_until_s)

    def recorded(self) -> None:
        """The ledger was written by this process: no need to wait for the next look."""
        self._look_at_s = 0.0

    def tend(self, connection: Connection, *, busy: bool) -> None:
        """Take in what the broker has acknowledged and send what comes next; `busy` while scans wait."""
        now_s = time.monotonic()
        self._take_in(connection, now_s)
        if self._connection and (not connection.up or connection.number != self._connection):
            self._connection = 0
            self._begin_after(self._done)
        try:
            if connection.up and not (busy and now_s < self._turn_at_s) and now_s >= self._pause_until_s:
                self._connection = connection.number
                self._turn_at_s = now_s + TURN_S
                self._send(connection, now_s)
            self._save(now_s)
        except self._unavailable:  # the scans say so
            self._look_at_s = self._save_at_s = now_s + LOOK_S

    def _take_in(self, connection: Connection, now_s: float) -> None:
        refused = ""
        while connection.noted:
            number, why_not = connection.noted.popleft()
            sequence = self._sequences.pop(number, None)
            if sequence is not None and not why_not:
                self._confirmed.add(sequence)
            elif sequence is not None:
                refused = why_not
        while self._under_way and self._under_way[0] in self._confirmed:
            self.acknowledged = self._under_way.popleft()
            self._confirmed.remove(self.acknowledged)
        while self._trail and now_s - self._trail[0][0] >= self._done_after_s:
            self._done = self._trail.popleft()[1]
        if self.acknowledged > (self._trail[-1][1] if self._trail else self._done) and (
            not self._trail or now_s - self._trail[-1][0] >= SAVE_S
        ):
            self._trail.append((now_s, self.acknowledged))
        if refused:
            self._pause(refused, now_s)

    def _pause(self, refused: str, now_s: float) -> None:
        if refused != self._said_refused:
            self._said_refused = refused
            log.warning("the broker refuses the events: allow the gateway to publish them", why=refused)
        self._pause_until_s = now_s + REFUSED_PAUSE_S
        self._begin_after(self.acknowledged)

    def _begin_after(self, sequence: int) -> None:
        """Forget what is under way; the next event is the one after a sequence."""
        self._page.clear()
        self._under_way.clear()
        self._sequences.clear()
        self._confirmed.clear()
        while self._trail and self._trail[-1][1] > sequence:
            self._trail.pop()
        self._read = self.acknowledged = sequence
        self._look_at_s = 0.0

    def _send(self, connection: Connection, now_s: float) -> None:
        if not self._begun:
            self._done = self._saved = self._outbox.begin()
            self._begin_after(self._done)
            self._begun = True
        while len(self._under_way) < UNDER_WAY:
            if not self._page and not self._turn_page(now_s):
                return
            event = self._page[0]
            topic = topics.event(self._site, event["kind"])
            number = connection.publish_noted(topic, payload(self._site, event, names=self._names))
            if number is None:
                return
            self._page.popleft()
            self._under_way.append(event["sequence"])
            self._sequences[number] = event["sequence"]

    def _turn_page(self, now_s: float) -> bool:
        if now_s < self._look_at_s:
            return False
        self._page.extend(self._outbox.after(self._read, PAGE))
        if len(self._page) < PAGE:
            self._look_at_s = now_s + LOOK_S
        if self._page:
            self._read = self._page[-1]["sequence"]
        return bool(self._page)

    def _save(self, now_s: float) -> None:
        if self._done > self._saved and now_s >= self._save_at_s:
            self._save_at_s = now_s + SAVE_S
            self._outbox.save(self._done)
            self._saved = self._done


def payload(site: str, event: Mapping[str, Any], *, names: bool) -> bytes:
    """An event as it is published: without its hashes, without the person unless `names`, at most 64 kB."""
    detail = event["detail"].encode()
    told = {name: event[name] for name in _FIELDS if names or name != "person"}
    said = msgspec.json.encode({"site": site, **told, "detail": msgspec.Raw(detail)})
    if len(said) <= LARGEST_BYTES:
        return said
    parts = msgspec.json.decode(detail, type=dict[str, msgspec.Raw])
    kept = {name: part for name, part in parts.items() if len(bytes(part)) <= KEPT_BYTES}
    cut = {
        "left_out": sorted(parts.keys() - kept.keys()),
        "whole": f"GET /api/v1/events?after={event['sequence'] - 1}&limit=1",
    }
    return msgspec.json.encode({"site": site, **told, "detail": kept, "detail_cut": cut})


_FIELDS = (
    "sequence",
    "event_id",
    "kind",
    "occurred_at",
    "recorded_at",
    "source",
    "station",
    "link",
    "order",
    "batch",
    "quantity",
    "reason",
    "person",
)
