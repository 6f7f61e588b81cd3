"""`interlock archive`: what is attached to orders that were shipped long ago goes to a file of its own."""

from __future__ import annotations

import time
from pathlib import Path

import click

from interlock import clock
from interlock.opening import open_config, open_ledger
from ledger.archive import archive_of
from ledger.archiving import YOUNGEST_MS, rows_to_archive, to_archive
from ledger.archiving import archive as move_to_archive
from shopfloor.instants import DAY_MS, Instant, instant_from_text, moment_of
from shopfloor.retention import months_ago
from station_config import SiteConfig


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--before", metavar="DATE",
    help="Orders shipped before this day of the site; left out: keep_months of site.toml says it.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say what would be moved.")
def archive(folder: Path, before: str | None, dry_run: bool) -> None:  # noqa: FBT001  # a flag of the command line
    """Move what is attached to orders shipped long ago from the ledger of DIR into archive.db, also while it runs.

    The events stay in the ledger, whole; pages and API read what was moved from the archive. Nothing of such an order
    changes any more.
    """
    config = open_config(folder)
    before_at = _before(folder, config, before)
    day = f"{moment_of(before_at, config.site.zone):%Y-%m-%d}"
    ledger = open_ledger(folder, checkpoints=False)
    try:
        if dry_run:
            orders = to_archive(ledger, before_at)
            rows = rows_to_archive(ledger, orders)
        else:
            moved = move_to_archive(ledger, before_at, clock.now, stop=_rest)
            orders, rows = moved.orders, moved.rows
    finally:
        ledger.close()
    told = ", ".join(f"{count} {table}" for table, count in rows.items())
    what = f"{len(orders)} orders shipped before {day}" if orders else f"no order shipped before {day}"
    would = "would be moved" if dry_run else "moved"
    click.echo(f"{archive_of(ledger)}: {what} {would}" + (f": {told}." if orders else "."))


def _before(folder: Path, config: SiteConfig, before: str | None) -> Instant:
    now, months = clock.now(), config.ledger.keep_months
    if before is None:
        if months is None:
            raise click.UsageError(
                f"{folder / 'site.toml'} has no [ledger] keep_months: say which orders, for example --before 2025-01-01"
            )
        return months_ago(now, months, config.site.zone)
    try:
        before_at = instant_from_text(before, config.site.zone)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{before!r} is no day; write for example 2025-01-01.", param_hint="--before"
        ) from None
    if before_at > now - YOUNGEST_MS:
        days = YOUNGEST_MS // DAY_MS
        raise click.BadParameter(
            f"{before} is too late: devices may still report from their buffers what happened {days - 1} days ago;"
            f" name a day at least {days} days back.",
            param_hint="--before",
        )
    return before_at


def _rest(seconds: float) -> bool:
    """Between two steps recorders come first; a command line has nothing that could stop it earlier."""
    time.sleep(seconds)  # the rest itself
    return False
