"""`interlock plan` and `interlock promise` on a site folder."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from interlock.commands.plan import plan, promise
from tests.factory import site_folder

NOW = "2026-11-23T08:00:00+08:00"
ORDERS = "order,line,product,quantity,due\nA-1,shirts,polo,200,2026-11-25T17:00\n"

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site_folder(tmp_path)
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return tmp_path


def run_plan(folder: Path, *options: str) -> Result:
    orders = str(folder / "orders.csv")
    return CliRunner().invoke(plan, [str(folder), "--orders", orders, "--now", NOW, *options])


def run_promise(folder: Path, product: str, quantity: str, *options: str) -> Result:
    asked = [str(folder), "--product", product, "--quantity", quantity, "--now", NOW]
    return CliRunner().invoke(promise, [*asked, *options])


def hours(link: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (
            hour["start"],
            hour["end"],
            hour["shift"],
            hour["make"],
            hour["give"],
            hour["cumulative"],
            hour["latest"],
        )
        for hour in link["hours"]
    ]


def hour(day: int, begin: int, make: int, give: int, cumulative: int, latest: str) -> tuple[Any, ...]:
    return (
        f"2026-11-{day}T{begin:02}:00:00+08:00",
        f"2026-11-{day}T{begin + 1:02}:00:00+08:00",
        f"2026-11-{day}/day",
        make,
        give,
        cumulative,
        f"2026-11-{latest}:00+08:00",
    )


def test_the_worked_example_is_printed_to_the_letter_as_json(folder: Path) -> None:
    result = run_plan(folder, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    (order,) = document.pop("orders")
    assert document == {"site": "hz1", "now": "2026-11-23T08:00:00+08:00"}
    cut, sew, pack = order.pop("links")
    assert order == {
        "order": "A-1",
        "line": "shirts",
        "product": "polo",
        "quantity": 200,
        "due": "2026-11-25T17:00:00+08:00",
        "feasible": True,
        "short": [],
        "earliest_ship": None,
    }
    assert [cut["link"], sew["link"], pack["link"]] == ["cut", "sew", "pack"]
    assert list(cut["hours"][0]) == ["start", "end", "shift", "make", "give", "cumulative", "latest"]
    assert hours(cut) == [
        hour(24, 14, 40, 40, 40, "24T16:30"),
        hour(24, 15, 40, 40, 80, "25T08:30"),
        hour(24, 16, 40, 40, 120, "25T09:30"),
        hour(25, 8, 40, 40, 160, "25T10:30"),
        hour(25, 9, 40, 40, 200, "25T11:30"),
    ]
    assert hours(sew) == [
        hour(25, 8, 40, 40, 40, "25T11:00"),
        hour(25, 9, 40, 40, 80, "25T12:00"),
        hour(25, 10, 40, 40, 120, "25T14:00"),
        hour(25, 11, 40, 40, 160, "25T15:00"),
        hour(25, 13, 40, 40, 200, "25T15:00"),
    ]
    assert hours(pack) == [
        hour(25, 11, 50, 40, 40, "25T17:00"),
        hour(25, 13, 50, 60, 100, "25T17:00"),
        hour(25, 14, 50, 40, 140, "25T17:00"),
        hour(25, 15, 50, 60, 200, "25T17:00"),
    ]


def test_an_order_that_is_not_feasible_says_what_is_short_and_when_it_could_ship(folder: Path) -> None:
    # Due on Monday at noon, packing from 08:00 to 11:00 holds 150. All hours are whole and all links share
    # them, so the plan of the worked example moves as one: it begins on Tuesday at 14:00, 13 working hours
    # after now. So many before Wednesday 17:00 is Tuesday 11:00.
    (folder / "orders.csv").write_text(ORDERS.replace("25T17:00", "23T12:00"), encoding="utf-8")
    (order,) = json.loads(run_plan(folder, "--json").output)["orders"]
    assert (order["feasible"], order["links"]) == (False, [])
    assert order["short"] == [{"link": "pack", "quantity": 50}]
    assert order["earliest_ship"] == "2026-11-24T11:00:00+08:00"


def test_a_promise_is_printed_as_json(folder: Path) -> None:
    # Cutting gives 20 by 09:00. 90 minutes later sewing may begin: at 11:00, and give by 12:00. An hour later
    # (14:00) packing begins, and an hour of ship buffer after 15:00 it is 16:00.
    result = run_promise(folder, "polo", "20", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output) == {
        "site": "hz1",
        "now": "2026-11-23T08:00:00+08:00",
        "product": "polo",
        "quantity": 20,
        "line": "shirts",
        "promise": "2026-11-23T16:00:00+08:00",
    }
    result = run_promise(folder, "polo", "900000000", "--json")
    assert json.loads(result.output)["promise"] is None


def test_without_json_a_plan_is_a_plain_table_in_the_sites_time(folder: Path) -> None:
    with (folder / "orders.csv").open("a", encoding="utf-8") as orders:
        orders.write("A-2,shirts,polo,200,2026-11-23T12:00\n")
    result = run_plan(folder)
    assert result.exit_code == 0, result.output
    assert result.output.isascii()
    assert "A-1: 200 of polo, due Wed 2026-11-25 17:00 CST" in result.output
    (row,) = [line.split() for line in result.output.splitlines() if line.startswith("sew")]
    assert row == [
        "sew",
        "Wed",
        "11-25",
        "08:00-09:00",
        "40",
        "40",
        "40",
        "Wed",
        "11-25",
        "11:00",
    ]
    assert "A-2: 200 of polo, due Mon 2026-11-23 12:00 CST: NOT FEASIBLE" in result.output
    assert "too late to make 50 at pack" in result.output


def test_without_json_a_promise_is_a_sentence(folder: Path) -> None:
    assert (
        run_promise(folder, "polo", "20").output == "20 of polo: Mon 2026-11-23 16:00 CST at the earliest.\n"
    )
    assert run_promise(folder, "polo", "900000000").output == "900000000 of polo: not within two years.\n"


def test_without_now_the_real_clock_counts(folder: Path) -> None:
    result = CliRunner().invoke(promise, [str(folder), "--product", "polo", "--quantity", "20", "--json"])
    document = json.loads(result.output)
    assert document["now"] < document["promise"]


def test_a_fault_is_a_sentence_and_exit_code_one(folder: Path) -> None:
    (folder / "orders.csv").write_text(
        ORDERS.replace("polo", "hat") + "A-2,shoes,polo,x,y\n", encoding="utf-8"
    )
    result = run_plan(folder, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "row 2: product: the site has no product 'hat'" in result.stderr
    assert "row 3: line: the site has no line 'shoes'" in result.stderr
    result = run_promise(folder, "hat", "20")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: the site hz1 has no product 'hat'; it has polo.\n",
    )
    result = run_promise(folder / "nowhere", "polo", "20")
    assert result.exit_code == 1
    assert "site.toml" in result.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--quantity", "0"),
        ("--quantity", "many"),
        ("--now", "2026-11-23T08:00"),
        ("--now", "9999-12-31T00:00Z"),
    ],
)
def test_an_option_that_cannot_be_is_a_matter_of_usage(folder: Path, option: str, value: str) -> None:
    result = run_promise(folder, "polo", "20", option, value)
    assert result.exit_code == 2
    assert option in result.stderr
