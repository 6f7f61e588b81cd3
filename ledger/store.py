"""Opening `ledger.db`, and the one door for writes.

SQLite before 3.51.3 can corrupt a database in WAL mode under concurrent checkpoints; with such an SQLite
the ledger uses a rollback journal instead: slower, but safe. Every commit is synced to the disk.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # it picks the newest SQLite there is

from ledger.errors import (
    Contradiction,
    LedgerDamaged,
    LedgerError,
    LedgerMissing,
    LedgerTooNew,
    LedgerUnavailable,
)
from ledger.events import GENESIS, Event, chained
from ledger.projections import project
from ledger.schema import migrations
from shopfloor.instants import Instant, utc_text

FIRST_SAFE_WAL = (3, 51, 3)
BUSY_TIMEOUT_MS = 4_000
BEING_MADE_S = 1.0
LOG_KEPT_BYTES = 16 * 1024 * 1024
CACHED_STATEMENTS = 512
"""More than migrations run: the cache keeps the oldest ones, and each statement that finds no room is slow."""

Row = Any
"""A `sqlite3.Row`: by name or by place."""


class Ledger:
    """One process's connection to the site's record. Use it from one thread at a time or through `write`."""

    def __init__(
        self,
        path: Path,
        *,
        create: bool = False,
        checkpoints: bool = True,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    ) -> None:
        """Open, and bring the schema up to date.

        Of several processes only one should have `checkpoints`; the others leave the log to it.
        A write waits at most `busy_timeout_ms` for another process.
        """
        if not create and not path.exists():
            raise LedgerMissing(path)
        if _stays_empty(path):
            raise LedgerDamaged(path, OSError("it is empty; if nothing was ever recorded here, delete it"))
        self.path = path
        self.listeners: list[Callable[[int], None]] = []
        """Called after each commit with the last sequence."""
        self._lock = threading.RLock()
        try:
            self._connection = sqlite3.connect(
                str(path),
                isolation_level=None,
                check_same_thread=False,
                timeout=busy_timeout_ms / 1000,
                cached_statements=CACHED_STATEMENTS,
            )
        except sqlite3.OperationalError as fault:
            raise LedgerUnavailable(path, fault) from None
        self._connection.row_factory = sqlite3.Row
        self._place = _place(path)
        try:
            self._prepare(checkpoints=checkpoints)
        except BaseException:
            self._connection.close()
            raise

    @property
    def journal(self) -> str:
        """What was found: the SQLite version and how commits reach the disk."""
        return f"SQLite {sqlite3.sqlite_version}, {self.rows('PRAGMA journal_mode')[0][0]} journal, synchronous FULL"

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """All rows of a query. LedgerUnavailable or LedgerDamaged when the file cannot be read."""
        with self._lock, self._readable():
            return list(self._connection.execute(sql, values))

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        with self._lock, self._readable():
            return self._connection.execute(sql, values).fetchone()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads that see one and the same state; inside another one they see its state."""
        with self._lock:
            if self._connection.in_transaction:  # this thread's: others wait for the lock
                yield
                return
            with self._readable():
                self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._roll_back()  # nothing was written

    @contextmanager
    def write(self, now: Instant) -> Iterator[Transaction]:
        """The only door for writes: begin immediately, append, update read models, commit, then tell.

        Nothing is written when the body raises. A full disk, a lock that stays or a failing file is
        LedgerUnavailable.
        """
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                if _place(self.path) != self._place:
                    raise LedgerDamaged(self.path, OSError("it was replaced or removed while it was open"))  # noqa: TRY301  # undone below
                transaction = Transaction(self._connection, now)
                yield transaction
                self._connection.execute("COMMIT")
            except sqlite3.OperationalError as fault:
                self._roll_back()
                raise LedgerUnavailable(self.path, fault) from fault
            except sqlite3.IntegrityError:
                self._roll_back()
                raise
            except sqlite3.DatabaseError as fault:
                self._roll_back()
                raise LedgerDamaged(self.path, fault) from fault
            except BaseException:
                self._roll_back()
                raise
        for tell in self.listeners:
            tell(transaction.sequence)

    def chained_ahead(self, events: Sequence[Event], now: Instant) -> Ahead:
        """Many events with their rows, made before the door opens, so that others wait less behind it."""
        last = self.row(_LAST)
        sequence, prev_hash = (last["sequence"], last["hash"]) if last else (0, GENESIS)
        after, recorded_at, rows = (sequence, prev_hash), utc_text(now), []
        for number, event in enumerate(events, sequence + 1):
            row = chained(event, sequence=number, recorded_at=recorded_at, prev_hash=prev_hash)
            prev_hash = row[-1]
            rows.append(row)
        return Ahead(after, recorded_at, events, rows)

    def checkpoint(self) -> None:
        """Move what is in the log into the file as far as no reader holds it up; never waits."""
        with self._lock, suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Close the connection; the file is complete without it."""
        self._connection.close()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as fault:
            raise LedgerUnavailable(self.path, fault) from fault
        except sqlite3.DatabaseError as fault:
            raise LedgerDamaged(self.path, fault) from fault

    def _roll_back(self) -> None:
        with suppress(sqlite3.OperationalError):  # the failing statement may have ended the transaction
            self._connection.execute("ROLLBACK")

    def _prepare(self, *, checkpoints: bool) -> None:
        # The row factory of sqlite-utils is its own; plugins of other programs have no place in a ledger.
        try:
            safe_wal = sqlite3.sqlite_version_info >= FIRST_SAFE_WAL
            self._connection.execute(f"PRAGMA journal_mode={'WAL' if safe_wal else 'TRUNCATE'}")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA foreign_keys=ON")
            self._connection.execute(f"PRAGMA journal_size_limit={LOG_KEPT_BYTES}")
            if not checkpoints:
                self._connection.execute("PRAGMA wal_autocheckpoint=0")
            self._migrate()
        except sqlite3.OperationalError as fault:
            raise LedgerUnavailable(self.path, fault) from None
        except sqlite3.DatabaseError as fault:
            raise LedgerDamaged(self.path, fault) from None

    def _migrate(self) -> None:
        database = Database(self._connection, execute_plugins=False)
        applied = {done.name for done in migrations.applied(database)}
        pending = [step.name for step in migrations.pending(database)]
        unknown = sorted(applied - {step.name for step in migrations._migrations})  # noqa: SLF001  # no public list
        if unknown:
            raise LedgerTooNew(self.path, unknown)
        if not pending:
            return
        # Taken before the first step, so that two processes starting together migrate once.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            migrations.apply(database)
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise


@dataclass(frozen=True, slots=True)
class Ahead:
    """Events with their rows, which hold if nothing else is appended before them."""

    after: tuple[int, str]
    """The sequence and hash that the first row follows."""
    recorded_at: str
    events: Sequence[Event]
    rows: Sequence[tuple[Any, ...]]


class Transaction:
    """What may be done inside the door: append events and keep evidence, at one recorded instant."""

    def __init__(self, connection: Any, now: Instant) -> None:
        self.now = now
        self._connection = connection
        last = connection.execute(_LAST).fetchone()
        self.sequence: int = last["sequence"] if last else 0
        self._hash: str = last["hash"] if last else GENESIS
        self._recorded_at = utc_text(now)

    def append(self, event: Event) -> int:
        """Append one event and bring the read models up to it; the new sequence."""
        row = chained(event, sequence=self.sequence + 1, recorded_at=self._recorded_at, prev_hash=self._hash)
        self._connection.execute(_INSERT, row)
        self.sequence += 1
        self._hash = row[-1]
        project(self, event, self.sequence)
        return self.sequence

    def follows(self, ahead: Ahead) -> bool:
        """Whether nothing was appended since these rows were made."""
        return ahead.after == (self.sequence, self._hash) and ahead.recorded_at == self._recorded_at

    def append_ahead(self, ahead: Ahead) -> None:
        """Append many events: by the rows that were made for them, if these still hold."""
        if not self.follows(ahead):
            for event in ahead.events:
                self.append(event)
            return
        self._connection.executemany(_INSERT, ahead.rows)
        for event, row in zip(ahead.events, ahead.rows, strict=True):
            self.sequence, self._hash = row[0], row[-1]
            project(self, event, self.sequence)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the transaction that can fail by itself: Contradiction, and only it is undone."""
        before = self.sequence, self._hash
        self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except sqlite3.IntegrityError as fault:
            self._connection.execute("ROLLBACK TO attempt")
            self.sequence, self._hash = before
            raise Contradiction(str(fault)) from fault
        finally:
            self._connection.execute("RELEASE attempt")

    def holds(self, event_id: str) -> Row | None:
        """The event of that id, if it is recorded already."""
        return self.row("SELECT * FROM events WHERE event_id = ?", (event_id,))

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """One statement on a read model or an evidence table."""
        self._connection.execute(sql, values)

    def insert(self, sql: str, values: Sequence[Any]) -> int:
        """One new row of a table that numbers its rows; its number."""
        return int(self._connection.execute(sql, values).lastrowid)

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows."""
        self._connection.executemany(sql, rows)

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        return self._connection.execute(sql, values).fetchone()

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        return list(self._connection.execute(sql, values))


def _stays_empty(path: Path) -> bool:
    """Whether somebody emptied the file: a young ledger stands in its log alone, and one may be made just now."""
    until_s = time.monotonic() + BEING_MADE_S
    while path.exists() and not path.stat().st_size and not path.with_name(f"{path.name}-wal").exists():
        if time.monotonic() > until_s:
            return True
        time.sleep(0.01)
    return False


def _place(path: Path) -> tuple[int, int] | None:
    """Which file stands under a name; commits to one that was removed would go nowhere."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


_LAST = "SELECT sequence, hash FROM events ORDER BY sequence DESC LIMIT 1"
_INSERT = """
INSERT INTO events (sequence, event_id, kind, occurred_at, recorded_at, source, station, link, "order", batch,
                    quantity, reason, person, detail, prev_hash, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

__all__ = ["Ledger", "LedgerError", "Row", "Transaction"]
