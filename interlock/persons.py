"""Who does something at the command line."""

from __future__ import annotations

import getpass

import click

LONGEST_PERSON = 60


def person_option(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """For click: the value of an option that takes a person's name."""
    if value is None:
        return None
    name = value.strip()
    if not name or len(name) > LONGEST_PERSON or not name.isprintable():
        raise click.BadParameter(f"write the name of a person, at most {LONGEST_PERSON} characters.")
    return name


def login_name() -> str:
    """Who is logged in at this machine; nobody where the system does not tell."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return ""
    return name[:LONGEST_PERSON] if name.isprintable() else ""
