"""[[profile]], [codes] and [gateway]: how devices are read, and which of them are listened to."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import cast
from zoneinfo import ZoneInfo

from shopfloor.codes import Command
from shopfloor.profiles import NATIVE_ID, Encoding, Gs1, Gs1Rules, Paths, Payload, Profile, TimeUnit, Words
from shopfloor.topic_patterns import DEVICE, TopicPattern
from station_config.names import Names
from station_config.positions import Positions
from station_config.profile_values import (
    AI,
    COMMAND,
    ENCODING,
    FLAG,
    GS1,
    LENGTH,
    PATH,
    PAYLOAD,
    PIECE,
    SPAN,
    TEMPLATE,
    TIME_UNIT,
    TOPIC,
    WORD,
    WORDS,
    json_path,
    zone_value,
)
from station_config.reader import FaultLog, Table
from station_config.values import NAME, PROFILE_REFERENCE
from station_config.wording import nearest, quoted

MAKERS_FILE = "makers.toml"
_SITE_TOPICS = TopicPattern("interlock/#")
_SITE_ZONE = ZoneInfo.no_cache("UTC")
"""Stands for the zone of whichever site the built-in profiles are read for."""


@dataclass
class Profiles:
    """All profiles of a site: the built-in ones, then its own."""

    by_id: dict[str, Profile]
    names: Names

    def check(self, table: Table, key: str, profile: str, *deeper: str | int) -> None:
        """Report a reference that cannot be followed."""
        if profile in self.by_id or self.names.excuses(profile):
            return
        near = nearest(profile, self.by_id)
        own = "or write a [[profile]] of that id"
        advice = f"did you mean {quoted(near)}?" if near else f"write {_listed(self.by_id)}, {own}"
        table.fault(key, f"there is no profile {quoted(profile)}; {advice}", *deeper)


def built_in_profiles(zone: ZoneInfo) -> Mapping[str, Profile]:
    """The profiles that come with Interlock; "site" is that zone."""
    return {
        profile.id: replace(profile, time_zone=zone) if profile.time_zone is _SITE_ZONE else profile
        for profile in _makers()
    }


@cache
def _makers() -> tuple[Profile, ...]:
    text = files("station_config").joinpath(MAKERS_FILE).read_text(encoding="utf-8")
    log = FaultLog(MAKERS_FILE, Positions(text))
    top = Table(log, (), "", tomllib.loads(text))
    found = _each(top, _SITE_ZONE, {}, Names("profile"))
    if faults := log.in_order():
        raise AssertionError("\n".join(map(str, faults)))
    return tuple(replace(profile, built_in=True) for _, profile in found)


def read_profiles(top: Table, zone: ZoneInfo, *, embedded_broker: bool = False) -> Profiles:
    """The site's own profiles beside the built-in ones. The embedded broker takes no blanks in topics."""
    built_in = built_in_profiles(zone)
    profiles = Profiles(dict(built_in), Names("profile", is_open=not top.sound("profile")))
    for table, profile in _each(top, zone, built_in, profiles.names):
        if profile.id in built_in:
            text = f"{quoted(profile.id)} is a built-in profile; write another id, and like = {quoted(profile.id)}"
            table.fault("id", text)
        if embedded_broker:
            _check_blanks(table, profile)
        profiles.by_id.setdefault(profile.id, profile)
    return profiles


def read_codes(top: Table) -> Gs1Rules:
    """How the site's labels are read."""
    table = top.table("codes")
    return _gs1(table, Gs1Rules()) or Gs1Rules()


def read_listen(top: Table, profiles: Profiles) -> tuple[str, ...]:
    """Profiles that are listened to although no device has them yet."""
    table = top.table("gateway")
    listed = table.items("listen", PROFILE_REFERENCE)
    for index, profile in listed:
        profiles.check(table, "listen", profile, index)
    return tuple(profile for _, profile in listed if profile in profiles.by_id)


def _each(
    top: Table, zone: ZoneInfo, built_in: Mapping[str, Profile], names: Names
) -> list[tuple[Table, Profile]]:
    return [(table, _profile(table, zone, built_in, names)) for table in top.tables("profile", "profile")]


