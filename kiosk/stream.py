"""The hub of live pages: one fan-out renders each change once and hands the same bytes to every stream."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

import gevent
import msgspec
import structlog
from gevent import Greenlet
from gevent.event import Event

from kiosk.errors import TooManyStreams
from kiosk.regions import Regions, partials
from kiosk.services import Services
from ledger import reading
from ledger.errors import LedgerError
from shopfloor.broker_faults import BrokerFault

COALESCE_S = 0.1
"""Least time between two fan-outs; the first after a pause comes at once."""
LOOK_S = 0.25
"""The net under lost wake-ups: how often the last sequence is looked at."""
REFRESH_S = 5.0
"""Time passes without events: a channel is rendered again after this."""
BEAT_S = 2.0
LISTEN_S = 1.0
QUEUE = 32
"""Messages that wait for a slow client before it is sent everything instead."""
STREAM_LIMIT = 500
_MANY_EVENTS = 1_000

log = structlog.get_logger()


class WakeMessage(Protocol):
    """What another process tells: a commit's sequence, or that the gateway is alive."""

    @property
    def sequence(self) -> int | None: ...
    @property
    def broker_connected(self) -> bool | None: ...
    @property
    def trouble(self) -> str: ...
    @property
    def broker_fault(self) -> BrokerFault | None: ...


WaitForWake = Callable[[float], WakeMessage | None]
"""Waits at most so many seconds for the next message; only the calling greenlet waits."""


class Channel:
    """One live page, however many watch it. `links` ("line/link") are those whose events change it.

    `who` tells whoever stands there: badging in is no event, and the page shows it at once all the same.
    """

    def __init__(
        self,
        render: Callable[[], Regions],
        *,
        links: frozenset[str],
        shows_refusals: bool = False,
        who: Callable[[], object] = bool,
    ) -> None:
        self.links = links
        self.shows_refusals = shows_refusals
        self.regions: Regions = {}
        self.streams: set[Stream] = set()
        self.due_s = time.monotonic() + REFRESH_S
        self.sound = True
        """Whether it could be rendered the last time: without fresh data it gets no beat either."""
        self._render = render
        self._who = who
        self._stood: object = None

    def has_somebody_else(self) -> bool:
        """Whether it was rendered while somebody else stood there."""
        return self._who() != self._stood

    def changed_regions(self) -> Regions:
        """Render again; the regions that look different now."""
        self._stood = self._who()
        regions = self._render()
        changed = {region: html for region, html in regions.items() if self.regions.get(region) != html}
        self.regions = regions
        return changed


class Stream:
    """What one client is sent: an iterator of bytes that waits for the next."""

    def __init__(self, hub: Hub, key: str, channel: Channel) -> None:
        self.key = key
        self.channel = channel
        self._hub = hub
        self._waiting: deque[bytes] = deque()
        self._whole = True
        self._ended = False
        self._ready = Event()
        self._ready.set()

    def offer(self, message: bytes) -> None:
        """Queue a message; one that comes on a full queue turns it all into the whole page."""
        if self._whole:
            return  # the whole page will be of later than this
        if len(self._waiting) >= QUEUE:
            self._waiting.clear()
            self._whole = True
            self._hub.collapsed += 1
        else:
            self._waiting.append(message)
        self._ready.set()

    def end(self) -> None:
        """Let the client go."""
        self._ended = True
        self._ready.set()

    def close(self) -> None:
        """The client has gone."""
        self._hub.leave(self)

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> bytes:
        self._ready.wait()
        self._ready.clear()
        if self._ended:
            raise StopIteration
        if self._whole:
            self._whole = False
            return self._hub.message(self.channel.regions, retry=True)
        chunk = b"".join(self._waiting)
        self._waiting.clear()
        return chunk


