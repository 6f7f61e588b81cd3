"""Damage to a ledger's file: found once, it is marked beside the file, and nothing is written from then on.

Two small files stand beside `ledger.db`. `ledger.db-head` notes the last event after each commit: a log that was
cut short, or an older copy in the ledger's place, would else look like a whole record that ends earlier.
`ledger.db-damaged` says what was found; it holds for that very file, so a restored one is free of it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from zlib import crc32

_HEAD = "-head"
_MARK = "-damaged"
_ROOM = 1.2
"""A copy of the damaged file is kept when the disk has so many times its size left."""


def head_path(path: Path) -> Path:
    """Where the last event of a ledger is noted."""
    return path.with_name(path.name + _HEAD)


def mark_path(path: Path) -> Path:
    """Where it is said that a ledger is damaged."""
    return path.with_name(path.name + _MARK)


class HeadNote:
    """Notes the last event after each commit.

    Never synced: after a power cut it may be older than the ledger, never newer.
    """

    def __init__(self, path: Path) -> None:
        self._path = head_path(path)
        self._file: int | None = None

    def write(self, sequence: int, chain_hash: str) -> None:
        """Note it; a note that cannot be written is an older one."""
        with suppress(OSError):
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            os.pwrite(self._file, _note(sequence, chain_hash), 0)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def noted_head(path: Path) -> tuple[int, str] | None:
    """Sequence and hash of the last event that was noted; None without a note that can be read."""
    try:
        content = head_path(path).read_bytes()
    except OSError:
        return None
    match content.split():
        case [sequence, chain_hash, _] if sequence.isdigit():
            noted = int(sequence), chain_hash.decode("ascii", "replace")
            return noted if _note(*noted) == content else None
    return None


def damage(path: Path) -> str | None:
    """What was found wrong with this very file; None when nothing was."""
    try:
        said = json.loads(mark_path(path).read_bytes())
        return str(said["why"]) if said["inode"] == path.stat().st_ino else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return "it was marked as damaged, and the mark cannot be read"


def mark_damaged(path: Path, why: str) -> None:
    """Say it once, and keep the file and its log as they were found, if there is room for a copy."""
    if damage(path) is not None:
        return
    with suppress(
        OSError
    ):  # a disk that takes no mark: the processes that saw the damage know it all the same
        said = json.dumps({"inode": path.stat().st_ino, "why": why})
        mark_path(path).write_text(said, encoding="utf-8")
        _keep_original(path)


def _keep_original(path: Path) -> None:
    files = [path.with_name(path.name + ending) for ending in ("", "-wal")]
    found = [file for file in files if file.exists()]
    if sum(file.stat().st_size for file in found) * _ROOM > shutil.disk_usage(path.parent).free:
        return
    for file in found:
        kept = file.with_name(file.name + "-as-found")
        if not kept.exists():
            # By another process: closing a file takes away all locks that this one holds on it, SQLite's too.
            subprocess.run(["cp", "--", file, kept], check=False)  # noqa: S603, S607  # the system's own copy


def _note(sequence: int, chain_hash: str) -> bytes:
    said = f"{sequence:020d} {chain_hash}"
    return f"{said} {crc32(said.encode()):08x}\n".encode()
