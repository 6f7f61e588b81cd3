"""`interlock run`, and each of its parts alone for systemd or containers."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import click

from interlock import clock
from interlock.gateway_process import serve_gateway
from interlock.logs import to_standard_error
from interlock.opening import (
    embedded_broker,
    open_config,
    open_ledger,
    open_to_everybody,
    warnings_of,
)
from interlock.plant import Plant
from ledger import kiosks, people
from station_config import SiteConfig

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
        config = plant.config
        for warning in warnings_of(folder, config, clock.now()):
            click.echo(f"WARNING: {warning}", err=True)
        click.echo(f"{plant.config.site.name}: {plant.web_address}, scanners at {plant.broker}")
        tell_setup(folder, config, plant.web_address)
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


def tell_setup(folder: Path, config: SiteConfig, web_address: str) -> None:
    """How the first person is registered, as long as nobody is."""
    ledger = open_ledger(folder, checkpoints=False)
    try:
        if people.anybody(ledger):
            return
        click.echo(f"Nobody is registered yet: {web_address}/setup makes the first admin.")
        if config.web.open_to_others:
            with ledger.write(clock.now(), tell=False) as tx:
                code = kiosks.make_setup_code(tx)
            click.echo(
                f"From another machine it asks for this code: {code[:4]} {code[4:]} (works once, for a day)"
            )
    finally:
        ledger.close()


def _stop_signal() -> threading.Event:
    """Set by SIGTERM and SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping
