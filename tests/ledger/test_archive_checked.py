"""`verify` and `rebuild` with an archive: what it holds is what the events say, or it is told and made again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.__main__ import main
from ledger import reading
from ledger.archive import ARCHIVE_FILE
from ledger.backup import BackupRefused, back_up
from ledger.checking import faults
from ledger.errors import ArchiveUnusable
from tests.factory import Plant
from tests.ledger.archived import YEARS_LATER, archive_old, archived_rows, rows_of, scan_once, shipped_plant


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Plant]:
    """Two of its orders are in the archive."""
    plant = shipped_plant(tmp_path / "site")
    archive_old(plant.ledger)
    yield plant
    plant.close()


def spoil(plant: Plant, sql: str) -> None:
    with closing(sqlite3.connect(plant.folder / ARCHIVE_FILE)) as archive, archive:
        archive.execute(sql)


def command(name: str, plant: Plant) -> tuple[int, str]:
    done = CliRunner().invoke(main, [name, str(plant.folder)])
    assert "Traceback" not in done.output
    return done.exit_code, done.output


def test_archived_rows_are_no_difference(old: Plant) -> None:
    code, said = command("rebuild", old)
    assert (code, "nothing differed" in said) == (0, True)
    assert "positions in archive.db: 21 rows, as the events tell" in said
    assert command("verify", old)[0] == 0


SPOILS = {
    "a wrong number": ("UPDATE handoffs SET quantity = quantity + 1 WHERE giver = 'cut'", "handoffs"),
    "rows missing": ("DELETE FROM positions WHERE link = 'fit'", "positions"),
    "all rows missing": ("DELETE FROM handoffs", "handoffs"),
    "a row too many": (
        "INSERT INTO positions (batch, link) SELECT batch, 'ghost' FROM batches LIMIT 1",
        "positions",
    ),
    "a batch missing": ("DELETE FROM batches WHERE number = 2", "batches"),
}


@pytest.mark.parametrize(("sql", "table"), SPOILS.values(), ids=SPOILS)
def test_what_differs_in_the_archive_is_told_and_mended(old: Plant, sql: str, table: str) -> None:
    before = {order: archived_rows(old.folder, order) for order in ("A-1", "G-1")}
    spoil(old, sql)
    code, said = command("verify", old)
    assert (code, f"{table} in {ARCHIVE_FILE} differs from the events" in said) == (1, True)
    code, said = command("rebuild", old)
    assert (code, "mended 1 of them" in said) == (0, True)
    assert {order: archived_rows(old.folder, order) for order in before} == before
    assert faults(old.ledger) == []


def test_what_is_wrong_in_the_ledger_is_still_found_and_mended(old: Plant) -> None:
    before = rows_of(old.ledger, "A-3")
    with old.ledger.write(0) as tx:
        tx.run("DELETE FROM handoffs")
        tx.run("UPDATE positions SET given = given + 1")
    assert len(faults(old.ledger)) == 2
    assert "mended 2 of them" in command("rebuild", old)[1]
    assert rows_of(old.ledger, "A-3") == before
    assert faults(old.ledger) == []


def test_what_the_archive_holds_of_other_orders_does_not_count(old: Plant) -> None:
    spoil(
        old, "INSERT INTO batches (batch, \"order\", number, quantity) VALUES ('X', 'of another site', 1, 1)"
    )
    spoil(old, "INSERT INTO positions (batch, link) VALUES ('X', 'cut')")
    assert faults(old.ledger) == []


def test_lost_scans_are_told_until_a_rebuild_has_said_so(old: Plant) -> None:
    spoil(old, "DELETE FROM scans WHERE n = (SELECT MIN(n) FROM scans WHERE \"order\" = 'G-1')")
    (said,) = faults(old.ledger)
    assert said.startswith("archive.db lacks scans, as devices told them, of G-1; ")
    code, said = command("rebuild", old)
    assert (code, "archive.db has lost scans, as devices told them, of G-1" in said) == (0, True)
    assert faults(old.ledger) == []
    assert "has lost" not in command("rebuild", old)[1]


def missing(path: Path) -> None:
    path.unlink()


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def no_database(path: Path) -> None:
    path.write_bytes(b"something else" * 1000)


def a_page_of_zeros(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:8192] + bytes(4096) + content[12288:])


@pytest.mark.parametrize("harm", [missing, cut_short, no_database, a_page_of_zeros])
def test_a_missing_or_damaged_archive_is_told_and_everything_else_goes_on(
    old: Plant, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    path = old.folder / ARCHIVE_FILE
    before = archived_rows(old.folder, "G-1")
    harm(path)
    found = faults(old.ledger)
    assert found
    assert all(ARCHIVE_FILE in said for said in found)
    assert "rebuild" in found[0]
    assert command("verify", old)[0] == 1
    if harm is not a_page_of_zeros:
        with pytest.raises(ArchiveUnusable, match="cannot be used"):
            reading.positions(old.ledger, "G-1")
    with pytest.raises(BackupRefused, match="no backup was made"):
        back_up(old.ledger, tmp_path / "kept", YEARS_LATER)
    # What is not archived goes on.
    assert old.scan("scanner-cut", old.codes("A-2")[1]).result == "recorded"
    assert old.scan("scanner-cut", old.codes("A-1")[1]).result == "refused"
    if harm is not missing:
        scan_once(old, "scanner-sew", old.codes("A-2")[1])
        code, said = command("rebuild", old)
        assert (code, "cannot be used" in said, "move it away" in said) == (1, True, True)
        path.rename(tmp_path / "damaged.db")
    code, said = command("rebuild", old)
    assert (code, "archive.db has lost scans, as devices told them, of A-1, G-1" in said) == (0, True)
    assert faults(old.ledger) == []
    after = archived_rows(old.folder, "G-1")
    assert (after["positions"], after["handoffs"]) == (before["positions"], before["handoffs"])
    back_up(old.ledger, tmp_path / "kept", YEARS_LATER)


def test_a_disk_that_takes_no_archive_leaves_the_ledger_as_it_is(old: Plant) -> None:
    before, path = rows_of(old.ledger, "A-3"), old.folder / ARCHIVE_FILE
    path.unlink()
    path.mkdir()
    scan_once(old, "scanner-cut", old.codes("A-2")[1])
    with pytest.raises(ArchiveUnusable, match="unable to open"):
        archive_old(old.ledger)
    assert rows_of(old.ledger, "A-3") == before
    path.rmdir()
