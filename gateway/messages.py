"""What a message from the broker says: a scan, a device's state, or nothing that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from gateway import topics
from gateway.payloads import NATIVE, Profile, read_scan, read_state, unreadable
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan, Unreadable

RETAINED = "retained: a retained message is never a scan, the broker repeats it at each connect."
NO_STATE = 'A state is {"online": true} or {"online": false}, or Online or Offline.'

LONGEST_TOPIC = 200
"""Characters that are kept of a topic; they may come in 64 kB."""
LONGEST_DEVICE = 40
"""As in site.toml."""


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


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing to record: only to be acknowledged, and answered as before if it was a scan."""

    answer: Answer | None


Item: TypeAlias = Scan | Unreadable | DeviceState | Settled


def understand(arrived: Arrived, site: str, profiles: Mapping[str, Profile], at: Instant) -> Item:
    """Device profiles decide how a scan is read; a device without one is native."""
    text = (arrived.topic or "")[:LONGEST_TOPIC]
    topic = topics.parse(text)
    if topic is None or topic.site != site or topic.kind == "ack" or len(topic.device) > LONGEST_DEVICE:
        reason = f"The topic is not one of a device of the site {site}."
        return unreadable(arrived.payload, reason, device="", topic=text, arrived_at=at, size=arrived.size)
    device = topic.device
    if device in topics.RESERVED:
        return Settled(None)  # our own words come back
    if topic.kind == "state":
        online = read_state(arrived.payload)
        if online is not None:
            return DeviceState(device, online, at)
    elif not arrived.retained:
        return read_scan(
            arrived.payload,
            profiles.get(device, NATIVE),
            device=device,
            topic=text,
            arrived_at=at,
            packet=arrived.packet_id,
            redelivered=arrived.duplicate,
            size=arrived.size,
        )
    reason = NO_STATE if topic.kind == "state" else RETAINED
    return unreadable(arrived.payload, reason, device=device, topic=text, arrived_at=at, size=arrived.size)
