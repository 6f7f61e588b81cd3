"""Orders files as the spreadsheets of several countries save them: recorded ones, random ones, broken ones."""

import codecs
import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.orders_file import read_orders_file
from shopfloor.instants import instant_of
from shopfloor.orders import Order
from shopfloor.orders_file import COLUMNS, OrdersFaults, read_orders
from tests.rules.planning_sites import SHANGHAI, at, site_of, work

SITE = site_of(work("sew", 40))
RECORDED = Path(__file__).parent / "orders_files"
GOOD_FILES = [
    "chinese_excel_unicode_text.utf16",
    "excel_day_numbers_old_mac.csv",
    "german_excel.csv",
    "libreoffice.csv",
    "us_excel.csv",
]


@pytest.mark.parametrize("name", GOOD_FILES)
def test_the_same_orders_are_read_whichever_spreadsheet_saved_them(name: str) -> None:
    read = read_orders_file(RECORDED / name, SITE)
    assert read.orders == (
        Order("A-1", "shirts", "polo", 200, at("11-25 17:00"), "Müller & Söhne", 7),
        Order("A-2", "shirts", "polo", 1200, at("12-03 09:30"), "Smith, Sons"),
        Order("A-3", "shirts", "polo", 1_500_000, wall(2027, 3, 4, 22), "Hemden; Hosen"),
    )
    assert read.row_of == {"A-1": 2, "A-2": 3, "A-3": 5}


def test_a_file_of_an_old_code_page_is_refused_with_its_row_and_the_remedy() -> None:
    """Its bytes could be Windows-1252, Windows-1250 or GBK: a guess would garble names for good."""
    with pytest.raises(OrdersFaults) as found:
        read_orders_file(RECORDED / "german_excel.cp1252", SITE)
    assert found.value.faults == (
        "row 2: customer: 'M\ufffdller & S\ufffdhne' holds a character that is not UTF-8; save the file as CSV UTF-8.",
    )


def wall(*moment: int) -> int:
    return instant_of(datetime(*moment, tzinfo=SHANGHAI))  # type: ignore[misc,arg-type]  # year to minute


def half_day(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"


DUES: list[Callable[[datetime], str]] = [
    lambda moment: moment.isoformat(timespec="minutes"),
    lambda moment: f"{moment.isoformat(sep=' ')}+08:00",
    lambda moment: f"{moment:%Y-%m-%d %H:%M}",
    lambda moment: f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment:%M}",
    lambda moment: f"{moment:%d.%m.%Y %H:%M}",
    lambda moment: f"{moment:%d/%m/%Y %H:%M}",
    lambda moment: f"{moment:%d-%m-%Y %H:%M:%S}",
    lambda moment: f"{moment.month}/{moment.day}/{moment.year} {half_day(moment)}",
]
QUANTITIES: list[Callable[[int], str]] = [
    str,
    lambda units: f"{units}.0",
    lambda units: f"{units},00",
    lambda units: f"{units:,}.00",
    lambda units: f"{units:,}".replace(",", " "),
    lambda units: f"{units:,}".replace(",", "."),
]
ENCODINGS: list[Callable[[str], bytes]] = [
    lambda text: text.encode(),
    lambda text: codecs.BOM_UTF8 + text.encode(),
    lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    lambda text: text.encode("utf-16-le"),
]
# Neither a formula, an error value, a number that was shortened nor a slash, and no blanks at the ends.
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="=#+/\ufffd"),
    min_size=1,
    max_size=9,
).filter(lambda word: word not in (".", ".."))
NAMES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30)).map(  # noqa: DTZ001  # wall times
    lambda moment: moment.replace(second=0, microsecond=0)
)
ORDERS = st.lists(
    st.tuples(
        NAMES,
        st.integers(1, 1_000_000_000),
        MOMENTS,
        st.one_of(st.just(""), NAMES),
        st.integers(-999, 999),
    ),
    max_size=5,
    unique_by=lambda order: order[0],
)


