"""`interlock device`: who may speak to the broker."""

from __future__ import annotations

import json
from pathlib import Path

import click

from interlock.access import (
    FOLDER,
    GATEWAY_PASSWORD,
    MOSQUITTO_ACL,
    MOSQUITTO_PASSWORDS,
    AccessFault,
    User,
    Users,
    read_users,
    rights_of,
    stamp,
    write_users,
)
from interlock.device_adding import let_in, turn_out
from interlock.device_settings import bridge_advice, printed, settings_of
from interlock.opening import open_config, own_login
from interlock.persons import login_name, person_option
from interlock.rights import bridge_rights, gateway_user
from shopfloor.topic_patterns import is_place_value
from station_config import AddDevice, SiteConfig

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_name = click.argument("name")
_by = click.option(
    "--by", "person", metavar="NAME", callback=person_option, help="Who does it, if not who is logged in."
)


@click.group()
def device() -> None:
    """Passwords of devices at the broker: add, list, revoke.

    The first one that is added switches security on: from then on the broker lets nobody in without a password.
    """


@device.command()
@_folder
@_name
@click.option("--station", help="Where it stands; for a device that is not in site.toml yet.")
@click.option("--profile", metavar="P", help="How its payloads are read; for a new device.")
@click.option("--reader", is_flag=True, help="No device, but a program that only follows the site's events.")
@click.option(
    "--bridge",
    "bridged",
    metavar="P",
    multiple=True,
    help="No device, but what speaks for all devices of the profile P, such as zigbee2mqtt; may be repeated.",
)
@click.option(
    "--place",
    "places",
    metavar="NAME=VALUE",
    multiple=True,
    help="Of a bridge: only the topics with VALUE in the place NAME, such as gateway=PGGW000000058.",
)
@_by
@click.option("--json", "as_json", is_flag=True, help="Print the settings as JSON.")
def add(
    folder: Path,
    name: str,
    station: str | None,
    profile: str | None,
    bridged: tuple[str, ...],
    places: tuple[str, ...],
    person: str | None,
    *,
    reader: bool,
    as_json: bool,
) -> None:
    """Give the device NAME of the site in DIR a password, and print its settings.

    The password is shown this once; only its hash is kept.
    """
    config = open_config(folder)
    _check_name(config, name, other=reader or bool(bridged))
    if name in read_users(folder):
        raise AccessFault(f"{name} has a password already: interlock device revoke takes it back first.")
    if reader and bridged:
        raise click.UsageError("A reader says nothing, a bridge speaks for devices: choose one of them.")
    if (reader or bridged) and (station or profile):
        raise click.UsageError(f"A {'bridge' if bridged else 'reader'} has no --station and no --profile.")
    if places and not bridged:
        raise click.UsageError("--place is for a --bridge.")
    new, missing = User("reader" if reader else "device", ""), None
    if bridged:
        new = User("bridge", "", bridged, _places(config, bridged, places))
    elif not reader:
        missing = _missing_device(config, name, station, profile)
    first = stamp(folder) is None
    admitted = let_in(folder, name, new, person or login_name(), missing)
    settings = settings_of(admitted.config, name, admitted.user, admitted.password)
    if as_json:
        click.echo(json.dumps(settings, indent=2))
        return
    for line in printed(settings):
        click.echo(line)
    _print_next(folder, admitted.config, name, first=first)


