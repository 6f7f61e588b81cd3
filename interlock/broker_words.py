"""How the two brokers write a topic filter down: subjects of the embedded one, lines of Mosquitto's ACL file.

Neither can write all that MQTT allows. What it cannot is not granted: a right that is read as another would be worse.
"""

from __future__ import annotations

from interlock.rights import Rights

_WILD_TOKENS = frozenset("*>")
"""Ordinary text in MQTT, and wildcards in the embedded broker's subjects."""


def subjects(topic_filter: str) -> tuple[str, ...]:
    """The embedded broker's subjects of a topic filter; ValueError, a sentence, for a topic that it cannot carry.

    Its tokens are divided by dots and never empty: a dot becomes `//`, an empty level `/`. `a/#` means `a` too.
    """
    levels = topic_filter.split("/")
    if " " in topic_filter:
        raise ValueError(f"the embedded broker carries no topic with a blank in it, as {topic_filter!r} has")
    if _WILD_TOKENS.intersection(levels):
        raise ValueError(f"the embedded broker would take * or > in {topic_filter!r} for any name")
    tokens = ["*" if level == "+" else level.replace(".", "//") or "/" for level in levels]
    if levels[-1] != "#":
        return (".".join(tokens),)
    above = ".".join(tokens[:-1])
    return (f"{above}.>", above) if above else (">",)


def acl_topic(topic_filter: str) -> str:
    """A topic filter in Mosquitto's ACL file; ValueError, a sentence, for one that it would read as another."""
    if topic_filter != topic_filter.strip() or not topic_filter.isprintable():
        raise ValueError(f"Mosquitto would read {topic_filter!r} as another topic: it takes the blank off")
    return topic_filter


def uncarried(rights: Rights, *, embedded: bool) -> tuple[str, ...]:
    """What the site's broker cannot grant of these rights, a sentence each."""
    write = subjects if embedded else acl_topic
    found: dict[str, None] = {}
    for topic_filter in (*rights.publish, *rights.subscribe):
        try:
            write(topic_filter)
        except ValueError as fault:
            found[str(fault)] = None
    return tuple(found)


def granted_subjects(topic_filters: tuple[str, ...]) -> list[str]:
    """The subjects of all that can be carried."""
    found: list[str] = []
    for topic_filter in topic_filters:
        try:
            found += subjects(topic_filter)
        except ValueError:  # said when the user was added
            continue
    return found


def acl_lines(name: str, rights: Rights) -> list[str]:
    """One user's part of Mosquitto's ACL file."""
    lines = [f"user {name}"]
    for access, topic_filters in (("write", rights.publish), ("read", rights.subscribe)):
        for topic_filter in topic_filters:
            try:
                lines.append(f"topic {access} {acl_topic(topic_filter)}")
            except ValueError:  # said when the user was added
                continue
    return lines