def _profile(table: Table, zone: ZoneInfo, built_in: Mapping[str, Profile], names: Names) -> Profile:
    profile_id = names.read(table)
    base = Profile(profile_id)
    if table.has("like"):
        like = table.may("like", PROFILE_REFERENCE, "")
        if like in built_in:
            base = replace(built_in[like], id=profile_id, name="", built_in=False)
        elif table.sound("like"):
            near = nearest(like, built_in)
            advice = f"did you mean {quoted(near)}?" if near else f"write {_listed(built_in)}"
            table.fault("like", f"there is no built-in profile {quoted(like)}; {advice}")
    profile = _read(table, base, zone)
    _check(table, profile)
    return profile


def _read(table: Table, base: Profile, zone: ZoneInfo) -> Profile:
    return Profile(
        id=base.id,
        name=table.may("name", NAME, base.name),
        topics=_topics(table, "topics", base.topics),
        ignore_topics=_topics(table, "ignore_topics", base.ignore_topics),
        payload=cast("Payload", table.may("payload", PAYLOAD, base.payload)),
        code=_paths(table, "code", base.code),
        scan_id=_paths(table, "scan_id", base.scan_id),
        time=_paths(table, "time", base.time),
        time_unit=cast("TimeUnit", table.may("time_unit", TIME_UNIT, base.time_unit)),
        time_zone=cast("ZoneInfo | None", table.may("time_zone", zone_value(zone), base.time_zone)),
        seq=_paths(table, "seq", base.seq),
        quantity=_paths(table, "quantity", base.quantity),
        device=_paths(table, "device", base.device),
        battery=_paths(table, "battery", base.battery),
        model=_paths(table, "model", base.model),
        encoding=cast("Encoding", table.may("encoding", ENCODING, base.encoding)),
        prefix=_pieces(table, "prefix", base.prefix),
        suffix=_pieces(table, "suffix", base.suffix),
        strip=table.may("strip", PIECE, base.strip),
        fnc1=table.may("fnc1", PIECE, base.fnc1),
        shortest=table.may("shortest", LENGTH, base.shortest),
        longest=table.may("longest", LENGTH, base.longest),
        refuse_doubled=table.may("refuse_doubled", FLAG, base.refuse_doubled),
        when=_when(table, base),
        mixed=table.may("mixed", FLAG, base.mixed),
        badge=table.may("badge", FLAG, base.badge),
        action=_paths(table, "action", base.action),
        commands=_commands(table, base),
        again_ms=table.may("again", SPAN, base.again_ms),
        presence=_topics(table, "presence", base.presence),
        presence_at=_paths(table, "presence_at", base.presence_at),
        words=_presence_words(table, base.words),
        answer=_answer(table) if table.has("answer") else base.answer,
        answer_recorded=table.may("answer_recorded", TEMPLATE, base.answer_recorded),
        answer_refused=table.may("answer_refused", TEMPLATE, base.answer_refused),
        gs1=_gs1(table, base.gs1),
    )


def _paths(table: Table, key: str, default: Paths) -> Paths:
    if not table.has(key):
        return default
    if isinstance(table.raw(key), list):
        return tuple(path for _, path in table.items(key, PATH))
    return (table.may(key, PATH, ("",)),)


def _topics(table: Table, key: str, default: tuple[TopicPattern, ...]) -> tuple[TopicPattern, ...]:
    if not table.has(key):
        return default
    found = table.items(key, TOPIC)
    for index, pattern in found:
        if pattern.overlaps(_SITE_TOPICS):
            text = (
                f"{quoted(pattern.text)} takes in interlock/, the site's own topics; write a narrower topic"
            )
            table.fault(key, text, index)
    return tuple(pattern for _, pattern in found)


