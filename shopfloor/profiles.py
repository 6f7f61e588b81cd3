"""Device profiles: how the messages of one maker's devices are read, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from shopfloor.codes import Command
from shopfloor.topic_patterns import TopicPattern

JsonPath: TypeAlias = tuple[str, ...]
"""Keys from the outside in; digits also count the items of a list."""
Paths: TypeAlias = tuple[JsonPath, ...]
"""Where something may stand: the first that is there counts."""

Payload = Literal["json", "text", "any"]
TimeUnit = Literal["iso", "s", "ms", "us"]
Encoding = Literal["text", "base64", "hex"]
Gs1 = Literal["announced", "always", "never"]

SITE_ZONE = "site"


@dataclass(frozen=True, slots=True)
class Words:
    """The words that say so; true and false in JSON always do."""

    online: tuple[str, ...] = ("online", "Online")
    offline: tuple[str, ...] = ("offline", "Offline")


@dataclass(frozen=True, slots=True)
class Gs1Rules:
    """When a code is read as GS1, and where in it the batch stands."""

    when: Gs1 = "announced"
    batch: tuple[str, ...] = (*(str(ai) for ai in range(90, 100)), "10", "21")
    """Application identifiers; the first that the label has counts."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One maker's messages. What is left out is not told by these devices."""

    id: str
    name: str = ""
    topics: tuple[TopicPattern, ...] = ()
    """Besides the site's own `interlock/<site>/<device>/scan`."""
    ignore_topics: tuple[TopicPattern, ...] = ()
    payload: Payload = "json"
    code: Paths = ()
    scan_id: Paths = ()
    time: Paths = ()
    time_unit: TimeUnit = "iso"
    time_zone: ZoneInfo | None = None
    """Of times that name no zone; without it such a time is a fault."""
    seq: Paths = ()
    quantity: Paths = ()
    device: Paths = ()
    """When the payload names the device and not the topic."""
    battery: Paths = ()
    model: Paths = ()
    encoding: Encoding = "text"
    prefix: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()
    strip: str = ""
    fnc1: str = ""
    """What a scanner sends instead of FNC1 (0x1D)."""
    shortest: int = 1
    longest: int = 200
    refuse_doubled: bool = False
    """A code that is one text twice is two reads run together."""
    when: tuple[tuple[JsonPath, tuple[str, ...]], ...] = ()
    """All must hold for a message to be a scan: at the path stands one of the words."""
    mixed: bool = False
    """Other messages come on the same topics; one without a code is no fault."""
    badge: bool = False
    """What is read is a person's badge, whatever it looks like."""
    action: Paths = ()
    commands: Mapping[str, Command] = field(default_factory=dict)
    """What is done by each word at `action`."""
    again_ms: int = 0
    """A code that the device reads again within this time of its last read is the same read."""
    presence: tuple[TopicPattern, ...] = ()
    presence_at: Paths = ()
    words: Words = Words()
    answer: TopicPattern | None = None
    answer_recorded: str = ""
    answer_refused: str = ""
    gs1: Gs1Rules | None = None
    """None: as the site has it."""
    built_in: bool = False


NATIVE_ID = "native"
