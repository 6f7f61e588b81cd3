"""An upgrade that is killed leaves the old schema or the new one; an old program leaves a new ledger alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from interlock.__main__ import main
from ledger.checking import faults
from ledger.schema import migrations
from ledger.store import Ledger
from tests.factory import Plant

SCRIPT = Path(__file__).with_name("migration_killer.py")
SCHEMA = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger of the first version, with an event in it."""
    path = tmp_path / "old.db"
    database = Database(path, execute_plugins=False)
    first = migrations._migrations[0].name
    migrations.apply(database, stop_before=migrations._migrations[1].name)
    assert [done.name for done in migrations.applied(database)] == [first]
    database.execute(
        "INSERT INTO events VALUES (1, 'e', 'site_changed', '2026-11-24T00:00:00.000Z', '2026-11-24T00:00:00.000Z',"
        " 's', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', '', 'h')"
    )
    database.conn.commit()
    database.close()
    return path


def schema(path: Path) -> list[list[str]]:
    with closing(Ledger(path)) as ledger:
        return [list(row) for row in ledger.rows(SCHEMA)]


@pytest.fixture
def deaths(old: Path, tmp_path: Path) -> list[dict[str, object]]:
    (tmp_path / "killed").mkdir()
    done = subprocess.run(
        [sys.executable, SCRIPT, old, tmp_path / "killed"],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        check=True,
        capture_output=True,
        timeout=100,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_migration_killed_at_any_statement_leaves_one_schema_or_the_other(
    old: Path, deaths: list[dict[str, object]], tmp_path: Path
) -> None:
    with closing(Database(old, execute_plugins=False)) as database:
        before = [list(row) for row in database.execute(SCHEMA)]
    after = schema(Path(str(deaths[-1]["path"])))
    assert len(deaths) > 10
    assert [death["died"] for death in deaths] == [True] * (len(deaths) - 1) + [False]
    for number, death in enumerate(deaths):
        assert death["schema"] in (before, after), f"killed at statement {number + 1}"
        assert death["events"] == [1, "h"]
        assert schema(Path(str(death["path"]))) == after
    with closing(Ledger(tmp_path / "new.db", create=True)) as new:
        assert sorted(row["name"] for row in new.rows(SCHEMA)) == [name for name, _ in after]


@pytest.mark.parametrize("command", ["verify", "rebuild", "backup", "import"])
def test_an_old_program_refuses_a_newer_ledger_in_one_sentence(tmp_path: Path, command: str) -> None:
    plant = Plant(tmp_path / "site")
    with plant.ledger.write(0) as tx:
        tx.run(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('interlock', 'm999', '')"
        )
    assert faults(plant.ledger) == []
    plant.close()
    (tmp_path / "orders.csv").write_text("order,line,product,quantity,due\n")
    before = (tmp_path / "site" / "ledger.db").read_bytes()
    more = {"backup": [str(tmp_path / "kept")], "import": [str(tmp_path / "orders.csv")]}.get(command, [])
    done = CliRunner().invoke(main, [command, str(plant.folder), *more])
    assert done.exit_code == 1
    assert "was written by a newer Interlock (m999)" in done.output
    assert "Traceback" not in done.output
    assert (tmp_path / "site" / "ledger.db").read_bytes() == before
