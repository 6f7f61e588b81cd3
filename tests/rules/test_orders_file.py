"""Orders from CSV: all of them or every fault with its row."""

from pathlib import Path

import pytest

from interlock.orders_file import read_orders_file
from shopfloor import orders_file, orders_table
from shopfloor.instants import local_text
from shopfloor.orders import Order
from shopfloor.orders_file import OrdersFaults, OrdersFile, read_orders
from shopfloor.site import Product, Site
from tests.rules.planning_sites import BERLIN, at, site_of, work

SITE = site_of(work("sew", 40))
IN_BERLIN = site_of(work("sew", 40), zone=BERLIN)
HEADER = "order,line,product,quantity,due,customer,priority\n"


def faults_of(text: str | bytes, site: Site = SITE) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(OrdersFaults) as found:
        read_orders(content, site, name="orders.csv")
    assert str(found.value) == "\n".join(found.value.faults)
    return list(found.value.faults)


def only(text: str, site: Site = SITE) -> Order:
    (order,) = read_orders(text.encode(), site)
    return order


def cell_fault(column: str, text: str, site: Site = SITE) -> str:
    """The one fault of a file in which one cell is this."""
    cells = {"order": "A-1", "line": "shirts", "product": "polo", "quantity": "20", "due": "2026-11-25T17:00"}
    cells |= {column: text}
    quoted = ";".join(f'"{cell}"' for cell in cells.values())
    (fault,) = faults_of(f"{';'.join(cells)}\n{quoted}\n", site)
    start = f"row 2: {column}: "
    assert fault.startswith(start)
    return fault.removeprefix(start)


def due_of(text: str, *others: str, site: Site = SITE) -> str:
    """The due of the first row, by the clock on the wall, beside other rows."""
    rows = [f"A-{number};shirts;polo;20;{due}\n" for number, due in enumerate([text, *others])]
    read = read_orders(("order;line;product;quantity;due\n" + "".join(rows)).encode(), site)
    return local_text(read[0].due_at, site.zone)[:16]


def dues_faults(*dues: str) -> list[str]:
    rows = [f"A-{number};shirts;polo;20;{due}\n" for number, due in enumerate(dues)]
    return faults_of("order;line;product;quantity;due\n" + "".join(rows))


def test_a_due_without_an_offset_is_wall_time_of_the_site() -> None:
    text = (
        HEADER
        + 'A-1,shirts,polo,200,2026-11-25T17:00, "Smith, Sons",7\n\nA-2,shirts,polo,20,2026-11-25T10:00+01:00,,\n'
    )
    orders = (
        Order("A-1", "shirts", "polo", 200, at("11-25 17:00"), "Smith, Sons", 7),
        Order("A-2", "shirts", "polo", 20, at("11-25 17:00")),
    )
    read = read_orders(text.encode(), SITE)
    assert read == OrdersFile(orders, {"A-1": 2, "A-2": 4})
    assert list(read) == list(orders)
    assert read[1:] == orders[1:]


def test_the_columns_may_stand_in_any_order_and_a_file_of_a_header_holds_no_orders() -> None:
    text = "due,quantity,product,line,order\n2026-11-25T17:00,200,polo,shirts,A-1\n"
    assert only(text) == Order("A-1", "shirts", "polo", 200, at("11-25 17:00"))
    assert len(read_orders(HEADER.encode(), SITE)) == 0


def test_all_faulty_rows_are_reported_together_with_the_row_of_a_spreadsheet() -> None:
    text = HEADER + (
        "A-1,shirts,polo,0,2026-11-25T17:00,,\n"
        "\n"
        "A-1,shoes,hat,12.5,tomorrow,,high\n"
        ",shirts,polo,20,2026-11-25,,\n"
        "A-2,shirts,polo,20,,,,more\n"
    )
    assert faults_of(text) == [
        "row 2: quantity: '0' is not a whole number from 1 to 1000000000; write digits alone, like 1200.",
        "row 4: line: the site has no line 'shoes'; its lines are shirts.",
        "row 4: product: the site has no product 'hat'; its products are polo.",
        "row 4: quantity: '12.5' is not a whole number from 1 to 1000000000; write digits alone, like 1200.",
        "row 4: due: 'tomorrow' is not a date and time; write it like 2026-11-25T17:00.",
        "row 4: priority: 'high' is not a whole number; write digits alone, like 100.",
        "row 4: order: 'A-1' is in row 2 already; take one out.",
        "row 5: order: it is empty; write the order's number.",
        "row 5: due: '2026-11-25' has no time of day; write it too, like 2026-11-25T17:00.",
        "row 6: it has 8 cells under 7 columns; put quotation marks around a cell that holds a comma.",
        "row 6: due: it is empty; write a date and time like 2026-11-25T17:00.",
    ]


