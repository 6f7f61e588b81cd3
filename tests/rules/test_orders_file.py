"""Orders from CSV: all of them or every fault with its row."""

from pathlib import Path

import pytest

from interlock.orders_file import OrdersFaults, read_orders, read_orders_file
from shopfloor.orders import Order
from tests.rules.planning_sites import at, site_of, work

SITE = site_of(work("sew", 40))
HEADER = "order,line,product,quantity,due,customer,priority\n"


def faults_of(text: str | bytes) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(OrdersFaults) as found:
        read_orders(content, SITE, name="orders.csv")
    assert str(found.value) == "\n".join(found.value.faults)
    return list(found.value.faults)


def test_a_due_without_an_offset_is_wall_time_of_the_site() -> None:
    text = (
        HEADER
        + 'A-1,shirts,polo,200,2026-11-25T17:00,"Smith, Sons",7\nA-2,shirts,polo,20,2026-11-25T10:00+01:00,,\n'
    )
    assert read_orders(text.encode(), SITE) == [
        Order("A-1", "shirts", "polo", 200, at("11-25 17:00"), "Smith, Sons", 7),
        Order("A-2", "shirts", "polo", 20, at("11-25 17:00")),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_what_spreadsheets_write_is_read(separator: str, mark: str, newline: str) -> None:
    lines = ["Order,Line,Product,Quantity,Due", "A-1, shirts ,polo,200,2026-11-25 17:00", "", ",,,,", ""]
    text = mark + newline.join(lines).replace(",", separator)
    assert read_orders(text.encode(), SITE) == [Order("A-1", "shirts", "polo", 200, at("11-25 17:00"))]


def test_the_columns_may_stand_in_any_order_and_a_file_of_a_header_holds_no_orders() -> None:
    text = "due,quantity,product,line,order\n2026-11-25T17:00,200,polo,shirts,A-1\n"
    assert read_orders(text.encode(), SITE) == [Order("A-1", "shirts", "polo", 200, at("11-25 17:00"))]
    assert read_orders(HEADER.encode(), SITE) == []


def test_all_faulty_rows_are_reported_together_with_the_row_of_a_spreadsheet() -> None:
    text = HEADER + (
        "A-1,shirts,polo,0,2026-11-25T17:00,,\n"
        "\n"
        "A-1,shoes,hat,12.5,tomorrow,,high\n"
        ",shirts,polo,20,2026-11-25,,\n"
        "A-2,shirts,polo,20,2026-11-25T17:00,,,more\n"
    )
    assert faults_of(text) == [
        "row 2: quantity '0' is not a whole number from 1 to 1000000000.",
        "row 4: the site has no line 'shoes'; its lines are shirts.",
        "row 4: the site has no product 'hat'; its products are polo.",
        "row 4: quantity '12.5' is not a whole number from 1 to 1000000000.",
        "row 4: due 'tomorrow' is not a date and time like 2026-11-25T17:00.",
        "row 4: priority 'high' is not a whole number.",
        "row 4: order A-1 is in row 2 already.",
        "row 5: it has no order number.",
        "row 5: due '2026-11-25' is not a date and time like 2026-11-25T17:00.",
        "row 6: it has 8 cells under 7 columns; put quotes around a comma.",
    ]


@pytest.mark.parametrize("quantity", ["", "-5", "1_000", "1e3", "٢", "99999999999", "+5", "1 000"])
def test_a_quantity_is_a_whole_number_above_zero(quantity: str) -> None:
    (fault,) = faults_of(HEADER + f"A-1,shirts,polo,{quantity},2026-11-25T17:00,,\n")
    assert fault.startswith(f"row 2: quantity {quantity!r}")


@pytest.mark.parametrize(
    "due", ["", "25.11.2026 17:00", "2026-02-30T17:00", "0001-01-01T00:00", "2926-11-25T17:00"]
)
def test_a_due_is_a_time_that_can_be(due: str) -> None:
    (fault,) = faults_of(HEADER + f"A-1,shirts,polo,20,{due},,\n")
    assert fault.startswith(f"row 2: due {due!r}")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "orders.csv: it is empty; its first row is order,line,product,quantity,due,customer,priority."),
        ("order,line,product,due\n", "orders.csv: the first row lacks the column 'quantity'"),
        (HEADER.replace("priority", "prio"), "orders.csv: the first row has an unknown column 'prio'"),
        (HEADER.replace("priority", "due"), "orders.csv: the first row has the column 'due' twice"),
        (HEADER.encode() + b"A-1,\xe4,polo,1,x\n", "orders.csv: row 2 holds a character that is not UTF-8"),
        (HEADER + 'A-1,"shirts"x,polo\n', "orders.csv: row 2 is no CSV"),
    ],
)
def test_a_file_that_is_no_orders_file_is_refused_in_one_sentence(content: str | bytes, fault: str) -> None:
    (found,) = faults_of(content)
    assert found.startswith(fault)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OrdersFaults, match=r"no\.csv: there is no such file"):
        read_orders_file(tmp_path / "no.csv", SITE)
    with pytest.raises(OrdersFaults, match="cannot be read"):
        read_orders_file(tmp_path, SITE)
