"""`interlock plan` and `interlock promise`: ask what would be, and store nothing."""

from __future__ import annotations

import gc
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from interlock import clock
from interlock.opening import open_ledger
from interlock.orders_file import OrdersFaults, read_orders_file
from interlock.plan_json import plan_json, promise_json
from ledger.errors import LedgerMissing
from ledger.plans import released_loads
from shopfloor.instants import Instant, instant_from_text, moment_of
from shopfloor.orders import Load, OrderPlan
from shopfloor.planning import CannotPlan, plan_orders
from shopfloor.planning import promise as earliest_due
from shopfloor.site import Site
from station_config import SiteFaults, load

_PLAIN_WIDTH = 120
_EXAMPLE = "2026-11-24T14:52:03+01:00"


def _read_now(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Instant | None:
    if value is None:
        return None
    try:
        at = instant_from_text(value)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{value!r} is not a time with its offset, like {_EXAMPLE}.") from None
    if not 1900 <= moment_of(at).year < 2200:  # noqa: PLR2004  # years that nobody plans in
        raise click.BadParameter(f"{value!r} is not of this time; correct the year.")
    return at


_now = click.option("--now", metavar="T", callback=_read_now, help=f"Plan as if it were T, like {_EXAMPLE}.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.command()
@_folder
@click.option(
    "--orders", "orders_file", metavar="FILE.csv", required=True, type=click.Path(path_type=Path),
    help="Orders: order,line,product,quantity,due and perhaps customer,priority.",
)  # fmt: skip
@_now
@_as_json
def plan(folder: Path, orders_file: Path, now: Instant | None, *, as_json: bool) -> None:
    """Divide the orders of a file backward into every link and hour of DIR.

    Nothing is stored. They share the floor with each other and with what is released already.
    """
    with _no_garbage():
        _plan(folder, orders_file, clock.now() if now is None else now, as_json=as_json)


def _plan(folder: Path, orders_file: Path, at: Instant, *, as_json: bool) -> None:
    site = _site(folder)
    try:
        orders = read_orders_file(orders_file, site)
        taken = _taken(folder, at, but_not={order.order for order in orders})
        plans = plan_orders(site, orders, now=at, loads=taken)
    except (OrdersFaults, CannotPlan) as faults:
        raise click.ClickException(str(faults)) from None
    if as_json:
        for piece in plan_json(site, plans, now=at):
            sys.stdout.buffer.write(piece)
    else:
        _print_plans(site, plans)


@click.command()
@_folder
@click.option("--product", required=True, metavar="P", help="The product's id.")
@click.option("--quantity", required=True, metavar="N", type=click.IntRange(1, 1_000_000_000), help="Units.")
@_now
@_as_json
def promise(folder: Path, product: str, quantity: int, now: Instant | None, *, as_json: bool) -> None:
    """Say the earliest due that a quantity of a product can have on the floor of DIR."""
    site = _site(folder)
    at = clock.now() if now is None else now
    try:
        promised_at = earliest_due(site, product=product, quantity=quantity, now=at, loads=_taken(folder, at))
    except CannotPlan as fault:
        raise click.ClickException(str(fault)) from None
    if as_json:
        asked = promise_json(site, product=product, quantity=quantity, promised_at=promised_at, now=at)
        sys.stdout.buffer.write(asked)
    elif promised_at is None:
        click.echo(f"{quantity} of {product}: not within two years.")
    else:
        click.echo(f"{quantity} of {product}: {_when(site, promised_at)} at the earliest.")


@contextmanager
def _no_garbage() -> Iterator[None]:
    """A year's orders are a million objects, all in use until the end: looking for garbage takes a fifth more."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _taken(folder: Path, now: Instant, but_not: Collection[str] = ()) -> list[Load]:
    """What released orders have taken; nothing where no ledger exists yet."""
    try:
        ledger = open_ledger(folder, checkpoints=False)
    except LedgerMissing:
        return []
    try:
        return released_loads(ledger, now, but_not=but_not)
    finally:
        ledger.close()


def _site(folder: Path) -> Site:
    try:
        return load(folder).site
    except SiteFaults as faults:
        raise click.ClickException(str(faults)) from None


def _when(site: Site, at: Instant) -> str:
    return moment_of(at, site.zone).strftime("%a %Y-%m-%d %H:%M %Z")


def _print_plans(site: Site, plans: Sequence[OrderPlan]) -> None:
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(markup=False, highlight=False, emoji=False, width=_PLAIN_WIDTH, color_system=None)
    if not plans:
        console.print("The file holds no orders.")
    for each in plans:
        order = each.order
        title = f"{order.order}: {order.quantity} of {order.product}, due {_when(site, order.due_at)}"
        if not each.feasible:
            console.print(f"{title}: NOT FEASIBLE", style="bold red", soft_wrap=True)
            console.print(_why(site, each), soft_wrap=True)
            console.print()
            continue
        console.print(title, style="bold", soft_wrap=True)
        console.print(_table(site, each, plain=not console.is_terminal))
        console.print()


def _why(site: Site, each: OrderPlan) -> str:
    short = ", ".join(
        f"{shortage.quantity} at {shortage.link}"
        + (f" before {_when(site, shortage.before_at)}" if shortage.before_at is not None else "")
        for shortage in each.short
    )
    earliest = each.earliest_ship_at
    when = "not within two years" if earliest is None else f"{_when(site, earliest)} at the earliest"
    return f"  too late to make {short}; it could ship: {when}"


def _table(site: Site, each: OrderPlan, *, plain: bool) -> Table:
    table = Table(box=None if plain else box.SIMPLE_HEAD, pad_edge=False)
    for column in ("link", "hour", "make", "give", "cumulative", "latest"):
        number = column in ("make", "give", "cumulative")
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    for link in each.links:
        for row, hour in enumerate(link.hours):
            start, end = moment_of(hour.start_at, site.zone), moment_of(hour.end_at, site.zone)
            table.add_row(
                link.link if row == 0 else "",
                f"{start:%a %m-%d %H:%M}-{end:%H:%M}",
                str(hour.make),
                str(hour.give),
                str(hour.cumulative),
                f"{moment_of(hour.latest_at, site.zone):%a %m-%d %H:%M}",
            )
    return table