def test_a_row_counts_from_the_header_also_when_a_line_names_the_separator_or_a_cell_holds_two() -> None:
    text = f'sep=,\r\n{HEADER}A-1,shirts,polo,20,2026-11-25T17:00,"Smith\nSons",\nA-2,shirts,polo,x,2026-11-25T17:00\n'
    customer, quantity = faults_of(text)
    assert customer.startswith(r"row 2: customer: 'Smith\nSons' holds a line break")
    assert quantity.startswith("row 3: quantity: 'x'")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("200", 200), ("007", 7), ("200.0", 200), ("200,00", 200), ("1 200", 1200), ("1\u202f200", 1200),
        ("1'200", 1200), ("1\u2019200,00", 1200), ("1.200.000", 1_200_000), ("1,200,000", 1_200_000),
        ("1.200,00", 1200), ("1,200.0", 1200), ("12 000 000", 12_000_000), ("1.000.000.000", 1_000_000_000),
    ],
)  # fmt: skip
def test_a_quantity_may_be_grouped_where_that_means_one_thing_only(text: str, units: int) -> None:
    row = f'order,line,product,quantity,due\nA-1,shirts,polo,"{text}",2026-11-25T17:00\n'
    assert only(row).quantity == units


@pytest.mark.parametrize(
    ("text", "either"), [("1.200", "1200 or 1"), ("1,200", "1200 or 1"), ("12.000", "12000 or 12")]
)
def test_a_quantity_that_may_be_a_thousand_times_less_is_refused(text: str, either: str) -> None:
    whole = either.partition(" ")[0]
    assert cell_fault("quantity", text) == f"{text!r} may be {whole} or a fraction; write {either}."


@pytest.mark.parametrize(
    "text",
    ["", "-5", "1_000", "1e3", "٢", "99999999999", "+5", "0.200", "1.2", "1.200,000", "1,00,000", "1 20", "1 200'000",
     "1200 000", "200.", "1.200.00", "2E+05", "1.000.000.001"],
)  # fmt: skip
def test_a_quantity_is_a_whole_number_above_zero(text: str) -> None:
    assert cell_fault("quantity", text).startswith(
        f"{text!r} is not a whole number from 1 to 1000000000; write"
    )


@pytest.mark.parametrize("row", ["1,200,,", "1,200", "1,200.00,,", "1,200,000,"])
def test_a_comma_among_thousands_never_makes_two_cells(row: str) -> None:
    text = f"order,line,product,due,quantity,customer,priority\nA-1,shirts,polo,2026-11-25T17:00,{row}\n"
    assert faults_of(text)[0].startswith("row 2: quantity: '1,200")
    assert only(text.replace(row, "1,200,7")).customer == "200"


def test_a_priority_may_have_an_empty_fraction() -> None:
    text = HEADER + "A-1,shirts,polo,200,2026-11-25T17:00,,-7.0\n"
    assert only(text).priority == -7


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("2026-11-25T17:00", "2026-11-25T17:00"),
        ("2026-11-25 17:00:00.500", "2026-11-25T17:00"),
        ("2026-11-25 09:00:00Z", "2026-11-25T17:00"),
        ("2026-11-25 10:00:00 +0100", "2026-11-25T17:00"),
        ("2026-11-25T10:00+01", "2026-11-25T17:00"),
        ("2026-11-25 03:30-05:30", "2026-11-25T17:00"),
        ("20261125T1700", "2026-11-25T17:00"),
        ("2026-W48-3T17:00", "2026-11-25T17:00"),
        ("2026-11-25T17", "2026-11-25T17:00"),
        ("2026/11/25 17:00", "2026-11-25T17:00"),
        ("2026/3/4 9:05", "2026-03-04T09:05"),
        ("25.11.2026 17:00", "2026-11-25T17:00"),
        ("3.4.2026 17:00", "2026-04-03T17:00"),
        ("25/11/2026 17:00", "2026-11-25T17:00"),
        ("25-11-2026 17:00", "2026-11-25T17:00"),
        ("11/25/2026 5:00 PM", "2026-11-25T17:00"),
        ("11/25/2026, 5:00\u202fp.m.", "2026-11-25T17:00"),
        ("11/25/2026 12:30 AM", "2026-11-25T00:30"),
        ("11/25/2026 12:30 PM", "2026-11-25T12:30"),
        ("11/11/2026 17:00", "2026-11-11T17:00"),
        ("46351.708333", "2026-11-25T17:00"),
        ("46351,7083", "2026-11-25T17:00"),
        ("46351.5", "2026-11-25T12:00"),
        ("46351.37500", "2026-11-25T09:00"),
        ("2026-11-25T00:00", "2026-11-25T00:00"),
    ],
)
def test_a_due_is_read_as_spreadsheets_of_many_countries_write_it(text: str, wall: str) -> None:
    assert due_of(text) == wall


