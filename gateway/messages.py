"""What a message from the broker says: a scan, a device's state, or nothing that can be read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TypeAlias

from gateway import topics
from gateway.bodies import Body
from gateway.directory import Directory, Place, Speaker
from gateway.faults import NoScan
from gateway.payloads import Nothing, Read, Reader
from shopfloor.codes import command_of
from shopfloor.instants import Instant
from shopfloor.overheard import KEPT_PAYLOAD, Became, DeviceFacts, RawMessage, Stranger
from shopfloor.scans import Answer, Scan, Unreadable
from shopfloor.sentences import sentence, text_of

RETAINED = sentence("retained: a retained message is never a scan, the broker repeats it at each connect.")
NO_STATE = sentence('A state is {"online": true} or {"online": false}, or Online or Offline.')
NOT_NAMED = sentence("Nothing in its topic or payload says which device it is from.")

LONGEST_TOPIC = 200
"""Characters that are kept of a topic; they may come in 64 kB."""
LONGEST_DEVICE = 40
"""As in site.toml."""
LONGEST_CALLED = 80

Noted: TypeAlias = deque[tuple[int, str]]
"""What became of messages that were published: their number, and why the broker refused it."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message, translated and cut: a hostile one of a megabyte keeps one byte over the largest allowed."""

    topic: str | None
    """None when it is not UTF-8."""
    payload: bytes
    size: int
    packet_id: int
    duplicate: bool
    retained: bool


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A device's birth, will or farewell."""

    device: str
    online: bool
    at: Instant
    others: tuple[str, ...] = ()
    """What else is connected through the same thing."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing to record: only to be acknowledged, and answered as before if it was a scan."""

    answer: Answer | None


Item: TypeAlias = Scan | Unreadable | DeviceState | Settled


@dataclass(frozen=True, slots=True)
class Understood:
    """One message: what is to be done, and what it tells besides."""

    item: Item
    raw: RawMessage
    facts: DeviceFacts | None = None
    stranger: Stranger | None = None
    speaker: Speaker | None = None
    """Who sent it on topics of its maker; an answer may go there."""

    @property
    def again_ms(self) -> int:
        return 0 if self.speaker is None else self.speaker.place.reader.profile.again_ms


def understand(arrived: Arrived, directory: Directory, at: Instant) -> Understood:
    """What is said, by whom, and how it was read."""
    text = arrived.topic or ""
    topic = topics.parse(text[:LONGEST_TOPIC])
    message = _Message(arrived, text[:LONGEST_TOPIC], Body(arrived.payload, arrived.size), at)
    if topic is not None and topic.site == directory.site and topic.kind != "ack":
        if topic.device in topics.RESERVED:
            return message.settled("passed over", "the gateway's own word")
        if len(topic.device) <= LONGEST_DEVICE and ":" not in topic.device:  # station:… stands for a kiosk
            return _on_site_topic(message, directory, topic)
    elif text and not text.startswith(f"{topics.ROOT}/") and len(text) <= LONGEST_TOPIC:
        return _on_foreign_topic(message, directory)
    return message.refused(
        sentence("The topic is not one of a device of the site %(site)s.", site=directory.site)
    )


def _on_site_topic(message: _Message, directory: Directory, topic: topics.DeviceTopic) -> Understood:
    reader = directory.native_reader(topic.device)
    message.name(topic.device, reader.profile.id, known=directory.knows(topic.device))
    if topic.kind == "state":
        online = reader.online(message.body)
        return message.refused(NO_STATE) if online is None else message.state([topic.device], online, reader)
    if message.arrived.retained:
        return message.refused(RETAINED)
    return message.read(reader, waits=True)


def _on_foreign_topic(message: _Message, directory: Directory) -> Understood:
    places = directory.places(message.topic)
    if not places:
        return message.settled("passed over", "no profile that is listened to has this topic")
    speaker = directory.speaker([place for place in places if place.scans] or places, message.body)
    if speaker is None:
        mixed = all(place.reader.profile.mixed or not place.scans for place in places)
        if mixed or message.arrived.retained:
            return message.settled("passed over", NOT_NAMED)
        message.name("", places[0].reader.profile.id, known=False)
        return message.refused(NOT_NAMED)
    message.speaker = speaker
    message.name(
        speaker.device or speaker.called, speaker.place.reader.profile.id, known=speaker.device is not None
    )
    return _said_by(message, speaker, directory.present(places, message.body))


