"""`interlock backup` and `restore`: whole, verified, and never over anything."""

from __future__ import annotations

import json
import shutil
import threading
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.__main__ import main
from ledger.backup import LEDGER_FILE, MANIFEST, BackupRefused, back_up, restore
from ledger.checking import faults
from ledger.recorder import Recorder
from ledger.store import Ledger
from shopfloor.scans import Scan
from tests.factory import Plant
from tests.waiting import wait_for


def checksum(ledger: Ledger, until: int) -> str:
    """Over every column of every event up to one."""
    rows = ledger.rows("SELECT * FROM events WHERE sequence <= ? ORDER BY sequence", (until,))
    return sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(map(str, words)))
    assert "Traceback" not in done.output
    return done.exit_code, done.output


def test_a_backup_that_is_restored_is_the_same_site(plant: Plant, tmp_path: Path) -> None:
    plant.scan("scanner-cut", plant.codes()[0], "24 14:10")
    plant.scan("scanner-cut", "NONE", "24 14:11")
    (plant.folder / "notes").mkdir()
    (plant.folder / "notes" / "users.toml").write_text("of another part")
    assert run("backup", plant.folder, tmp_path / "kept") == (
        0,
        f"{tmp_path / 'kept'}: 2 events and 2 other files, verified.\n",
    )
    code, said = run("restore", tmp_path / "kept", tmp_path / "again")
    assert (code, said.startswith(f"{tmp_path / 'again'}: 2 events of ")) == (0, True)
    assert (tmp_path / "again" / "site.toml").read_bytes() == (plant.folder / "site.toml").read_bytes()
    assert (tmp_path / "again" / "notes" / "users.toml").read_text() == "of another part"
    found = Ledger(tmp_path / "again" / LEDGER_FILE)
    assert faults(found) == []
    assert checksum(found, 2) == checksum(plant.ledger, 2)
    assert len(found.rows("SELECT * FROM refused")) == 1
    found.close()


def test_a_backup_under_load_is_the_record_as_of_one_commit(plant: Plant, tmp_path: Path) -> None:
    """The sentinel was confirmed before; what comes meanwhile is there whole or not at all."""
    plant.scan("scanner-cut", plant.codes()[0], "24 14:10", scan_id="sentinel")
    stop, written = threading.Event(), threading.Event()

    def load() -> None:
        ledger = Ledger(plant.folder / LEDGER_FILE)
        recorder = Recorder(ledger, plant.site)
        codes, at = plant.codes(), plant.now
        while not stop.is_set():
            at += 11_000
            scans = [
                Scan("scanner-cut", codes[1 + at // 1000 % 9], at),
                Scan("scanner-sew", codes[at // 1000 % 10], at),
                Scan("scanner-pack", f"nothing {at}", at),
            ]
            recorder.record(scans, at)
            written.set()
        ledger.close()

    writer = threading.Thread(target=load)
    writer.start()
    try:
        wait_for(written.is_set)
        made = [back_up(plant.ledger, tmp_path / f"kept-{number}", plant.now) for number in range(5)]
    finally:
        stop.set()
        writer.join()
    for number, manifest in enumerate(made):
        restore(tmp_path / f"kept-{number}", tmp_path / f"again-{number}")
        found = Ledger(tmp_path / f"again-{number}" / LEDGER_FILE)
        assert faults(found) == []
        assert found.rows("SELECT 1 FROM events WHERE event_id = 'sentinel'")
        assert found.rows("SELECT COUNT(*) FROM events")[0][0] == manifest.events
        assert checksum(found, manifest.events) == checksum(plant.ledger, manifest.events)
        found.close()
    assert faults(plant.ledger) == []


def test_nothing_is_written_over(plant: Plant, tmp_path: Path) -> None:
    run("backup", plant.folder, tmp_path / "kept")
    before = (tmp_path / "kept" / MANIFEST).read_bytes()
    code, said = run("backup", plant.folder, tmp_path / "kept")
    assert (code, "is there already" in said) == (1, True)
    assert (tmp_path / "kept" / MANIFEST).read_bytes() == before
    code, said = run("restore", tmp_path / "kept", plant.folder)
    assert (code, "is there already" in said) == (1, True)
    assert faults(plant.ledger) == []


def test_a_backup_is_not_put_into_the_site_itself(plant: Plant) -> None:
    code, said = run("backup", plant.folder, plant.folder / "kept")
    assert (code, "own folder" in said) == (1, True)


def test_an_empty_folder_will_do(plant: Plant, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    assert run("backup", plant.folder, tmp_path / "kept")[0] == 0
    (tmp_path / "again").mkdir()
    assert run("restore", tmp_path / "kept", tmp_path / "again")[0] == 0


@pytest.mark.parametrize("name", [LEDGER_FILE, "site.toml"])
def test_a_backup_of_which_a_byte_was_changed_is_not_restored(
    plant: Plant, tmp_path: Path, name: str
) -> None:
    run("backup", plant.folder, tmp_path / "kept")
    file = tmp_path / "kept" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    code, said = run("restore", tmp_path / "kept", tmp_path / "again")
    assert (code, f"{file} is not the file that was backed up" in said) == (1, True)
    assert not (tmp_path / "again").exists()


def test_a_backup_whose_record_ends_elsewhere_is_not_restored(plant: Plant, tmp_path: Path) -> None:
    run("backup", plant.folder, tmp_path / "kept")
    manifest = tmp_path / "kept" / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "events": 2}))
    code, said = run("restore", tmp_path / "kept", tmp_path / "again")
    assert (code, "does not end as" in said) == (1, True)
    assert not (tmp_path / "again").exists()


def test_a_record_that_is_not_whole_makes_no_backup(plant: Plant, tmp_path: Path) -> None:
    with plant.ledger.write(plant.now) as tx:
        tx.run("DROP TRIGGER events_are_never_changed")
        tx.run("UPDATE events SET source = 'somebody else'")
    code, said = run("backup", plant.folder, tmp_path / "kept")
    assert (code, "event 1 was changed" in said) == (1, True)
    assert list(tmp_path.iterdir()) == [plant.folder]


@pytest.mark.parametrize(
    "content", [None, "", "[]", '{"made_at": "", "events": 1, "last_hash": "", "files": {}}']
)
def test_what_is_no_backup_is_not_restored(tmp_path: Path, content: str | None) -> None:
    (tmp_path / "kept").mkdir()
    if content is not None:
        (tmp_path / "kept" / MANIFEST).write_text(content)
    assert run("restore", tmp_path / "kept", tmp_path / "again")[0] == 1
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("name", ["../outside", "/etc/outside"])
def test_a_manifest_cannot_lead_out_of_its_folder(plant: Plant, tmp_path: Path, name: str) -> None:
    run("backup", plant.folder, tmp_path / "kept")
    manifest = tmp_path / "kept" / MANIFEST
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**said, "files": {**said["files"], name: "0"}}))
    with pytest.raises(BackupRefused, match="no backup holds"):
        restore(tmp_path / "kept", tmp_path / "again")


def test_a_backup_that_was_broken_off_leaves_nothing_by_its_name(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    code, said = run("backup", plant.folder, tmp_path / "kept")
    assert (code, "No space left" in said) == (1, True)
    assert list(tmp_path.iterdir()) == [plant.folder]
