"""Damage to the ledger's file: found at the start and by looking, marked, kept as it was, and never a silent loss."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.__main__ import main
from ledger.backup import back_up, restore
from ledger.checking import faults, look_over
from ledger.errors import LedgerDamaged, LedgerReadOnly, LedgerVanished
from ledger.store import Ledger
from tests.factory import Plant, worked_order

PAGE = 4096
LOG_HEAD, FRAME = 32, 24 + PAGE


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Path]:
    """A site folder as a killed process leaves it: 31 events, the last of them in the log alone."""
    plant = Plant(tmp_path / "live")
    plant.release(worked_order())
    for number, code in enumerate(plant.codes()):
        plant.scan("scanner-cut", code, f"24 14:{10 + number}")
        plant.scan("scanner-sew", code, f"24 15:{10 + number}")
        if number == 5:
            plant.ledger.checkpoint()
    shutil.copytree(plant.folder, tmp_path / "site", ignore=shutil.ignore_patterns("*-shm"))
    yield tmp_path / "site" / "ledger.db"
    plant.close()


def is_read_only(ledger: Ledger) -> None:
    assert ledger.damage
    with pytest.raises(LedgerReadOnly, match="can only be read"), ledger.write(0):
        pass
    with pytest.raises(LedgerReadOnly):
        ledger.prove_writable(0)


def cut_log(path: Path) -> None:
    log = path.with_name("ledger.db-wal")
    log.write_bytes(log.read_bytes()[: LOG_HEAD + 5 * FRAME])


def no_log(path: Path) -> None:
    path.with_name("ledger.db-wal").unlink()


def spoil_log(path: Path) -> None:
    log = path.with_name("ledger.db-wal")
    content = bytearray(log.read_bytes())
    content[LOG_HEAD + FRAME // 2] ^= 1
    log.write_bytes(content)


@pytest.mark.parametrize("loss", [cut_log, no_log, spoil_log])
def test_a_log_that_lost_what_was_recorded_is_found_at_the_start(
    killed: Path, loss: Callable[[Path], None]
) -> None:
    with closing(Ledger(killed)) as whole:
        last = whole.rows("SELECT MAX(sequence) FROM events")[0][0]
        assert whole.damage is None
        copied = {file: file.read_bytes() for file in killed.parent.iterdir() if file.suffix != ".toml"}
    for file, content in copied.items():
        file.write_bytes(content)
    killed.with_name("ledger.db-shm").unlink()
    loss(killed)
    as_found = killed.read_bytes()
    ledger = Ledger(killed)
    assert f"but event {last} had been recorded" in str(ledger.damage)
    assert 0 < ledger.rows("SELECT MAX(sequence) FROM events")[0][0] < last
    is_read_only(ledger)
    ledger.close()
    assert killed.with_name("ledger.db-as-found").read_bytes() == as_found
    again = Ledger(killed)
    is_read_only(again)
    assert "marked as damaged" in faults(again)[0]
    again.close()


def test_an_older_copy_in_its_place_is_not_taken_for_the_record(killed: Path, tmp_path: Path) -> None:
    older = Plant(tmp_path / "older")
    older.release(worked_order())
    older.close()
    no_log(killed)
    shutil.copy(older.folder / "ledger.db", killed)
    ledger = Ledger(killed)
    assert "had been recorded" in str(ledger.damage)
    is_read_only(ledger)
    ledger.close()


def test_a_record_that_is_gone_is_not_begun_anew(killed: Path) -> None:
    no_log(killed)
    killed.unlink()
    with pytest.raises(LedgerVanished, match="is gone, although events had been recorded"):
        Ledger(killed, create=True)
    assert not killed.exists()


def test_whatever_page_is_overwritten_is_found_or_was_of_no_use(killed: Path, tmp_path: Path) -> None:
    with closing(Ledger(killed)):
        pass
    whole, luck = killed.read_bytes(), random.Random(5)  # noqa: S311  # a test's own luck
    found = 0
    for page in range(len(whole) // PAGE):
        path = tmp_path / str(page) / "ledger.db"
        path.parent.mkdir()
        garbage = luck.randbytes(PAGE)
        path.write_bytes(whole[: page * PAGE] + garbage + whole[(page + 1) * PAGE :])
        shutil.copy(killed.with_name("ledger.db-head"), path.parent)
        before = path.read_bytes()
        try:
            ledger = Ledger(path)
        except LedgerDamaged:
            found += 1
            assert path.read_bytes() == before
            continue
        try:
            damaged = look_over(ledger) is not None
        except LedgerDamaged:
            damaged = True
        if damaged:
            found += 1
            is_read_only(ledger)
            assert path.with_name("ledger.db-as-found").exists()
        else:
            assert faults(ledger) == [], page
        ledger.close()
    assert found > len(whole) // PAGE * 0.8


def test_a_read_that_meets_damage_stops_all_writing(killed: Path) -> None:
    with closing(Ledger(killed)) as ledger:
        root = ledger.rows("SELECT rootpage FROM sqlite_schema WHERE name = 'handoffs'")[0][0]
    content = bytearray(killed.read_bytes())
    content[(root - 1) * PAGE : root * PAGE] = b"\xa5" * PAGE
    killed.write_bytes(content)
    with closing(Ledger(killed)) as ledger, closing(Ledger(killed)) as other:
        with pytest.raises(LedgerDamaged):
            ledger.rows("SELECT * FROM handoffs")
        is_read_only(ledger)
        is_read_only(other)
        assert other.rows("SELECT COUNT(*) FROM orders")[0][0] == 1


def test_looking_ends_when_it_is_told_to(killed: Path) -> None:
    with closing(Ledger(killed)) as ledger:
        assert look_over(ledger, stop=lambda: True) is None


def test_a_restored_backup_is_free_of_the_mark(killed: Path, tmp_path: Path) -> None:
    with closing(Ledger(killed)) as ledger:
        back_up(ledger, tmp_path / "kept", 0)
        ledger.found_damaged("for the test")
        is_read_only(ledger)
    restore(tmp_path / "kept", tmp_path / "again")
    with closing(Ledger(tmp_path / "again" / "ledger.db")) as ledger:
        assert ledger.damage is None
        ledger.prove_writable(0)
    shutil.copy(tmp_path / "kept" / "ledger.db", killed.with_name("new.db"))
    killed.with_name("new.db").replace(killed)
    with closing(Ledger(killed)) as ledger:
        assert ledger.damage is None


@pytest.mark.parametrize("command", ["rebuild", "verify"])
def test_commands_say_that_it_is_damaged(killed: Path, command: str) -> None:
    with closing(Ledger(killed)) as ledger:
        ledger.found_damaged("for the test")
    done = CliRunner().invoke(main, [command, str(killed.parent)])
    assert done.exit_code == 1
    assert "for the test" in done.output
