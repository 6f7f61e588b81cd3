"""What has arrived and is not yet on disk, in order of arrival; what is on disk, perhaps not acknowledged.

An acknowledgement names a packet id that has a meaning on one connection only, so each delivery remembers
the connection it came on. A broker sends what it has no acknowledgement for once more, with the same packet
id and marked as a duplicate: without a memory here, a code without an id would be recorded a second time. NATS
numbers anew when it was itself restarted; what it has no acknowledgement for is then known by its content.
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


@dataclass(slots=True, eq=False)
class _Kept:
    """What became of a message, in case that it comes again."""

    content: int
    answer: Answer | None


class Spool:
    """Bounded: whoever reads the socket stops when it is `full`, and the broker keeps the rest."""

    def __init__(self, limit: int = 5_000, remembered: int = 10_000) -> None:
        self._limit = limit
        self._remembered = remembered
        self._waiting: deque[Delivery] = deque()
        self._owed: dict[int, Delivery] = {}
        self._settled: OrderedDict[int, _Kept] = OrderedDict()
        self._unheard: deque[_Kept] = deque(maxlen=remembered)
        """Of what is settled: those whose connection was gone, so that the broker will certainly send them again."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        return len(self._waiting) >= self._limit

    def add(self, delivery: Delivery, *, duplicate: bool) -> None:
        """Take a message in; `duplicate` is the broker's mark that it may have sent it before."""
        packet_id = delivery.packet_id
        if packet_id:
            waiting = self._waits_already(delivery, duplicate=duplicate)
            if waiting is not None:
                if self._owed.get(waiting.packet_id) is waiting:
                    del self._owed[waiting.packet_id]
                waiting.connection, waiting.packet_id = delivery.connection, packet_id
                self._owed[packet_id] = waiting
                return
            settled = self._settled.pop(packet_id, None)
            if duplicate and (kept := self._kept(delivery.content, settled)) is not None:
                delivery.item = Settled(kept.answer)
            self._owed[packet_id] = delivery
        self._waiting.append(delivery)

    def _waits_already(self, delivery: Delivery, *, duplicate: bool) -> Delivery | None:
        """The same message as it came before; by its content alone only one of a connection that is over."""
        known = self._owed.get(delivery.packet_id)
        if known is not None and known.content == delivery.content:
            return known
        if not duplicate:
            return None
        before = (each for each in self._waiting if each.packet_id and each.connection < delivery.connection)
        return next((each for each in before if each.content == delivery.content), None)

    def _kept(self, content: int, settled: _Kept | None) -> _Kept | None:
        """What became of a message that comes again, of which `settled` had the packet id."""
        if settled is None or settled.content != content:
            settled = next((kept for kept in self._unheard if kept.content == content), None)
        if settled is not None and settled in self._unheard:
            self._unheard.remove(settled)
        return settled

    def oldest(self, count: int) -> list[Delivery]:
        """The next batch; it stays here until it is settled."""
        return list(islice(self._waiting, count))

    def settle(self, batch: Sequence[Delivery], answers: Sequence[Answer | None], *, connection: int) -> None:
        """The batch, which is the oldest here, is on disk; on `connection` it can be acknowledged."""
        for delivery, answer in zip(batch, answers, strict=True):
            if self._waiting.popleft() is not delivery:
                raise AssertionError("a batch is settled in order of arrival")
            packet_id = delivery.packet_id
            if not packet_id:
                continue
            if self._owed.get(packet_id) is delivery:
                del self._owed[packet_id]
            kept = self._settled[packet_id] = _Kept(delivery.content, answer)
            self._settled.move_to_end(packet_id)
            if delivery.connection != connection:
                self._unheard.append(kept)
        while len(self._settled) > self._remembered:
            self._settled.popitem(last=False)

    def forget_connection(self) -> None:
        """The broker has no session of ours: it repeats nothing, and packet ids begin anew."""
        for delivery in self._waiting:
            delivery.packet_id = 0
        self._owed.clear()
        self._settled.clear()
        self._unheard.clear()
