"""[[product]]: batches and rates, and whether a unit fits into an hour."""

from __future__ import annotations

from fractions import Fraction

from shopfloor.sentences import sentence
from shopfloor.site import Product
from station_config.lines import Lines, ReadLine, capitalised
from station_config.names import Names
from station_config.reader import Table
from station_config.stations import Stations
from station_config.values import BATCH, LINE_REFERENCE, NAME, RATE
from station_config.wording import quoted


def read_products(top: Table, lines: Lines, stations: Stations) -> dict[str, Product]:
    """All products by id; rates that no hour has room for are reported where they are written."""
    tables = top.tables("product", "product")
    names = Names("product", is_open=not top.sound("product"))
    read = [(_read_product(table, names, lines), table) for table in tables]
    for product, table in read:
        line = lines.by_id.get(product.line)
        for link_id, rate in product.per_hour.items():
            if line and link_id in line.links and line.links[link_id].link.kind == "work":
                _check_fits(stations, product.line, link_id, rate, table, link_id)
    for line_id, line in lines.by_id.items():
        made = [_overridden(table) for product, table in read if product.line == line_id]
        _check_default_rates(line, made, stations)
    products: dict[str, Product] = {}
    for product, _ in read:
        products.setdefault(product.id, product)
    return products


def _read_product(table: Table, names: Names, lines: Lines) -> Product:
    product_id = names.read(table)
    line_id = table.need("line", LINE_REFERENCE, "")
    per_hour = table.rates("per_hour", RATE)
    if table.sound("line") and lines.names.check(table, "line", line_id):
        _check_overrides(table, lines.by_id[line_id])
    return Product(
        id=product_id,
        line=line_id,
        name=table.may("name", NAME, capitalised(product_id)),
        batch=table.need("batch", BATCH, 1),
        per_hour=per_hour,
    )


def _overridden(table: Table) -> frozenset[str]:
    """The links that the product has a rate of its own for, right or wrong."""
    written = table.raw("per_hour")
    return frozenset(written) if isinstance(written, dict) else frozenset()


def _check_overrides(table: Table, line: ReadLine) -> None:
    for link_id in sorted(_overridden(table)):
        known = line.names.check(table, "per_hour", link_id, link_id)
        if known and line.links[link_id].link.kind == "milestone":
            text = sentence(
                "the link %(link_id)s is a milestone and has no rate; take it out", link_id=quoted(link_id)
            )
            table.fault("per_hour", text, link_id)


def _check_default_rates(line: ReadLine, made: list[frozenset[str]], stations: Stations) -> None:
    """A link's own rate matters where some product goes by it, or none is there yet."""
    for link_id, read in line.links.items():
        used = not made or any(link_id not in overridden for overridden in made)
        if used and read.link.per_hour is not None and read.table.sound("per_hour", "kind"):
            _check_fits(stations, line.line.id, link_id, read.link.per_hour, read.table)


def _check_fits(
    stations: Stations, line_id: str, link_id: str, rate: Fraction, table: Table, *deeper: str
) -> None:
    """A unit has to be done within one hour of all stations of its link: an hour holds whole units."""
    count = stations.counts[line_id, link_id]
    if count and stations.countable(line_id, link_id) and rate * count < 1:
        made_an_hour = f"{float(rate * count):g}"
        places = (
            sentence("its one station makes")
            if count == 1
            else sentence("its %(count)s stations together make", count=count)
        )
        text = sentence(
            "one unit takes longer than a whole hour of the link (%(places)s %(rate)s an hour)",
            places=places,
            rate=made_an_hour,
        )
        table.fault(
            "per_hour",
            sentence(
                "%(written)s; write a rate of at least %(count)s", written=text, count=_least_rate(count)
            ),
            *deeper,
        )


def _least_rate(count: int) -> str:
    """The smallest rate, rounded up to three digits behind the point, that gives one unit an hour."""
    return f"{-(-1000 // count) / 1000:g}"
