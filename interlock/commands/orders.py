"""`interlock import`: orders from a file into the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import click

from interlock import clock
from interlock.opening import open_config, open_ledger
from interlock.orders_file import OrdersFaults, OrdersFile, TakingIn, read_orders_file
from interlock.persons import login_name, person_option
from interlock.wake import WakeSender
from ledger import reading
from ledger.desk import Desk
from ledger.drafts import By
from ledger.errors import OrdersRefused, RuleRefused
from ledger.store import Ledger
from ledger.taking_in import taken_numbers
from shopfloor.order_faults import CannotPlan, why_not_feasible
from shopfloor.orders import OrderPlan
from shopfloor.site import Site

SOURCE = "import"
_NOTHING = "Nothing was imported."


@click.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("orders_file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option(
    "--confirm", "confirmed_by", metavar="NAME", callback=person_option,
    help="NAME confirms every order for all roles: they are released at once, if each is feasible.",
)  # fmt: skip
@click.option(
    "--by", "person", metavar="NAME", callback=person_option,
    help="Who takes them in, if it is not who is logged in or who confirms them.",
)  # fmt: skip
def import_orders(folder: Path, orders_file: Path, confirmed_by: str | None, person: str | None) -> None:
    """Take the orders of FILE.csv in as drafts, which sales, production and purchasing then confirm.

    All of them or none: each fault is named with its row. An order that is not feasible comes in too, and says what it
    lacks and when it could ship; with --confirm it keeps all out.
    """
    if None not in (confirmed_by, person) and confirmed_by != person:
        raise click.UsageError("--confirm and --by name two persons; who confirms them takes them in")
    site = open_config(folder).site
    now = clock.now()
    ledger = open_ledger(folder, create=True)
    try:
        taking_in = TakingIn(now, lambda numbers: taken_numbers(ledger, numbers))
        orders = read_orders_file(orders_file, site, taking_in=taking_in)
        released = confirmed_by is not None or not site.roles
        by = By(confirmed_by or person or login_name(), SOURCE, now)
        plans = Desk(ledger, site).take_in(orders.orders, by, confirmed=released, now=now)
        _wake(folder, ledger_sequence=reading.last_sequence(ledger))
        for line in _released(ledger, plans) if released else _drafted(site, plans):
            click.echo(line)
        if not plans:
            click.echo(f"{orders_file}: there are no orders below its first row, so none came in.")
    except OrdersRefused as refused:
        raise click.ClickException("\n".join([*_by_row(orders, refused.faults), _NOTHING])) from None
    except (OrdersFaults, CannotPlan, RuleRefused) as fault:
        raise click.ClickException(str(fault)) from None
    finally:
        ledger.close()


def _by_row(orders: OrdersFile, faults: Mapping[str, str]) -> list[str]:
    rows = sorted((orders.row_of[number], fault) for number, fault in faults.items())
    return [f"row {row}: {fault}" for row, fault in rows]


def _released(ledger: Ledger, plans: Sequence[OrderPlan]) -> Iterator[str]:
    for plan in plans:
        order = plan.order
        codes = [row["batch"] for row in reading.batches(ledger, order.order)]
        yield f"{order.order}: {order.quantity} of {order.product} in {len(codes)} batches, {' '.join(codes)}"


def _drafted(site: Site, plans: Sequence[OrderPlan]) -> Iterator[str]:
    waits = f"waits for {', '.join(site.roles)}"
    for plan in plans:
        number = plan.order.order
        what = "feasible" if plan.feasible else why_not_feasible(site, plan)
        yield f"{number}: draft, {what}; {waits} at /orders/{quote(number)}"


def _wake(folder: Path, *, ledger_sequence: int) -> None:
    sender = WakeSender(folder)
    sender.changed(ledger_sequence)
    sender.close()