class Hub:
    """All live pages of the process. Nothing runs before `start`."""

    def __init__(
        self,
        services: Services,
        wait_for_wake: WaitForWake | None = None,
        *,
        limit: int = STREAM_LIMIT,
        program: str = "",
    ) -> None:
        self.program = program
        """What a page of another program learns that it is old by."""
        self.collapsed = 0
        """How often a slow client was sent everything instead of its queue."""
        self._services = services
        self._wait_for_wake = wait_for_wake
        self._limit = limit
        self._channels: dict[str, Channel] = {}
        self._told = Event()
        self._sequence = 0
        self._boot = secrets.token_hex(4)
        self._number = 0
        self._beat_due_s = 0.0
        self._earliest_s = 0.0
        """When the next round may begin."""
        self._greenlets: list[Greenlet] = []

    def start(self) -> None:
        """Begin to listen and to fan out."""
        self._sequence = reading.last_sequence(self._services.ledger)
        self._services.ledger.listeners.append(self.changed)
        self._greenlets.append(gevent.spawn(self._run))
        if self._wait_for_wake is not None:
            self._greenlets.append(gevent.spawn(self._listen, self._wait_for_wake))

    def stop(self) -> None:
        """End all streams; each client connects again by itself."""
        gevent.killall(self._greenlets)
        self._greenlets.clear()
        if self.changed in self._services.ledger.listeners:
            self._services.ledger.listeners.remove(self.changed)
        for channel in self._channels.values():
            for stream in channel.streams:
                stream.end()

    @property
    def streams_open(self) -> int:
        """Live pages that are open now."""
        return sum(len(channel.streams) for channel in self._channels.values())

    def changed(self, _sequence: int = 0) -> None:
        """Something was committed, in this process or in another."""
        self._told.set()

    def open(self, key: str, make: Callable[[], Channel]) -> Stream:
        """A stream of the channel under `key`, which is made for its first client. TooManyStreams at the limit."""
        if self.streams_open >= self._limit:
            raise TooManyStreams(self._limit)
        channel = self._channels.get(key) or make()
        if not (channel.regions and channel.sound):
            self._render(channel)  # raises what is wrong: an old page would pass for a live one
        channel = self._channels.setdefault(key, channel)
        stream = Stream(self, key, channel)
        channel.streams.add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        """Forget a stream, and its channel after the last."""
        stream.channel.streams.discard(stream)
        if not stream.channel.streams and self._channels.get(stream.key) is stream.channel:
            del self._channels[stream.key]

    def message(self, regions: Regions, *, retry: bool = False) -> bytes:
        """One server-sent message with the partials of some regions, numbered over the whole hub."""
        self._number += 1
        lines = "\n".join(f"data: {line}" for line in partials(regions).splitlines() if line.strip())
        head = "retry: 1000\n" if retry else ""
        return f"{head}id: {self._boot}-{self._number}\n{lines}\n\n".encode()

    def _listen(self, wait_for_wake: WaitForWake) -> None:
        while True:
            self._unharmed(self._hear, wait_for_wake)
            gevent.sleep(0)  # a flood of datagrams must not keep the others waiting

    def _hear(self, wait_for_wake: WaitForWake) -> None:
        told = wait_for_wake(LISTEN_S)
        if told is not None and told.broker_connected is not None:
            self._services.pulse.beat(
                self._services.clock(),
                broker_connected=told.broker_connected,
                trouble=told.trouble,
                broker_fault=told.broker_fault,
            )
        if told is not None and told.sequence is not None:
            self.changed()

    def _run(self) -> None:
        while True:
            self._told.wait(max(0.0, min(LOOK_S, self._beat_due_s - time.monotonic())))
            gevent.sleep(max(0.0, self._earliest_s - time.monotonic()))
            self._unharmed(self._round)

    def _round(self) -> None:
        began_s = time.monotonic()
        if self._fan_out(began_s):
            took_s = time.monotonic() - began_s
            self._earliest_s = (
                began_s + took_s + max(COALESCE_S, took_s)
            )  # at most half of the time goes here
        if began_s >= self._beat_due_s:
            self._beat_due_s = began_s + BEAT_S
            self._beat()

    def _unharmed(self, act: Callable[..., None], *facts: object) -> None:
        """All live pages hang on two greenlets: what goes wrong in one round must not end them."""
        try:
            act(*facts)
        except Exception:  # of any kind: it ends one round, and is in the log
            log.exception("live pages: a round went wrong, the next one follows")
            gevent.sleep(COALESCE_S)

    def _fan_out(self, now_s: float) -> bool:
        """Render what changed or is due, once for each channel; whether there was anything to render."""
        told = self._told.is_set()
        self._told.clear()
        touched = self._touched()
        rendered = False
        for channel in list(self._channels.values()):
            concerned = touched is None or not touched.isdisjoint(channel.links)
            if not channel.streams:
                continue
            aside = told and not touched
            if (
                concerned
                or now_s >= channel.due_s
                or (aside and (channel.shows_refusals or channel.has_somebody_else()))
            ):
                rendered = True
                self._refresh(channel, now_s)
                gevent.sleep(0)  # requests come between two channels
        return rendered

    def _refresh(self, channel: Channel, now_s: float) -> None:
        channel.due_s = now_s + REFRESH_S
        try:
            self._render(channel)
        except Exception:  # whatever breaks one page, the others and their beats go on
            if channel.sound:
                log.exception("a live page cannot be rendered", links=sorted(channel.links))
            channel.sound = False

    def _render(self, channel: Channel) -> None:
        changed = channel.changed_regions()
        channel.sound = True
        if changed and channel.streams:
            message = self.message(changed)
            for stream in channel.streams:
                stream.offer(message)

    def _touched(self) -> frozenset[str] | None:
        """The links of the events since the last look; None stands for all of them."""
        ledger, before = self._services.ledger, self._sequence
        try:
            self._sequence = reading.last_sequence(ledger)
            if self._sequence == before:
                return frozenset()
            if self._sequence - before > _MANY_EVENTS:
                return None
            links = {row["link"] for row in ledger.rows(_LINKS, (before,))}
        except LedgerError:  # shows when a page is rendered: try them all
            return None
        return None if None in links else frozenset(links)

    def _beat(self) -> None:
        services = self._services
        now = services.clock()
        facts = {
            "now": now,
            "gateway_age_s": services.pulse.age_s(now),
            "broker": services.pulse.broker_connected,
            "trouble": services.trouble,
            "sequence": self._sequence,
            "program": self.program,
        }
        message = b"event: beat\ndata: " + msgspec.json.encode(facts) + b"\n\n"
        for channel in list(self._channels.values()):
            if channel.sound:
                for stream in channel.streams:
                    stream.offer(message)


_LINKS = "SELECT DISTINCT link FROM events WHERE sequence > ?"