@given(data=st.data(), rows=ORDERS)
def test_orders_read_back_the_same_from_every_dialect(
    data: st.DataObject, rows: list[tuple[str, int, datetime, str, int]]
) -> None:
    # A 25th tells for the whole file which way its slashes go.
    rows = [*rows, ("the anchor of days", 20, datetime(2026, 11, 25, 17), "", 100)]  # noqa: DTZ001  # wall time
    due, units = data.draw(st.sampled_from(DUES)), data.draw(st.sampled_from(QUANTITIES))
    if units is QUANTITIES[-1]:  # 1.200 is refused
        rows = [(row[0], 1_000_000 + row[1] // 2, *row[2:]) for row in rows]
    newline, separator = data.draw(st.sampled_from(["\n", "\r\n", "\r"])), data.draw(st.sampled_from(",;\t"))
    columns: Sequence[str] = data.draw(st.permutations(COLUMNS))
    trailing = [""] * data.draw(st.integers(0, 2))
    text = io.StringIO()
    if data.draw(st.booleans()):
        text.write(f"sep={separator}{newline}")
    quoted = data.draw(st.booleans())
    writer = csv.writer(
        text,
        delimiter=separator,
        lineterminator=newline,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
    )
    writer.writerow(
        [data.draw(st.sampled_from([name, name.title(), f" {name.upper()}"])) for name in columns] + trailing
    )
    for order, quantity, moment, customer, priority in rows:
        if data.draw(st.booleans()):
            writer.writerow([""] * (len(columns) + len(trailing)))
        cells = (order, "shirts", "polo", units(quantity), due(moment), customer, str(priority))
        by_column = dict(zip(COLUMNS, cells, strict=True))
        writer.writerow([by_column[name] for name in columns] + trailing)
    read = read_orders(data.draw(st.sampled_from(ENCODINGS))(text.getvalue()), SITE)
    assert list(read) == [
        Order(
            order, "shirts", "polo", quantity, instant_of(moment.replace(tzinfo=SHANGHAI)), customer, priority
        )
        for order, quantity, moment, customer, priority in rows
    ]
    assert list(read.row_of) == [row[0] for row in rows]


@given(moment=MOMENTS, decimals=st.integers(4, 12), mark=st.sampled_from(".,"))
def test_a_day_number_of_a_spreadsheet_is_its_minute(moment: datetime, decimals: int, mark: str) -> None:
    if moment.hour == moment.minute == 0:
        moment += timedelta(minutes=1)
    days = (moment.date() - date(1899, 12, 30)).days
    part = f"{(moment.hour * 60 + moment.minute) / 1440:.{decimals}f}".removeprefix("0.")
    text = f"order;line;product;quantity;due\nA-1;shirts;polo;20;{days}{mark}{part}\n"
    assert read_orders(text.encode(), SITE)[0].due_at == instant_of(moment.replace(tzinfo=SHANGHAI))


def told_or_read(content: bytes) -> None:
    faults: tuple[str, ...] = ()
    try:
        read = read_orders(content, SITE, name="orders.csv")
    except OrdersFaults as found:
        faults = found.faults
    for fault in faults:
        assert fault.startswith(("row ", "orders.csv: "))
        assert fault.isprintable()
        assert len(fault) < 400
    if not faults:
        assert list(read.row_of) == [order.order for order in read]
        assert all(order.quantity > 0 and order.order and order.due_at for order in read)


@given(st.binary(max_size=300))
def test_any_bytes_are_orders_or_faults(content: bytes) -> None:
    told_or_read(content)
    told_or_read(b"order,line,product,quantity,due\n" + content)


@given(st.lists(st.text(max_size=30), min_size=5, max_size=5))
def test_any_cells_are_an_order_or_faults(cells: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS[:5], cells])
    told_or_read(text.getvalue().encode("utf-8", "replace"))


@given(
    st.sampled_from(GOOD_FILES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8), st.binary(max_size=4)), min_size=1, max_size=4),
)
def test_a_good_file_with_bytes_changed_is_orders_or_faults(
    name: str, changes: list[tuple[float, int, bytes]]
) -> None:
    content = (RECORDED / name).read_bytes()
    for where, taken, put in changes:
        start = int(where * len(content))
        content = content[:start] + put + content[start + taken :]
    told_or_read(content)
