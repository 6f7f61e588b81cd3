"""Orders in the body of a request: all of them, or every fault with its index and field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from flask import Response

from kiosk.api_bodies import decoded, instant
from kiosk.api_order_shapes import OrderBody, OrderFault
from kiosk.errors import Malformed, json_answer
from kiosk.services import Services
from kiosk.speech import told
from shopfloor.orders import Order
from shopfloor.orders_cells import CellFault, customer_name, order_number
from shopfloor.sentences import text_of

API = "api"
MOST_ORDERS = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """What a request says: its orders, and who takes them in."""

    orders: tuple[Order, ...]
    person: str
    event_id: str | None

    def by_index(self, faults: Mapping[str, str]) -> list[OrderFault]:
        """Faults that are known by order number; a number that is there twice is wrong where it is again."""
        last = {order.order: index for index, order in enumerate(self.orders)}
        return sorted(
            (OrderFault(last[number], None, fault) for number, fault in faults.items()),
            key=lambda fault: fault.index,
        )


def told_orders(services: Services, raw: bytes) -> tuple[Told, list[OrderFault]]:
    """One order or a list. Malformed when it is neither."""
    faults: list[OrderFault] = []
    orders: list[Order] = []
    first: OrderBody | None = None
    for index, each in enumerate(_each(raw)):
        try:
            body: OrderBody = decoded(each, OrderBody, "the order")
        except Malformed as fault:
            faults.append(OrderFault(index, None, text_of(fault)))
            continue
        first = first or body
        orders.append(_order(services, index, body, faults))
        _check_act(index, body, first, faults)
    if first is None:
        return Told((), "", None), faults
    return Told(tuple(orders), first.person.strip(), first.id), faults


def _each(raw: bytes) -> list[bytes]:
    if not raw.lstrip().startswith(b"["):
        return [raw]
    raws: list[msgspec.Raw] = decoded(raw, list[msgspec.Raw], "the list of orders")
    if not 1 <= len(raws) <= MOST_ORDERS:
        raise Malformed(
            f"from 1 to {MOST_ORDERS} orders are taken at once, not {len(raws)};"
            " the command `interlock import` takes more from a file"
        )
    return [bytes(each) for each in raws]


def _check_act(index: int, body: OrderBody, first: OrderBody, faults: list[OrderFault]) -> None:
    """Who takes a list in is said once."""
    once = "a list is one act; say it with the first order alone"
    if body.person not in ("", first.person):
        faults.append(OrderFault(index, "person", once))
    elif not body.person.isprintable():
        faults.append(OrderFault(index, "person", "write a name that can be printed"))
    if body.id not in (None, first.id):
        faults.append(OrderFault(index, "id", once))


def refused_orders(faults: Sequence[OrderFault], status: int) -> Response:
    """All faults in one text, and each with its index and field."""
    lines = [
        f"orders[{fault.index}]{'' if fault.field is None else f'.{fault.field}'}: {fault.error}"
        for fault in faults
    ]
    text = "\n".join([*lines, "Nothing was taken in."])
    return json_answer({"error": text[:1].upper() + text[1:], "faults": faults}, status)


def _order(services: Services, index: int, body: OrderBody, faults: list[OrderFault]) -> Order:
    """The order of one body; what is wrong with it is added to the faults."""

    def read(field: str, reader: Callable[[], T], otherwise: T) -> T:
        try:
            return reader()
        except (CellFault, Malformed) as fault:
            faults.append(OrderFault(index, field, told(text_of(fault)).removeprefix(f"{field}: ")))
            return otherwise

    product = services.config.site.products.get(body.product)
    if product is None:
        known = ", ".join(list(services.config.site.products)[:20]) or "none"
        faults.append(
            OrderFault(index, "product", f"there is no product {body.product[:40]!r}; known: {known}")
        )
    elif body.line not in (None, product.line):
        text = f"product {product.id} is made on line {product.line}; correct one of the two"
        faults.append(OrderFault(index, "line", text))
    return Order(
        order=read("order", lambda: order_number(body.order.strip()), ""),
        line="" if product is None else product.line,
        product=body.product,
        quantity=body.quantity,
        due_at=read("due", lambda: instant(services, "due", body.due) or 0, 0),
        customer=read("customer", lambda: customer_name(body.customer.strip()), ""),
        priority=body.priority,
    )