def _said_by(message: _Message, speaker: Speaker, present: tuple[list[str], bool] | None) -> Understood:
    reader = speaker.place.reader
    if present is not None:
        devices, online = present
        return message.state(devices, online, reader)
    if not speaker.place.scans:
        return message.settled("heard", "it says neither online nor offline", reader)
    if message.arrived.retained:
        if reader.profile.mixed:
            return message.settled("passed over", RETAINED)
        return message.refused(RETAINED)
    return message.read(reader)


class _Message:
    """One message on its way to being understood."""

    def __init__(self, arrived: Arrived, topic: str, body: Body, at: Instant) -> None:
        self.arrived = arrived
        self.topic = topic
        self.body = body
        self.speaker: Speaker | None = None
        self._at = at
        self._device = ""
        self._known = False
        self._profile = ""

    def name(self, device: str, profile: str, *, known: bool) -> None:
        self._device, self._profile, self._known = device[:LONGEST_CALLED], profile, known

    def read(self, reader: Reader, *, waits: bool = False) -> Understood:
        """A message that is no state: a scan, or what keeps it from being one.

        Whoever speaks our own format `waits` for an answer, and would send a faulty message again for ever.
        """
        try:
            read = reader.scan(self.body, self._at)
        except NoScan as fault:
            return self.refused(text_of(fault), waited_for=waits or fault.waited_for, reader=reader)
        if isinstance(read, Nothing):
            return self.settled("heard", read.why, reader)
        scan = self._scan(read)
        became: Became = "scan" if scan.kind == "code" else scan.kind
        raw = replace(
            self._raw(became),
            code=read.code,
            scan_id=read.scan_id or "",
            device_at=read.device_at,
            seq=read.seq,
            why=command_of(read.code) or "",
        )
        return Understood(scan, raw, self._facts(reader), self._stranger(), self.speaker)

    def state(self, devices: list[str], online: bool, reader: Reader) -> Understood:  # noqa: FBT001  # the word itself
        said = "online" if online else "offline"
        raw = replace(self._raw("state"), why=said)
        first, *others = devices or [""]
        item: Item = DeviceState(first, online, self._at, tuple(others)) if first else Settled(None)
        facts = self._facts(reader) if online and not self.arrived.retained else None
        return Understood(item, raw, facts, self._stranger() if not devices else None, self.speaker)

    def settled(self, became: Became, why: str, reader: Reader | None = None) -> Understood:
        raw = replace(self._raw(became), why=why)
        facts = None if reader is None else self._facts(reader)
        return Understood(Settled(None), raw, facts, self._stranger(), self.speaker)

    def refused(self, why: str, *, waited_for: bool = False, reader: Reader | None = None) -> Understood:
        arrived = self.arrived
        item = Unreadable(
            device=self._scan_device,
            topic=self.topic,
            arrived_at=self._at,
            payload=arrived.payload[:KEPT_PAYLOAD],
            size=arrived.size,
            reason=why,
            scan_id=reader.scan_id(self.body) if waited_for and reader else None,
            waited_for=waited_for,
        )
        facts = None if reader is None else self._facts(reader)
        return Understood(item, replace(self._raw("refused"), why=why), facts, self._stranger(), self.speaker)

    @property
    def _scan_device(self) -> str:
        """An unknown device of another maker is told with its profile, so that it is never taken for another."""
        if self.speaker is None or self._known:
            return self._device
        return f"{self._device} ({self._profile})"

    def _scan(self, read: Read) -> Scan:
        arrived = self.arrived
        return Scan(
            device=self._scan_device,
            code=read.code,
            arrived_at=self._at,
            scan_id=read.scan_id,
            device_at=read.device_at,
            seq=read.seq,
            quantity=read.quantity,
            packet=arrived.packet_id,
            redelivered=arrived.duplicate,
            payload=arrived.payload[:KEPT_PAYLOAD],
            declared=read.declared,
        )

    def _raw(self, became: Became) -> RawMessage:
        arrived = self.arrived
        return RawMessage(
            arrived_at=self._at,
            topic=self.topic,
            payload=arrived.payload[:KEPT_PAYLOAD],
            size=arrived.size,
            retained=arrived.retained,
            device=self._device,
            known=self._known,
            profile=self._profile,
            became=became,
        )

    def _facts(self, reader: Reader) -> DeviceFacts | None:
        if not self._known or self.arrived.retained:
            return None
        told = reader.told(self.body)
        return DeviceFacts(self._device, self._at, told.battery, told.model)

    def _stranger(self) -> Stranger | None:
        if self._known or not self._device:
            return None
        payload = self.arrived.payload[:KEPT_PAYLOAD]
        return Stranger(self._profile, self._device, self.topic, payload, self._at)


__all__ = ["Arrived", "DeviceState", "Item", "Noted", "Place", "Settled", "Understood", "understand"]
