"""A ledger is whole when its file, its chain and its read models agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.checking import READ_MODELS, faults
from ledger.errors import LedgerDamaged, LedgerMissing, LedgerTooNew, LedgerUnavailable, RuleRefused
from ledger.releasing import refuse_outdated
from ledger.store import Ledger
from shopfloor.scans import Scan
from tests.factory import Plant, china, worked_order


def test_every_table_is_truth_evidence_or_a_checked_read_model(plant: Plant) -> None:
    tables = {row["name"] for row in plant.ledger.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    beside = {
        "events",
        "scans",
        "commands",
        "refused",
        "same_scans",
        "seq_gaps",
        "tallies",
        "devices",
        "published",
        "archived_orders",
        "archived_gives",
        "unknown_devices",
        "raw_messages",
        "notices",
        "channels",
        "reports_sent",
        "tablets",
        "acts",
        *("people", "sessions", "kiosks", "one_time_codes", "api_tokens", "badged_in"),
        *("tries", "known_devices", "audit"),
        "_sqlite_migrations",
    }
    assert tables == beside | set(READ_MODELS)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(1, 40)), max_size=60))
def test_read_models_equal_a_recomputation_after_any_scans(
    tmp_path_factory: pytest.TempPathFactory, scans: list[tuple[int, int, int]]
) -> None:
    plant = Plant(tmp_path_factory.mktemp("site"), now="24 14:00")
    try:
        plant.now = china("23 08:00")
        plant.release(worked_order())
        at, codes = china("24 14:00"), plant.codes()
        items = []
        for device, batch, wait_min in scans:
            at += wait_min * 60_000
            items.append(Scan(("scanner-cut", "scanner-sew", "scanner-pack")[device], codes[batch], at))
        plant.recorder.record(items, at)
        assert faults(plant.ledger) == []
        given_units = plant.ledger.rows("SELECT link, given FROM order_links")
        assert all(0 <= row["given"] <= 200 for row in given_units)
    finally:
        plant.close()


def test_a_changed_event_is_found_with_its_sequence(plant: Plant) -> None:
    plant.scan("scanner-cut", plant.codes()[0], "24 14:10")
    with plant.ledger.write(plant.now) as tx:
        tx.run("DROP TRIGGER events_are_never_changed")
        tx.run("UPDATE events SET quantity = 19 WHERE sequence = 2")
    assert "event 2 was changed after it was recorded" in faults(plant.ledger)


def test_a_changed_read_model_is_found(plant: Plant) -> None:
    with plant.ledger.write(plant.now) as tx:
        tx.run("UPDATE hour_counts SET given = given + 1 WHERE link = 'cut'")
    assert any(fault.startswith("hour_counts differs") for fault in faults(plant.ledger))


def test_a_ledger_is_not_created_by_looking_for_one(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing, match="does not exist"):
        Ledger(tmp_path / "ledger.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_ledger_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"no database, but somebody's notes " * 200)
    before = path.read_bytes()
    with pytest.raises(LedgerDamaged, match="left as it is"):
        Ledger(path)
    assert path.read_bytes() == before


def test_a_ledger_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = Ledger(path, create=True)
    with ledger.write(0) as tx:
        tx.run(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('interlock', 'm999', '')"
        )
    ledger.close()
    with pytest.raises(LedgerTooNew, match="m999"):
        Ledger(path)


def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    first, second = Ledger(path, create=True), Ledger(path)
    schema = "SELECT sql FROM sqlite_schema ORDER BY name"
    assert [row[0] for row in first.rows(schema)] == [row[0] for row in second.rows(schema)]
    assert "synchronous FULL" in first.journal
    first.close()
    second.close()


def test_a_write_that_fails_changes_nothing_and_says_so(plant: Plant) -> None:
    before = plant.ledger.rows("SELECT COUNT(*) FROM events")[0][0]
    other = Ledger(plant.folder / "ledger.db")
    other.rows("PRAGMA busy_timeout=1")
    with (
        plant.ledger.write(plant.now),
        pytest.raises(LedgerUnavailable, match="nothing was recorded"),
        other.write(0),
    ):
        pass
    other.close()
    assert plant.ledger.rows("SELECT COUNT(*) FROM events")[0][0] == before


def test_an_empty_file_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    with pytest.raises(LedgerDamaged, match="it is empty"):
        Ledger(path, create=True)
    assert path.stat().st_size == 0


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_nothing_is_confirmed_once_the_file_is_gone(plant: Plant, how: str) -> None:
    path = plant.folder / "ledger.db"
    path.rename(path.with_suffix(".old"))
    if how == "replaced":
        path.write_bytes(path.with_suffix(".old").read_bytes())
    with pytest.raises(LedgerDamaged, match="replaced or removed"):
        plant.scan("scanner-cut", plant.codes()[0], "24 14:10")


@pytest.mark.parametrize("change", ["detail = 'no json'", "kind = 'unheard of'", "occurred_at = 'yesterday'"])
def test_an_event_that_cannot_be_read_is_named(plant: Plant, change: str) -> None:
    with plant.ledger.write(plant.now) as tx:
        tx.run("DROP TRIGGER events_are_never_changed")
        tx.run(f"UPDATE events SET {change} WHERE sequence = 1")  # noqa: S608  # the test's own words
    assert any(fault.startswith("event 1 cannot be read") for fault in faults(plant.ledger))


def test_orders_released_after_a_plan_was_made_stop_its_release(plant: Plant) -> None:
    with plant.ledger.write(plant.now) as tx:
        refuse_outdated(tx, tx.sequence)
        with pytest.raises(RuleRefused, match="released meanwhile"):
            refuse_outdated(tx, 0)


def test_a_young_ledger_that_stands_in_its_log_alone_is_whole(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "ledger.db", create=True)
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in tmp_path.glob("ledger.db*"):
        (copy / file.name).write_bytes(file.read_bytes())
    first.close()
    assert (copy / "ledger.db-wal").stat().st_size > 0
    second = Ledger(copy / "ledger.db")
    assert faults(second) == []
    second.close()
