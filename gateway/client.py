"""The gateway: scans from the broker into the ledger, and the answer back to the device.

One thread: read what has arrived, one transaction, acknowledge in order of arrival, publish the answers, again.
Nothing is waited for to make a batch larger. A scan is acknowledged and answered only after `record` returned.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from zoneinfo import ZoneInfo

import structlog

from gateway import topics
from gateway.answers import messages_of
from gateway.broker_address import BrokerAddress
from gateway.connection import Connection
from gateway.directory import Directory, Speaker
from gateway.messages import DeviceState, Settled, Understood, understand
from gateway.overhearing import Overhearing
from gateway.publishing import Publisher
from gateway.same_reads import SameReads
from gateway.signalling import Signaller
from gateway.spool import Delivery, Spool
from shopfloor.broker_faults import BrokerFault
from shopfloor.instants import Instant
from shopfloor.overheard import Overheard
from shopfloor.scans import Answer, Scan, Unreadable
from station_config import built_in_profiles

Record: TypeAlias = Callable[[Sequence[Scan | Unreadable]], Sequence[Answer | None]]
"""One durable commit; an answer for each scan and None for each unreadable, in order."""

BATCH = 500
BEAT_S = 2.0
HANDED_OVER_S = 1.0
"""What was overheard is written at most this often, so that a flood of messages costs nothing more."""
LONGEST_IDLE_S = 1.0
RECONNECT_S = (0.1, 5.0)
RETRY_S = (0.05, 2.0)
FAREWELL_LIMIT_S = 2.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Counts:
    """Since the gateway started."""

    scans: int = 0
    connects: int = 0


class Gateway:
    """Between the broker and the ledger, until `stop`.

    What `record`, `device_state` and `beat` raise when the ledger cannot be written (`unavailable`, and
    OSError) is waited out; anything else is a bug and ends `run`.
    """

    def __init__(
        self,
        site: str,
        broker: BrokerAddress,
        *,
        record: Record,
        device_state: Callable[[str, bool, Instant], None],
        beat: Callable[[bool], None],
        clock: Callable[[], Instant],
        directory: Directory | None = None,
        overheard: Callable[[Overheard], None] | None = None,
        publisher: Publisher | None = None,
        signaller: Signaller | None = None,
        unavailable: tuple[type[Exception], ...] = (),
    ) -> None:
        self.counts = Counts()
        self._site = site
        self._record = record
        self._device_state = device_state
        self._beat = beat
        self._clock = clock
        self._directory = directory or Directory(site, built_in_profiles(ZoneInfo("UTC")))
        self._hand_over = overheard
        self._overhearing = Overhearing()
        self._same_reads = SameReads()
        self._handed_over_at_s = 0.0
        self._publisher = publisher
        self._signaller = signaller
        self._unavailable: tuple[type[Exception], ...] = (*unavailable, OSError)
        self._state_topic = topics.build(site, topics.GATEWAY, "state")
        self._connection = Connection(
            broker,
            f"interlock-{site}-gateway",
            self._directory.subscriptions,
            will=(self._state_topic, b'{"online":false}'),
        )
        self._spool = Spool()
        self._was_up = False
        self._said_why = self._connection.why_down.because
        self._forgot_for = 0
        self._connect_at_s = 0.0
        self._reconnect_s = RECONNECT_S[0]
        self._retry_at_s = 0.0
        self._retry_s = 0.0
        self._beat_at_s = 0.0
        self._stopping = False
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_out.setblocking(False)  # noqa: FBT003  # the name says it

    @property
    def connected(self) -> bool:
        """Connected to the broker and subscribed."""
        return self._connection.up

    @property
    def broker_fault(self) -> BrokerFault | None:
        """What somebody has to mend before it can connect."""
        return self._connection.why_down.fault

    @property
    def protocol(self) -> str:
        return self._connection.protocol

    def adopt(self, directory: Directory) -> None:
        """Other devices and profiles from now on; only from the callables that `run` calls."""
        self._directory = directory
        self._connection.listen_to(directory.subscriptions)

    def stop(self) -> None:
        """End `run` after the batch in hand; for signal handlers and other threads."""
        self._stopping = True
        with contextlib.suppress(OSError):  # woken already, or over
            self._wake_out.send(b"\0")

    def run(self) -> None:
        """Serve until `stop`; the session at the broker stays."""
        try:
            while not self._stopping:
                self._connect()
                self._connection.wait(
                    self._idle_s(), wake_fd=self._wake_in.fileno(), read=not self._spool.full
                )
                self._take_in()
                self._commit()
                self._publish_events()
                self._connection.write()
                self._tend()
            self._finish()
        finally:
            self._connection.cut()
            self._wake_in.close()
            self._wake_out.close()

    def _connect(self) -> None:
        now_s = time.monotonic()
        if self._connection.opened or now_s < self._connect_at_s:
            return
        self._connect_at_s = now_s + self._reconnect_s
        self._reconnect_s = min(self._reconnect_s * 2, RECONNECT_S[1])
        try:
            self._connection.open()
        except OSError:
            return  # the connection knows why

    def _idle_s(self) -> float:
        now_s = time.monotonic()
        due_s = [now_s + LONGEST_IDLE_S, self._beat_at_s]
        if not self._connection.opened:
            due_s.append(self._connect_at_s)
        if len(self._spool):
            due_s.append(self._retry_at_s)
        if self._publisher is not None:
            due_s.append(self._publisher.due_at_s)
        return max(0.0, min(due_s) - now_s)

    def _take_in(self) -> None:
        connection = self._connection
        if not self._spool.full:
            connection.read(BATCH)
        if connection.session_present is False and self._forgot_for != connection.number:
            self._forgot_for = connection.number
            self._spool.forget_connection()
        while connection.arrived:
            arrived = connection.arrived.popleft()
            content = hash((arrived.topic, arrived.payload, arrived.size))
            understood = self._without_same_reads(understand(arrived, self._directory, self._clock()))
            if self._hand_over is not None:
                self._overhearing.note(understood)
            delivery = Delivery(
                connection.number, arrived.packet_id, content, understood.item, understood.speaker
            )
            self._spool.add(delivery, duplicate=arrived.duplicate)

    def _commit(self) -> None:
        """The oldest batch to disk, then its acknowledgements and answers; it stays when that fails."""
        if not len(self._spool) or time.monotonic() < self._retry_at_s:
            return
        batch = self._spool.oldest(BATCH)
        try:
            answers = self._write_down(batch)
        except self._unavailable as fault:
            self._stall(fault)
            return
        if self._retry_s:
            log.info("the ledger can be written again", waiting=len(self._spool))
        self._retry_s = self._retry_at_s = 0.0
        connection = self._connection.number if self._connection.opened else 0
        self._spool.settle(batch, answers, connection=connection)
        if self._publisher is not None:
            self._publisher.recorded()
        for delivery in batch:
            if delivery.packet_id and delivery.connection == connection:
                self._connection.acknowledge(delivery.packet_id)
        for delivery, answer in zip(batch, answers, strict=True):
            if answer is not None:
                self._answer(answer, delivery.speaker)

    def _write_down(self, batch: Sequence[Delivery]) -> list[Answer | None]:
        """States first: writing one twice, should the scans then fail, changes nothing."""
        items = [delivery.item for delivery in batch]
        for state in (item for item in items if isinstance(item, DeviceState)):
            for device in (state.device, *state.others):
                self._device_state(device, state.online, state.at)
        reports = [item for item in items if isinstance(item, Scan | Unreadable)]
        recorded = list(self._record(reports)) if reports else []
        if len(recorded) != len(reports):
            raise AssertionError(f"{len(reports)} messages were recorded with {len(recorded)} answers")
        self.counts.scans += sum(isinstance(item, Scan) for item in reports)
        in_order = iter(recorded)
        answers: list[Answer | None] = []
        for item in items:
            if isinstance(item, Settled):
                answers.append(item.answer)
            else:
                answer = next(in_order) if isinstance(item, Scan | Unreadable) else None
                if answer is None and isinstance(item, Unreadable) and item.waited_for:
                    answer = Answer(item.device, item.scan_id, "refused", item.reason)
                answers.append(answer)
        return answers

    def _stall(self, fault: Exception) -> None:
        if not self._retry_s:
            log.error("the ledger cannot be written: scans wait and are not confirmed", fault=str(fault))
        self._retry_s = min(max(self._retry_s * 2, RETRY_S[0]), RETRY_S[1])
        self._retry_at_s = time.monotonic() + self._retry_s

    def _answer(self, answer: Answer, speaker: Speaker | None) -> None:
        for topic, said in messages_of(self._site, answer, speaker, self._clock()):
            self._connection.publish(
                topic, said
            )  # when the broker takes no more, the device sends the scan again

    def _without_same_reads(self, understood: Understood) -> Understood:
        item = understood.item
        if not understood.again_ms or not isinstance(item, Scan):
            return understood
        if not self._same_reads.again(item.device, item.code, item.arrived_at, understood.again_ms):
            return understood
        raw = replace(understood.raw, became="same", why="read just now: it is still there")
        return replace(understood, item=Settled(None), raw=raw)

    def _publish_events(self) -> None:
        """Scans and their answers come first: the events can wait where they are."""
        if self._publisher is not None:
            busy = len(self._spool) > 0 or self._connection.readable()
            self._publisher.tend(self._connection, busy=busy)
        if self._signaller is not None:
            self._signaller.tend(self._connection)

    def _tend(self) -> None:
        """What time and the connection ask for: keep-alive, birth, the beat."""
        connection = self._connection
        connection.keep_alive()
        changed = connection.up != self._was_up
        self._was_up = connection.up
        if changed and connection.up:
            self.counts.connects += 1
            self._reconnect_s = RECONNECT_S[0]
            self._said_why = ""
            connection.publish(self._state_topic, b'{"online":true}', retain=True)
            log.info("connected", broker=str(connection.broker), protocol=connection.protocol)
        elif not connection.up and self._said_why != connection.why_down.because:
            self._said_why = connection.why_down.because
            log.warning("not connected", broker=str(connection.broker), why=self._said_why)
        if changed or time.monotonic() >= self._beat_at_s:
            self._beat_at_s = time.monotonic() + BEAT_S
            with contextlib.suppress(*self._unavailable):  # the scans say so; a beat that is missing shows
                self._beat(connection.up)
        if self._overhearing.waiting and time.monotonic() >= self._handed_over_at_s:
            self._tell_what_was_overheard()

    def _tell_what_was_overheard(self) -> None:
        self._handed_over_at_s = time.monotonic() + HANDED_OVER_S
        if self._hand_over is not None:
            with contextlib.suppress(*self._unavailable):  # it waits; more than it holds is forgotten
                self._hand_over(self._overhearing.all())
                self._overhearing.clear()

    def _finish(self) -> None:
        """Settle what is in hand if the ledger takes it, say goodbye; the broker keeps the rest."""
        self._retry_at_s = 0.0
        while len(self._spool) and not self._retry_at_s:
            self._commit()
        connection = self._connection
        until_s = time.monotonic() + FAREWELL_LIMIT_S
        while connection.up and connection.unconfirmed and time.monotonic() < until_s:
            connection.write()
            connection.wait(0.1)
            connection.read(BATCH)
        if connection.up:
            connection.publish(self._state_topic, b'{"online":false}', retain=True)
            connection.close()
