"""Who is who: the devices of a site, their profiles, and the topics that are listened to.

Topics of several profiles may overlap. Then a configured device decides: the profile under which a device of
that name is configured reads the message. Of a device that nobody knows, the site's own profiles come first,
in the order of the file, then the built-in ones.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway import topics
from gateway.bodies import Body
from gateway.payloads import Reader
from shopfloor.profiles import NATIVE_ID, Gs1Rules, Profile
from shopfloor.site import Device
from shopfloor.topic_patterns import DEVICE

REMEMBERED_TOPICS = 2_000


@dataclass(frozen=True, slots=True)
class Subscription:
    """A topic filter at QoS 1; `retained_again` asks for retained messages at each connect."""

    topic_filter: str
    retained_again: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One profile that a topic may belong to, and what stands in the topic's places."""

    reader: Reader
    presence: bool
    """It tells whether devices are there."""
    scans: bool
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who sent a message, and by which profile it is read."""

    place: Place
    called: str
    """What it calls itself."""
    device: str | None
    """Its id in the site; None for an unknown one."""


class Directory:
    """The devices and profiles of one configuration."""

    def __init__(
        self,
        site: str,
        profiles: Mapping[str, Profile],
        devices: Iterable[Device] = (),
        *,
        listen: Iterable[str] = (),
        codes: Gs1Rules | None = None,
    ) -> None:
        rules = codes or Gs1Rules()
        devices = tuple(devices)
        self.site = site
        self._readers = {profile.id: Reader(profile, rules) for profile in profiles.values()}
        self._profile_of = {device.id: device.profile for device in devices}
        self._by_name = {(device.profile, device.called): device.id for device in devices}
        used = {NATIVE_ID, *listen, *self._profile_of.values()}
        used |= {profile.id for profile in profiles.values() if not profile.built_in}
        own_first = sorted(profiles.values(), key=lambda profile: profile.built_in)
        self._heard = [self._readers[profile.id] for profile in own_first if profile.id in used]
        self._places: OrderedDict[str, tuple[Place, ...]] = OrderedDict()
        self.subscriptions = self._subscriptions()

    def native_reader(self, device: str) -> Reader:
        """How a message on the site's own topics is read: as its device's profile says."""
        return self._readers[self._profile_of.get(device, NATIVE_ID)]

    def knows(self, device: str) -> bool:
        return device in self._profile_of

    def places(self, topic: str) -> tuple[Place, ...]:
        """The profiles that a foreign topic may belong to."""
        found = self._places.get(topic)
        if found is None:
            found = self._places[topic] = tuple(self._look_up(topic))
            if len(self._places) > REMEMBERED_TOPICS:
                self._places.popitem(last=False)
        return found

    def speaker(self, places: Iterable[Place], body: Body) -> Speaker | None:
        """Who of several possible ones it is; None when nothing names a device."""
        first: Speaker | None = None
        for place in places:
            speaker = self._named(place, body)
            if speaker is not None and speaker.device is not None:
                return speaker
            first = first or speaker
        return first

    def present(self, places: Iterable[Place], body: Body) -> tuple[list[str], bool] | None:
        """The devices of a presence message, known ones only, and whether they are there."""
        said: bool | None = None
        devices: list[str] = []
        for place in places:
            online = place.reader.online(body) if place.presence else None
            if online is None:
                continue
            said = online if said is None else said
            speaker = self._named(place, body)
            if speaker is not None and speaker.device is not None and online is said:
                devices.append(speaker.device)
        return None if said is None else (devices, said)

    def _named(self, place: Place, body: Body) -> Speaker | None:
        called = place.reader.device(body) or place.places.get(DEVICE)
        if not called:
            return None
        return Speaker(place, called, self._by_name.get((place.reader.profile.id, called)))

    def _look_up(self, topic: str) -> Iterable[Place]:
        for reader in self._heard:
            profile = reader.profile
            presence = next(
                (found for each in profile.presence if (found := each.match(topic)) is not None), None
            )
            scans = next((found for each in profile.topics if (found := each.match(topic)) is not None), None)
            if scans is not None and any(each.match(topic) is not None for each in profile.ignore_topics):
                scans = None
            elif presence is not None and (scans != presence or not profile.presence_at):
                scans = None  # a topic of its own, or all of its text is about presence
            if presence is not None or scans is not None:
                places = presence if scans is None else scans
                yield Place(reader, presence is not None, scans is not None, places or {})

    def _subscriptions(self) -> tuple[Subscription, ...]:
        wanted = {
            topics.topic_filter(self.site, "scan"): False,
            topics.topic_filter(self.site, "state"): True,
        }
        for reader in self._heard:
            for pattern in reader.profile.topics:
                wanted.setdefault(pattern.topic_filter, False)
            for pattern in reader.profile.presence:
                wanted[pattern.topic_filter] = True
        return tuple(Subscription(*each) for each in wanted.items())
