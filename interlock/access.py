"""Who may speak to the broker: `access/` in the site folder. Passwords are kept as hashes, save the gateway's own.

`users.json` is the record. Mosquitto's password and ACL files beside it are written anew with each change.
As soon as the record exists, the embedded broker asks everybody for a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from interlock.broker_words import acl_lines, uncarried
from interlock.passwords import fits, hashed, new_password
from interlock.rights import (
    Rights,
    bridge_rights,
    device_rights,
    gateway_rights,
    gateway_user,
    reader_rights,
)
from station_config import SiteConfig
from station_config.whole_file import put

FOLDER = "access"
USERS = "users.json"
GATEWAY_PASSWORD = "gateway-password"  # noqa: S105  # the name of a file
MOSQUITTO_PASSWORDS = "mosquitto-passwords"  # the name of a file
MOSQUITTO_ACL = "mosquitto-acl"
_VERSION = 1

Kind: TypeAlias = Literal["gateway", "device", "bridge", "reader"]


class AccessFault(Exception):
    """One sentence: what is wrong with the site's users, and what to do."""


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody with a password; a device's user is called like the device."""

    kind: Kind
    hash: str
    profiles: tuple[str, ...] = ()
    """Of a bridge: whose topics it says and hears."""
    places: dict[str, str] = {}  # msgspec copies it
    """Of a bridge: what stands in those topics' places; any name in the others."""


class _File(msgspec.Struct):
    version: int
    users: dict[str, User]


Users: TypeAlias = Mapping[str, User]


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and a password."""

    username: str
    password: str


def stamp(folder: Path) -> tuple[int, int] | None:
    """Changes when the users do; None as long as nobody has a password."""
    try:
        status = (folder / FOLDER / USERS).stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns


def read_users(folder: Path) -> dict[str, User]:
    """All users by name; none before the first has a password."""
    path = folder / FOLDER / USERS
    try:
        read = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise AccessFault(f"{path} cannot be read ({fault.strerror}): let this user read it.") from None
    except msgspec.DecodeError as fault:
        raise AccessFault(f"{path} is damaged ({fault}): put its copy back, or take it away.") from None
    if read.version != _VERSION:
        raise AccessFault(f"{path} has version {read.version}: a newer Interlock wrote it, use that one.")
    return read.users


def gateway_login(folder: Path, site: str) -> Login | None:
    """As whom the gateway speaks to the embedded broker; None as long as it asks for no password."""
    try:
        password = (folder / FOLDER / GATEWAY_PASSWORD).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return Login(gateway_user(site), password)


def rights_of(name: str, user: User, config: SiteConfig) -> Rights:
    """What a user may do; nothing for a device that site.toml does not know any more."""
    site, profiles = config.site, config.profiles
    if user.kind == "gateway":
        lights = [channel.topic.topic for channel in config.channels if channel.topic is not None]
        return gateway_rights(site.id, profiles.values(), lights)
    if user.kind == "reader":
        return reader_rights(site.id)
    if user.kind == "bridge":
        return bridge_rights([profiles[each] for each in user.profiles if each in profiles], user.places)
    device = site.devices.get(name)
    return Rights() if device is None else device_rights(site.id, device, profiles.get(device.profile))


def add_user(folder: Path, config: SiteConfig, name: str, new: User, gateway: Login | None) -> str:
    """Give a user a password, and return it: it is kept nowhere. AccessFault when there is one already.

    `gateway` is the gateway's login at a broker of the plant's own; without it one is made. The hash of `new` is not
    looked at.
    """
    users = read_users(folder)
    if name in users:
        raise AccessFault(f"{name} has a password already: interlock device revoke takes it back first.")
    faults = uncarried(rights_of(name, new, config), embedded=config.broker.embedded)
    if faults:
        raise AccessFault(f"{name} cannot be let in: {'; '.join(faults)}. Give it another name or profile.")
    password = new_password()
    users[name] = msgspec.structs.replace(new, hash=hashed(password))
    write_users(folder, config, users, gateway)
    return password


def remove_user(folder: Path, config: SiteConfig, name: str, gateway: Login | None) -> None:
    """Take a password back."""
    users = read_users(folder)
    if name not in users or users[name].kind == "gateway":
        raise AccessFault(f"{name} has no password here: interlock device list tells who has.")
    del users[name]
    write_users(folder, config, users, gateway)


def write_users(folder: Path, config: SiteConfig, users: Users, gateway: Login | None) -> None:
    """The record last: only then everything that belongs to it is there."""
    site = config.site
    place = folder / FOLDER
    try:
        place.mkdir(mode=0o755, exist_ok=True)
        login = gateway or gateway_login(folder, site.id)
        if login is None:
            login = Login(gateway_user(site.id), new_password())
            put(place / GATEWAY_PASSWORD, f"{login.password}\n".encode())
        known = {name: user for name, user in users.items() if user.kind != "gateway"}
        before = users.get(login.username)
        same = before is not None and fits(login.password, before.hash)
        own = before if same and before is not None else User("gateway", hashed(login.password))
        every = {login.username: own, **dict(sorted(known.items()))}
        hashes = "".join(f"{name}:{user.hash}\n" for name, user in every.items())
        put(place / MOSQUITTO_PASSWORDS, hashes.encode())
        put(place / MOSQUITTO_ACL, _acl(every, config).encode())
        put(place / USERS, msgspec.json.format(msgspec.json.encode(_File(_VERSION, every))) + b"\n")
    except OSError as fault:
        raise AccessFault(
            f"{place} cannot be written ({fault.strerror}): let this user write there."
        ) from None


def _acl(users: Users, config: SiteConfig) -> str:
    lines = ["# Written by interlock device; a change made here is lost."]
    for name, user in users.items():
        lines += ["", *acl_lines(name, rights_of(name, user, config))]
    return "\n".join(lines) + "\n"
