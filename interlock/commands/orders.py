"""`interlock import`: orders from a file into the ledger."""

from __future__ import annotations

from pathlib import Path

import click

from interlock import clock
from interlock.opening import open_config, open_ledger
from interlock.orders_file import OrdersFaults, read_orders_file
from interlock.wake import WakeSender
from ledger import reading
from ledger.releasing import release_orders, released_loads
from shopfloor.instants import moment_of
from shopfloor.orders import OrderPlan
from shopfloor.planning import CannotPlan, plan_orders
from shopfloor.site import Site


@click.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("orders_file", metavar="FILE.csv", type=click.Path(path_type=Path))
def import_orders(folder: Path, orders_file: Path) -> None:
    """Plan the orders of FILE.csv beside what is released, and release them.

    All of them or none: each fault is named with its row, each order that is not feasible with its earliest due.
    """
    site = open_config(folder).site
    now = clock.now()
    ledger = open_ledger(folder, create=True)
    try:
        orders = read_orders_file(orders_file, site)
        known = reading.last_sequence(ledger)
        plans = plan_orders(site, orders, now=now, loads=released_loads(ledger, now))
        if late := [_why(site, plan) for plan in plans if not plan.feasible]:
            raise click.ClickException("\n".join([*late, "Nothing was imported."]))
        release_orders(ledger, site, plans, source="import", at=now, now=now, planned_after=known)
        _wake(folder, ledger_sequence=reading.last_sequence(ledger))
        for order in orders:
            codes = [row["batch"] for row in reading.batches(ledger, order.order)]
            click.echo(
                f"{order.order}: {order.quantity} of {order.product} in {len(codes)} batches, {' '.join(codes)}"
            )
    except (OrdersFaults, CannotPlan) as fault:
        raise click.ClickException(str(fault)) from None
    finally:
        ledger.close()


def _why(site: Site, plan: OrderPlan) -> str:
    """Why an order does not fit, and when it would."""
    short = ", ".join(f"{shortage.quantity} units at {shortage.link}" for shortage in plan.short)
    earliest = plan.earliest_ship_at
    when = f"{moment_of(earliest, site.zone):%a %Y-%m-%d %H:%M}" if earliest else "not within two years"
    return f"order {plan.order.order} is not feasible: too late to make {short}; earliest due {when}"


def _wake(folder: Path, *, ledger_sequence: int) -> None:
    sender = WakeSender(folder)
    sender.changed(ledger_sequence)
    sender.close()
