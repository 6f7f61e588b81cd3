"""`interlock init` and `interlock check`: a site's first day."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from interlock import clock
from interlock.apprise_ways import why_no_way
from interlock.opening import warnings_of
from shopfloor.channels import Channel
from shopfloor.site import Site
from station_config import SiteFaults, address_in, load, template_names, write_template


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--template",
    type=click.Choice(template_names()),
    default="shirts",
    show_default=True,
    help="The example site to start from.",
)
def init(folder: Path, template: str) -> None:
    """Write a starting site into DIR.

    An existing site.toml is never overwritten.
    """
    try:
        path = write_template(template, folder)
    except FileExistsError as error:
        if folder.is_dir():
            text = f"{folder} has a site.toml already, nothing was written; look over it with: interlock check {folder}"
        else:
            text = f"{error.filename} is a file; name a folder, new or empty"
        raise click.ClickException(text) from None
    except OSError as error:
        text = f"cannot write a site into {folder} ({error.strerror}); name a folder that you may write to"
        raise click.ClickException(text) from None
    typed = shlex.quote(str(folder))
    click.echo(f"Wrote {path}, the example site {template!r}.")
    click.echo("Next:")
    click.echo("  1. make it yours: shifts, links, products, stations and devices")
    click.echo(f"  2. interlock check {typed}")
    click.echo(f"  3. interlock run {typed}")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def check(folder: Path) -> None:
    """Report every fault in the configuration of DIR.

    Each fault comes with its line and key, and with what to write instead.
    """
    try:
        config = load(folder)
    except SiteFaults as found:
        for fault in found.faults:
            click.echo(str(fault), err=True)
        if found.about_content:
            click.echo(counted(len(found.faults), "fault"), err=True)
        raise click.exceptions.Exit(1) from None
    unfit = [(channel.id, why) for channel in config.channels if (why := why_unfit(channel))]
    for channel_id, why in unfit:
        click.echo(f"notify {channel_id}: {why}", err=True)
    if unfit:
        raise click.exceptions.Exit(1)
    click.echo(f"site.toml: no faults: {contents(config.site)}")
    for warning in warnings_of(folder, config, clock.now()):
        click.echo(f"WARNING: {warning}", err=True)


def why_unfit(channel: Channel) -> str:
    """Why nothing can be sent through a channel, as far as that is seen without sending; empty when it can."""
    return "" if channel.address_file is None else why_no_way(address_in(channel.address_file))


def contents(site: Site) -> str:
    """What a site consists of, in numbers."""
    links = sum(len(line.links) for line in site.lines.values())
    parts = (
        (len(site.lines), "line"),
        (links, "link"),
        (len(site.shifts), "shift"),
        (len(site.products), "product"),
        (len(site.stations), "station"),
        (len(site.devices), "device"),
    )
    return ", ".join(counted(number, word) for number, word in parts)


def counted(number: int, word: str) -> str:
    """`1 fault`, `5 faults`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
