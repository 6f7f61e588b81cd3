"""`interlock user`: who may do what on the pages and through the API."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from interlock import clock
from interlock.opening import open_config, open_ledger
from ledger import api_tokens, people, pins
from ledger.errors import RuleRefused
from ledger.people import NewPerson, Person
from ledger.store import Ledger
from shopfloor.rights import ACTIONS, PERSON_ROLES, PersonRole, in_order
from shopfloor.site import Site

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_name = click.argument("name")
_pin = click.option("--pin", help="Six digits; made and shown when left out.")


@click.group()
def user() -> None:
    """People who log in or badge in: add, list, revoke, pin, token.

    The first one who is added switches security on: from then on changes need a login, and kiosks are enrolled.
    """


@user.command()
@_folder
@_name
@click.option("--role", "roles", multiple=True, type=click.Choice(PERSON_ROLES), help="Several may be given.")
@click.option("--link", "links", multiple=True, metavar="LINE/LINK", help="What a lead leads; several.")
@click.option("--language", default="", help="Of the screens, for example vi.")
@click.option("--badge", default="", help="A code that is on a badge already; a new one when left out.")
@_pin
def add(folder: Path, name: str, roles: tuple[PersonRole, ...], pin: str | None, **told: Any) -> None:
    """Register NAME at the site in DIR and print badge and PIN; the first one has to be an admin."""
    with _opened(folder) as (site, ledger):
        first = not people.anybody(ledger)
        if not roles:
            raise click.UsageError(f"Say with --role what {name} is: {', '.join(PERSON_ROLES)}.")
        if first and "admin" not in roles:
            raise click.UsageError(
                "The first person has to be an admin, who can add the others: --role admin."
            )
        _check_links(site, told["links"])
        shown = people.new_pin() if pin is None else people.checked_pin(pin)
        pin_hash = pins.hashed(shown)
        with ledger.write(clock.now()) as tx:
            new = NewPerson(name, roles, told["links"], told["language"], told["badge"])
            person = people.add(tx, new, pin_hash, by=_by())
    click.echo(f"name   {person.name}")
    click.echo(f"roles  {_roles(person)}")
    click.echo(f"badge  {person.badge}")
    if pin is None:
        click.echo(f"PIN    {shown}  (shown this once)")
    if first:
        click.echo(
            "\nFrom now on changes need a login, and each kiosk is enrolled to its station: /people/kiosks"
        )


@user.command(name="list")
@_folder
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_people(folder: Path, as_json: bool) -> None:  # noqa: FBT001  # click's
    """Tell who is registered, with which roles."""
    with _opened(folder) as (_, ledger):
        found = people.everybody(ledger)
    if as_json:
        click.echo(json.dumps([_row(each) for each in found], indent=2, ensure_ascii=False))
        return
    if not found:
        click.echo("Nobody is registered: whoever reaches the pages may do everything.")
    for each in found:
        note = "  revoked" if each.revoked_at is not None else ""
        click.echo(f"{each.name:<24} {each.badge:<14} {_roles(each)}{note}")


@user.command()
@_folder
@_name
def revoke(folder: Path, name: str) -> None:
    """Let NAME in no more, at once and everywhere; the record keeps the name."""
    with _opened(folder) as (_, ledger), ledger.write(clock.now()) as tx:
        person = _known(ledger, name)
        people.revoke(tx, person, by=_by())
    click.echo(f"{person.name} is not let in any more.")


@user.command()
@_folder
@_name
@_pin
def pin(folder: Path, name: str, pin: str | None) -> None:
    """Give NAME another PIN, which ends all logins; someone who was revoked is let in again."""
    shown = people.new_pin() if pin is None else people.checked_pin(pin)
    pin_hash = pins.hashed(shown)
    with _opened(folder) as (_, ledger), ledger.write(clock.now()) as tx:
        person = _known(ledger, name)
        if person.revoked_at is None:
            people.set_pin(tx, person, pin_hash, by=_by())
        else:
            people.admit_again(tx, person, pin_hash, by=_by())
    click.echo(f"The PIN of {person.name} is set." if pin else f"PIN    {shown}  (shown this once)")


@user.command()
@_folder
@_name
@click.option("--for", "program", required=True, metavar="PROGRAM", help="What the token is for.")
@click.option(
    "--may",
    "actions",
    multiple=True,
    type=click.Choice(ACTIONS),
    help="Only this; all that NAME may when left out.",
)
def token(folder: Path, name: str, program: str, actions: tuple[Any, ...]) -> None:
    """Make a token with which a program may use the API in NAME's name; it is shown this once."""
    with _opened(folder) as (_, ledger), ledger.write(clock.now()) as tx:
        person = _known(ledger, name)
        if person.revoked_at is not None:
            raise RuleRefused(
                f"{person.name} was revoked; let {person.name} in again with: interlock user pin"
            )
        made = api_tokens.make(tx, person, program, actions, by=_by())
    click.echo(made)


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[Site, Ledger]]:
    """The site and its ledger; the web server asks the ledger at each request, so it needs no word."""
    site = open_config(folder).site
    ledger = open_ledger(folder, create=True, checkpoints=False)
    try:
        yield site, ledger
    finally:
        ledger.close()


def _known(ledger: Ledger, name: str) -> Person:
    key = people.name_key(name)
    for each in people.everybody(ledger):
        if people.name_key(each.name) == key:
            return each
    raise RuleRefused(f"Nobody is registered as {name!r}: interlock user list tells who is.")


def _check_links(site: Site, links: tuple[str, ...]) -> None:
    known = [f"{line.id}/{link.id}" for line in site.lines.values() for link in line.links]
    for link in links:
        if link not in known:
            raise click.UsageError(f"There is no link {link!r}: known are {', '.join(known[:12])}.")


def _row(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "roles": list(in_order(person.rights.roles)),
        "links": sorted(person.rights.links),
        "language": person.language,
        "badge": person.badge,
        "revoked": person.revoked_at is not None,
    }


def _roles(person: Person) -> str:
    leads = f" ({', '.join(sorted(person.rights.links))})" if person.rights.links else ""
    return ", ".join(in_order(person.rights.roles)) + leads


def _by() -> str:
    """Who sits at the command line, as the log of logins tells it."""
    return f"interlock user ({getpass.getuser()})"
