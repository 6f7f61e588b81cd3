"""`interlock export`: the events for other programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from interlock import clock
from interlock.opening import open_config, open_ledger
from ledger.exporting import FORMATS, Span
from ledger.exporting import export as export_events
from shopfloor.instants import Instant, instant_from_text
from shopfloor.site import Site


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True,
    help="csv: a row each; jsonl: every field; epcis: an EPCIS 2.0 document of what happened to batches.",
)  # fmt: skip
@click.option("--from", "from_text", metavar="T", help="Only what happened at T or later (ISO 8601).")
@click.option("--to", "to_text", metavar="T", help="Only what happened before T (ISO 8601).")
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path),
    help="The file to write; else the standard output. It is replaced only when all is written.",
)  # fmt: skip
def export(folder: Path, form: str, from_text: str | None, to_text: str | None, out: Path | None) -> None:
    """Write the events of DIR as CSV, JSON Lines or EPCIS 2.0; a time without an offset is the site's."""
    site = open_config(folder).site
    span = Span(_instant(from_text, "--from", site), _instant(to_text, "--to", site))
    ledger = open_ledger(folder, checkpoints=False)
    try:
        with _output(out) as file:
            count = export_events(ledger, site, form, span, file, clock.now())
    except OSError as fault:
        raise click.ClickException(
            f"{out or 'the standard output'} cannot be written: {fault.strerror or fault}."
        ) from None
    finally:
        ledger.close()
    click.echo(f"{count} events.", err=True)


def _instant(text: str | None, option: str, site: Site) -> Instant | None:
    if text is None:
        return None
    try:
        return instant_from_text(text, site.zone)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text!r} is no time; write for example 2026-11-24 or 2026-11-24T14:00+08:00.", param_hint=option
        ) from None


@contextmanager
def _output(out: Path | None) -> Iterator[IO[str]]:
    if out is None:
        yield sys.stdout
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
