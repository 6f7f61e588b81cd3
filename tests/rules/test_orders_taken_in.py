"""Orders files that are to be taken in: numbers that an address can hold, columns in other languages, all faults."""

from __future__ import annotations

import pytest

from shopfloor.order_faults import MOST_BATCHES, batches_fault
from shopfloor.orders import Order
from shopfloor.orders_cells import CellFault, order_number
from shopfloor.orders_file import OrdersFaults, TakingIn, read_orders
from tests.rules.planning_sites import at, site_of, work

SITE = site_of(work("sew", 40))
ROW = "A-1;shirts;polo;20;2026-11-25T17:00"


def faults_of(text: str, taking_in: TakingIn | None = None) -> tuple[str, ...]:
    with pytest.raises(OrdersFaults) as found:
        read_orders(text.encode(), SITE, name="orders.csv", taking_in=taking_in)
    return found.value.faults


@pytest.mark.parametrize("number", ["/", "/lead", "lead/", "a//b", ".", "..", "a/../b", "./a", "a/."])
def test_a_number_that_no_address_leads_to_is_refused(number: str) -> None:
    with pytest.raises(CellFault, match="cannot be part of an address"):
        order_number(number)


@pytest.mark.parametrize("number", ["A/2", "2026/11/7", "...", "A.1", ".a/b.."])
def test_a_number_may_hold_slashes_and_points(number: str) -> None:
    assert order_number(number) == number


@pytest.mark.parametrize(
    "header",
    [
        "Auftrag;Linie;Produkt;Menge;Termin;Kunde;Priorität",
        "订单号;产线;产品;数量;交期;客户;优先级",
        "Pedido;Línea;Producto;Cantidad;Fecha de  entrega;Cliente;Prioridad",
        "Mã đơn hàng;Chuyền;Sản phẩm;Số lượng;Hạn giao;Khách hàng;Ưu tiên",
        "Ma\u0303 đơn ha\u0300ng;chuyền;sản phẩm;số lượng;hạn giao;khách hàng;ưu tiên",
    ],
)
def test_columns_may_have_their_names_in_other_languages(header: str) -> None:
    (order,) = read_orders(f"{header}\n{ROW};Lotus;7\n".encode(), SITE)
    assert order == Order("A-1", "shirts", "polo", 20, at("11-25 17:00"), "Lotus", 7)


def test_a_header_of_unknown_columns_is_one_fault_that_names_what_is_needed_and_what_was_found() -> None:
    (fault,) = faults_of("Numero;Reparto;Prodotto;Pezzi;Consegna\nA;B;C;1;D\n")
    found = "found are 'Numero, Reparto, Prodotto, Pezzi, Consegna'"
    assert fault.startswith(
        f"row 1: needed are the columns order, line, product, quantity, due, {found}; write "
    )


def test_a_column_that_is_there_under_two_names_is_there_twice() -> None:
    assert faults_of("order;line;product;quantity;due;Auftrag\n") == (
        "row 1: order: the column is there twice; take one out.",
    )


def test_all_that_keeps_orders_out_is_told_at_once_when_they_are_taken_in() -> None:
    rows = [
        "A-1;shirts;polo;x;2026-11-25T17:00",
        "D-1;shirts;polo;20;2026-11-20T17:00",
        "D-1;shirts;polo;20;2036-12-25T17:00",
        f"A-4;shirts;polo;{SITE.products['polo'].batch * MOST_BATCHES + 1};2026-11-25T17:00",
    ]
    text = "order;line;product;quantity;due\n" + "\n".join(rows)
    taking_in = TakingIn(at("11-23 08:00"), lambda _: {"D-1": "is a draft already"})
    size = SITE.products["polo"].batch
    many = (
        f"{size * MOST_BATCHES + 1} in batches of {size} would be 10001 batches, and an order has at most 10000;"
        " raise the batch size of polo or split the order."
    )
    assert faults_of(text, taking_in) == (
        "row 2: quantity: 'x' is not a whole number from 1 to 1000000000; write digits alone, like 1200.",
        "row 3: due: 2026-11-20T17:00 is in the past; write a later day or time.",
        "row 3: order: D-1 is a draft already",
        "row 4: due: 2036-12-25T17:00 is more than ten years from now; correct the date.",
        "row 4: order: D-1 is a draft already",
        "row 4: order: 'D-1' is in row 3 already; take one out.",
        f"row 5: quantity: {many}",
    )
    planned = "\n".join(text.splitlines()[:1] + text.splitlines()[4:])
    assert len(read_orders(planned.encode(), SITE)) == 1


def test_a_due_of_this_very_instant_is_not_in_the_past() -> None:
    text = f"order;line;product;quantity;due\n{ROW}\n"
    taking_in = TakingIn(at("11-25 17:00"), lambda _: {})
    assert len(read_orders(text.encode(), SITE, taking_in=taking_in)) == 1


def test_an_order_has_at_most_ten_thousand_batches() -> None:
    most = SITE.products["polo"].batch * MOST_BATCHES
    assert batches_fault(SITE, Order("A-1", "shirts", "polo", most, 0)) is None
    assert batches_fault(SITE, Order("A-1", "shirts", "polo", most + 1, 0)) is not None
    assert batches_fault(SITE, Order("A-1", "shirts", "hat", most + 1, 0)) is None


def test_others_get_a_turn_while_a_long_file_is_read() -> None:
    turns: list[int] = []
    rows = "".join(f"A-{n};shirts;polo;20;2026-11-25T17:00\n" for n in range(350))
    taking_in = TakingIn(at("11-23 08:00"), lambda _: {}, pause=lambda: turns.append(1))
    read_orders(f"order;line;product;quantity;due\n{rows}".encode(), SITE, taking_in=taking_in)
    assert len(turns) == 4
