"""`interlock rebuild`: every read model from the events, while the site runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.__main__ import main
from ledger.checking import faults
from ledger.errors import LedgerUnavailable
from ledger.rebuilding import READ_MODELS, again
from ledger.store import Ledger
from tests.factory import Plant


def rebuild(plant: Plant) -> str:
    done = CliRunner().invoke(main, ["rebuild", str(plant.folder)])
    assert done.exit_code == 0, done.output
    return done.output


def everything(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(map(tuple, ledger.rows(f"SELECT * FROM {table}")), key=repr)  # noqa: S608  # our own names
        for table in READ_MODELS
    }


@pytest.fixture
def busy(plant: Plant) -> Plant:
    """A plant whose read models all hold something that can be spoiled."""
    for number, code in enumerate(plant.codes()[:4]):
        plant.scan("scanner-cut", code, f"24 14:{10 + number}")
        plant.scan("scanner-sew", code, f"24 15:{10 + number}")
    return plant


def test_a_record_that_agrees_is_left_as_it_is(busy: Plant) -> None:
    before = everything(busy.ledger)
    said = rebuild(busy)
    assert "nothing differed" in said
    assert "order_links: 3 rows, as the events tell" in said
    assert everything(busy.ledger) == before


SPOILS = {
    "a wrong number": "UPDATE order_links SET given = given + 7 WHERE link = 'cut'",
    "a row too many": "INSERT INTO link_activity VALUES ('shirts', 'ghost', 0)",
    "rows missing": "DELETE FROM handoffs",
    "a parent missing": "DELETE FROM orders",
    "a number that became text": "UPDATE targets SET make = 'many' WHERE link = 'sew'",
    "a NULL": "UPDATE positions SET received_at = NULL",
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_what_differs_is_told_and_mended(busy: Plant, spoil: str) -> None:
    before = everything(busy.ledger)
    busy.ledger.rows("PRAGMA foreign_keys = OFF")
    with busy.ledger.write(busy.now) as tx:
        tx.run(spoil)
    spoilt = [table for table, rows in everything(busy.ledger).items() if rows != before[table]]
    said = rebuild(busy)
    assert f"{spoilt[0]}: " in said
    assert "mended 1 of them" in said
    assert said.count("differed;") == 1
    assert everything(busy.ledger) == before
    assert faults(busy.ledger) == []
    assert "nothing differed" in rebuild(busy)


def test_what_is_recorded_meanwhile_stays(busy: Plant) -> None:
    """Scans between the first pass over the events, the comparison and the mending."""
    codes = busy.codes()
    with busy.ledger.write(busy.now) as tx:
        tx.run("UPDATE order_links SET given = 0")
    with again(busy.ledger) as made:
        made.catch_up()
        busy.scan("scanner-cut", codes[5], "24 15:40")
        assert sum(table.differing for table in made.compare()) > 0
        busy.scan("scanner-cut", codes[6], "24 15:41")
        made.mend(busy.now)
        busy.scan("scanner-cut", codes[7], "24 15:42")
    assert faults(busy.ledger) == []


def test_comparing_locks_nobody_out(busy: Plant) -> None:
    with again(busy.ledger) as made:
        made.catch_up()
        with busy.ledger.write(busy.now):
            assert [table.differing for table in made.compare()] == [0] * len(READ_MODELS)


def test_a_lock_that_stays_leaves_all_as_it_is(busy: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.rebuilding.BUSY_TIMEOUT_MS", 10)
    with busy.ledger.write(busy.now) as tx:
        tx.run("UPDATE order_links SET given = 0")
    before = everything(busy.ledger)
    with again(busy.ledger) as made:
        made.catch_up()
        with (
            busy.ledger.write(busy.now),
            pytest.raises(LedgerUnavailable, match=r"ledger\.db cannot be used"),
        ):
            made.mend(busy.now)
    assert everything(busy.ledger) == before


def test_the_record_is_gone_through_a_page_at_a_time(busy: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.rebuilding._PAGE", 2)
    pages: list[int] = []
    with again(busy.ledger) as made:
        made.catch_up(pages.append)
        assert not any(table.differing for table in made.compare())
    assert [later - earlier for earlier, later in zip([0, *pages], pages, strict=False)][:-1] == [2] * (
        len(pages) - 1
    )
    assert pages[-1] == busy.ledger.rows("SELECT MAX(sequence) FROM events")[0][0]


@pytest.mark.parametrize(
    ("change", "why"),
    [("quantity = 19", "event 2 was changed after it was recorded"), ("detail = '{'", "event 2 was changed")],
)
def test_nothing_is_made_from_an_event_that_was_changed(busy: Plant, change: str, why: str) -> None:
    with busy.ledger.write(busy.now) as tx:
        tx.run("DROP TRIGGER events_are_never_changed")
        tx.run(f"UPDATE events SET {change} WHERE sequence = 2")  # noqa: S608  # the test's own words
        tx.run("DELETE FROM handoffs")
    done = CliRunner().invoke(main, ["rebuild", str(busy.folder)])
    assert done.exit_code == 1
    assert why in done.output
    assert "Traceback" not in done.output
    assert busy.ledger.rows("SELECT * FROM handoffs") == []


def test_a_scratch_file_is_never_left_behind(busy: Plant) -> None:
    rebuild(busy)
    assert not list(busy.folder.glob("rebuild-*"))


def test_every_read_model_has_a_key_by_which_its_rows_are_compared(busy: Plant) -> None:
    for table in READ_MODELS:
        assert any(column["pk"] for column in busy.ledger.rows(f"PRAGMA table_info({table})")), table


def test_a_folder_without_a_ledger_is_one_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["rebuild", str(tmp_path)])
    assert done.exit_code == 1
    assert "does not exist" in done.output
