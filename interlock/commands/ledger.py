"""`interlock verify`, `rebuild`, `backup` and `restore`: is the record whole, and how it is put right."""

from __future__ import annotations

from pathlib import Path

import click

from interlock import clock
from interlock.opening import open_config, open_ledger
from ledger import backup as backups
from ledger import reading
from ledger.archive import accept_lost, archive_to_mend
from ledger.checking import faults
from ledger.errors import LedgerReadOnly
from ledger.rebuilding import Compared, EventUnreadable, again, chain_faults

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_PROGRESS_EVERY = 100_000


@click.command()
@_folder
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


@click.command()
@_folder
def rebuild(folder: Path) -> None:
    """Make every read model of DIR again from the events, and say of each table whether anything differed.

    The site may run meanwhile: only what differs is replaced, in one short transaction. Needs room for a second file.
    """
    ledger = open_ledger(folder, checkpoints=False)
    try:
        if ledger.damage is not None:
            raise LedgerReadOnly(ledger.path, ledger.damage)
        for fault in chain_faults(ledger):
            raise click.ClickException(f"{fault}: what is made from it would be wrong, too; restore a backup")
        with again(ledger, folder=folder, archive=archive_to_mend(ledger)) as made:
            made.catch_up(_progress)
            compared = made.compare()
            differing = [table for table in compared if table.differing]
            if differing:
                made.mend(clock.now())
        lost = accept_lost(ledger, clock.now())
        for table in compared:
            click.echo(_told(table))
        if lost:
            click.echo(lost)
        mended = f"mended {len(differing)} of them" if differing else "nothing differed"
        click.echo(f"{made.sequence} events, {len(compared)} tables: {mended}.")
    except EventUnreadable as fault:
        raise click.ClickException(f"{fault}; nothing was changed") from None
    finally:
        ledger.close()


def _progress(sequence: int) -> None:
    if sequence % _PROGRESS_EVERY == 0:
        click.echo(f"{sequence} events ...", err=True)


def _told(table: Compared) -> str:
    if not table.differing:
        return f"{table.name}: {table.rows} rows, as the events tell"
    return f"{table.name}: {table.differing} rows differed; {table.rows} before, {table.by_the_events} now"


@click.command()
@_folder
@click.argument("to", metavar="TO", type=click.Path(path_type=Path))
def backup(folder: Path, to: Path) -> None:
    """Copy the site of DIR to the new folder TO, also while it runs, and verify the copy.

    TO holds the ledger as of one commit, site.toml and whatever else is the site's; nothing is written over.
    """
    open_config(folder)
    ledger = open_ledger(folder, checkpoints=False)
    try:
        made = backups.back_up(ledger, to, clock.now())
    finally:
        ledger.close()
    click.echo(f"{to}: {made.events} events and {len(made.files) - 1} other files, verified.")


@click.command()
@click.argument("source", metavar="FROM", type=click.Path(path_type=Path))
@_folder
def restore(source: Path, folder: Path) -> None:
    """Put the backup FROM into the new or empty folder DIR; it is verified first."""
    made = backups.restore(source, folder)
    click.echo(
        f"{folder}: {made.events} events of {made.made_at}; `interlock run {folder}` goes on from there."
    )
