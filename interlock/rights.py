"""What each user of the broker may say and hear, as MQTT topic filters.

A device has the site's own topics under its id, and those of its profile that name it. What comes through something
that speaks for many (zigbee2mqtt, a ProGlove gateway) is a bridge's: one user with all topics of its profiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway import topics
from shopfloor.profiles import Profile
from shopfloor.site import Device
from shopfloor.topic_patterns import DEVICE, TopicPattern


@dataclass(frozen=True, slots=True)
class Rights:
    """Topic filters."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()


def gateway_user(site: str) -> str:
    """The gateway's user name, which is its client id too."""
    return f"interlock-{site}-gateway"


def gateway_rights(site: str, profiles: Iterable[Profile], lights: Iterable[str] = ()) -> Rights:
    """Devices of other makers keep their own topics, so it reads all; it speaks for the site, and answers there.

    `lights` are topics of the plant on which it tells that somebody is needed.
    """
    answers = (profile.answer.topic_filter for profile in profiles if profile.answer is not None)
    return Rights(publish=_narrow([f"{topics.ROOT}/{site}/#", *answers, *lights]), subscribe=("#",))


def device_rights(site: str, device: Device, profile: Profile | None) -> Rights:
    """A device speaks only for itself, and hears only its own answers."""
    own = Rights(
        publish=(topics.build(site, device.id, "scan"), topics.build(site, device.id, "state")),
        subscribe=(topics.build(site, device.id, "ack"),),
    )
    if profile is None:
        return own
    said = (_of_device(pattern, device) for pattern in (*profile.topics, *profile.presence))
    heard = None if profile.answer is None else _of_device(profile.answer, device)
    return Rights(
        publish=_narrow([*(each for each in said if each is not None), *own.publish]),
        subscribe=(*own.subscribe, *([] if heard is None else [heard])),
    )


def speaks_for_itself(profile: Profile) -> bool:
    """Whether the topics of its devices tell one from another; else only a bridge can be let in."""
    return all(DEVICE in pattern.names for pattern in profile.topics)


def bridge_rights(profiles: Iterable[Profile], places: Mapping[str, str]) -> Rights:
    """Says and hears all topics of its profiles; `places` narrows them, to one gateway or one device."""
    patterns = [
        pattern
        for profile in profiles
        for pattern in (
            *profile.topics,
            *profile.presence,
            *profile.ignore_topics,
            *([] if profile.answer is None else [profile.answer]),
        )
    ]
    every = _narrow(each for pattern in patterns if (each := pattern.narrowed(places)) is not None)
    return Rights(every, every)


def reader_rights(site: str) -> Rights:
    """Another program that follows what happens at the site."""
    return Rights(subscribe=(f"{topics.ROOT}/{site}/event/#",))


def covers(wide: str, narrow: str) -> bool:
    """Whether each topic of the one filter is one of the other."""
    ours, theirs = wide.split("/"), narrow.split("/")
    for number, level in enumerate(ours):
        if level == "#":
            return True
        if number == len(theirs) or theirs[number] == "#" or level not in ("+", theirs[number]):
            return False
    return len(ours) == len(theirs)


def _of_device(pattern: TopicPattern, device: Device) -> str | None:
    """None where the topic does not name the device: under it, it could speak for others."""
    return pattern.narrowed({DEVICE: device.called}) if DEVICE in pattern.names else None


def _narrow(filters: Iterable[str]) -> tuple[str, ...]:
    """Without those that others take in."""
    every = tuple(dict.fromkeys(filters))
    return tuple(one for one in every if not any(one != other and covers(other, one) for other in every))
