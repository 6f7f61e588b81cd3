"""Channels that are topics: what is to be on, what has to be told there, and what a test shows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gateway.signalling import Signal
from interlock.telling import pauses, rests, test_waits
from kiosk.catalogues import Language
from kiosk.notice_words import trial_words, words_of
from kiosk.speech import speaking
from ledger import notices
from ledger.store import Ledger, Row
from shopfloor.channels import Channel, Topic, quiet_until
from shopfloor.instants import Instant, utc_text
from shopfloor.site import Site
from station_config import SiteConfig

TEST_ON_S = 5.0
"""A light that is tested goes off after so long."""

What = Literal["told", "on", "off", "again", "test", "test_over"]


@dataclass(frozen=True, slots=True)
class _Why:
    channel: Channel
    what: What
    sequences: tuple[int, ...] = ()
    asked_at: Instant = 0


class Lights:
    """The signals of one site, for the configuration that it last adopted."""

    def __init__(
        self,
        ledger: Ledger,
        config: SiteConfig,
        language: Language,
        clock: Callable[[], Instant],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger, self._language, self._clock, self._seconds = ledger, language, clock, seconds
        self._said_on: dict[str, int] = {}
        """By channel: on which connection the broker was last told that it is on."""
        self._tested: dict[str, tuple[Instant, float]] = {}
        """By channel: the test that shows just now, and until when."""
        self.adopt(config)

    def adopt(self, config: SiteConfig) -> None:
        """Other channels from now on."""
        self._site: Site = config.site
        self._topics = [(each, each.topic) for each in config.channels if each.topic is not None]

    def due(self, connection: int) -> Sequence[Signal]:
        """What is to be published now, at most one for a channel."""
        now = self._clock()
        found: list[Signal] = []
        for channel, topic in self._topics:
            state = notices.state(self._ledger, channel.id)
            if state is not None:
                found.extend(self._of_channel(channel, topic, state, connection, now))
        return found

    def taken(self, signal: Signal, connection: int) -> None:
        """The broker has it."""
        why, now = signal.why, self._clock()
        channel: Channel = why.channel
        match why.what:
            case "told":
                notices.note_told(self._ledger, channel, why.sequences, now)
                self._said_on[channel.id] = connection
            case "on" | "off":
                notices.note_switched(self._ledger, channel, on=why.what == "on", now=now)
                self._said_on[channel.id] = connection
            case "again":
                self._said_on[channel.id] = connection
            case "test":
                self._tested[channel.id] = (why.asked_at, self._seconds() + TEST_ON_S)
            case _:
                del self._tested[channel.id]
                notices.note_tested(self._ledger, channel, why.asked_at, "", now)

    def refused(self, signal: Signal, why_not: str) -> None:
        """The broker does not take it."""
        why, now = signal.why, self._clock()
        if why.what in ("test", "test_over"):
            self._tested.pop(why.channel.id, None)
            notices.note_tested(self._ledger, why.channel, why.asked_at, why_not, now)
        else:
            notices.note_failed(self._ledger, why.channel, why_not, now)

    def _of_channel(
        self, channel: Channel, topic: Topic, state: Row, connection: int, now: Instant
    ) -> Iterator[Signal]:
        if test_waits(state):
            yield from self._trial(channel, topic, state)
            return  # it shows; what is due comes after it
        if pauses(state, now):
            return
        is_on = bool(state["is_on"])
        if topic.raised:
            open_now = notices.anything_raised_is_open(self._ledger, channel)
            if open_now and not is_on and quiet_until(channel.quiet, now, self._site.zone) is None:
                yield self._signal(channel, topic, self._on(topic), _Why(channel, "on"))
                return
        else:
            open_now = notices.anything_told_is_open(self._ledger, channel)
            rows = notices.waiting(self._ledger, channel)
            if not rows:
                notices.pass_over(self._ledger, channel, now)
            elif not rests(channel, self._site, state, now):
                told = _Why(channel, "told", tuple(row["sequence"] for row in rows))
                yield self._signal(channel, topic, self._notices(topic, rows, now), told)
                return
        if not is_on or topic.payload_clear is None:
            return
        if not open_now:
            yield self._signal(channel, topic, topic.payload_clear, _Why(channel, "off"))
        elif self._said_on.get(channel.id) != connection:  # a broker that was killed may have forgotten
            yield self._signal(channel, topic, self._on(topic), _Why(channel, "again"))

    def _trial(self, channel: Channel, topic: Topic, state: Row) -> Iterator[Signal]:
        asked_at = state["test_asked_at"]
        shown = self._tested.get(channel.id)
        if shown is None or shown[0] != asked_at:
            with speaking(self._language):
                words = trial_words(self._site, channel.id, state["test_by"] or "")
            payload = topic.payload or self._json({"test": True, "title": words.title, "text": words.body})
            yield self._signal(channel, topic, payload, _Why(channel, "test", asked_at=asked_at))
        elif topic.payload_clear is None or state["is_on"]:
            self._tested.pop(channel.id)
            notices.note_tested(self._ledger, channel, asked_at, "", self._clock())
        elif self._seconds() >= shown[1]:
            over = _Why(channel, "test_over", asked_at=asked_at)
            yield self._signal(channel, topic, topic.payload_clear, over)

    def _signal(self, channel: Channel, topic: Topic, payload: str, why: _Why) -> Signal:
        retain = topic.retain and not why.what.startswith("test")
        return Signal(channel.id, topic.topic, payload.encode(), retain, why)

    def _on(self, topic: Topic) -> str:
        return topic.payload or self._json({"open": True})

    def _notices(self, topic: Topic, rows: Sequence[Row], now: Instant) -> str:
        if topic.payload is not None:
            return topic.payload
        with speaking(self._language):
            words = words_of(self._site, rows, now)
        listed = [
            {
                **{
                    name: row[name] for name in ("sequence", "role", "line", "link", "order", "flag", "clock")
                },
                "at": utc_text(row["at"]),
            }
            for row in rows
        ]
        return self._json({"title": words.title, "text": words.body, "notices": listed})

    def _json(self, told: dict[str, object]) -> str:
        return json.dumps({"site": self._site.id, **told}, ensure_ascii=False)
