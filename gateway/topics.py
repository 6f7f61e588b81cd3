"""The site's own topics: `interlock/<site>/<device>/scan`, `.../ack`, `.../state`; `interlock/<site>/event/<kind>`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["scan", "ack", "state"]

ROOT = "interlock"
GATEWAY = "gateway"
"""The gateway's own place among the devices: its birth and will."""
EVENT = "event"
RESERVED = frozenset({GATEWAY, EVENT})
"""No device has these names: the gateway speaks under them itself."""

_KINDS = frozenset(get_args(Kind))
_NOT_IN_A_LEVEL = frozenset("/+#\0")


@dataclass(frozen=True, slots=True)
class DeviceTopic:
    """One device's topic, taken apart."""

    site: str
    device: str
    kind: Kind


def parse(topic: str) -> DeviceTopic | None:
    """The parts of a site topic; None for any other topic."""
    levels = topic.split("/")
    if len(levels) != 4 or levels[0] != ROOT or not levels[1] or not levels[2]:  # noqa: PLR2004  # root, site, device, kind
        return None
    kind = levels[3]
    if kind not in _KINDS:
        return None
    return DeviceTopic(levels[1], levels[2], kind)  # type: ignore[arg-type]  # one of _KINDS


def build(site: str, device: str, kind: Kind) -> str:
    """The topic of a device; ValueError for an id that would change the topic's shape."""
    return "/".join((ROOT, _level(site), _level(device), kind))


def event(site: str, kind: str) -> str:
    """Where events of a kind are published."""
    return "/".join((ROOT, _level(site), EVENT, _level(kind)))


def topic_filter(site: str, kind: Kind) -> str:
    """What to subscribe to for all devices of a site."""
    return "/".join((ROOT, _level(site), "+", kind))


def is_level(name: str) -> bool:
    """Whether a name can be part of a topic."""
    return bool(name) and not _NOT_IN_A_LEVEL.intersection(name)


def _level(name: str) -> str:
    if not is_level(name):
        raise ValueError(f"{name!r} cannot be part of a topic: use letters, digits, - and _")
    return name
