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


@dataclass(slots=True, eq=False)
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
    waits: bool = True
    """It is not on disk yet."""
    comes_again: bool = False
    """Its connection ended before it was acknowledged: the broker will certainly send it once more."""


class Spool:
    """Bounded: whoever reads the socket stops when it is `full`, and the broker keeps the rest."""

    def __init__(self, limit: int = 5_000, remembered: int = 10_000) -> None:
        self._limit = limit
        self._remembered = remembered
        self._connection = 0
        self._waiting: deque[Delivery] = deque()
        self._owed: dict[int, Delivery] = {}
        self._settled: OrderedDict[int, Delivery] = OrderedDict()
        """By packet id: what became of a message, in case that it comes again."""
        self._expected: OrderedDict[int, deque[Delivery]] = OrderedDict()
        """By content: those that come again, the oldest first."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        return len(self._waiting) >= self._limit

    def add(self, delivery: Delivery, *, duplicate: bool) -> None:
        """Take a message in; `duplicate` is the broker's mark that it may have sent it before."""
        if delivery.connection != self._connection:
            self._begin(delivery.connection)
        packet_id = delivery.packet_id
        if packet_id:
            known = self._known(delivery, duplicate=duplicate)
            if known is not None:
                self._expect_no_more(known)
            if known is not None and known.waits:
                if self._owed.get(known.packet_id) is known:
                    del self._owed[known.packet_id]
                known.connection, known.packet_id = delivery.connection, packet_id
                self._owed[packet_id] = known
                return
            if known is not None:
                delivery.item = known.item
            self._owed[packet_id] = delivery
        self._waiting.append(delivery)

    def _begin(self, connection: int) -> None:
        """What waits of the connections before can be acknowledged on none any more."""
        self._connection = connection
        for each in self._waiting:
            self._expect(each)

    def _known(self, delivery: Delivery, *, duplicate: bool) -> Delivery | None:
        """The same message as it came before: under its packet id, or by its content alone."""
        owed = self._owed.get(delivery.packet_id)
        if owed is not None and owed.content == delivery.content:
            return owed
        settled = self._settled.pop(delivery.packet_id, None)
        if not duplicate:
            return None
        if settled is not None and settled.content == delivery.content:
            return settled
        return next(iter(self._expected.get(delivery.content, ())), None)

    def _expect(self, delivery: Delivery) -> None:
        if not delivery.packet_id or delivery.comes_again:
            return
        delivery.comes_again = True
        self._expected.setdefault(delivery.content, deque()).append(delivery)
        if len(self._expected) > self._limit + self._remembered:
            self._expected.popitem(last=False)

    def _expect_no_more(self, delivery: Delivery) -> None:
        alike = self._expected.get(delivery.content)
        if not delivery.comes_again or alike is None:
            return
        delivery.comes_again = False
        alike.remove(delivery)
        if not alike:
            del self._expected[delivery.content]

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
            delivery.item, delivery.waits = Settled(answer), False
            self._settled[packet_id] = delivery
            self._settled.move_to_end(packet_id)
            if delivery.connection != connection:
                self._expect(delivery)
        while len(self._settled) > self._remembered:
            self._settled.popitem(last=False)

    def forget_connection(self) -> None:
        """The broker has no session of ours: it repeats nothing, and packet ids begin anew."""
        for delivery in self._waiting:
            delivery.packet_id = 0
            delivery.comes_again = False
        self._owed.clear()
        self._settled.clear()
        self._expected.clear()
