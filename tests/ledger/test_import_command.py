"""`interlock import`: all rows or none, drafts or, confirmed by one person, released at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from interlock.__main__ import main
from interlock.opening import open_ledger
from ledger import reading
from ledger.checking import faults
from ledger.drafts import confirmations, drafts
from ledger.store import Ledger
from shopfloor.codes import is_batch_code
from shopfloor.roles import ROLES
from tests.factory import site_folder

HEADER = "order,line,product,quantity,due\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return site_folder(tmp_path / "site")


def due(days: int) -> str:
    """Noon in Hangzhou, some days from now."""
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}T12:00+08:00"


def run(folder: Path, *rows: str, confirm: str | None = "Mei") -> Result:
    orders = folder / "orders.csv"
    orders.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    options = [] if confirm is None else ["--confirm", confirm]
    return CliRunner().invoke(main, ["import", str(folder), str(orders), *options])


@contextmanager
def ledger_of(folder: Path) -> Iterator[Ledger]:
    ledger = open_ledger(folder)
    try:
        yield ledger
    finally:
        ledger.close()


def orders(folder: Path) -> list[str]:
    with ledger_of(folder) as ledger:
        return [row["order"] for row in reading.orders(ledger, 10)]


def drafted(folder: Path) -> list[str]:
    with ledger_of(folder) as ledger:
        return [draft.order.order for draft in drafts(ledger)]


def test_orders_come_in_as_drafts_that_say_what_they_wait_for_and_where(folder: Path) -> None:
    result = run(folder, f"A-1,shirts,polo,50,{due(20)}", f"A/2,shirts,polo,5000,{due(2)}", confirm=None)
    assert result.exit_code == 0, result.output
    first, second = result.output.splitlines()
    assert first == "A-1: draft, feasible; waits for sales, production, purchasing at /orders/A-1"
    start = "A/2: draft, not feasible: Packing lacks "
    assert second.startswith(start)
    assert re.search(
        r" before \w{3} [\d-]{10} \d\d:00; earliest due \w{3} [\d-]{10} \d\d:\d\d; waits", second
    )
    assert second.endswith("waits for sales, production, purchasing at /orders/A/2")
    assert orders(folder) == []
    assert sorted(drafted(folder)) == ["A-1", "A/2"]


def test_the_earliest_due_that_is_told_is_feasible(folder: Path) -> None:
    told = run(folder, f"A-1,shirts,polo,5000,{due(2)}")
    assert told.exit_code == 1
    earliest = re.findall(r"earliest due \w{3} ([\d-]{10}) (\d\d:\d\d)", told.output)
    assert run(folder, f"A-1,shirts,polo,5000,{'T'.join(earliest[0])}").exit_code == 0


def test_confirmed_by_one_person_they_are_released_with_codes_for_their_batches(folder: Path) -> None:
    result = run(folder, f"A-1,shirts,polo,50,{due(20)}", f"A-2,shirts,polo,20,{due(21)}")
    assert result.exit_code == 0, result.output
    first, second = result.output.splitlines()
    assert first.startswith("A-1: 50 of polo in 3 batches, ")
    codes = (first + " " + second).split()
    assert len({code for code in codes if is_batch_code(code)}) == 4
    assert orders(folder) == ["A-1", "A-2"]
    with ledger_of(folder) as ledger:
        given = confirmations(ledger, "A-2", 1)
        assert {role: each.person for role, each in given.items()} == dict.fromkeys(ROLES, "Mei")
        assert faults(ledger) == []


def test_where_nobody_has_to_confirm_they_are_released_at_once(folder: Path) -> None:
    with (folder / "site.toml").open("a") as file:
        file.write("\n[agreement]\nroles = []\n")
    result = run(folder, f"A-1,shirts,polo,50,{due(20)}", confirm=None)
    assert result.exit_code == 0, result.output
    assert orders(folder) == ["A-1"]


def test_confirmed_at_once_one_order_that_is_not_feasible_keeps_all_out(folder: Path) -> None:
    result = run(
        folder,
        f"A-1,shirts,polo,50,{due(20)}",
        f"A-2,shirts,polo,5000,{due(1)}",
        f"A-3,shirts,polo,6000,{due(1)}",
    )
    assert result.exit_code == 1
    assert re.search(
        r"row 3: order A-2 is not feasible: Packing lacks \d+ before .*; earliest due ", result.output
    )
    assert "row 4: order A-3 is not feasible" in result.output
    assert "Nothing was imported." in result.output
    assert orders(folder) == drafted(folder) == []


@pytest.mark.parametrize("first", [None, "Mei"])
@pytest.mark.parametrize("confirm", [None, "Mei"])
def test_a_number_that_is_taken_is_named_with_its_row(
    folder: Path, first: str | None, confirm: str | None
) -> None:
    row = f"A-1,shirts,polo,50,{due(20)}"
    run(folder, row, confirm=first)
    result = run(folder, f"A-2,shirts,polo,20,{due(21)}", row, confirm=confirm)
    assert result.exit_code == 1
    state = "released already" if first else "a draft already; change or confirm that one"
    assert f"row 3: order: A-1 is {state}" in result.output
    assert orders(folder) + drafted(folder) == ["A-1"]


def test_what_the_site_cannot_plan_at_all_is_named_with_its_row(folder: Path) -> None:
    rows = (f"A-1,shirts,polo,50,{due(20)}", f"A-2,shirts,polo,50,{due(6000)}")
    for confirm in (None, "Mei"):
        result = run(folder, *rows, confirm=confirm)
        assert result.exit_code == 1
        assert "row 3: " in result.output
        assert "ten years" in result.output
    assert drafted(folder) == []


def test_a_faulty_row_is_named_and_keeps_all_out(folder: Path) -> None:
    result = run(folder, f"A-1,shirts,polo,50,{due(20)}", f"A-2,shirts,polo,many,{due(21)}")
    assert result.exit_code == 1
    assert "row 3" in result.output
    assert "Traceback" not in result.output
    assert not (folder / "ledger.db").exists() or orders(folder) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\tb"])
def test_confirm_wants_a_name(folder: Path, name: str) -> None:
    result = run(folder, f"A-1,shirts,polo,50,{due(20)}", confirm=name)
    assert result.exit_code == 2
    assert "write the name of a person" in result.output


def test_a_later_import_gets_what_the_released_orders_left(folder: Path) -> None:
    at = due(20)
    assert run(folder, f"A-1,shirts,polo,100,{at}").exit_code == 0
    assert run(folder, f"A-2,shirts,polo,100,{at}").exit_code == 0
    with ledger_of(folder) as ledger:
        made = ledger.rows(
            "SELECT start_at, SUM(make) AS made FROM targets WHERE link = 'sew' GROUP BY start_at"
        )
        assert sum(row["made"] for row in made) == 200
        assert max(row["made"] for row in made) <= 40


def test_a_plan_and_a_promise_see_what_is_released(folder: Path) -> None:
    at = due(20)
    ask = ["promise", str(folder), "--product", "polo", "--quantity", "2000"]
    free = CliRunner().invoke(main, ask).output
    assert run(folder, f"A-1,shirts,polo,3600,{at}").exit_code == 0
    plan = ["plan", str(folder), "--orders", str(folder / "orders.csv")]
    assert CliRunner().invoke(main, plan).exit_code == 0
    assert "NOT FEASIBLE" not in CliRunner().invoke(main, plan).output
    (folder / "orders.csv").write_text(f"{HEADER}A-9,shirts,polo,3600,{at}\n")
    assert "NOT FEASIBLE" in CliRunner().invoke(main, plan).output
    assert CliRunner().invoke(main, ask).output != free


def test_who_takes_drafts_in_is_who_is_logged_in_or_who_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "meilin")
    run(folder, f"A-1,shirts,polo,50,{due(20)}", confirm=None)
    (folder / "orders.csv").write_text(f"{HEADER}A-2,shirts,polo,50,{due(20)}\n")
    ask = ["import", str(folder), str(folder / "orders.csv")]
    assert CliRunner().invoke(main, [*ask, "--by", "Bo"]).exit_code == 0
    with ledger_of(folder) as ledger:
        assert {draft.order.order: draft.person for draft in drafts(ledger)} == {"A-1": "meilin", "A-2": "Bo"}
    both = CliRunner().invoke(main, [*ask, "--by", "Bo", "--confirm", "Mei"])
    assert both.exit_code == 2
    assert "name two persons" in both.output


def test_every_fault_is_named_at_once_with_its_row_and_column(folder: Path) -> None:
    run(folder, f"A-1,shirts,polo,50,{due(20)}", confirm=None)
    result = run(
        folder,
        f"A-1,shirts,polo,50,{due(20)}",
        f"A-2,shirts,polo,50,{due(-20)}",
        f"/A-3,shirts,polo,50,{due(20)}",
        f"A-4,shirts,polo,200001,{due(20)}",
    )
    assert result.exit_code == 1
    starts = [
        "row 2: order: A-1 is a draft already",
        "row 3: due: ",
        "row 4: order: '/A-3' cannot",
        "row 5: quantity: ",
    ]
    lines = result.output.removeprefix("Error: ").splitlines()
    assert all(line.startswith(start) for line, start in zip(lines, starts, strict=True)), lines
    assert "is in the past" in lines[1]
    assert drafted(folder) == ["A-1"]


def test_a_file_without_orders_says_so(folder: Path) -> None:
    ran = run(folder)
    assert ran.exit_code == 0
    assert ran.stdout.endswith("orders.csv: there are no orders below its first row, so none came in.\n")
