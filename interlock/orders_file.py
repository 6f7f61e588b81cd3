"""Orders from a CSV file: all of them, or every fault with its row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from shopfloor.instants import Instant, instant_from_text, instant_of
from shopfloor.orders import Order
from shopfloor.site import Site

REQUIRED = ("order", "line", "product", "quantity", "due")
OPTIONAL = ("customer", "priority")
LARGEST_QUANTITY = 1_000_000_000
DEFAULT_PRIORITY = 100

_EARLIEST_DUE = instant_of(datetime(2000, 1, 1, tzinfo=UTC))
_LATEST_DUE = instant_of(datetime(2200, 1, 1, tzinfo=UTC))


class OrdersFaults(Exception):
    """An orders file that cannot be used; the text holds each fault on its own line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def read_orders_file(path: Path, site: Site) -> list[Order]:
    """The orders of a file, in its order. Raises OrdersFaults."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise OrdersFaults([f"{path}: there is no such file; check the name."]) from None
    except OSError as error:
        raise OrdersFaults([f"{path}: it cannot be read ({error.strerror}); name a readable file."]) from None
    return read_orders(content, site, name=path.name)


def read_orders(content: bytes, site: Site, *, name: str = "orders file") -> list[Order]:
    """The orders in the bytes of a file: UTF-8, separated by commas or semicolons. Raises OrdersFaults."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        fault = f"{name}: row {row} holds a character that is not UTF-8; save the file as CSV UTF-8."
        raise OrdersFaults([fault]) from None
    rows = list(_rows(text, name))
    if not rows:
        raise OrdersFaults([f"{name}: it is empty; its first row is {_header_text()}."])
    (_, header), *rows = rows
    columns = [column.casefold() for column in header]
    if faults := list(_header_faults(columns)):
        raise OrdersFaults(f"{name}: {fault}" for fault in faults)
    return _orders(columns, rows, site)


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, with the number a spreadsheet gives them; cells without outer blanks."""
    first = text.lstrip().partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            row = [cell.strip() for cell in cells]
            if any(row):
                yield number, row
    except csv.Error as error:
        fault = f"{name}: row {number + 1} is no CSV ({error}); look for a quotation mark too many."
        raise OrdersFaults([fault]) from None


def _header_text() -> str:
    return ",".join(REQUIRED + OPTIONAL)


def _header_faults(columns: list[str]) -> Iterator[str]:
    known = REQUIRED + OPTIONAL
    for column in REQUIRED:
        if column not in columns:
            yield f"the first row lacks the column {column!r}; write {_header_text()}."
    for at, column in enumerate(columns):
        if column not in known:
            yield f"the first row has an unknown column {column!r}; the columns are {_header_text()}."
        elif column in columns[:at]:
            yield f"the first row has the column {column!r} twice; take one out."


def _orders(columns: list[str], rows: list[tuple[int, list[str]]], site: Site) -> list[Order]:
    orders: list[Order] = []
    faults: list[str] = []
    row_of: dict[str, int] = {}
    for number, row in rows:
        here = []
        if len(row) > len(columns) and any(row[len(columns) :]):
            here.append(f"it has {len(row)} cells under {len(columns)} columns; put quotes around a comma.")
        cells = dict.fromkeys(REQUIRED + OPTIONAL, "") | dict(zip(columns, row, strict=False))
        order = _order(cells, site, here)
        if cells["order"] in row_of:
            here.append(f"order {cells['order']} is in row {row_of[cells['order']]} already.")
        elif cells["order"]:
            row_of[cells["order"]] = number
        faults += [f"row {number}: {fault}" for fault in here]
        orders.append(order)
    if faults:
        raise OrdersFaults(faults)
    return orders


def _order(cells: Mapping[str, str], site: Site, faults: list[str]) -> Order:
    """The order of one row; what is wrong with it is added to the faults."""
    if not cells["order"]:
        faults.append("it has no order number.")
    elif not cells["order"].isprintable():
        faults.append(f"the order number {cells['order']!r} holds characters that cannot be printed.")
    faults += _unknown(cells["line"], cells["product"], site)
    return Order(
        order=cells["order"],
        line=cells["line"],
        product=cells["product"],
        quantity=_quantity(cells["quantity"], faults),
        due_at=_due(cells["due"], site, faults),
        customer=cells["customer"],
        priority=_priority(cells["priority"], faults),
    )


def _unknown(line: str, product: str, site: Site) -> Iterator[str]:
    if line not in site.lines:
        yield f"the site has no line {line!r}; its lines are {', '.join(site.lines) or 'none'}."
    if product not in site.products:
        yield f"the site has no product {product!r}; its products are {', '.join(site.products) or 'none'}."
    elif line in site.lines and site.products[product].line != line:
        yield f"product {product} is made on line {site.products[product].line}, not on {line}."


def _quantity(text: str, faults: list[str]) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]{0,9}", text) or int(text) > LARGEST_QUANTITY:
        faults.append(f"quantity {text!r} is not a whole number from 1 to {LARGEST_QUANTITY}.")
        return 0
    return int(text)


def _priority(text: str, faults: list[str]) -> int:
    if not text:
        return DEFAULT_PRIORITY
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        faults.append(f"priority {text!r} is not a whole number.")
        return DEFAULT_PRIORITY
    return int(text)


def _due(text: str, site: Site, faults: list[str]) -> Instant:
    # A bare date would mean the midnight it begins with, and nobody means that.
    has_time = ":" in text or "T" in text.upper()
    try:
        due_at = instant_from_text(text if has_time else "", site.zone)
    except (ValueError, OverflowError):
        faults.append(f"due {text!r} is not a date and time like 2026-11-25T17:00.")
        return 0
    if not _EARLIEST_DUE <= due_at < _LATEST_DUE:
        faults.append(f"due {text!r} is not of this century or the next; correct the year.")
    return due_at
