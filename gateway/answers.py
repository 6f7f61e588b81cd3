"""Where an answer goes: to the site's own topic of the device, and to its maker's if the profile has one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import msgspec

from gateway import topics
from gateway.directory import Speaker
from shopfloor.instants import Instant
from shopfloor.scans import Answer

_PLACE = re.compile(r"\{([a-z_]+)\}")


def messages_of(
    site: str, answer: Answer, speaker: Speaker | None, at: Instant
) -> Iterator[tuple[str, bytes]]:
    """Topic and payload of each."""
    if topics.is_level(answer.device) and _may_stand_in_topic(answer.device, speaker):
        said = msgspec.json.encode({"id": answer.scan_id, "result": answer.result, "text": str(answer.text)})
        yield topics.build(site, answer.device, "ack"), said
    if speaker is None:
        return
    profile = speaker.place.reader.profile
    template = profile.answer_refused if answer.result == "refused" else profile.answer_recorded
    if profile.answer is None or not template:
        return
    told = {"device": speaker.called} if _may_stand_in_topic(speaker.called, speaker) else {}
    topic = profile.answer.filled({**speaker.place.places, **told})
    if topic is not None:
        yield topic, _filled(template, answer, speaker, at).encode()


def _may_stand_in_topic(name: str, speaker: Speaker | None) -> bool:
    """Whether this broker takes the name in a topic, as far as one can know.

    NATS ends the connection that publishes to a topic with a blank, and paho would publish the same again on the next
    one, for ever. A name that came in a topic has been through the broker; one that a payload told has not.
    """
    came_in_topic = speaker is None or any(name in value for value in speaker.place.places.values())
    return came_in_topic or " " not in name


def _filled(template: str, answer: Answer, speaker: Speaker, at: Instant) -> str:
    """Each place as JSON: texts in their quotes."""
    values: dict[str, object] = {
        "id": answer.scan_id,
        "result": answer.result,
        "text": str(answer.text),
        "device": speaker.called,
        "time_ms": at,
        "uuid": str(uuid.uuid4()),
    }
    return _PLACE.sub(
        lambda found: msgspec.json.encode(values[found[1]]).decode() if found[1] in values else found[0],
        template,
    )
