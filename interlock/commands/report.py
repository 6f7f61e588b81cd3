"""`interlock report`: the numbers of the screens as CSV, HTML or PDF."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from interlock import clock
from interlock.opening import open_config, open_ledger
from ledger.recorder import Recorder
from shopfloor.calendar_book import CalendarBook
from shopfloor.handoffs import clock_text
from shopfloor.instants import moment_of

REPORTS = ("shift", "responsibility", "on-time")
FORMATS = ("csv", "html", "pdf")


@click.command("report")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("name", metavar="|".join(REPORTS), type=click.Choice(REPORTS))
@click.option("--line", default="", metavar="LINE", help="Only this line; else all.")
@click.option("--link", default="", metavar="LINK", help="Only this link.")
@click.option(
    "--shift",
    default="",
    metavar="SHIFT",
    help="Of shift: for example 2026-11-24/day; else the one that runs or ran last.",
)
@click.option("--from", "first", default="", metavar="DATE", help="First day; else six days before the last.")
@click.option("--to", "last", default="", metavar="DATE", help="Last day; else today.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="How it is written.",
)
@click.option(
    "--language",
    default="",
    metavar="TAG",
    help="Of the words in HTML and PDF, for example de; else the site's. CSV keeps its English columns.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The file to write; else the standard output.",
)
def report_command(
    folder: Path,
    name: str,
    line: str,
    link: str,
    shift: str,
    first: str,
    last: str,
    form: str,
    language: str,
    out: Path | None,
) -> None:
    """Write a report of DIR: the hours of a shift, responsibility of the links, or orders on time by week."""
    # Here, so that no other command waits for what pages need.
    from kiosk.languages import offer_of  # noqa: PLC0415  # see above
    from kiosk.reports import Asked, PdfMissing, ReportRefused, report, written  # noqa: PLC0415  # see above
    from kiosk.services import Pulse, Services  # noqa: PLC0415  # see above

    config = open_config(folder)
    ledger = open_ledger(folder, checkpoints=False)
    now = clock.now()
    services = Services(
        ledger, config, Recorder(ledger, config.site), CalendarBook(config.site), lambda: now, Pulse()
    )
    made = f"{moment_of(now, config.site.zone):%Y-%m-%d} {clock_text(now, config.site.zone)}"
    try:
        table = report(services, name, Asked(line, link, shift, first, last))
        offer = offer_of(services)
        reader = offer.first([language, offer.of_site])
        content = written(table, form, site=config.site.name, made=made, reader=reader)  # type: ignore[arg-type]  # click has checked it
        if out is None:
            sys.stdout.buffer.write(content)
        else:
            part = out.with_name(f"{out.name}.part")
            part.write_bytes(content)
            part.replace(out)
    except (ReportRefused, PdfMissing) as refused:
        raise click.ClickException(str(refused)) from None
    except OSError as fault:
        raise click.ClickException(
            f"{out or 'the standard output'} cannot be written: {fault.strerror or fault}."
        ) from None
    finally:
        ledger.close()
