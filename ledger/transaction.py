"""What is done inside the ledger's door, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # it picks the newest SQLite there is

from ledger.errors import Contradiction
from ledger.events import GENESIS, Event, chained
from ledger.projections import project
from shopfloor.instants import Instant, utc_text

Row = Any
"""A `sqlite3.Row`: by name or by place."""

LAST = "SELECT sequence, hash FROM events ORDER BY sequence DESC LIMIT 1"
_INSERT = """
INSERT INTO events (sequence, event_id, kind, occurred_at, recorded_at, source, station, link, "order", batch,
                    quantity, reason, person, detail, prev_hash, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Events with their rows, which hold if nothing else is appended before them."""

    after: tuple[int, str]
    """The sequence and hash that the first row follows."""
    recorded_at: str
    events: Sequence[Event]
    rows: Sequence[tuple[Any, ...]]


class Reader(Protocol):
    """What can be asked: a transaction, or the ledger itself."""

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None: ...
    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]: ...
    def holds(self, event_id: str) -> Row | None: ...


class Transaction:
    """What may be done inside the door: append events and keep evidence, at one recorded instant."""

    def __init__(self, connection: Any, now: Instant) -> None:
        self.now = now
        self._connection = connection
        last = connection.execute(LAST).fetchone()
        self.sequence: int = last["sequence"] if last else 0
        self._hash: str = last["hash"] if last else GENESIS
        self.appended = False
        self._recorded_at = utc_text(now)

    @property
    def last_hash(self) -> str:
        """The hash of the last event."""
        return self._hash

    def append(self, event: Event) -> int:
        """Append one event and bring the read models up to it; the new sequence."""
        row = chained(event, sequence=self.sequence + 1, recorded_at=self._recorded_at, prev_hash=self._hash)
        self._connection.execute(_INSERT, row)
        self.sequence += 1
        self._hash = row[-1]
        self.appended = True
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
            self.appended = True
            project(self, event, self.sequence)

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that can fail by itself: whatever it raises, only it is undone."""
        before = self.sequence, self._hash
        self._connection.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO part")
            self.sequence, self._hash = before
            raise
        finally:
            self._connection.execute("RELEASE part")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may contradict what is recorded: Contradiction, and only it is undone."""
        try:
            with self.part():
                yield
        except sqlite3.IntegrityError as fault:
            raise Contradiction(str(fault)) from fault

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
