"""Moving what is attached to orders shipped long ago from the ledger to the archive, while the site runs.

Two files have no common transaction. So an order's rows are copied first, and are on the disk; then the ledger notes
that the archive counts from now on; then its own rows are deleted, some at a time. Killed anywhere in between, each row
is in one place or in both, and the note says which counts; the next time goes on from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ledger.archive import (
    COPIED,
    MOVED,
    anything_archived,
    archive_of,
    columns_of,
    quoted,
    told_as_unusable,
    writing_archive,
)
from ledger.devices import LONGEST_BUFFER_MS
from ledger.store import Ledger, Transaction
from shopfloor.instants import DAY_MS, Instant

YOUNGEST_MS = LONGEST_BUFFER_MS + DAY_MS
"""A device may still report from its buffer what happened so long ago: younger orders stay."""
TOGETHER = 400
"""Rows that are deleted in one transaction: a scan that comes meanwhile waits some milliseconds."""
REST_S = 0.02
"""Between two transactions: whoever waits for the ledger has it first."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What went to the archive."""

    orders: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    """By table."""


@dataclass(frozen=True, slots=True)
class _Copied:
    """An order as it was copied: nothing that was recorded after these two may be of it."""

    order: str
    before_at: Instant
    sequence: int
    fact: int
    rows: Counter[str]


def to_archive(ledger: Ledger, before_at: Instant) -> list[str]:
    """The orders that were shipped before an instant and are not in the archive, the oldest first."""
    return [row["order"] for row in ledger.rows(_DUE, (before_at,))]


def rows_to_archive(ledger: Ledger, orders: list[str]) -> Counter[str]:
    """How many rows of each table would go with them."""
    found: Counter[str] = Counter()
    for order in orders:
        for table, of_order in MOVED.items():
            row = ledger.rows(f"SELECT COUNT(*) FROM {table} WHERE {of_order}", {"order": order})[0]  # noqa: S608  # our own words
            found[table] += row[0]
    return found


def archive(
    ledger: Ledger, before_at: Instant, clock: Callable[[], Instant], *, stop: Callable[[float], bool]
) -> Moved:
    """Move what is attached to every order shipped before an instant. ArchiveUnusable or another LedgerError.

    `stop` waits so many seconds, and says whether to end early; what was begun is finished the next time.
    """
    moved = Moved()
    due = to_archive(ledger, before_at)
    if not due and not (anything_archived(ledger) and _in_both(ledger)):
        return moved
    with writing_archive(ledger) as connection:
        for order in _in_both(ledger):
            if not _clear(ledger, order, clock, stop):
                return moved
        for order in due:
            with told_as_unusable(archive_of(ledger)):
                copied = _copy(connection, order, before_at)
            if copied is None or not _note(ledger, copied, clock()):
                continue
            moved.orders.append(order)
            moved.rows.update(copied.rows)
            if not _clear(ledger, order, clock, stop):
                break
    return moved


def _in_both(ledger: Ledger) -> list[str]:
    """Orders that the archive has and whose rows are not all deleted here."""
    return [row["order"] for row in ledger.rows('SELECT "order" FROM archived_orders WHERE cleared = 0')]


def _copy(connection: Any, order: str, before_at: Instant) -> _Copied | None:
    """Put an order's rows into the archive as one snapshot has them; None when it is not to go there."""
    connection.execute("BEGIN IMMEDIATE")  # the ledger is attached to read only: it is not locked
    try:
        told = {"order": order, "before": before_at}
        row = connection.execute(_STILL_DUE, told).fetchone()
        rows: Counter[str] = Counter()
        if row is not None:
            for table, of_order in {COPIED: '"order" = :order', **MOVED}.items():
                names = quoted([column["name"] for column in columns_of(connection, "site", table)])
                if table != COPIED:  # what an earlier try left may not hold any more
                    connection.execute(f"DELETE FROM main.{table} WHERE {of_order}", told)  # noqa: S608  # our own words
                done = connection.execute(
                    f"INSERT OR REPLACE INTO main.{table} ({names}) SELECT {names} FROM site.{table} WHERE {of_order}",  # noqa: S608  # our own words
                    told,
                )
                rows[table] = done.rowcount
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    del rows[COPIED]
    return None if row is None else _Copied(order, before_at, row["sequence"], row["fact"], rows)


