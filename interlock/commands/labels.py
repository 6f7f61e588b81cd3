"""`interlock labels`: labels of batches for a label printer."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import click

from interlock.opening import open_config, open_ledger
from ledger.batch_labels import batch_labels
from shopfloor.labels import zpl

PORT = 9100
"""Where label printers listen for raw data."""
PATIENCE_S = 10.0


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("order", metavar="ORDER")
@click.option(
    "--printer", metavar="HOST[:PORT]", help=f"Send them to a label printer; its port is {PORT} if not told."
)
@click.option(
    "--batch", "codes", metavar="CODE", multiple=True, help="Only the label of this batch; may be repeated."
)
def labels(folder: Path, order: str, printer: str | None, codes: tuple[str, ...]) -> None:
    """Write the labels of ORDER's batches in ZPL (100 x 50 mm, 203 dpi) to the standard output, or to a printer."""
    site = open_config(folder).site
    ledger = open_ledger(folder, checkpoints=False)
    try:
        found = batch_labels(ledger, site, order)
    finally:
        ledger.close()
    if found is None:
        raise click.ClickException(
            f"there is no released order {order[:60]}; its batches have codes once it is released."
        )
    wanted = {code.upper() for code in codes}
    unknown = sorted(wanted - {label.code for label in found})
    if unknown:
        raise click.ClickException(
            f"order {order} has no batch {', '.join(unknown)[:80]}; its page lists them."
        )
    chosen = [label for label in found if not wanted or label.code in wanted]
    if printer is None:
        sys.stdout.write(zpl(chosen))
    else:
        _send(printer, zpl(chosen))
        click.echo(f"Sent to {printer}: {len(chosen)} of {len(found)} labels.", err=True)


def _send(printer: str, commands: str) -> None:
    host, _, port = printer.rpartition(":") if ":" in printer else (printer, "", str(PORT))
    if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
        raise click.BadParameter(
            f"{printer!r} is no address; write for example 10.0.0.9:{PORT}.", param_hint="--printer"
        )
    try:
        with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
            connection.sendall(commands.encode())
    except OSError as fault:
        raise click.ClickException(f"the printer at {printer} cannot be reached: {fault}.") from None
