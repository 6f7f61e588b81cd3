"""`interlock run`, and each of its parts alone for systemd or containers."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import click

from interlock.gateway_process import serve_gateway
from interlock.logs import to_standard_error
from interlock.opening import embedded_broker, open_config, open_to_everybody
from interlock.plant import Plant

CHECK_EVERY_S = 0.5

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.command()
@_folder
def run(folder: Path) -> None:
    """Run the site in DIR: broker (unless one is configured), gateway and web server.

    One that ends is started again. Ctrl-C stops all.
    """
    to_standard_error("run")
    stopping = _stop_signal()
    with Plant(folder) as plant:
        if warning := open_to_everybody(folder, plant.config.broker):
            click.echo(f"WARNING: {warning}", err=True)
        click.echo(f"{plant.config.site.name}: {plant.web_address}, scanners at {plant.broker}")
        while not stopping.wait(CHECK_EVERY_S):
            plant.check()
    click.echo("Stopped.")


@click.command()
@_folder
def gateway(folder: Path) -> None:
    """Run only the gateway of the site in DIR."""
    serve_gateway(folder)


@click.command()
@_folder
def kiosk(folder: Path) -> None:
    """Run only the web server of the site in DIR: kiosks, boards and the API."""
    open_config(folder)
    # gevent replaces parts of the standard library and must come first in its process.
    os.execv(sys.executable, [sys.executable, "-m", "interlock.kiosk_main", str(folder)])  # noqa: S606  # ourselves


@click.command()
@_folder
def broker(folder: Path) -> None:
    """Run only the embedded broker of the site in DIR."""
    log = to_standard_error("broker")
    settings = open_config(folder).broker
    if not settings.embedded:
        raise click.ClickException(
            f"{folder / 'site.toml'} names a broker at {settings.host}; take [broker] host out to use the embedded one"
        )
    stopping = _stop_signal()
    if warning := open_to_everybody(folder, settings):
        log.warning(warning)
    with embedded_broker(folder, settings) as embedded:
        log.info("listening", address=f"{settings.listen}:{settings.port}")
        while not stopping.wait(CHECK_EVERY_S):
            embedded.tend()


def _stop_signal() -> threading.Event:
    """Set by SIGTERM and SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping
