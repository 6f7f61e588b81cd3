"""Topics with places for names: `tele/{device}/RESULT`, `zigbee2mqtt/{device...}`, `proglove/gateway/{gateway}/+`.

`{name}` stands for one level, `{name...}` for one or more, since a maker's device may be called `hall/door 1`.
`+` and a last `#` are those of MQTT.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

DEVICE = "device"
LONGEST = 200
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)(\.\.\.)?\}", re.ASCII)
_ONE, _SOME, _REST = "+", "{...}", "#"


@dataclass(frozen=True)
class TopicPattern:
    """One pattern. ValueError for a text that is none, with what is wrong with it."""

    text: str
    _levels: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _regex: re.Pattern[str] = field(init=False, repr=False, compare=False)
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        levels, regex, names = _taken_apart(self.text)
        object.__setattr__(self, "_levels", levels)
        object.__setattr__(self, "_regex", re.compile(regex, re.DOTALL))
        object.__setattr__(self, "names", names)

    @property
    def topic_filter(self) -> str:
        """What to subscribe to; wider than the pattern where several levels stand in its middle."""
        levels: list[str] = []
        for level in self._levels:
            if level == _SOME:
                return "/".join([*levels, _REST])
            levels.append(level)
        return "/".join(levels)

    def match(self, topic: str) -> dict[str, str] | None:
        """What stands in the places of a topic; None when it is another one."""
        found = self._regex.fullmatch(topic)
        return None if found is None else found.groupdict()

    def filled(self, places: Mapping[str, str]) -> str | None:
        """The topic with its places filled in; None when one is not known or would change its shape."""
        topic = self.text
        for name in self.names:
            value = places.get(name, "")
            several = f"{{{name}...}}" in topic
            if not is_place_value(value) or ("/" in value and not several):
                return None
            topic = topic.replace(f"{{{name}...}}", value).replace(f"{{{name}}}", value)
        return topic

    def narrowed(self, places: Mapping[str, str]) -> str | None:
        """The topic filter with the places that are given filled in; None when MQTT cannot say it as narrow as that."""
        levels: list[str] = []
        names = iter(self.names)
        widened = False
        for level, part in zip(self._levels, self.text.split("/"), strict=True):
            name = next(names) if _PLACE.fullmatch(part) else None
            value = None if name is None else places.get(name)
            if value is None:
                if not widened:
                    levels.append(_REST if level == _SOME else level)
                widened = widened or level == _SOME
                continue
            if widened or not is_place_value(value) or ("/" in value and level != _SOME):
                return None
            levels.append(value)
        return "/".join(levels)

    def overlaps(self, other: TopicPattern) -> bool:
        """Whether some topic matches both."""
        return _overlap(self._levels, other._levels)


def is_place_value(text: str) -> bool:
    """Whether a text can stand in a place; one with slashes only where several levels may."""
    return bool(text) and not any(sign in text for sign in "+#\0")


def _taken_apart(text: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    if not text or len(text) > LONGEST or not text.isprintable() or text.startswith("$"):
        raise ValueError("a topic is a text such as tele/{device}/RESULT")
    levels: list[str] = []
    regex: list[str] = []
    names: list[str] = []
    parts = text.split("/")
    for number, part in enumerate(parts):
        place = _PLACE.fullmatch(part)
        if place is not None:
            name, several = place[1], bool(place[2])
            if name in names:
                raise ValueError(f"{{{name}}} stands in it twice")
            names.append(name)
            levels.append(_SOME if several else _ONE)
            regex.append(f"(?P<{name}>{'.+' if several else '[^/]+'})")
        elif part == _ONE:
            levels.append(_ONE)
            regex.append("[^/]+")
        elif part == _REST and number and number == len(parts) - 1:
            levels.append(_REST)
            regex[-1] += "(?:/.*)?"
        elif re.search(r"[+#{}]", part):
            raise ValueError(f"{part} is no level: a place like {{device}} or + stands alone between slashes")
        else:
            levels.append(part)
            regex.append(re.escape(part))
    return tuple(levels), "/".join(regex), tuple(names)


def _overlap(one: Sequence[str], other: Sequence[str]) -> bool:
    if not one or not other:
        return list(one or other) in ([], [_REST])
    if other[0] in (_SOME, _REST) and one[0] not in (_SOME, _REST):
        one, other = other, one
    if one[0] == _REST:
        return True
    if one[0] == _SOME:  # takes this level of the other, and perhaps more of them
        return _overlap(one[1:], other[1:]) or _overlap(one, other[1:]) or _overlap_rest(one, other)
    alike = one[0] == other[0] or _ONE in (one[0], other[0])
    return alike and _overlap(one[1:], other[1:])


def _overlap_rest(one: Sequence[str], other: Sequence[str]) -> bool:
    """Both begin with several levels: the other's may be the longer."""
    return other[0] in (_SOME, _REST) and (other[0] == _REST or _overlap(one[1:], other))
