"""The command line: `interlock --help` lists it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import click

from gateway.tls import TlsFault
from interlock.access import AccessFault
from interlock.broker import BrokerFault
from interlock.certificates import CertificateFault
from interlock.commands.archive import archive
from interlock.commands.certificate import certificate
from interlock.commands.demo import demo
from interlock.commands.device import device
from interlock.commands.export import export
from interlock.commands.labels import labels
from interlock.commands.ledger import backup, rebuild, restore, verify
from interlock.commands.orders import import_orders
from interlock.commands.plan import plan, promise
from interlock.commands.replay import replay
from interlock.commands.report import report_command
from interlock.commands.run import broker, gateway, kiosk, run
from interlock.commands.site import check, init
from interlock.commands.user import user
from interlock.plant import PlantFault
from ledger.errors import LedgerError
from station_config import SiteFaults

FAULTS = (SiteFaults, LedgerError, BrokerFault, PlantFault, AccessFault, CertificateFault, TlsFault)
"""Facts about the plant or the machine: told in their own sentence, never with a traceback."""


class Commands(click.Group):
    """A group whose commands end with one clear sentence and exit code 1 on a known fault."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FAULTS as fault:
            raise click.ClickException(str(fault)) from None


@click.group(cls=Commands)
@click.version_option(version("interlock"), prog_name="interlock")
def main() -> None:
    """Interlock: the previous link is responsible to the next one, hour by hour."""


COMMANDS = (
    *(demo, init, check, run, gateway, kiosk, broker),
    *(
        plan,
        promise,
        import_orders,
        verify,
        rebuild,
        backup,
        restore,
        archive,
        export,
        replay,
        report_command,
        labels,
        device,
        user,
        certificate,
    ),
)

for command in COMMANDS:
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="interlock")
