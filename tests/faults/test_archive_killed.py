"""Killed while it moves rows to the archive: each row is in one place or in both, and counts once; then it goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger import reading
from ledger.archive import ARCHIVE_FILE
from ledger.checking import faults
from ledger.store import Ledger
from tests.factory import Plant
from tests.ledger.archived import (
    NOTHING,
    archive_old,
    archived_rows,
    opened,
    rows_of,
    shipped_plant,
)

SCRIPT = Path(__file__).with_name("archive_killer.py")
ORDERS = ("A-1", "G-1", "A-2", "A-3")
GO = ("A-1", "G-1")
STAY = ("A-2", "A-3")


@pytest.fixture
def site(tmp_path: Path) -> Plant:
    plant = shipped_plant(tmp_path / "site")
    plant.ledger.rows("PRAGMA journal_mode = DELETE")  # all of it in one file, to be copied
    plant.close()
    return plant


@pytest.fixture
def deaths(site: Plant, tmp_path: Path) -> list[dict[str, Any]]:
    (tmp_path / "killed").mkdir()
    done = subprocess.run(
        [sys.executable, SCRIPT, site.folder, tmp_path / "killed"],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        check=True,
        capture_output=True,
        timeout=200,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """What order pages tell of where batches were."""
    return {order: [tuple(row) for row in reading.positions(ledger, order)] for order in ORDERS}


def both_places(folder: Path, ledger: Ledger, order: str) -> dict[str, set[tuple[Any, ...]]]:
    there = archived_rows(folder, order) if (folder / ARCHIVE_FILE).stat().st_size else NOTHING
    here = rows_of(ledger, order)
    return {table: {*here[table], *there[table]} for table in here}


def test_killed_before_any_statement_every_row_counts_once(site: Plant, deaths: list[dict[str, Any]]) -> None:
    with opened(site.folder) as ledger:
        rows = {order: rows_of(ledger, order) for order in ORDERS}
        before = told(ledger)
    assert [death["died"] for death in deaths] == [True] * (len(deaths) - 1) + [False]
    assert len(deaths) > 40
    statements = " ".join(death["before"] for death in deaths)
    for word in (
        "COMMIT",
        "INSERT OR REPLACE INTO main.scans",
        "INSERT INTO archived_orders",
        "DELETE FROM scans",
    ):
        assert word in statements, word
    for death in deaths:
        folder, where = Path(death["folder"]), f"killed before {death['before']}"
        with opened(folder) as ledger:
            assert told(ledger) == before, where
            if (folder / ARCHIVE_FILE).exists() and ledger.rows("SELECT 1 FROM archived_orders"):
                for order in ORDERS:
                    found = both_places(folder, ledger, order)
                    assert found == {table: set(each) for table, each in rows[order].items()}, where
            assert faults(ledger) == [], where
            archive_old(ledger)
            assert told(ledger) == before, where
            assert {order: rows_of(ledger, order) for order in ORDERS} == {
                **dict.fromkeys(GO, NOTHING),
                **{order: rows[order] for order in STAY},
            }, where
            assert {order: archived_rows(folder, order) for order in GO} == {
                order: rows[order] for order in GO
            }, where
            assert faults(ledger) == [], where
