"""Whoever changes the record in its file, past the program and its triggers, is found by `verify`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.__main__ import main
from ledger.events import chain_hash
from ledger.store import Ledger
from tests.factory import Plant, worked_order

SEQUENCE = 4
OTHER = {
    "event_id": "'another'",
    "kind": "'given'",
    "occurred_at": "'2026-11-24T06:12:00.001Z'",
    "recorded_at": "'2026-11-24T06:12:00.001Z'",
    "source": "'scanner-cut-2'",
    "station": "NULL",
    "link": "'shirts/sew'",
    '"order"': "'A-2'",
    "batch": "lower(batch)",
    "quantity": "quantity - 1",
    "reason": "''",
    "person": "'Mei'",
    "detail": "replace(detail, ',', ', ')",
    "prev_hash": "upper(prev_hash)",
    "hash": "replace(hash, substr(hash, 1, 1), 'x')",
    "sequence": "1000",
}
ODD = {
    "a blob for a text": "person = x'4d6569'",
    "a text that is none": "person = CAST(x'4d65ff' AS TEXT)",
    "a number that became text": "source = CAST(x'80' AS TEXT)",
    "broken JSON": "detail = substr(detail, 2)",
}
LAST = "(SELECT MAX(sequence) FROM events)"


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """Six events: a release and five receipts. The fourth is a man's with a table of his own."""
    plant = Plant(tmp_path / "site")
    plant.release(worked_order())
    for number, code in enumerate(plant.codes()[:5]):
        plant.scan("scanner-cut", code, f"24 14:1{number}", scan_id=f"scan-{number}")
    yield plant
    plant.close()


def tamper(plant: Plant, *statements: str) -> None:
    with plant.ledger.write(plant.now) as tx:
        tx.run("DROP TRIGGER events_are_never_changed")
        tx.run("DROP TRIGGER events_are_never_deleted")
        for statement in statements:
            tx.run(statement)


def verify(folder: Path) -> str:
    done = CliRunner().invoke(main, ["verify", str(folder)])
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.output


def test_every_column_is_covered() -> None:
    with closing(Ledger(Path(":memory:"), create=True)) as ledger:
        columns = {row["name"] for row in ledger.rows("PRAGMA table_info(events)")}
    assert {name.strip('"') for name in OTHER} == columns


@pytest.mark.parametrize("column", OTHER)
def test_a_change_in_any_column_is_found_with_its_sequence(plant: Plant, column: str) -> None:
    tamper(plant, f"UPDATE events SET {column} = {OTHER[column]} WHERE sequence = {SEQUENCE}")  # noqa: S608  # our own words
    assert f"event {SEQUENCE} " in verify(plant.folder)


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_what_no_event_could_hold_is_found_with_its_sequence(plant: Plant, change: str) -> None:
    tamper(plant, f"UPDATE events SET {change} WHERE sequence = {SEQUENCE}")  # noqa: S608  # our own words
    assert f"event {SEQUENCE} " in verify(plant.folder)
    for words in (["rebuild"], ["backup"], ["export", "--format", "jsonl"]):
        more = [str(plant.folder.parent / "kept")] if words == ["backup"] else []
        done = CliRunner().invoke(main, [words[0], str(plant.folder), *more, *words[1:]])
        assert done.exception is None or isinstance(done.exception, SystemExit), words
    assert not (plant.folder.parent / "kept").exists()


def test_two_events_that_changed_places_are_found(plant: Plant) -> None:
    tamper(
        plant,
        "UPDATE events SET sequence = 100 WHERE sequence = 3",
        "UPDATE events SET sequence = 3 WHERE sequence = 4",
        "UPDATE events SET sequence = 4 WHERE sequence = 100",
    )
    said = verify(plant.folder)
    assert "event 3 " in said
    assert "event 4 " in said


def test_an_event_taken_out_of_the_middle_is_found(plant: Plant) -> None:
    tamper(plant, f"DELETE FROM events WHERE sequence = {SEQUENCE}")  # noqa: S608  # our own words
    assert f"event {SEQUENCE} is missing" in verify(plant.folder)


def test_the_last_event_taken_away_is_found_by_the_note_beside_the_file(plant: Plant) -> None:
    tamper(plant, f"DELETE FROM events WHERE sequence = {LAST}")  # noqa: S608  # our own words
    assert "it ends with event 5, but event 6 had been recorded" in verify(plant.folder)


def test_without_the_note_its_read_models_give_it_away(plant: Plant) -> None:
    tamper(plant, f"DELETE FROM events WHERE sequence = {LAST}")  # noqa: S608  # our own words
    (plant.folder / "ledger.db-head").unlink()
    assert "positions differs from the events in 1 rows" in verify(plant.folder)


APPEND = (
    "INSERT INTO events SELECT sequence + 1, 'by hand', kind, occurred_at, recorded_at, source, station, link,"
    ' "order", batch, quantity, reason, person, detail, hash, {} FROM events ORDER BY sequence DESC LIMIT 1'
)


def test_an_event_written_by_hand_is_found(plant: Plant) -> None:
    tamper(plant, APPEND.format("hash"))
    assert "event 7 " in verify(plant.folder)


def test_an_event_written_by_hand_with_a_right_hash_is_not_what_the_screens_show(plant: Plant) -> None:
    tamper(plant, APPEND.format("''"))
    with plant.ledger.write(plant.now) as tx:
        (row,) = tx.rows("SELECT * FROM events WHERE event_id = 'by hand'")
        tx.run("UPDATE events SET hash = ? WHERE event_id = 'by hand'", (chain_hash(tuple(row)[:-1]),))
    assert "order_links differs from the events" in verify(plant.folder)


@pytest.fixture
def closed(plant: Plant) -> tuple[bytes, range]:
    """The file of a stopped site, and where the bytes of an event's values stand in it."""
    plant.ledger.rows("PRAGMA journal_mode = DELETE")
    (row,) = plant.ledger.rows(f"SELECT event_id, hash FROM events WHERE sequence = {SEQUENCE}")  # noqa: S608  # our own words
    plant.close()
    content = (plant.folder / "ledger.db").read_bytes()
    own = next(
        at
        for at in range(len(content))
        if content.startswith(row["hash"].encode(), at) and content[at - 64 : at].isalnum()
    )
    begin = content.rfind(f"{row['event_id']}received".encode(), 0, own)
    assert 0 < begin < own
    return content, range(begin, own + 64)


@pytest.mark.parametrize("part", [0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999])
@pytest.mark.parametrize("bit", [0x01, 0x80])
def test_a_byte_changed_in_the_file_of_a_stopped_site_is_found_with_its_sequence(
    plant: Plant, closed: tuple[bytes, range], part: float, bit: int
) -> None:
    content, values = closed
    changed = bytearray(content)
    changed[values[int(part * len(values))]] ^= bit
    (plant.folder / "ledger.db").write_bytes(changed)
    assert f"event {SEQUENCE} " in verify(plant.folder)


@pytest.mark.parametrize("before", range(2, 24, 2))
def test_a_byte_changed_before_the_values_is_found_and_nothing_goes_round_in_a_circle(
    plant: Plant, closed: tuple[bytes, range], before: int
) -> None:
    """There stand an event's place and the kinds of its values: its rows may seem to begin again."""
    content, values = closed
    for bit in (0x01, 0x20, 0x80):
        changed = bytearray(content)
        changed[values[0] - before] ^= bit
        folder = plant.folder.parent / f"{bit}"
        folder.mkdir()
        (folder / "ledger.db").write_bytes(changed)
        assert f"event {SEQUENCE}" in (said := verify(folder)) or "the file is damaged" in said
