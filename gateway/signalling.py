"""Stack lights, sirens and other programs: payloads on topics of the plant's own, each until the broker has it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.connection import Connection

LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Signal:
    """One payload for one topic."""

    channel: str
    topic: str
    payload: bytes
    retain: bool
    why: Any = None
    """Whatever its maker has to remember of it."""


class Signals(Protocol):
    """What is to be on and off."""

    def due(self, connection: int) -> Sequence[Signal]:
        """What is to be published now, at most one for a channel; a connection's number tells when it is a new one."""

    def taken(self, signal: Signal, connection: int) -> None: ...
    def refused(self, signal: Signal, why_not: str) -> None: ...


class Signaller:
    """Publishes over the gateway's connection, whenever the gateway's loop lets it."""

    def __init__(self, signals: Signals, *, unavailable: tuple[type[Exception], ...] = ()) -> None:
        self._signals = signals
        self._unavailable: tuple[type[Exception], ...] = (*unavailable, OSError)
        self._noted: deque[tuple[int, str]] = deque()
        self._under_way: dict[int, Signal] = {}
        self._connection = 0
        self._look_at_s = 0.0

    def tend(self, connection: Connection) -> None:
        """Take in what the broker has, and publish what is due."""
        now_s = time.monotonic()
        if connection.number != self._connection:
            self._connection = connection.number
            self._under_way.clear()
            self._noted.clear()
        try:
            while self._noted:
                number, why_not = self._noted[0]
                self._settle(self._under_way.get(number), why_not)
                self._under_way.pop(number, None)  # only now: a ledger that cannot be written asks again
                self._noted.popleft()
            if connection.up and not self._under_way and now_s >= self._look_at_s:
                self._look_at_s = now_s + LOOK_S
                self._publish(connection)
        except self._unavailable:  # the scans say so
            self._look_at_s = now_s + LOOK_S

    def _settle(self, signal: Signal | None, why_not: str) -> None:
        if signal is None:
            return
        if why_not:
            self._signals.refused(signal, why_not)
        else:
            self._signals.taken(signal, self._connection)

    def _publish(self, connection: Connection) -> None:
        for signal in self._signals.due(connection.number):
            number = connection.publish_noted(
                signal.topic, signal.payload, retain=signal.retain, noted=self._noted
            )
            if number is None:
                return
            self._under_way[number] = signal
