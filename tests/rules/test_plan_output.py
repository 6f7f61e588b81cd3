"""What `interlock plan` prints: JSON order by order, and why an order is late in words."""

import gc
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.commands.plan import plan
from interlock.plan_json import plan_json
from shopfloor.orders import OrderPlan
from shopfloor.planning import plan_orders
from tests.factory import site_folder
from tests.rules.planning_sites import at, polos, shirts

NOW = at("11-23 08:00")
ORDERS = "order,line,product,quantity,due\nA-1,shirts,polo,200,2026-11-25T17:00\nA-2,shirts,polo,200,2026-11-23T12:00\n"


def plans() -> list[OrderPlan]:
    orders = [
        polos(200, "11-25 17:00", "A-1"),
        polos(200, "11-23 12:00", "A-2"),
        polos(1, "11-26 17:00", "Ä\n3"),
    ]
    return plan_orders(shirts(), orders, now=NOW)


def test_pieces_of_one_order_each_make_one_document_indented_throughout() -> None:
    pieces = list(plan_json(shirts(), plans(), now=NOW))
    assert len(pieces) == 1 + 3 + 1
    text = b"".join(pieces).decode()
    document = json.loads(text)
    assert [order["order"] for order in document["orders"]] == ["A-1", "A-2", "Ä\n3"]
    assert [order["feasible"] for order in document["orders"]] == [True, False, True]
    assert text == json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def test_a_plan_without_orders_is_a_document_too() -> None:
    document = json.loads(b"".join(plan_json(shirts(), [], now=NOW)))
    assert document == {"site": "hz1", "now": "2026-11-23T08:00:00+08:00", "orders": []}


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_leaves_the_collector_of_garbage_as_it_was(tmp_path: Path, *, as_json: bool) -> None:
    site_folder(tmp_path)
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    options = ["--now", "2026-11-23T08:00:00+08:00", *(["--json"] if as_json else [])]
    result = CliRunner().invoke(plan, [str(tmp_path), "--orders", str(tmp_path / "orders.csv"), *options])
    assert result.exit_code == 0, result.output
    assert gc.isenabled()


def test_words_say_what_lacks_where_and_before_when(tmp_path: Path) -> None:
    # Due at noon less an hour: packing holds 150 from 08:00 to 11:00.
    site_folder(tmp_path)
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    options = ["--orders", str(tmp_path / "orders.csv"), "--now", "2026-11-23T08:00:00+08:00"]
    result = CliRunner().invoke(plan, [str(tmp_path), *options])
    assert "too late to make 50 at pack before Mon 2026-11-23 11:00 CST; it could ship" in result.output
