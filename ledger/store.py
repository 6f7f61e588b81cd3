"""Opening `ledger.db`, and the one door for writes.

SQLite before 3.51.3 can corrupt a database in WAL mode under concurrent checkpoints; with such an SQLite
the ledger uses a rollback journal instead: slower, but safe. Every commit is synced to the disk.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # it picks the newest SQLite there is

from ledger.damage import HeadNote, damage, mark_damaged, noted_head
from ledger.errors import (
    LedgerDamaged,
    LedgerError,
    LedgerMissing,
    LedgerReadOnly,
    LedgerTooNew,
    LedgerUnavailable,
    LedgerVanished,
)
from ledger.events import GENESIS, Event, chained
from ledger.schema import migrations
from ledger.transaction import LAST, Ahead, Reader, Row, Transaction
from shopfloor.instants import Instant, utc_text

FIRST_SAFE_WAL = (3, 51, 3)
BUSY_TIMEOUT_MS = 4_000
BEING_MADE_S = 1.0
LOG_KEPT_BYTES = 16 * 1024 * 1024
CACHED_STATEMENTS = 512
"""More than migrations run: the cache keeps the oldest ones, and each statement that finds no room is slow."""
LOG_ALARM_BYTES = 64 * 1024 * 1024
"""A longer log means that somebody holds a reader open: the log cannot be taken up into the file."""
DAMAGED = (11, 26)  # SQLITE_CORRUPT, SQLITE_NOTADB
FAILING_DISK = 10  # SQLITE_IOERR


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
        if not path.exists():
            if noted_head(path) is not None:
                raise LedgerVanished(path)
            if not create:
                raise LedgerMissing(path)
        if _stays_empty(path):
            raise LedgerDamaged(path, OSError("it is empty; if nothing was ever recorded here, delete it"))
        self.path = path
        self.listeners: list[Callable[[int], None]] = []
        """Called after each commit with the last sequence."""
        self._checkpoints = checkpoints
        self._busy_timeout_s = busy_timeout_ms / 1000
        self._lock = threading.RLock()
        self._within: Transaction | None = None
        self._head = HeadNote(path)
        self._damage: str | None = None
        self._failed = False
        self._connect()
        self._place = _place(path)

    @property
    def damage(self) -> str | None:
        """What is wrong with the file, if that was found: then it can only be read."""
        return self._damage or damage(self.path)

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

    def holds(self, event_id: str) -> Row | None:
        """The event of that id, if it is recorded."""
        return self.row("SELECT * FROM events WHERE event_id = ?", (event_id,))

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
    def write(self, now: Instant, *, tell: bool = True, deferred: bool = False) -> Iterator[Transaction]:
        """The only door for writes: begin immediately, append, update read models, commit, then tell.

        Nothing is written when the body raises. A full disk, a lock that stays or a failing file is
        LedgerUnavailable. `deferred` is for a scratch file with a site's ledger attached, which it must not lock.
        Inside another one it is a part of that one: committed with it, or undone alone when the body raises.
        """
        with self._lock:
            if self._within is not None:  # this thread's: others wait for the lock
                with self._within.part():
                    yield self._within
                return
            try:
                self._open_again()
                if (why := self.damage) is not None:
                    raise LedgerReadOnly(self.path, why)  # noqa: TRY301  # nothing was begun
                self._connection.execute("BEGIN" if deferred else "BEGIN IMMEDIATE")
                if _place(self.path) != self._place:
                    raise LedgerDamaged(self.path, OSError("it was replaced or removed while it was open"))  # noqa: TRY301  # undone below
                transaction = self._within = Transaction(self._connection, now)
                yield transaction
                self._connection.execute("COMMIT")
            except sqlite3.OperationalError as fault:
                self._roll_back()
                self._give_up_if_failing(fault)
                raise LedgerUnavailable(self.path, fault) from fault
            except sqlite3.IntegrityError:
                self._roll_back()
                raise
            except sqlite3.DatabaseError as fault:
                self._roll_back()
                self._mark_if_damaged(fault)
                raise LedgerDamaged(self.path, fault) from fault
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._within = None
            if transaction.appended:
                self._head.write(transaction.sequence, transaction.last_hash)
        for listener in self.listeners if tell else ():
            listener(transaction.sequence)

    def prove_writable(self, now: Instant) -> None:
        """Commit a mark of no meaning: raises what a scan would meet, also while none comes."""
        with self.write(now, tell=False) as tx:
            tx.run(
                "INSERT INTO tallies (name, value) VALUES ('proved_at', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (now,),
            )

    @property
    def log_bytes(self) -> int:
        """The size of the log. It grows while somebody reads on and on in one snapshot."""
        try:
            return self.path.with_name(f"{self.path.name}-wal").stat().st_size
        except OSError:
            return 0

    def chained_ahead(self, events: Sequence[Event], now: Instant) -> Ahead:
        """Many events with their rows, made before the door opens, so that others wait less behind it."""
        last = self.row(LAST)
        sequence, prev_hash = (last["sequence"], last["hash"]) if last else (0, GENESIS)
        after, recorded_at, rows = (sequence, prev_hash), utc_text(now), []
        for number, event in enumerate(events, sequence + 1):
            row = chained(event, sequence=number, recorded_at=recorded_at, prev_hash=prev_hash)
            prev_hash = row[-1]
            rows.append(row)
        return Ahead(after, recorded_at, events, rows)

    def checkpoint(self) -> None:
        """Move what is in the log into the file as far as no reader holds it up; never waits."""
        with self._lock, suppress(sqlite3.DatabaseError):  # a failing disk is told by the next write
            if self.damage is None and not self._failed:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def interrupt(self) -> None:
        """End a long query that runs in another thread; it raises LedgerUnavailable there."""
        with suppress(sqlite3.ProgrammingError):  # it has just ended by itself, and was closed
            self._connection.interrupt()

    def close(self) -> None:
        """Close the connection; the file is complete without it."""
        self._connection.close()
        self._head.close()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            self._open_again()
            yield
        except sqlite3.OperationalError as fault:
            self._give_up_if_failing(fault)
            raise LedgerUnavailable(self.path, fault) from fault
        except sqlite3.DatabaseError as fault:
            self._mark_if_damaged(fault)
            raise LedgerDamaged(self.path, fault) from fault

    def _give_up_if_failing(self, fault: Exception) -> None:
        """What a connection believes after a sync that failed may not be on the disk: the next use opens a new one."""
        if _code(fault) == FAILING_DISK:
            self._failed = True

    def _mark_if_damaged(self, fault: Exception) -> None:
        if _code(fault) in DAMAGED:
            self.found_damaged(str(fault))

    def found_damaged(self, why: str) -> None:
        """From now on this ledger can only be read, by every process and after every start."""
        self._damage = why
        mark_damaged(self.path, why)

    def _open_again(self) -> None:
        if not self._failed or self._connection.in_transaction:
            return
        self._connection.close()
        self._connect()
        self._failed = False

    def _connect(self) -> None:
        try:
            self._connection = sqlite3.connect(
                str(self.path),
                isolation_level=None,
                check_same_thread=False,
                timeout=self._busy_timeout_s,
                cached_statements=CACHED_STATEMENTS,
            )
        except sqlite3.OperationalError as fault:
            raise LedgerUnavailable(self.path, fault) from None
        self._connection.row_factory = sqlite3.Row
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _roll_back(self) -> None:
        with suppress(sqlite3.OperationalError):  # the failing statement may have ended the transaction
            self._connection.execute("ROLLBACK")

    def _prepare(self) -> None:
        noted = noted_head(self.path)  # first: the ledger is never behind it
        try:
            safe_wal = sqlite3.sqlite_version_info >= FIRST_SAFE_WAL
            self._connection.execute(f"PRAGMA journal_mode={'WAL' if safe_wal else 'TRUNCATE'}")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA foreign_keys=ON")
            self._connection.execute(f"PRAGMA journal_size_limit={LOG_KEPT_BYTES}")
            if not self._checkpoints:
                self._connection.execute("PRAGMA wal_autocheckpoint=0")
            self._migrate()
            if noted is not None and self.damage is None:
                self._compare_with(*noted)
        except sqlite3.OperationalError as fault:
            raise LedgerUnavailable(self.path, fault) from None
        except sqlite3.DatabaseError as fault:
            if noted is not None:  # else it may be somebody's file that never was a ledger
                self._mark_if_damaged(fault)
            raise LedgerDamaged(self.path, fault) from None

    def _compare_with(self, sequence: int, chain_hash: str) -> None:
        found = self._connection.execute("SELECT hash FROM events WHERE sequence = ?", (sequence,)).fetchone()
        if found is None:
            last = self._connection.execute("SELECT MAX(sequence) FROM events").fetchone()[0] or 0
            self.found_damaged(f"it ends with event {last}, but event {sequence} had been recorded")
        elif found["hash"] != chain_hash:
            self.found_damaged(f"event {sequence} is not the one that had been recorded")

    def _migrate(self) -> None:
        # The row factory of sqlite-utils is its own; plugins of other programs have no place in a ledger.
        database = Database(self._connection, execute_plugins=False)
        applied = {done.name for done in migrations.applied(database)}
        pending = [step.name for step in migrations.pending(database)]
        unknown = sorted(applied - {step.name for step in migrations._migrations})  # noqa: SLF001  # no public list
        if unknown:
            raise LedgerTooNew(self.path, unknown)
        if not pending:
            return
        if (why := self.damage) is not None:
            raise LedgerReadOnly(self.path, why)
        # Taken before the first step, so that two processes starting together migrate once.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            migrations.apply(database)
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise


def _stays_empty(path: Path) -> bool:
    """Whether somebody emptied the file: a young ledger stands in its log alone, and one may be made just now."""
    until_s = time.monotonic() + BEING_MADE_S
    while path.exists() and not path.stat().st_size and not path.with_name(f"{path.name}-wal").exists():
        if time.monotonic() > until_s:
            return True
        time.sleep(0.01)  # nothing tells when the other process has made it
    return False


def _code(fault: BaseException) -> int:
    """SQLite's primary result code."""
    return int(getattr(fault, "sqlite_errorcode", 0)) & 0xFF


def _place(path: Path) -> tuple[int, int] | None:
    """Which file stands under a name; commits to one that was removed would go nowhere."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


__all__ = ["Ahead", "Ledger", "LedgerError", "Reader", "Row", "Transaction"]