def _pieces(table: Table, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    if not table.has(key):
        return default
    if isinstance(table.raw(key), str):
        return (table.may(key, PIECE, ""),)
    return tuple(piece for _, piece in table.items(key, PIECE))


def _when(table: Table, base: Profile) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    if not table.has("when"):
        return base.when
    found = []
    for name, words in table.rates("when", WORDS, '{ event_type = "scan" }').items():
        try:
            found.append((json_path(name), words))
        except ValueError:
            table.fault("when", f"{quoted(name)} is not {PATH.what}; {PATH.advice()}", name)
    return tuple(found)


def _commands(table: Table, base: Profile) -> Mapping[str, Command]:
    if not table.has("commands"):
        return base.commands
    return cast("Mapping[str, Command]", table.rates("commands", COMMAND, '{ SINGLE = "undo" }'))


def _answer(table: Table) -> TopicPattern | None:
    answers = table.may("answer", TOPIC, _SITE_TOPICS)
    return answers if table.sound("answer") else None


def _presence_words(table: Table, base: Words) -> Words:
    online = tuple(word for _, word in table.items("online", WORD)) if table.has("online") else base.online
    offline = (
        tuple(word for _, word in table.items("offline", WORD)) if table.has("offline") else base.offline
    )
    for word in online:
        if word in offline and table.sound("online", "offline"):
            table.fault("offline", f"{quoted(word)} stands in online too; take one of the two out")
    return Words(online, offline)


def _gs1(table: Table, default: Gs1Rules | None) -> Gs1Rules | None:
    if not (table.has("gs1") or table.has("gs1_batch")):
        return default
    rules = default or Gs1Rules()
    when = cast("Gs1", table.may("gs1", GS1, rules.when))
    batch = tuple(ai for _, ai in table.items("gs1_batch", AI)) if table.has("gs1_batch") else rules.batch
    return Gs1Rules(when, batch)


def _check(table: Table, profile: Profile) -> None:
    """What makes sense alone but not together."""
    if (
        profile.payload == "json"
        and not profile.code
        and not profile.action
        and table.sound("code", "action")
    ):
        table.missing("code", f'{PATH.advice(key="code")}, or payload = "text" when the text is the code')
    if table.sound("device"):
        for key in ("topics", "presence"):
            patterns = getattr(profile, key) if table.has(key) and table.sound(key) else ()
            for index, pattern in enumerate(patterns):
                if DEVICE not in pattern.names and not profile.device:
                    text = f"nothing tells which device speaks in {quoted(pattern.text)}"
                    table.fault(key, f"{text}; write {{device}} in it, or the key device", index)
    if profile.shortest > profile.longest and table.sound("shortest", "longest"):
        key = "longest" if table.has("longest") else "shortest"
        table.fault(key, "a code cannot be shorter than shortest and longer than longest; swap the two")
    if table.has("commands") and not profile.action and table.sound("action"):
        table.missing("action", 'commands are for the word at a path, write for example action = "action"')
    if profile.answer is not None and table.sound("answer", "topics"):
        _check_answer(table, profile, profile.answer)


def _check_blanks(table: Table, profile: Profile) -> None:
    for key in ("topics", "presence"):
        patterns = getattr(profile, key) if table.has(key) and table.sound(key) else ()
        for index, pattern in enumerate(patterns):
            if " " in pattern.text:
                text = f"{quoted(pattern.text)} has a blank, which the embedded broker does not take"
                table.fault(key, f"{text}; rename it, or use another broker: [broker] host", index)


def _check_answer(table: Table, profile: Profile, answer: TopicPattern) -> None:
    key = "answer" if table.has("answer") else "topics"
    if not table.has(key):
        return
    known = {DEVICE}.union(*({*pattern.names} for pattern in profile.topics))
    unknown = [name for name in answer.names if name not in known]
    if unknown:
        text = f"{{{unknown[0]}}} of the answer stands in none of the topics; write it there too"
        table.fault(key, text)
    elif re.search(r"[+#]|\.\.\.", answer.text.replace(f"{{{DEVICE}...}}", "")):
        table.fault(key, f"an answer goes to one topic, not {quoted(answer.text)}; take + and # out")
    elif any(topic.overlaps(answer) for topic in profile.topics) and not any(
        ignored.overlaps(answer) for ignored in profile.ignore_topics
    ):
        text = "the answers would be read as messages; write their topic into ignore_topics"
        table.fault(key, text)


def _listed(profiles: Mapping[str, Profile]) -> str:
    return ", ".join(quoted(profile) for profile in profiles)


__all__ = ["NATIVE_ID", "Profiles", "built_in_profiles", "read_codes", "read_listen", "read_profiles"]