def test_one_row_tells_for_the_whole_file_whether_day_or_month_stands_first() -> None:
    assert due_of("03/04/2026 17:00", "25/11/2026 17:00") == "2026-04-03T17:00"
    assert due_of("03/04/2026 17:00", "11/25/2026 17:00") == "2026-03-04T17:00"
    # Points and ISO 8601 say nothing about slashes.
    slashes, nonsense = dues_faults(
        "03/04/2026 17:00", "25.11.2026 17:00", "2026-11-25 17:00", "04/04/2026 9:00", "99/1/2026 1:00"
    )
    either = "2026-04-03 or 2026-03-04, and no row of the file tells which"
    assert slashes == f"row 2: due: '03/04/2026 17:00' may be {either}; write it like 2026-04-03T17:00."
    assert nonsense == "row 6: due: '99/1/2026 1:00' is not a date and time; write it like 2026-11-25T17:00."


def test_rows_that_contradict_each_other_about_day_and_month_are_all_refused() -> None:
    why = "is not clear, since row 3 has the day first and row 4 the month; write it like"
    assert dues_faults("3/4/2026 17:00", "25/11/2026 17:00", "11/26/2026 17:00", "5/5/2026 17:00") == [
        f"row 2: due: '3/4/2026 17:00' {why} 2026-04-03T17:00.",
        f"row 3: due: '25/11/2026 17:00' {why} 2026-11-25T17:00.",
        f"row 4: due: '11/26/2026 17:00' {why} 2026-11-26T17:00.",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it is empty; write a date and time like 2026-11-25T17:00."),
        ("25.11.2026", "'25.11.2026' has no time of day; write it too, like 2026-11-25T17:00."),
        ("46351", "'46351' is the date 2026-11-25 alone; write the time too, like 2026-11-25T17:00."),
        ("46351.0", "'46351.0' is the date 2026-11-25 alone; write the time too, like 2026-11-25T17:00."),
        ("46351.71", "'46351.71' has too few decimals to tell the minute; write it like 2026-11-25T17:02."),
        ("25.11.2026 24:00", "'25.11.2026 24:00': a day ends before 24:00; write 2026-11-26T00:00 for its very end."),
        ("25.11.26 17:00", "'25.11.26 17:00' has a year of two digits; write all four, like 2026-11-25T17:00."),
        ("0001-01-01T00:00", "'0001-01-01T00:00' is not of this century or the next; correct the year."),
        ("2926-11-25T17:00+01:00", "'2926-11-25T17:00+01:00' is not of this century or the next; correct the year."),
        ("12345.5", "'12345.5' is not of this century or the next; correct the year."),
    ],
)  # fmt: skip
def test_a_due_that_is_no_moment_of_this_time_is_refused_with_what_to_write(text: str, fault: str) -> None:
    assert cell_fault("due", text) == fault


@pytest.mark.parametrize(
    "text",
    ["2026-02-30T17:00", "2026-11-25T17:60", "25.11.2026 17:00 PM", "11.25.2026 17:00", "2026-11-25T17:00+25:00",
     "2026-11-25T17:00+01:75", "200", "17:00", "########x", "2026-W99-1T10:00"],
)  # fmt: skip
def test_a_due_that_is_no_date_is_refused(text: str) -> None:
    assert cell_fault("due", text) == f"{text!r} is not a date and time; write it like 2026-11-25T17:00."


@pytest.mark.parametrize("text", ["29.03.2026 02:30", "2026-03-29T02:30", "20260329T0230", "46110.104167"])
def test_a_wall_time_that_the_clock_skips_is_refused(text: str) -> None:
    fault = f"{text!r} is skipped where the clocks change; write 2026-03-29T03:30 or another time."
    assert cell_fault("due", text, IN_BERLIN) == fault


def test_a_wall_time_that_the_clock_repeats_is_its_first_pass() -> None:
    text = HEADER + "A-1,shirts,polo,200,2026-10-25 02:30,,\n"
    assert local_text(only(text, IN_BERLIN).due_at, BERLIN) == "2026-10-25T02:30:00+02:00"


