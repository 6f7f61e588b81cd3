"""What a device has to be set to, and a line to try it."""

from __future__ import annotations

import json
import shlex
import socket
from collections.abc import Iterator, Mapping
from typing import Any

from interlock.access import User, rights_of
from interlock.rights import speaks_for_itself
from shopfloor.profiles import JsonPath, Profile
from station_config import SiteConfig

_BATCH = "<batch>"


def settings_of(config: SiteConfig, name: str, user: User, password: str) -> dict[str, Any]:
    """All of it, as `--json` prints it."""
    broker = config.broker
    host = broker.host or (socket.gethostname() if broker.listen in ("0.0.0.0", "::") else broker.listen)  # noqa: S104  # compared
    rights = rights_of(name, user, config)
    ca = str(broker.tls_ca or broker.tls_certificate) if broker.tls else None
    words = ["-h", host, "-p", str(broker.port), "-i", name, "-u", name, "-P", password]
    words += [] if ca is None else ["--cafile", ca]
    said = next((each for each in rights.publish if not set("+#").intersection(each)), None)
    if said is None:
        words = ["mosquitto_sub", *words, "-v", "-t", rights.subscribe[0]]
    else:
        words = ["mosquitto_pub", *words, "-q", "1", "-t", said, "-m", _example(config, name)]
    return {
        "host": host,
        "port": broker.port,
        "tls": broker.tls,
        "ca": ca,
        "client_id": name,
        "user": name,
        "password": password,
        "publish": list(rights.publish),
        "subscribe": list(rights.subscribe),
        "try": shlex.join(words),
    }


def printed(settings: Mapping[str, Any]) -> Iterator[str]:
    """A line each, for a person."""
    for label, text in (
        ("host", settings["host"]),
        ("port", settings["port"]),
        ("TLS", f"yes, trusting {settings['ca']}" if settings["tls"] else "no"),
        ("client id", settings["client_id"]),
        ("user", settings["user"]),
        ("password", f"{settings['password']}  (shown this once)"),
        *(("publishes", topic) for topic in settings["publish"]),
        *(("subscribes to", topic) for topic in settings["subscribe"]),
        ("to try it", settings["try"]),
    ):
        yield f"{label:<14} {text}"


def bridge_advice(config: SiteConfig, name: str) -> str:
    """A sentence for a device whose maker's topics do not name it; empty for any other."""
    device = config.site.devices.get(name)
    profile = None if device is None else config.profiles.get(device.profile)
    if profile is None or speaks_for_itself(profile):
        return ""
    return (
        f"The topics of the profile {profile.id} do not name the device, so they are not {name}'s alone:"
        f" what speaks on them needs a password of its own, interlock device add DIR NAME --bridge {profile.id}"
    )


def _example(config: SiteConfig, name: str) -> str:
    """A scan as the device's profile reads it."""
    device = config.site.devices.get(name)
    profile = None if device is None else config.profiles.get(device.profile)
    if profile is None:
        return json.dumps({"code": _BATCH})
    return _BATCH if profile.payload == "text" else json.dumps(_body(profile))


def _body(profile: Profile) -> Any:
    body: Any = None
    said = [(path, words[0]) for path, words in profile.when]
    if profile.code:
        said.append((profile.code[0], _BATCH))
    elif profile.action and profile.commands:
        said.append((profile.action[0], next(iter(profile.commands))))
    for path, word in said:
        body = _with(body, path, word)
    return body


def _with(body: Any, path: JsonPath, word: str) -> Any:
    """The value with a word put at a path; digits count the items of a list."""
    if not path:
        return {"true": True, "false": False}.get(word, word)
    key, *rest = path
    if key.isdecimal():
        items = list(body) if isinstance(body, list) else []
        items += [None] * (int(key) + 1 - len(items))
        items[int(key)] = _with(items[int(key)], tuple(rest), word)
        return items
    inner = dict(body) if isinstance(body, dict) else {}
    return {**inner, key: _with(inner.get(key), tuple(rest), word)}
