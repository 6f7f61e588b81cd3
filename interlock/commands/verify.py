"""`interlock verify`: is the record whole."""

from __future__ import annotations

from pathlib import Path

import click

from interlock.opening import open_ledger
from ledger import reading
from ledger.checking import faults


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def verify(folder: Path) -> None:
    """Check the ledger of DIR: the file, the chain of hashes, and every read model against the events."""
    ledger = open_ledger(folder, checkpoints=False)
    try:
        found = faults(ledger)
        events = reading.last_sequence(ledger)
        if found:
            raise click.ClickException("\n".join(found))
        click.echo(f"{ledger.path}: {events} events, whole ({ledger.journal})")
    finally:
        ledger.close()
