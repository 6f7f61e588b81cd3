"""What is asked again and again costs the same after years, and with many orders no more questions.

SQLite's own steps are counted, not the time.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.app import create_app
from kiosk.services import Services
from kiosk.views import board_json, board_page, flags_json, home_page, kiosk_page, orders_json, orders_page
from ledger import drafts, reading
from ledger.flag_clocks import FlagClocks
from ledger.flags import Tap, raise_flag
from shopfloor.instants import DAY_MS, MINUTE_MS
from tests.factory import Plant, china, worked_order

Ask = Callable[[Services, Plant], object]


def scanned(_: Services, plant: Plant) -> object:
    """The next batch is received where the line begins, and the one before it given."""
    plant.now += MINUTE_MS
    number = (plant.now - china("24 15:10")) // MINUTE_MS
    if number > 1:
        plant.scan("scanner-sew", plant.codes()[number - 2])
    return plant.scan("scanner-cut", plant.codes()[number - 1])


ASKED: dict[str, Ask] = {
    "board": lambda web, _: board_page(web, "shirts"),
    "board for programs": lambda web, _: board_json(web, "shirts"),
    "kiosk": lambda web, _: kiosk_page(web, "sew-1"),
    "home": lambda web, _: home_page(web),
    "orders": lambda web, _: orders_json(web),
    "open flags": lambda _, plant: reading.open_flags(plant.ledger),
    "what is being agreed": lambda _, plant: drafts.drafts(plant.ledger),
    "the clocks of flags": lambda _, plant: FlagClocks(plant.ledger, plant.site).turn(plant.now),
    "a scan": scanned,
    "clocks after a start": lambda _, plant: FlagClocks(plant.ledger, plant.site).wind(plant.now),
}


def shipped_plant(plant: Plant) -> None:
    """One order shipped with a flag on its way, and one that runs, late and flagged."""
    plant.release(worked_order("S", 20, "24 12:00"))
    plant.now = china("24 11:00")
    raise_flag(
        plant.ledger, plant.site, Tap("f0", "sew-1", plant.now), against="cut", order="S", now=plant.now
    )
    (code,) = plant.codes("S")
    for minute, device in enumerate(("cut", "cut", "sew", "sew", "pack", "pack")):
        plant.scan(f"scanner-{device}", code, f"24 11:{minute:02d}")
    plant.release(worked_order())
    with plant.ledger.write(plant.now) as tx:
        tx.run(
            'INSERT INTO confirmations ("order", version, role, person, confirmed_at, quantity, due_at)'
            " VALUES ('S', 1, 'sales', 'Mei', 0, 20, 0)"
        )
    plant.now = china("24 15:10")
    raise_flag(
        plant.ledger, plant.site, Tap("f1", "sew-1", plant.now), against="cut", order="A-1", now=plant.now
    )


def grow(plant: Plant, from_number: int, count: int) -> None:
    """The shipped order so many times more, each a day before, in every table that holds anything of it."""
    tables = [row["name"] for row in plant.ledger.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    with plant.ledger.write(plant.now) as tx:
        for table in tables:
            columns = {row["name"]: row for row in tx.rows(f"PRAGMA table_info({table})")}
            key = [name for name, row in columns.items() if row["pk"]]
            own = next((name for name in ("order", "batch") if name in columns), None)
            if own is None or table == "events":
                continue
            whose = "S" if own == "order" else plant.codes("S")[0]
            found = tx.rows(f'SELECT * FROM {table} WHERE "{own}" = ?', (whose,))  # noqa: S608  # a table of ours
            is_counted = len(key) == 1 and columns[key[0]]["type"] == "INTEGER"
            names = [name for name in columns if not (is_counted and name == key[0])]
            into = ", ".join(f'"{name}"' for name in names)
            tx.run_many(
                f"INSERT INTO {table} ({into}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608  # the same
                [
                    [_before(name, row[name], n) for name in names]
                    for row in found
                    for n in range(from_number, from_number + count)
                ],
            )


def _before(column: str, value: object, n: int) -> object:
    if column in ("order", "batch", "scan_id", "event_id") and value is not None:
        return f"{value}-{n}"
    return value - n * DAY_MS if column.endswith("_at") and isinstance(value, int) else value


def steps(plant: Plant, act: Callable[[], object]) -> int:
    """How many steps SQLite's machine takes for it."""
    counted = 0

    def step() -> int:
        nonlocal counted
        counted += 1
        return 0

    connection = plant.ledger._connection
    connection.set_progress_handler(step, 1)
    try:
        act()
    finally:
        connection.set_progress_handler(None, 1)
    return counted


def questions(plant: Plant, ask: Callable[[], object]) -> int:
    """How often the ledger is asked for it."""
    asked: list[str] = []
    plant.ledger._connection.set_trace_callback(asked.append)
    try:
        ask()
    finally:
        plant.ledger._connection.set_trace_callback(None)
    return len(asked)


SEVERAL: dict[str, Callable[[Services], object]] = {
    "board": lambda web: board_page(web, "shirts"),
    "kiosk": lambda web: kiosk_page(web, "sew-1"),
    "home": home_page,
    "orders": orders_page,
    "orders for programs": orders_json,
    "flags for programs": flags_json,
}


@pytest.mark.parametrize("name", list(SEVERAL))
def test_many_orders_and_flags_are_asked_for_in_as_many_questions_as_a_few(
    plant: Plant, services: Services, name: str
) -> None:
    def late_and_flagged(*numbers: int) -> None:
        plant.now = china("23 08:00")
        plant.release(*(worked_order(f"A-{number}", 20) for number in numbers))
        plant.now = china("25 16:30")
        for number in numbers:
            tap = Tap(f"f{number}", "sew-1", plant.now)
            raise_flag(plant.ledger, plant.site, tap, against="cut", order=f"A-{number}", now=plant.now)

    def ask() -> int:
        with create_app(services).test_request_context():
            return questions(plant, lambda: SEVERAL[name](services))

    late_and_flagged(0, 1)
    ask()  # what is asked only once is asked now
    few = ask()
    late_and_flagged(*range(2, 8))
    assert 0 < ask() == few


def test_what_one_link_owes_is_not_reckoned_for_the_others(plant: Plant) -> None:
    plant.release(*(worked_order(f"A-{number}", 20) for number in range(8)))
    at = china("25 16:30")
    of_all = reading.owed(plant.ledger, "shirts", at)
    of_one = reading.owed(plant.ledger, "shirts", at, "cut")
    assert of_one == [row for row in of_all if row.link == "cut"]
    assert len(of_one) == 8
    every = steps(plant, lambda: reading.owed(plant.ledger, "shirts", at))
    of_none = steps(plant, lambda: reading.owed(plant.ledger, "shirts", at, "a link that owes nothing"))
    assert of_none < every / 3


@pytest.mark.parametrize("name", list(ASKED))
def test_it_costs_the_same_after_years(plant: Plant, services: Services, name: str) -> None:
    shipped_plant(plant)
    grow(plant, 1, 600)  # more than any page shows of what is over
    ask = ASKED[name]
    for _ in range(2):  # what is asked only once is asked now
        ask(services, plant)
    young = steps(plant, lambda: ask(services, plant))
    grow(plant, 601, 3_000)
    old = steps(plant, lambda: ask(services, plant))
    assert young > 0
    assert old <= young * 1.05
