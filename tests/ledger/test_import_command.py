"""`interlock import`: all rows or none, and released orders keep what they have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from interlock.__main__ import main
from interlock.opening import open_ledger
from ledger import reading
from shopfloor.codes import is_batch_code
from tests.factory import site_folder

HEADER = "order,line,product,quantity,due\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return site_folder(tmp_path / "site")


def due(days: int) -> str:
    """Noon in Hangzhou, some days from now."""
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}T12:00+08:00"


def run(folder: Path, *rows: str) -> Result:
    orders = folder / "orders.csv"
    orders.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return CliRunner().invoke(main, ["import", str(folder), str(orders)])


def orders(folder: Path) -> list[str]:
    ledger = open_ledger(folder)
    try:
        return [row["order"] for row in reading.orders(ledger, 10)]
    finally:
        ledger.close()


def test_orders_are_released_with_codes_for_their_batches(folder: Path) -> None:
    result = run(folder, f"A-1,shirts,polo,50,{due(20)}", f"A-2,shirts,polo,20,{due(21)}")
    assert result.exit_code == 0, result.output
    first, second = result.output.splitlines()
    assert first.startswith("A-1: 50 of polo in 3 batches, ")
    codes = (first + " " + second).split()
    assert len({code for code in codes if is_batch_code(code)}) == 4
    assert orders(folder) == ["A-1", "A-2"]


def test_one_order_that_is_not_feasible_keeps_all_out(folder: Path) -> None:
    result = run(folder, f"A-1,shirts,polo,50,{due(20)}", f"A-2,shirts,polo,5000,{due(1)}")
    assert result.exit_code == 1
    assert "order A-2 is not feasible" in result.output
    assert "earliest due" in result.output
    assert orders(folder) == []


def test_an_order_is_imported_once(folder: Path) -> None:
    row = f"A-1,shirts,polo,50,{due(20)}"
    run(folder, row)
    result = run(folder, row, f"A-2,shirts,polo,20,{due(21)}")
    assert result.exit_code == 1
    assert "order A-1 is released already" in result.output
    assert orders(folder) == ["A-1"]


def test_a_faulty_row_is_named_and_keeps_all_out(folder: Path) -> None:
    result = run(folder, f"A-1,shirts,polo,50,{due(20)}", f"A-2,shirts,polo,many,{due(21)}")
    assert result.exit_code == 1
    assert "row 3" in result.output
    assert "Traceback" not in result.output
    assert not (folder / "ledger.db").exists() or orders(folder) == []


def test_a_later_import_gets_what_the_released_orders_left(folder: Path) -> None:
    at = due(20)
    assert run(folder, f"A-1,shirts,polo,100,{at}").exit_code == 0
    assert run(folder, f"A-2,shirts,polo,100,{at}").exit_code == 0
    ledger = open_ledger(folder)
    try:
        made = ledger.rows(
            "SELECT start_at, SUM(make) AS made FROM targets WHERE link = 'sew' GROUP BY start_at"
        )
        assert sum(row["made"] for row in made) == 200
        assert max(row["made"] for row in made) <= 40
    finally:
        ledger.close()


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
