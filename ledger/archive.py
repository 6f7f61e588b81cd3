"""`archive.db`: what is attached to orders that were shipped long ago, beside the ledger whose events stay whole.

The ledger says of which orders (`archived_orders`); whatever else the archive holds does not count. One process at a
time writes it, everybody else opens it to read only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # it picks the newest SQLite there is

from ledger.errors import HOW_TO_MEND, ArchiveUnusable
from ledger.store import BUSY_TIMEOUT_MS, Ledger, Row
from shopfloor.instants import Instant

ARCHIVE_FILE = "archive.db"
_NAMED = 3
"""Orders that a sentence names."""

_ITS_BATCHES = 'batch IN (SELECT batch FROM batches WHERE "order" = :order)'
MOVED = {
    "scans": "batch IN (SELECT batch FROM batches WHERE \"order\" = :order UNION ALL SELECT 'order/' || :order)",
    "positions": _ITS_BATCHES,
    "handoffs": _ITS_BATCHES,
}
"""The tables that grow with every scan, and which of their rows belong to an order. The rest stays: measured on two
days of the demo, these three are 95 % of what is not events; targets, the next, are 2 %."""
COPIED = "batches"
"""Stays in the ledger too, which has to know old codes; here the others are found by it."""


def archive_of(ledger: Ledger) -> Path:
    """Where the archive of a ledger is, or would be."""
    return ledger.path.with_name(ARCHIVE_FILE)


def anything_archived(ledger: Ledger) -> bool:
    """Whether the ledger needs its archive."""
    return ledger.row("SELECT 1 FROM archived_orders LIMIT 1") is not None


def rows_of_order(ledger: Ledger, number: str, sql: str) -> list[Row]:
    """Rows of one `:order` from where they are, the ledger or the archive. ArchiveUnusable."""
    if ledger.row('SELECT 1 FROM archived_orders WHERE "order" = ?', (number,)) is None:
        return ledger.rows(sql, {"order": number})
    path = archive_of(ledger)
    with reading_archive(path) as archive:
        return list(archive.execute(sql, {"order": number}))


@contextmanager
def reading_archive(path: Path) -> Iterator[Any]:
    """A connection that can only read. ArchiveUnusable when the file is missing or damaged."""
    if not path.exists():
        raise ArchiveUnusable(path, "it is missing")
    with told_as_unusable(path), closing(connected(path, read_only=True)) as connection:
        yield connection


@contextmanager
def writing_archive(ledger: Ledger) -> Iterator[Any]:
    """A connection for the one who writes, the ledger attached as `site`, to read only. The archive is made if need be.

    A commit is on the disk for good, the end of its journal too: what the ledger then deletes is nowhere else.
    """
    path = archive_of(ledger)
    with told_as_unusable(path), closing(connected(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("ATTACH DATABASE ? AS site", (f"{ledger.path.absolute().as_uri()}?mode=ro",))
        connection.execute("BEGIN IMMEDIATE")
        for table in (COPIED, *MOVED):
            _bring_up_to_date(connection, table)
        connection.execute("COMMIT")
        yield connection


def connected(path: Path, *, read_only: bool = False) -> Any:
    """A plain connection to an archive."""
    address = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    connection = sqlite3.connect(
        address, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    return connection


@contextmanager
def told_as_unusable(path: Path) -> Iterator[None]:
    """What SQLite says of the archive, in one sentence."""
    try:
        yield
    except sqlite3.DatabaseError as fault:
        raise ArchiveUnusable(path, str(fault)) from None


def archive_to_mend(ledger: Ledger) -> Path | None:
    """The archive, made anew where it is missing; None when the ledger needs none. ArchiveUnusable when damaged."""
    if not anything_archived(ledger):
        return None
    path = archive_of(ledger)
    with writing_archive(ledger) as connection:
        for row in connection.execute("PRAGMA main.integrity_check"):
            if row[0] != "ok":
                raise ArchiveUnusable(path, f"damaged: {row[0]}")
    return path


def archive_faults(ledger: Ledger) -> list[str]:
    """What is wrong with the archive's file, or missing in it of what devices told; empty without an archive."""
    if not anything_archived(ledger):
        return []
    try:
        with reading_archive(archive_of(ledger)) as archive:
            found = [str(row[0]) for row in archive.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                return [f"{ARCHIVE_FILE} is damaged: {why}; {HOW_TO_MEND}" for why in found]
            lacking = sorted(_lacking(ledger, archive))
    except ArchiveUnusable as fault:
        return [str(fault)]
    return [f"{ARCHIVE_FILE} lacks {_told_lost(lacking)}; {HOW_TO_MEND}"] if lacking else []


def accept_lost(ledger: Ledger, now: Instant) -> str:
    """What the archive has lost and no event can give back, said once; empty when nothing is."""
    if not anything_archived(ledger):
        return ""
    with reading_archive(archive_of(ledger)) as archive:
        there = _lacking(ledger, archive)
    with ledger.write(now, tell=False) as tx:
        tx.run_many(
            'UPDATE archived_orders SET facts = ? WHERE "order" = ?',
            [(count, order) for order, count in there.items()],
        )
    return f"{ARCHIVE_FILE} has lost {_told_lost(sorted(there))}; their events are whole" if there else ""


def _lacking(ledger: Ledger, archive: Any) -> dict[str, int]:
    """Archived orders of which other scans are there than were archived: how many are."""
    there = dict(archive.execute('SELECT "order", COUNT(*) FROM scans GROUP BY "order"').fetchall())
    return {
        row["order"]: there.get(row["order"], 0)
        for row in ledger.rows('SELECT "order", facts FROM archived_orders')
        if there.get(row["order"], 0) != row["facts"]
    }


def _told_lost(orders: list[str]) -> str:
    more = f" and {len(orders) - _NAMED} more" if len(orders) > _NAMED else ""
    return f"scans, as devices told them, of {', '.join(orders[:_NAMED])}{more}"


def columns_of(connection: Any, schema: str, table: str) -> list[Row]:
    """The columns of a table; none when it is not there."""
    return list(connection.execute(f"PRAGMA {schema}.table_info({table})"))


def quoted(names: Sequence[str], prefix: str = "") -> str:
    """Names of columns for a statement."""
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _bring_up_to_date(connection: Any, table: str) -> None:
    """The archive's table has every column that the ledger's has, and no rule of its own but the key."""
    wanted = columns_of(connection, "site", table)
    known = {column["name"] for column in columns_of(connection, "main", table)}
    told = [(column["name"], f"{_words(column)}") for column in wanted if column["name"] not in known]
    if not known:
        keys = [column["name"] for column in sorted(wanted, key=lambda column: column["pk"]) if column["pk"]]
        columns = ", ".join(words for _, words in told)
        connection.execute(
            f"CREATE TABLE main.{table} ({columns}, PRIMARY KEY ({quoted(keys)})) WITHOUT ROWID"
        )
        if table == COPIED:
            connection.execute(f'CREATE INDEX main.batches_of_order ON {table} ("order", number)')
        return
    for _, words in told:
        connection.execute(f"ALTER TABLE main.{table} ADD COLUMN {words}")


def _words(column: Row) -> str:
    default = "" if column["dflt_value"] is None else f" DEFAULT {column['dflt_value']}"
    return f'"{column["name"]}" {column["type"]}{default}'
