"""What is attached to orders shipped long ago goes to the archive; whoever asks finds it there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner

from interlock.__main__ import main
from interlock.watch import DailyWatch
from ledger import archiving, backup, corrections, reading, settling
from ledger.archive import ARCHIVE_FILE
from ledger.backup import BackupRefused, back_up, restore
from ledger.checking import faults
from ledger.errors import RuleRefused
from ledger.flags import Tap
from ledger.recorder import Recorder
from ledger.store import Ledger
from shopfloor.instants import DAY_MS
from shopfloor.scans import Scan
from tests.factory import Plant, china, kept_whole
from tests.ledger.archived import (
    BEFORE_AT,
    NOTHING,
    YEARS_LATER,
    archive_old,
    archived_rows,
    at_once,
    opened,
    rows_of,
    scan_once,
    ship,
    shipped_plant,
)
from tests.waiting import wait_for


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Plant]:
    with kept_whole(shipped_plant(tmp_path / "site")) as plant:
        yield plant


def test_rows_move_whole_and_events_and_orders_stay(old: Plant) -> None:
    before = {order: rows_of(old.ledger, order) for order in ("A-1", "A-2", "A-3", "G-1")}
    events = old.ledger.rows("SELECT COUNT(*), MAX(hash) FROM events")[0]
    moved = archive_old(old.ledger)
    assert moved.orders == ["A-1", "G-1"]
    assert moved.rows.total() == sum(len(rows) for order in moved.orders for rows in before[order].values())
    for order in ("A-1", "G-1"):
        assert all(before[order].values())
        assert archived_rows(old.folder, order) == before[order]
        assert rows_of(old.ledger, order) == NOTHING
    for order in ("A-2", "A-3"):
        assert rows_of(old.ledger, order) == before[order]
        assert archived_rows(old.folder, order) == NOTHING
    assert tuple(old.ledger.rows("SELECT COUNT(*), MAX(hash) FROM events")[0]) == tuple(events)
    assert len(old.codes("A-1")) == 3


def test_the_order_of_the_newest_fact_stays_so_that_no_number_is_given_twice(old: Plant) -> None:
    (newest,) = old.ledger.rows('SELECT n, "order" FROM scans ORDER BY n DESC LIMIT 1')
    assert newest["order"] == "A-3"
    archive_old(old.ledger)
    scan_once(old, "scanner-cut", old.codes("A-2")[1])
    assert old.ledger.rows("SELECT MAX(n) FROM scans")[0][0] == newest["n"] + 1
    assert archive_old(old.ledger).orders == ["A-3"]


def test_again_moves_nothing_and_the_next_order_joins_the_others(old: Plant) -> None:
    archive_old(old.ledger)
    kept = archived_rows(old.folder, "A-1")
    assert archive_old(old.ledger).orders == []
    ship(old, "A-2")
    scan_once(old, "scanner-cut", "NONE")
    assert archive_old(old.ledger).orders == ["A-3"]
    assert archived_rows(old.folder, "A-1") == kept
    assert len(archived_rows(old.folder, "A-3")["positions"]) == 9


def test_nothing_to_move_makes_no_file(old: Plant) -> None:
    assert archive_old(old.ledger, china("23 08:00")).orders == []
    assert not (old.folder / ARCHIVE_FILE).exists()


def test_where_batches_were_is_read_from_the_archive(old: Plant) -> None:
    before = [tuple(row) for row in reading.positions(old.ledger, "G-1")]
    archive_old(old.ledger)
    assert [tuple(row) for row in reading.positions(old.ledger, "G-1")] == before
    with old.ledger.snapshot():
        assert [tuple(row) for row in reading.positions(old.ledger, "G-1")] == before


def test_what_comes_between_copying_and_noting_keeps_the_order_where_it_is(
    old: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undone shipment: the order is open again, and not archived as it was before."""
    code, note = old.codes("A-1")[0], archiving._note
    (last,) = old.ledger.rows(
        "SELECT event_id FROM events WHERE batch = ? AND kind = 'given' ORDER BY sequence DESC LIMIT 1",
        (code,),
    )

    def late(ledger: Ledger, copied: archiving._Copied, now: int) -> bool:
        if copied.order == "A-1":
            tap = Tap("an undo", "pack-1", YEARS_LATER)
            corrections.undo(
                old.ledger, old.recorder, tap, event_id=last["event_id"], why="wrong", now=YEARS_LATER
            )
        return note(ledger, copied, now)

    monkeypatch.setattr(archiving, "_note", late)
    assert archive_old(old.ledger).orders == ["G-1"]
    assert reading.order(old.ledger, "A-1")["state"] == "released"  # type: ignore[index]  # it is there
    assert len(rows_of(old.ledger, "A-1")["positions"]) == 9
    monkeypatch.undo()
    old.now = YEARS_LATER
    scan_once(old, "scanner-pack", code)
    scan_once(old, "scanner-cut", old.codes("A-2")[1])
    assert archive_old(old.ledger, YEARS_LATER + DAY_MS).orders == ["A-3", "A-1"]
    assert faults(old.ledger) == []


