"""What has arrived and is not yet on disk, in order of arrival; what is on disk, perhaps not acknowledged.

An acknowledgement names a packet id that has a meaning on one connection only, so each delivery remembers
the connection it came on. A broker sends what it has no acknowledgement for once more, with the same packet
id and marked as a duplicate: without a memory here, a code without an id would be recorded a second time.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from gateway.directory import Speaker
from gateway.messages import Item, Settled
from shopfloor.scans import Answer


@dataclass(slots=True)
class Delivery:
    """One message from the broker."""

    connection: int
    packet_id: int
    """0 for QoS 0: nothing to acknowledge."""
    content: int
    """Hash of topic and payload: the same packet id with other content is another message."""
    item: Item
    speaker: Speaker | None = None
    """Who sent it on topics of its maker."""


class Spool:
    """Bounded: whoever reads the socket stops when it is `full`, and the broker keeps the rest."""

    def __init__(self, limit: int = 5_000, remembered: int = 10_000) -> None:
        self._limit = limit
        self._remembered = remembered
        self._waiting: deque[Delivery] = deque()
        self._owed: dict[int, Delivery] = {}
        self._settled: OrderedDict[int, tuple[int, Answer | None]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        return len(self._waiting) >= self._limit

    def add(self, delivery: Delivery, *, duplicate: bool) -> None:
        """Take a message in; `duplicate` is the broker's mark that it may have sent it before."""
        packet_id = delivery.packet_id
        if packet_id:
            waiting = self._owed.get(packet_id)
            if waiting is not None and waiting.content == delivery.content:
                waiting.connection = delivery.connection
                return
            settled = self._settled.pop(packet_id, None)
            if duplicate and settled is not None and settled[0] == delivery.content:
                delivery.item = Settled(settled[1])
            self._owed[packet_id] = delivery
        self._waiting.append(delivery)

    def oldest(self, count: int) -> list[Delivery]:
        """The next batch; it stays here until it is settled."""
        return list(islice(self._waiting, count))

    def settle(self, batch: Sequence[Delivery], answers: Sequence[Answer | None]) -> None:
        """The batch, which is the oldest here, is on disk."""
        for delivery, answer in zip(batch, answers, strict=True):
            if self._waiting.popleft() is not delivery:
                raise AssertionError("a batch is settled in order of arrival")
            packet_id = delivery.packet_id
            if not packet_id:
                continue
            if self._owed.get(packet_id) is delivery:
                del self._owed[packet_id]
            self._settled[packet_id] = (delivery.content, answer)
            self._settled.move_to_end(packet_id)
        while len(self._settled) > self._remembered:
            self._settled.popitem(last=False)

    def forget_connection(self) -> None:
        """The broker has no session of ours: it repeats nothing, and packet ids begin anew."""
        self._owed.clear()
        self._settled.clear()
