"""Copies of a site folder: taken while it runs, verified before they get their name, never written over another."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # it picks the newest SQLite there is

from ledger.archive import ARCHIVE_FILE, anything_archived, archive_faults, archive_of
from ledger.checking import file_faults
from ledger.errors import LedgerError
from ledger.rebuilding import chain_faults
from ledger.store import Ledger
from shopfloor.instants import Instant, utc_text

LEDGER_FILE = "ledger.db"
MANIFEST = "backup.json"
_LEFT_OUT = (
    "ledger.db*",
    "archive.db*",
    "wake.sock",
    "broker",
    "logs",
    "*.lock",
    "rebuild-*",
    "*.part",
    MANIFEST,
)
"""Ledger and archive are copied by themselves; what the broker holds devices send again; the rest is of the moment."""
_CHUNK = 1024 * 1024


class BackupRefused(LedgerError):
    """A copy that was not made, or not put back."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: how far the record goes, and each file's SHA-256."""

    made_at: str
    events: int
    last_hash: str
    files: dict[str, str]


def back_up(ledger: Ledger, to: Path, now: Instant) -> Manifest:
    """Copy the site folder of an open ledger to a new folder; the ledger as of one commit, while others write.

    The copy has its name only once it is on the disk and was found whole: its file, its chain, its count.
    """
    site = ledger.path.parent
    _must_be_free(to)
    if site.resolve() in to.resolve().parents:
        raise BackupRefused(f"{to} lies in the site's own folder: choose a place on another disk")
    with _unnamed(to) as part:
        _copy_database(ledger.path, part / LEDGER_FILE)
        # After the ledger: what moves between the two meanwhile is then in both copies, and the ledger's counts.
        if anything_archived(ledger):
            _copy_archive(ledger, part / ARCHIVE_FILE)
        shutil.copytree(site, part, ignore=_ignored, dirs_exist_ok=True)
        events, last_hash = _verified(part / LEDGER_FILE)
        files = {str(file.relative_to(part)): _digest(file) for file in _files(part)}
        manifest = Manifest(utc_text(now), events, last_hash, files)
        (part / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
        _name(part, to)
    return manifest


def restore(backup: Path, to: Path) -> Manifest:
    """Put a backup into a new or empty folder; it is checked before and after."""
    manifest = _manifest(backup)
    _must_be_free(to)
    for name, digest in manifest.files.items():
        file = backup / name
        if not file.is_file() or _digest(file) != digest:
            raise BackupRefused(f"{file} is not the file that was backed up: take another backup")
    with _unnamed(to) as part:
        for name in manifest.files:
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(backup / name, part / name)
        if _verified(part / LEDGER_FILE) != (manifest.events, manifest.last_hash):
            raise BackupRefused(
                f"{backup / LEDGER_FILE} does not end as {MANIFEST} says: take another backup"
            )
        _name(part, to)
    return manifest


def _copy_archive(ledger: Ledger, target: Path) -> None:
    faults = archive_faults(ledger)
    if faults:
        raise BackupRefused(f"{faults[0]}; no backup was made")
    _copy_database(archive_of(ledger), target)


def _copy_database(source: Path, target: Path) -> None:
    """One step in one read transaction: writers go on, and the copy is of one commit. One file, without a log."""
    with closing(sqlite3.connect(str(source))) as reader, closing(sqlite3.connect(str(target))) as writer:
        try:
            reader.backup(writer)
            writer.execute("PRAGMA journal_mode = DELETE").fetchall()
        except sqlite3.DatabaseError as fault:
            raise BackupRefused(f"{source} cannot be copied ({fault}); no backup was made") from None


def _verified(path: Path) -> tuple[int, str]:
    """The number of events and the last hash of a ledger that is whole; BackupRefused when it isn't."""
    try:
        with closing(Ledger(path)) as copy:
            faults = [*file_faults(copy), *chain_faults(copy)]
            row = copy.row("SELECT COUNT(*), MAX(sequence) FROM events")
            last = copy.row("SELECT hash FROM events ORDER BY sequence DESC LIMIT 1")
            copy.rows("PRAGMA journal_mode = DELETE")
    except LedgerError as fault:
        raise BackupRefused(f"the copy cannot be read: {fault}") from None
    if faults:
        raise BackupRefused("the copy is not whole: " + "; ".join(faults[:3]))
    return (int(row[0]) if row else 0), (str(last["hash"]) if last else "")


def _manifest(backup: Path) -> Manifest:
    try:
        said = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(said["made_at"], int(said["events"]), said["last_hash"], dict(said["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupRefused(f"{backup} is no backup: it has no {MANIFEST} that can be read") from None
    if LEDGER_FILE not in manifest.files or any(_leads_out(name) for name in manifest.files):
        raise BackupRefused(f"{backup / MANIFEST} names files that no backup holds")
    return manifest


def _leads_out(name: str) -> bool:
    return Path(name).is_absolute() or ".." in Path(name).parts


def _must_be_free(to: Path) -> None:
    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise BackupRefused(f"{to} is there already, and nothing is written over it: name a new folder")
    if not to.absolute().parent.is_dir():
        raise BackupRefused(f"{to.absolute().parent} is no folder: make it, or name another place")


@contextmanager
def _unnamed(to: Path) -> Iterator[Path]:
    """A folder beside the place, which is taken away unless it got its name."""
    part = Path(mkdtemp(prefix=f".{to.name}-", suffix=".part", dir=to.absolute().parent))
    try:
        yield part
    except OSError as fault:
        raise BackupRefused(f"{to} cannot be written ({fault}); nothing was left there") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _name(part: Path, to: Path) -> None:
    """Everything on the disk first, then the name."""
    for leftover in part.glob(f"{LEDGER_FILE}-*"):
        leftover.unlink()
    for path in [*part.rglob("*"), part]:
        _sync(path)
    part.rename(to)
    _sync(to.absolute().parent)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _ignored(folder: str, names: list[str]) -> set[str]:
    odd = {
        name for name in names if not (Path(folder) / name).is_file() and not (Path(folder) / name).is_dir()
    }
    return odd | shutil.ignore_patterns(*_LEFT_OUT)(folder, names)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _is_of_the_moment(path))


def _is_of_the_moment(path: Path) -> bool:
    return path.name.startswith(f"{LEDGER_FILE}-")


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