def test_a_refused_scan_between_copying_and_noting_is_not_lost(
    old: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, code = archiving._note, old.codes("A-1")[0]

    def late(ledger: Ledger, copied: archiving._Copied, now: int) -> bool:
        if copied.order == "A-1":
            scan_once(old, "scanner-cut", code)
        return note(ledger, copied, now)

    monkeypatch.setattr(archiving, "_note", late)
    assert archive_old(old.ledger).orders == ["G-1"]
    newest = old.ledger.rows("SELECT batch, became FROM scans ORDER BY n DESC LIMIT 1")[0]
    assert tuple(newest) == (code, "refused")


def test_a_copy_that_was_not_noted_is_made_again(old: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a death in between: what was recorded since goes to the archive, too."""
    monkeypatch.setattr(archiving, "_note", lambda *_: False)
    assert archive_old(old.ledger).orders == []
    monkeypatch.undo()
    stale = archived_rows(old.folder, "A-1")
    scan_once(old, "scanner-sew", old.codes("A-1")[1])
    scan_once(old, "scanner-cut", old.codes("A-2")[1])
    before = rows_of(old.ledger, "A-1")
    assert len(before["scans"]) == len(stale["scans"]) + 1
    assert archive_old(old.ledger).orders == ["A-1", "G-1", "A-3"]
    assert archived_rows(old.folder, "A-1") == before


def test_a_late_scan_of_an_archived_batch_is_refused_and_kept(old: Plant) -> None:
    archive_old(old.ledger)
    code = old.codes("A-1")[0]
    old.now = YEARS_LATER
    for device, read, name in (("scanner-sew", code, code), ("scanner-steel", "G-1", "G-1")):
        answer = old.scan(device, read, scan_id=f"late {name}")
        assert (answer.result, answer.text) == (
            "refused",
            f"{name}: shipped 2026-11-24 and archived, nothing of it changes any more",
        )
        (kept,) = old.ledger.rows("SELECT * FROM refused WHERE scan_id = ?", (f"late {name}",))
        assert (kept["word"], kept["code"]) == ("archived", read)
    again = old.scan("scanner-sew", code, scan_id=f"late {code}")
    assert again.result == "refused"


def test_what_was_recorded_before_is_still_a_duplicate(old: Plant) -> None:
    (given,) = old.ledger.rows(
        "SELECT event_id, source FROM events WHERE kind = 'given' AND \"order\" = 'A-1' LIMIT 1"
    )
    archive_old(old.ledger)
    answer = old.scan(given["source"], old.codes("A-1")[0], scan_id=given["event_id"])
    assert answer.result == "duplicate"


def test_corrections_of_an_archived_order_are_refused_and_change_nothing(old: Plant) -> None:
    (refused,) = old.ledger.rows("SELECT id FROM refused WHERE scan IS NOT NULL")
    (given,) = old.ledger.rows(
        "SELECT event_id FROM events WHERE kind = 'given' AND \"order\" = 'A-1' ORDER BY sequence DESC LIMIT 1"
    )
    (steel,) = old.ledger.rows("SELECT event_id FROM events WHERE kind = 'given' AND batch IS NULL")
    with old.ledger.write(old.now) as tx:
        tx.run("UPDATE refused SET word = 'skipped'")
    archive_old(old.ledger)
    before = reading.last_sequence(old.ledger)
    what = corrections.Scrap(old.codes("A-1")[0], 2, "torn")
    ledger, recorder, now = old.ledger, old.recorder, YEARS_LATER

    def tap(station: str) -> Tap:
        return Tap("a late word", station, YEARS_LATER, "Mei")

    for act in (
        lambda: corrections.undo(
            ledger, recorder, tap("pack-1"), event_id=given["event_id"], why="", now=now
        ),
        lambda: corrections.undo(
            ledger, recorder, tap("steel-1"), event_id=steel["event_id"], why="", now=now
        ),
        lambda: corrections.scrap(ledger, recorder, tap("pack-1"), what, now=now),
        lambda: settling.force(
            ledger, recorder, tap("pack-1"), refused=refused["id"], why="was here", now=now
        ),
    ):
        with pytest.raises(RuleRefused, match="archived"):
            act()
    assert reading.last_sequence(old.ledger) == before


def test_when_a_link_gave_last_is_known_although_those_gives_are_archived(old: Plant) -> None:
    """After an undo of the only younger give, the link's last one is an archived one."""
    scan_once(old, "scanner-cut", old.codes("A-2")[1])
    archive_old(old.ledger)
    (before,) = old.ledger.rows("SELECT last_given_at FROM link_activity WHERE link = 'pack'")
    (archived,) = old.ledger.rows("SELECT last_given_at FROM archived_gives WHERE link = 'pack'")
    assert before[0] == archived[0]
    for device in ("scanner-cut", "scanner-sew", "scanner-sew", "scanner-pack"):
        scan_once(old, device, old.codes("A-2")[0])
    old.now += 30_000
    old.scan("scanner-pack", old.codes("A-2")[0], scan_id="too early")
    tap = Tap("an undo", "pack-1", old.now)
    corrections.undo(old.ledger, old.recorder, tap, event_id="too early", why="", now=old.now)
    assert old.ledger.rows("SELECT last_given_at FROM link_activity WHERE link = 'pack'")[0][0] == archived[0]


def test_an_archive_from_before_a_column_was_added_gets_it(old: Plant) -> None:
    archive_old(old.ledger)
    with old.ledger.write(0) as tx:
        tx.run("ALTER TABLE scans ADD COLUMN operator TEXT NOT NULL DEFAULT 'nobody'")
        tx.run("UPDATE scans SET operator = 'Mei'")
    scan_once(old, "scanner-cut", old.codes("A-2")[1])
    assert archive_old(old.ledger).orders == ["A-3"]
    assert {row[-1] for row in archived_rows(old.folder, "A-1")["scans"]} == {"nobody"}
    assert {row[-1] for row in archived_rows(old.folder, "A-3")["scans"]} == {"Mei"}


def test_two_who_archive_at_once_move_each_row_once(old: Plant) -> None:
    before = {order: rows_of(old.ledger, order) for order in ("A-1", "G-1")}
    done: list[str] = []

    def move() -> None:
        with opened(old.folder) as ledger:
            done.extend(archive_old(ledger).orders)

    both = [threading.Thread(target=move) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(done) == ["A-1", "G-1"]
    assert {order: archived_rows(old.folder, order) for order in before} == before
    assert rows_of(old.ledger, "A-1") == rows_of(old.ledger, "G-1") == NOTHING


def test_scans_are_recorded_while_a_large_order_moves(old: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row by row: between any two transactions of the move a scan finds the door open."""
    monkeypatch.setattr(archiving, "TOGETHER", 5)
    recorder, code, answers = Recorder(old.ledger, old.site), old.codes("A-2")[0], []

    def between(_: float) -> bool:
        old.now += 30_000
        scan = Scan("scanner-sew", code, old.now, scan_id=f"meanwhile {old.now}")
        answers.extend(recorder.record([scan], old.now))
        return False

    moved = archiving.archive(old.ledger, BEFORE_AT, lambda: YEARS_LATER, stop=between)
    assert moved.orders == ["A-1", "G-1"]
    assert len(answers) > moved.rows.total() / 5
    assert all(answer is not None for answer in answers)


def test_told_to_stop_it_goes_on_the_next_time(old: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "TOGETHER", 5)
    before = rows_of(old.ledger, "A-1")
    told = iter([False, False, True])
    moved = archiving.archive(old.ledger, BEFORE_AT, lambda: YEARS_LATER, stop=lambda _: next(told))
    assert moved.orders == ["A-1"]
    assert 0 < len(rows_of(old.ledger, "A-1")["scans"]) < len(before["scans"])
    assert len(reading.positions(old.ledger, "A-1")) == 9
    assert faults(old.ledger) == []
    assert archiving.archive(old.ledger, BEFORE_AT, lambda: YEARS_LATER, stop=at_once).orders == ["G-1"]
    assert rows_of(old.ledger, "A-1") == NOTHING
    assert archived_rows(old.folder, "A-1") == before


def test_a_backup_holds_the_archive_and_what_moves_meanwhile_counts_once(old: Plant, tmp_path: Path) -> None:
    archive_old(old.ledger)
    back_up(old.ledger, tmp_path / "kept", YEARS_LATER)
    restore(tmp_path / "kept", tmp_path / "again")
    with opened(tmp_path / "again") as found:
        assert faults(found) == []
        kept = [tuple(row) for row in reading.positions(old.ledger, "G-1")]
        assert kept
        assert [tuple(row) for row in reading.positions(found, "G-1")] == kept
    scan_once(old, "scanner-cut", old.codes("A-2")[1])
    (tmp_path / "kept" / ARCHIVE_FILE).unlink()
    with pytest.raises(BackupRefused, match="not the file"):
        restore(tmp_path / "kept", tmp_path / "elsewhere")


def test_an_order_that_moves_while_a_backup_is_made_is_there_once(
    old: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reading.order(old.ledger, "A-1")
    assert first is not None
    assert archive_old(old.ledger, first["shipped_at"] + 1).orders == ["A-1"]
    copy = backup._copy_archive

    def after_a_move(ledger: Ledger, target: Path) -> None:
        with opened(old.folder) as other:
            archive_old(other)
        copy(ledger, target)

    monkeypatch.setattr(backup, "_copy_archive", after_a_move)
    back_up(old.ledger, tmp_path / "kept", YEARS_LATER)
    restore(tmp_path / "kept", tmp_path / "again")
    with opened(tmp_path / "again") as found:
        assert faults(found) == []
        assert rows_of(found, "G-1") == archived_rows(tmp_path / "again", "G-1") != NOTHING
        assert archive_old(found).orders == ["G-1"]
        assert faults(found) == []


def test_the_gateways_watch_archives_by_itself_once_it_has_looked(old: Plant) -> None:
    before_at: list[int | None] = [None]
    watch = DailyWatch(old.folder, structlog.get_logger(), keep_until=lambda: before_at[0], every_s=0.02)
    watch.start()
    try:
        assert not (old.folder / ARCHIVE_FILE).exists()
        before_at[0] = BEFORE_AT
        wait_for(
            lambda: (
                len(old.ledger.rows("SELECT 1 FROM archived_orders WHERE cleared = 1")) == len(["A-1", "G-1"])
            )
        )
    finally:
        watch.stop()
    assert rows_of(old.ledger, "A-1") == NOTHING


def command(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["archive", *map(str, words)])
    assert "Traceback" not in done.output
    return done.exit_code, done.output


@pytest.fixture
def years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.clock.now", lambda: YEARS_LATER)


@pytest.mark.usefixtures("years_later")
def test_the_command_says_what_it_would_move_and_then_moves_it(old: Plant) -> None:
    code, said = command(old.folder, "--before", "2027-01-01", "--dry-run")
    file = old.folder / ARCHIVE_FILE
    assert (code, said.startswith(f"{file}: 2 orders shipped before 2027-01-01 would be moved: 38 ")) == (
        0,
        True,
    )
    assert not file.exists()
    code, said = command(old.folder, "--before", "2027-01-01")
    assert (code, said) == (
        0,
        f"{file}: 2 orders shipped before 2027-01-01 moved: 38 scans, 21 positions, 15 handoffs.\n",
    )
    assert command(old.folder, "--before", "2027-01-01") == (
        0,
        f"{file}: no order shipped before 2027-01-01 moved.\n",
    )


@pytest.mark.usefixtures("years_later")
def test_the_command_goes_by_the_months_of_the_site(old: Plant) -> None:
    code, said = command(old.folder)
    assert (code, "no [ledger] keep_months" in said) == (2, True)
    text = (old.folder / "site.toml").read_text()
    (old.folder / "site.toml").write_text(f"{text}\n[ledger]\nkeep_months = 24\n")
    code, said = command(old.folder)
    assert (code, "2 orders shipped before 2027-02-05 moved" in said) == (0, True)


@pytest.mark.usefixtures("years_later")
@pytest.mark.parametrize(("day", "why"), [("soon", "is no day"), ("2029-01-10", "at least 32 days back")])
def test_a_day_that_will_not_do_is_a_fault_of_usage(old: Plant, day: str, why: str) -> None:
    code, said = command(old.folder, "--before", day)
    assert code == 2
    assert why in " ".join(said.split())
    assert not (old.folder / ARCHIVE_FILE).exists()
