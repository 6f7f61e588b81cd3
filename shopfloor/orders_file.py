"""An orders file: all of its orders, or every fault with its row and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, overload

from shopfloor.instants import Instant, moment_of
from shopfloor.order_faults import FARTHEST_DUE_MS, batches_fault
from shopfloor.orders import Order
from shopfloor.orders_cells import (
    CellFault,
    customer_name,
    order_number,
    priority,
    quantity,
    refuse_what_is_no_value,
    shown,
)
from shopfloor.orders_dates import DateOrder, date_order, due
from shopfloor.orders_header import COLUMNS, HEADER, OPTIONAL, REQUIRED, columns_of, is_column
from shopfloor.orders_table import Row, Table, read_table
from shopfloor.sentences import joined, sentence, text_of
from shopfloor.site import Site

__all__ = [
    "COLUMNS",
    "LARGEST_FILE",
    "MOST_FAULTS",
    "OPTIONAL",
    "REQUIRED",
    "OrdersFaults",
    "OrdersFile",
    "TakingIn",
    "read_orders",
]

LARGEST_FILE = 20_000_000
"""Bytes."""
MOST_FAULTS = 1_000

_MOST_LISTED = 20
_LINES = 50
"""Of faults that are told in the reader's language where they stand in one text; pages tell each by itself."""
_ROWS_AT_ONCE = 100
_MAY_BE_ONE_NUMBER = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}(?:\.[0-9]+)?")

T = TypeVar("T")


