"""`interlock device`: who may speak to the broker."""

from __future__ import annotations

import json
import shlex
import socket
from pathlib import Path
from typing import Any

import click

from interlock.access import (
    FOLDER,
    GATEWAY_PASSWORD,
    MOSQUITTO_ACL,
    MOSQUITTO_PASSWORDS,
    AccessFault,
    Kind,
    add_user,
    read_users,
    remove_user,
    rights_of,
)
from interlock.device_adding import with_device
from interlock.opening import open_config, own_login
from interlock.rights import gateway_user
from station_config import AddDevice, SiteConfig

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_name = click.argument("name")


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
@click.option("--json", "as_json", is_flag=True, help="Print the settings as JSON.")
def add(folder: Path, name: str, station: str | None, profile: str | None, **flags: bool) -> None:
    """Give the device NAME of the site in DIR a password, and print its settings.

    The password is shown this once; only its hash is kept.
    """
    reader, as_json = flags["reader"], flags["as_json"]
    config = open_config(folder)
    _check_name(config, name, reader=reader)
    if name in read_users(folder):
        raise AccessFault(f"{name} has a password already: interlock device revoke takes it back first.")
    if reader and (station or profile):
        raise click.UsageError("A reader has no --station and no --profile.")
    if not reader and name not in config.site.devices:
        if station is None:
            known = ", ".join(list(config.site.stations)[:8])
            raise click.UsageError(
                f"site.toml has no device {name!r}: say where it stands, with --station (for example {known})."
            )
        config = with_device(folder, AddDevice(name, station, profile or ""))
    elif station is not None or profile is not None:
        raise click.UsageError(
            f"The device {name!r} is in site.toml already: change its station and profile there."
        )
    first = not read_users(folder)
    kind: Kind = "reader" if reader else "device"
    password = add_user(folder, config.site, name, kind, own_login(config.broker))
    settings = _settings(config, folder, name, password)
    if as_json:
        click.echo(json.dumps(settings, indent=2))
        return
    _print_settings(settings)
    _print_next(folder, config, first=first)


@device.command(name="list")
@_folder
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_users(folder: Path, as_json: bool) -> None:  # noqa: FBT001  # click's
    """Tell who has a password, and which devices of site.toml have none."""
    site = open_config(folder).site
    users = read_users(folder)
    rows = [{"name": name, "kind": user.kind, "password": True} for name, user in users.items()]
    rows += [
        {"name": name, "kind": "device", "password": False} for name in site.devices if name not in users
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    if not users:
        click.echo("Nobody has a password: whoever reaches the broker may say and hear everything.")
    for row in rows:
        user = users.get(str(row["name"]))
        note = "" if user else "no password" + (": is not let in" if users else "")
        if (
            user is not None
            and rights_of(str(row["name"]), user, site).publish == ()
            and user.kind == "device"
        ):
            note = "not in site.toml: may do nothing"
        click.echo(f"{row['name']:<40} {row['kind']:<8} {note}".rstrip())


@device.command()
@_folder
@_name
def revoke(folder: Path, name: str) -> None:
    """Take the password of NAME back: the embedded broker cuts its connection at once.

    The device stays in site.toml, and what it has reported stays in the ledger.
    """
    config = open_config(folder)
    remove_user(folder, config.site, name, own_login(config.broker))
    click.echo(f"{name} is not let in any more.")
    if not config.broker.embedded:
        click.echo("Give Mosquitto its new files and let it read them (SIGHUP).")


def _check_name(config: SiteConfig, name: str, *, reader: bool) -> None:
    own = gateway_user(config.site.id)
    if name == own or name.startswith("interlock-") or ":" in name or not name.isprintable() or " " in name:
        raise click.UsageError(
            f"{name!r} cannot be the name of a device: use lower-case letters, digits, - and _."
        )
    if reader and name in config.site.devices:
        raise click.UsageError(f"{name!r} is a device of site.toml: give the reader another name.")


def _settings(config: SiteConfig, folder: Path, name: str, password: str) -> dict[str, Any]:
    broker = config.broker
    host = broker.host or (socket.gethostname() if broker.listen in ("0.0.0.0", "::") else broker.listen)  # noqa: S104  # compared
    rights = rights_of(name, read_users(folder)[name], config.site)
    ca = str(broker.tls_ca or broker.tls_certificate) if broker.tls else None
    words = ["-h", host, "-p", str(broker.port), "-i", name, "-u", name, "-P", password]
    words += [] if ca is None else ["--cafile", ca]
    if rights.publish:
        words = ["mosquitto_pub", *words, "-q", "1", "-t", rights.publish[0], "-m", '{"code": "<batch>"}']
    else:
        words = ["mosquitto_sub", *words, "-v", "-t", rights.subscribe[0]]
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


def _print_settings(settings: dict[str, Any]) -> None:
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
        click.echo(f"{label:<14} {text}")


def _print_next(folder: Path, config: SiteConfig, *, first: bool) -> None:
    place = folder / FOLDER
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
