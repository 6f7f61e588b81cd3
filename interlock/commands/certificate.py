"""`interlock certificate`: TLS for the pages and for the embedded broker, or for one of the plant's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from interlock import clock
from interlock.certificates import CA_CERTIFICATE, CERTIFICATE, GOOD_FOR_DAYS, KEY, make_certificate
from interlock.opening import open_config

FOLDER = "tls"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("hosts", metavar="HOST...", nargs=-1, required=True)
def certificate(folder: Path, hosts: tuple[str, ...]) -> None:
    """Make a certificate for the broker and the pages of the site in DIR, into DIR/tls.

    HOST are the names and addresses by which devices and browsers reach it. The site's certificate authority is
    made at the first time and kept: devices that trust it go on trusting.
    """
    site = open_config(folder).site
    make_certificate(folder / FOLDER, site.id, hosts, datetime.fromtimestamp(clock.now() / 1000, UTC))
    click.echo(f"Wrote {folder / FOLDER / CERTIFICATE}, good for {GOOD_FOR_DAYS} days. Into site.toml:")
    click.echo("  [broker]")
    click.echo(f'  tls_ca = "{FOLDER}/{CA_CERTIFICATE}"')
    click.echo(f'  tls_certificate = "{FOLDER}/{CERTIFICATE}"')
    click.echo(f'  tls_key = "{FOLDER}/{KEY}"')
    click.echo("  [web]")
    click.echo(f'  tls_certificate = "{FOLDER}/{CERTIFICATE}"')
    click.echo(f'  tls_key = "{FOLDER}/{KEY}"')
    click.echo(
        f"Devices and tablets get {folder / FOLDER / CA_CERTIFICATE}."
        f" Keep {FOLDER}/ca.key where nobody else reads it."
    )
