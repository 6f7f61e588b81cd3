"""A disk that fails, under the SQLite that the ledger uses: its file functions are wrapped while it lasts.

What was written and not synced is kept apart, so that the disk can also be shown as a power cut would leave it.
"""

from __future__ import annotations

import ctypes
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3

OK, READONLY, FULL, IOERR_WRITE, IOERR_FSYNC = 0, 8, 13, 778, 1034
SECTOR = 512

_INT, _PTR, _I64 = ctypes.c_int, ctypes.c_void_p, ctypes.c_int64
_OPEN = ctypes.CFUNCTYPE(_INT, _PTR, _PTR, _PTR, _INT, _PTR)  # SQLite keeps the pointer to the name
_DELETE = ctypes.CFUNCTYPE(_INT, _PTR, _PTR, _INT)
_WRITE = ctypes.CFUNCTYPE(_INT, _PTR, _PTR, _INT, _I64)
_TRUNCATE = ctypes.CFUNCTYPE(_INT, _PTR, _I64)
_SYNC = ctypes.CFUNCTYPE(_INT, _PTR, _INT)


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("iVersion", _INT), ("szOsFile", _INT), ("mxPathname", _INT), ("pNext", _PTR), ("zName", ctypes.c_char_p),
        ("pAppData", _PTR), ("xOpen", _PTR), ("xDelete", _PTR),
    ]  # fmt: skip


class _Methods(ctypes.Structure):
    _fields_ = [
        ("iVersion", _INT),
        *((name, _PTR) for name in ("xClose", "xRead", "xWrite", "xTruncate", "xSync")),
        ("rest", _PTR * 13),
    ]


class _File(ctypes.Structure):
    _fields_ = [("pMethods", ctypes.POINTER(_Methods))]


@dataclass
class Content:
    """One file: what a power cut cannot take any more, and what it can."""

    synced: bytes | None = None
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)
    """Writes (offset, bytes), and truncations to a size."""


class FailingDisk:
    """Answers writes and syncs with a result code of SQLite's while one is set."""

    def __init__(self) -> None:
        self.on_write: int = OK
        self.on_sync: int = OK
        self.files: dict[str, Content] = {}
        self.before: Callable[[], None] = lambda: None
        """Called before each write, truncation, sync and removal."""
        self.syncs_failed = 0
        self._names: dict[int, str] = {}
        self._methods: dict[int, _Methods] = {}
        self._kept: list[Any] = []
        self._raised: list[BaseException] = []

    def power_cut(self, folder: Path, luck: random.Random) -> None:
        """Write to a folder what may be left: of what was not synced any part, in any order, the last sector torn."""
        folder.mkdir()
        for name, file in self.files.items():
            content = _left(file, luck)
            if content is not None:
                (folder / Path(name).name).write_bytes(content)
        for note in {Path(name).parent for name in self.files}:
            for head in note.glob("*-head"):
                shutil.copy(head, folder)

    @contextmanager
    def installed(self) -> Iterator[FailingDisk]:
        """Every file that SQLite opens inside is on this disk."""
        vfs = _default_vfs()
        before = vfs.xOpen, vfs.xDelete
        opened, deleted = _OPEN(before[0]), _DELETE(before[1])

        def open_(this: Any, name: int | None, file: Any, flags: int, out: Any) -> int:
            result = opened(this, name, file, flags, out)
            if result == OK and name is not None:
                self._wrap(file, ctypes.string_at(name).decode())
            return result

        def delete(this: Any, name: int, sync_folder: int) -> int:
            if (fault := self._step()) != OK:
                return fault
            self.files.pop(ctypes.string_at(name).decode(), None)
            return deleted(this, name, sync_folder)

        hooks = _OPEN(open_), _DELETE(delete)
        vfs.xOpen, vfs.xDelete = (ctypes.cast(hook, _PTR).value for hook in hooks)
        try:
            yield self
        finally:
            vfs.xOpen, vfs.xDelete = before
        if self._raised:
            raise self._raised[0]

    def _wrap(self, file: int, name: str) -> None:
        handle = _File.from_address(file)
        address = ctypes.addressof(handle.pMethods.contents)
        if address not in self._methods:
            self._methods[address] = self._wrapped(handle.pMethods.contents)
        self._names[file] = name
        if name not in self.files:
            path = Path(name)
            self.files[name] = Content(path.read_bytes() if path.exists() and path.stat().st_size else None)
        handle.pMethods = ctypes.pointer(self._methods[address])

    def _wrapped(self, methods: _Methods) -> _Methods:
        write, truncate, sync = _WRITE(methods.xWrite), _TRUNCATE(methods.xTruncate), _SYNC(methods.xSync)

        def write_(file: int, data: int, size: int, offset: int) -> int:
            if (fault := self._step() or self.on_write) != OK:
                return fault
            self.files[self._names[file]].pending.append((offset, ctypes.string_at(data, size)))
            return write(file, data, size, offset)

        def truncate_(file: int, size: int) -> int:
            if (fault := self._step() or self.on_write) != OK:
                return fault
            self.files[self._names[file]].pending.append(size)
            return truncate(file, size)

        def sync_(file: int, flags: int) -> int:
            if (fault := self._step() or self.on_sync) != OK:
                self.syncs_failed += 1
                return fault
            name = self._names[file]
            content = self.files[name]
            content.synced, content.pending = _all(content), []
            return sync(file, flags)

        hooks = _WRITE(write_), _TRUNCATE(truncate_), _SYNC(sync_)
        copy = _Methods()
        ctypes.memmove(ctypes.byref(copy), ctypes.byref(methods), ctypes.sizeof(_Methods))
        copy.xWrite, copy.xTruncate, copy.xSync = (ctypes.cast(hook, _PTR).value for hook in hooks)
        self._kept += [hooks, write, truncate, sync]
        return copy

    def _step(self) -> int:
        try:
            self.before()
        except BaseException as fault:  # noqa: BLE001  # ctypes would only print it; the test shall see it
            self._raised.append(fault)
            return IOERR_WRITE
        return OK


def _apply(content: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del content[change:]
        return
    offset, data = change
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _all(file: Content) -> bytes:
    content = bytearray(file.synced or b"")
    for change in file.pending:
        _apply(content, change)
    return bytes(content)


def _left(file: Content, luck: random.Random) -> bytes | None:
    if file.synced is None and luck.random() < 0.5:  # as often as not a new file has no name yet
        return None
    content = bytearray(file.synced or b"")
    share = luck.choice((0.0, 0.5, 0.9, 1.0))
    for change in luck.sample(file.pending, round(share * len(file.pending))):
        if isinstance(change, tuple) and luck.random() < 0.2:  # torn now and then
            offset, data = change
            change = offset, data[: luck.randrange(len(data) // SECTOR + 1) * SECTOR]  # noqa: PLW2901  # what is left of it
        _apply(content, change)
    return bytes(content)


def _default_vfs() -> _Vfs:
    """The file functions that SQLite uses here, of the library that the ledger uses."""
    module = __import__(f"{sqlite3.__name__.partition('.')[0]}", fromlist=["_sqlite3"])
    library = ctypes.CDLL((getattr(module, "_sqlite3", None) or __import__("_sqlite3")).__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
    found: _Vfs = library.sqlite3_vfs_find(None).contents
    return found