@device.command(name="list")
@_folder
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_users(folder: Path, as_json: bool) -> None:  # noqa: FBT001  # click's
    """Tell who has a password, and which devices of site.toml have none."""
    config = open_config(folder)
    users = read_users(folder)
    rows = [{"name": name, "kind": user.kind, "password": True} for name, user in users.items()]
    rows += [
        {"name": name, "kind": "device", "password": False}
        for name in config.site.devices
        if name not in users
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    if not users:
        click.echo("Nobody has a password: whoever reaches the broker may say and hear everything.")
    for row in rows:
        name = str(row["name"])
        click.echo(f"{name:<40} {row['kind']:<8} {_note(config, users, name)}".rstrip())


@device.command()
@_folder
@_name
@_by
def revoke(folder: Path, name: str, person: str | None) -> None:
    """Take the password of NAME back: the embedded broker cuts its connection at once.

    The device stays in site.toml, and what it has reported stays in the ledger.
    """
    config = open_config(folder)
    unrecorded = turn_out(folder, name, person or login_name())
    click.echo(f"{name} is not let in any more.")
    if unrecorded:
        click.echo(f"WARNING: {unrecorded}", err=True)
    if not config.broker.embedded:
        click.echo("Give Mosquitto its new files and let it read them (SIGHUP).")


@device.command()
@_folder
def files(folder: Path) -> None:
    """Write Mosquitto's two files anew: after a change of devices, profiles or addresses in site.toml.

    The embedded broker takes up such a change by itself.
    """
    config = open_config(folder)
    users = read_users(folder)
    if not users:
        raise AccessFault("Nobody has a password yet: interlock device add gives the first one.")
    write_users(folder, config, users, own_login(config.broker))
    place = folder / FOLDER
    click.echo(f"Wrote {place / MOSQUITTO_PASSWORDS} and {place / MOSQUITTO_ACL}.")


def _check_name(config: SiteConfig, name: str, *, other: bool) -> None:
    own = gateway_user(config.site.id)
    if name == own or name.startswith("interlock-") or ":" in name or not name.isprintable() or " " in name:
        raise click.UsageError(f"{name!r} cannot be the name of a device: use letters, digits, - and _.")
    if other and name in config.site.devices:
        raise click.UsageError(f"{name!r} is a device of site.toml: give the reader or bridge another name.")


def _missing_device(
    config: SiteConfig, name: str, station: str | None, profile: str | None
) -> AddDevice | None:
    """What has to be written into site.toml; None for a device that is there."""
    if name in config.site.devices:
        if station is None and profile is None:
            return None
        raise click.UsageError(
            f"The device {name!r} is in site.toml already: change its station and profile there."
        )
    if station is None:
        known = ", ".join(list(config.site.stations)[:8])
        raise click.UsageError(
            f"site.toml has no device {name!r}: say where it stands, with --station (for example {known})."
        )
    return AddDevice(name, station, profile or "")


def _places(config: SiteConfig, bridged: tuple[str, ...], given: tuple[str, ...]) -> dict[str, str]:
    """The places of a bridge's topics that are filled in."""
    unknown = [each for each in bridged if each not in config.profiles]
    foreign = [each.id for each in config.profiles.values() if each.topics]
    if unknown:
        raise click.UsageError(f"There is no profile {unknown[0]!r}: write one of {', '.join(foreign)}.")
    own = [each for each in bridged if each not in foreign]
    if own:
        raise click.UsageError(
            f"The profile {own[0]!r} has only the site's own topics: give each of its devices a password."
        )
    names = {place for each in bridged for topic in config.profiles[each].topics for place in topic.names}
    places: dict[str, str] = {}
    for word in given:
        place, _, value = word.partition("=")
        if place not in names:
            known = ", ".join(sorted(names)) or "none"
            raise click.UsageError(f"There is no place {place!r} in these topics: they have {known}.")
        if not is_place_value(value):
            raise click.UsageError(f"{word!r}: write a name without + and # after the = sign.")
        places[place] = value
    if not bridge_rights([config.profiles[each] for each in bridged], places).publish:
        raise click.UsageError(f"{', '.join(given)}: none of the topics can have that.")
    return places


def _note(config: SiteConfig, users: Users, name: str) -> str:
    """What is to be said of one row."""
    user = users.get(name)
    if user is not None:
        lost = user.kind in {"device", "bridge"} and rights_of(name, user, config).publish == ()
        if not lost:
            return ""
        return (
            "not in site.toml: may do nothing"
            if user.kind == "device"
            else "its profile is gone: may do nothing"
        )
    profile = config.site.devices[name].profile
    through = [other for other, each in users.items() if profile in each.profiles]
    if through:
        return f"comes through {' or '.join(through)}"
    return "no password" + (": is not let in" if users else "")


def _print_next(folder: Path, config: SiteConfig, name: str, *, first: bool) -> None:
    place = folder / FOLDER
    if advice := bridge_advice(config, name):
        click.echo(f"\n{advice}")
    if config.broker.embedded:
        if first:
            click.echo(
                "\nFrom now on the broker lets in only who has a password: add your other devices too."
            )
        if not config.broker.open_to_others:
            click.echo('The broker listens on this machine only; listen = "0.0.0.0" under [broker] opens it.')
        return
    click.echo(
        f"\nGive Mosquitto {place / MOSQUITTO_PASSWORDS} and {place / MOSQUITTO_ACL}, and let it read them (SIGHUP)."
    )
    if first:
        click.echo(
            "Its configuration needs: allow_anonymous false, password_file, acl_file, use_username_as_clientid true."
        )
        if config.broker.username is None:
            own = gateway_user(config.site.id)
            click.echo(
                f'Write into [broker]: username = "{own}" and password_file = "{FOLDER}/{GATEWAY_PASSWORD}".'
            )