def _note(ledger: Ledger, copied: _Copied, now: Instant) -> bool:
    """From now on the archive counts; not if anything was recorded of the order since it was copied."""
    with ledger.write(now, tell=False) as tx:
        if tx.rows(_CHANGED, (copied.order, copied.sequence, copied.fact, copied.before_at)):
            return False
        tx.run(
            'INSERT INTO archived_orders ("order", archived_at, facts) VALUES (?, ?, ?)',
            (copied.order, now, copied.rows["scans"]),
        )
        tx.run(_LAST_GIVES, (copied.order,))
    return True


def _clear(ledger: Ledger, order: str, clock: Callable[[], Instant], stop: Callable[[float], bool]) -> bool:
    """Delete what the archive has now; False when it was told to stop before the end."""
    while not stop(REST_S):
        with ledger.write(clock(), tell=False) as tx:
            if _delete_some(tx, order):
                tx.run('UPDATE archived_orders SET cleared = 1 WHERE "order" = ?', (order,))
                return True
    return False


def _delete_some(tx: Transaction, order: str) -> bool:
    """Delete so many of an order's rows; whether none is left."""
    left = TOGETHER
    for table, of_order in MOVED.items():
        keys = [column["name"] for column in tx.rows(f"PRAGMA table_info({table})") if column["pk"]]
        found = tx.rows(
            f"SELECT {quoted(keys)} FROM {table} WHERE {of_order} LIMIT :left",  # noqa: S608  # our own words
            {"order": order, "left": left},
        )
        this = " AND ".join(f'"{key}" = ?' for key in keys)
        tx.run_many(f"DELETE FROM {table} WHERE {this}", [tuple(row) for row in found])  # noqa: S608  # our own words
        left -= len(found)
        if not left:
            return False
    return True


_DUE = """
SELECT "order" FROM orders WHERE shipped_at < ? AND "order" NOT IN (SELECT "order" FROM archived_orders)
   AND "order" IS NOT (SELECT "order" FROM scans ORDER BY n DESC LIMIT 1)
 ORDER BY shipped_at, "order"
"""
_STILL_DUE = """
SELECT (SELECT IFNULL(MAX(sequence), 0) FROM site.events) AS sequence,
       (SELECT IFNULL(MAX(n), 0) FROM site.scans) AS fact
  FROM site.orders o
 WHERE "order" = :order AND shipped_at < :before
   AND NOT EXISTS (SELECT 1 FROM site.archived_orders a WHERE a."order" = o."order")
   AND "order" IS NOT (SELECT "order" FROM site.scans ORDER BY n DESC LIMIT 1)
"""
"""The last fact stays where it is: the next one's number follows it, and no number may be given twice."""
_CHANGED = """
SELECT 1 FROM events WHERE sequence > ?2 AND "order" = ?1
UNION ALL SELECT 1 FROM scans WHERE n > ?3 AND "order" = ?1
UNION ALL SELECT 1 FROM archived_orders WHERE "order" = ?1
UNION ALL SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM orders WHERE "order" = ?1 AND shipped_at < ?4)
LIMIT 1
"""
"""Whatever changes an order's rows is an event that names it, or a new fact."""
_LAST_GIVES = """
INSERT INTO archived_gives (line, link, last_given_at)
SELECT o.line, p.link, MAX(p.given_at) FROM orders o JOIN batches b USING ("order") JOIN positions p USING (batch)
 WHERE o."order" = ? AND p.given_at IS NOT NULL GROUP BY o.line, p.link
    ON CONFLICT (line, link) DO UPDATE SET last_given_at = MAX(last_given_at, excluded.last_given_at)
"""
