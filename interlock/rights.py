"""What each user of the broker may say and hear, as MQTT topics and as the embedded broker's subjects."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import topics
from shopfloor.site import Device


@dataclass(frozen=True, slots=True)
class Rights:
    """Topic filters."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()


def gateway_user(site: str) -> str:
    """The gateway's user name, which is its client id too."""
    return f"interlock-{site}-gateway"


def gateway_rights(site: str) -> Rights:
    """Devices of other makers keep their own topics, so it reads all; it speaks only for the site."""
    return Rights(publish=(f"{topics.ROOT}/{site}/#",), subscribe=("#",))


def device_topics(site: str, device: Device) -> Rights:
    """A device speaks only for itself, and hears only its own answers."""
    return Rights(
        publish=(topics.build(site, device.id, "scan"), topics.build(site, device.id, "state")),
        subscribe=(topics.build(site, device.id, "ack"),),
    )


def reader_rights(site: str) -> Rights:
    """Another program that follows what happens at the site."""
    return Rights(subscribe=(f"{topics.ROOT}/{site}/event/#",))


def subjects(topic_filter: str) -> tuple[str, ...]:
    """The embedded broker's subjects of a topic filter; ValueError for a topic that it cannot carry.

    Its tokens are divided by dots and never empty: a dot becomes `//`, an empty level `/`. `a/#` means `a` too.
    """
    if " " in topic_filter:
        raise ValueError(f"{topic_filter!r}: the embedded broker carries no topic with a blank in it")
    levels = topic_filter.split("/")
    tokens = ["*" if level == "+" else level.replace(".", "//") or "/" for level in levels]
    if levels[-1] != "#":
        return (".".join(tokens),)
    above = ".".join(tokens[:-1])
    return (f"{above}.>", above) if above else (">",)