class OrdersFaults(Exception):
    """An orders file that cannot be used; the text holds each fault on its own line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(joined(list(self.faults)) if len(self.faults) <= _LINES else "\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class TakingIn:
    """What orders are measured against that are not only planned, so that all faults are told together."""

    now: Instant
    """A due that has passed is a fault, and one more than ten years from now."""
    taken: Callable[[Collection[str]], Mapping[str, str]]
    """Which of these numbers are taken already, each with what comes after it in a sentence."""
    most: int | None = None
    """Orders in a file, where a longer one would keep others waiting."""
    pause: Callable[[], None] = lambda: None
    """Called after every so many rows, for others that wait."""


@dataclass(frozen=True)
class OrdersFile(Sequence[Order]):
    """The orders of a file, in its order, and the row of each, for what is refused later."""

    orders: tuple[Order, ...]
    row_of: Mapping[str, int]
    """By order number; the row that a spreadsheet shows, so the header is row 1."""

    def __len__(self) -> int:
        return len(self.orders)

    @overload
    def __getitem__(self, at: int) -> Order: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Order]: ...
    def __getitem__(self, at: int | slice) -> Order | Sequence[Order]:
        return self.orders[at]


def read_orders(
    content: bytes, site: Site, *, name: str = "orders file", taking_in: TakingIn | None = None
) -> OrdersFile:
    """The orders in the bytes of a file; `name` is for sentences about the file. Raises OrdersFaults.

    `taking_in` is left out where they are only planned.
    """
    if len(content) > LARGEST_FILE:
        most = f"{LARGEST_FILE // 1_000_000} MB"
        raise OrdersFaults(
            [
                sentence(
                    "%(name)s: it is larger than %(most)s; divide it into several files.",
                    name=name,
                    most=most,
                )
            ]
        )
    table = read_table(content, is_column)
    if not table.rows and not table.broken:
        raise OrdersFaults(
            [sentence("%(name)s: it is empty; its first row is %(header)s.", name=name, header=HEADER)]
        )
    count = len(table.rows) - 1
    if taking_in and taking_in.most is not None and count > taking_in.most:
        most = sentence("at most %(most)s come in here at once", most=taking_in.most)
        remedy = sentence("divide it, or take it in with the command `interlock import`.")
        raise OrdersFaults(
            [
                sentence(
                    "%(name)s: it has %(count)s orders, and %(most)s; %(remedy)s",
                    name=name,
                    count=count,
                    most=most,
                    remedy=remedy,
                )
            ]
        )
    faults = _Faults()
    orders, row_of = _orders(table, site, taking_in, faults) if table.rows else ([], {})
    if table.broken:
        faults.add(*table.broken)
    faults.settle()
    return OrdersFile(tuple(orders), row_of)


@dataclass
class _Faults:
    kept: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, row: int, fault: str) -> None:
        if len(self.kept) < MOST_FAULTS:
            self.kept.append(sentence("row %(row)s: %(fault)s", row=str(row), fault=fault))
        else:
            self.more += 1

    def settle(self) -> None:
        if self.more:
            self.kept.append(sentence("There are %(more)s faults more; correct these first.", more=self.more))
        if self.kept:
            raise OrdersFaults(self.kept)


def _orders(
    table: Table, site: Site, taking_in: TakingIn | None, faults: _Faults
) -> tuple[list[Order], dict[str, int]]:
    header, *rows = table.rows
    columns, wrong = columns_of(header.cells)
    for fault in wrong:
        faults.add(header.number, fault)
    faults.settle()
    lines = [dict.fromkeys(COLUMNS, "") | dict(zip(columns, row.cells, strict=False)) for row in rows]
    slashes = date_order((row.number, cells["due"]) for row, cells in zip(rows, lines, strict=True))
    taken = taking_in.taken({cells["order"] for cells in lines}) if taking_in else {}
    orders: list[Order] = []
    row_of: dict[str, int] = {}
    for at, (row, cells) in enumerate(zip(rows, lines, strict=True)):
        if taking_in and at % _ROWS_AT_ONCE == 0:
            taking_in.pause()
        for fault in _count_faults(row, header, columns, table.separator):
            faults.add(row.number, fault)
        order = _order(row.number, cells, site, slashes, taking_in, faults)
        if order.order in taken:
            faults.add(
                row.number,
                sentence("order: %(order)s %(taken)s", order=order.order, taken=taken[order.order]),
            )
        if order.order in row_of:
            where = sentence(
                "%(order)s is in row %(row_of)s already",
                order=shown(order.order),
                row_of=str(row_of[order.order]),
            )
            faults.add(row.number, sentence("order: %(where)s; take one out.", where=where))
        elif order.order:
            row_of[order.order] = row.number
        orders.append(order)
    return orders, row_of


def _separator_word(separator: str) -> str:
    if separator == ",":
        return sentence("comma")
    if separator == ";":
        return sentence("semicolon")
    return sentence("tab") if separator == "\t" else sentence("bar")


def _count_faults(row: Row, header: Row, columns: Sequence[str], separator: str) -> Iterator[str]:
    """Whether the cells stand under their columns."""
    if any(row.cells[len(columns) :]):
        count = sentence(
            "it has %(cells)s cells under %(columns)s columns", cells=len(row.cells), columns=len(columns)
        )
        yield sentence(
            "%(count)s; put quotation marks around a cell that holds a %(separator)s.",
            count=count,
            separator=_separator_word(separator),
        )
    elif separator == "," and len(row.cells) != len(header.cells):
        # 1,200 without quotation marks would be a quantity of 1 and a customer 200.
        at = columns.index("quantity")
        number = ",".join(row.cells[at : at + 2])
        if _MAY_BE_ONE_NUMBER.fullmatch(number):
            yield sentence(
                "quantity: %(number)s may be one cell or two; write it without a comma, and every cell.",
                number=shown(number),
            )


def _order(
    row: int,
    cells: Mapping[str, str],
    site: Site,
    slashes: DateOrder,
    taking_in: TakingIn | None,
    faults: _Faults,
) -> Order:
    """The order of one row; what is wrong with it is added to the faults."""

    def read(column: str, reader: Callable[[str], T], otherwise: T) -> T:
        try:
            refuse_what_is_no_value(cells[column])
            return reader(cells[column])
        except CellFault as fault:
            faults.add(row, sentence("%(column)s: %(fault)s", column=column, fault=text_of(fault)))
            return otherwise

    def read_due(text: str) -> Instant:
        at = due(text, site.zone, slashes)
        return at if taking_in is None else _not_far(at, taking_in.now, site)

    order = Order(
        order=read("order", order_number, ""),
        line=read("line", lambda text: _line(text, site), ""),
        product=read("product", lambda text: _product(text, cells["line"], site), ""),
        quantity=read("quantity", quantity, 0),
        due_at=read("due", read_due, 0),
        customer=read("customer", customer_name, ""),
        priority=read("priority", priority, 0),
    )
    if taking_in and (many := batches_fault(site, order)):
        faults.add(row, sentence("%(column)s: %(fault)s", column="quantity", fault=many))
    return order


def _not_far(at: Instant, now: Instant, site: Site) -> Instant:
    """A due that somebody can keep and means. Raises CellFault."""
    if now <= at <= now + FARTHEST_DUE_MS:
        return at
    wall = moment_of(at, site.zone).replace(tzinfo=None).isoformat(timespec="minutes")
    if at < now:
        raise CellFault(sentence("%(wall)s is in the past; write a later day or time.", wall=wall))
    raise CellFault(sentence("%(wall)s is more than ten years from now; correct the date.", wall=wall))


def _line(text: str, site: Site) -> str:
    if text not in site.lines:
        raise CellFault(
            sentence(
                "the site has no line %(written)s; its lines are %(lines)s.",
                written=shown(text),
                lines=_listed(site.lines),
            )
        )
    return text


def _product(text: str, line: str, site: Site) -> str:
    if text not in site.products:
        raise CellFault(
            sentence(
                "the site has no product %(written)s; its products are %(products)s.",
                written=shown(text),
                products=_listed(site.products),
            )
        )
    made_on = site.products[text].line
    if line in site.lines and line != made_on:
        raise CellFault(
            sentence(
                "product %(written)s is made on line %(made_on)s, not on %(line)s; correct one of the two.",
                written=text,
                made_on=made_on,
                line=line,
            )
        )
    return text


def _listed(ids: Collection[str]) -> str:
    listed = ", ".join(list(ids)[:_MOST_LISTED]) or sentence("none")
    more = len(ids) - _MOST_LISTED
    return sentence("%(listed)s and %(more)s more", listed=listed, more=more) if more > 0 else listed