@pytest.mark.parametrize(
    ("column", "text", "fault"),
    [
        ("order", "x" * 61, "has 61 characters; write 60 at most."),
        ("order", "A\u200b1", "holds a character that cannot be printed; type the number anew."),
        ("order", "1,23457E+11", "is a number that a spreadsheet shortened; write it out, as text."),
        ("order", "=A1&B1", "is a formula that was not worked out; write its result."),
        ("product", "=A1", "is a formula that was not worked out; write its result."),
        ("customer", "#NAME?", "is what a spreadsheet shows instead of a value; write the value."),
        ("due", "########", "is what a spreadsheet shows instead of a value; write the value."),
        ("customer", "y" * 201, "has 201 characters; write 200 at most."),
        ("customer", "a\x00b", "holds a line break or a hidden character; type the name anew."),
        ("customer", "a\u202eb", "holds a line break or a hidden character; type the name anew."),
        ("customer", "M\ufffdller", "holds a character that is not UTF-8; save the file as CSV UTF-8."),
    ],
)
def test_a_cell_that_a_spreadsheet_spoiled_is_refused(column: str, text: str, fault: str) -> None:
    assert cell_fault(column, text).endswith(f"' {fault}")


@pytest.mark.parametrize(
    "customer", ["@home", "+49 Sales", "-", "#12", "王\u3000明", "\u0645\u06cc\u200c\u062e"]
)
def test_a_customer_may_have_any_name(customer: str) -> None:
    text = HEADER + f"A-1,shirts,polo,200,2026-11-25T17:00,{customer},\n"
    assert only(text).customer == customer.replace("\u3000", " ")


def test_a_product_of_another_line_and_a_site_of_many_products_are_told_in_one_sentence() -> None:
    many = [Product(f"p{number}", "skirts", "P", 20) for number in range(30)]
    site = site_of(work("sew", 40), products=many)
    assert cell_fault("product", "p1", site) == (
        "product p1 is made on line skirts, not on shirts; correct one of the two."
    )
    assert cell_fault("product", "hat", site).endswith("p17, p18 and 11 more.")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "orders.csv: it is empty; its first row is order,line,product,quantity,due,customer,priority."),
        (
            "\norder,line,product,due\n",
            "row 2: quantity: the column is missing; the first row is order,line,",
        ),
        (
            HEADER.replace("priority", "prio"),
            "row 1: 'prio': there is no such column; the columns are order,line,",
        ),
        (HEADER.replace("priority", "due"), "row 1: due: the column is there twice; take one out."),
        (HEADER + 'A-1,"shirts"x,polo\n', "row 2: it cannot be divided into cells"),
        (HEADER + '\n"A-1,shirts,polo\n', "row 3: it cannot be divided into cells"),
        (HEADER + "x" * 50_001, "row 2: it is longer than 50000 characters"),
        (HEADER + "\n" * 1_048_576, "row 1048577: no spreadsheet has so many rows; take out the blank ones."),
        (b" " * 20_000_001, "orders.csv: it is larger than 20 MB; divide it into several files."),
    ],
)
def test_a_file_that_is_no_orders_file_is_refused_in_one_sentence(content: str | bytes, fault: str) -> None:
    (found,) = faults_of(content)
    assert found.startswith(fault)


def test_rows_before_one_that_cannot_be_divided_are_told_as_well() -> None:
    first, second = faults_of(HEADER + 'A-1,shirts,polo,x,2026-11-25T17:00,,\n"A-2')
    assert first.startswith("row 2: quantity")
    assert second.startswith("row 3: it cannot be divided")


def test_a_file_of_too_many_orders_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders_table, "MOST_ORDERS", 2)
    rows = [f"A-{number},shirts,polo,20,2026-11-25T17:00,,\n" for number in range(3)]
    assert len(read_orders((HEADER + "".join(rows[:2]) + "\n").encode(), SITE)) == 2
    assert faults_of(HEADER + "".join(rows)) == ["row 4: the file has more than 2 orders; divide it."]


def test_what_is_wrong_everywhere_is_told_of_the_first_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders_file, "MOST_FAULTS", 2)
    faults = faults_of(HEADER + "".join(f"A-{n},shirts,polo,0,2026-11-25T17:00,,\n" for n in range(5)))
    assert [fault[:5] for fault in faults[:2]] == ["row 2", "row 3"]
    assert faults[2:] == ["There are 3 faults more; correct these first."]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OrdersFaults, match=r"no\.csv: there is no such file"):
        read_orders_file(tmp_path / "no.csv", SITE)
    with pytest.raises(OrdersFaults, match="cannot be read"):
        read_orders_file(tmp_path, SITE)
    (tmp_path / "orders.csv").write_text(HEADER)
    assert read_orders_file(tmp_path / "orders.csv", SITE) == OrdersFile((), {})
