"""The read models made again from the events, in a scratch file: compared with those that are kept, and put in place.

Events are never changed, so they are read while the site runs. Comparing sees one snapshot and locks nobody out; only
mending takes the ledger's lock, for the tables that differ. Memory stays bounded however long the record is.

What is in the archive is compared there, and made there again: of an archived order the ledger's own rows do not count.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # it picks the newest SQLite there is

from ledger.archive import ARCHIVE_FILE, COPIED, MOVED, quoted
from ledger.errors import LedgerError, LedgerUnavailable
from ledger.events import GENESIS, Event, chain_hash
from ledger.projections import project
from ledger.store import BUSY_TIMEOUT_MS, Ledger, Row, Transaction
from shopfloor.instants import Instant, instant_from_text

READ_MODELS = (
    "orders",
    "batches",
    "targets",
    "order_links",
    "hour_counts",
    "link_activity",
    "positions",
    "handoffs",
    "scraps",
    "flags",
    "flag_chains",
    "escalations",
    "consequences",
    "last_actions",
    "drafts",
    "confirmations",
    "plan_versions",
    "old_targets",
    "loads",
    "given_back",
    "site_versions",
    "delays",
    "link_days",
    "countermeasures",
    "hour_notes",
    "shift_signs",
)
ARCHIVED_MODELS = tuple(table for table in READ_MODELS if table in (COPIED, *MOVED))
_IS_ARCHIVED = 'EXISTS (SELECT 1 FROM site.archived_orders a WHERE a."order" = {})'
_ORDER_OF_BATCH = '(SELECT b."order" FROM main.batches b WHERE b.batch = h.batch)'

_PAGE = 5_000
"""Events that are read, and projected in one transaction of the scratch file, at a time."""


class EventUnreadable(LedgerError):
    """An event from which no read model can be made."""

    def __init__(self, sequence: int, why: str) -> None:
        super().__init__(f"event {sequence} cannot be read: {why}")


@dataclass(frozen=True, slots=True)
class Compared:
    """One table: its rows, and how many of them the events tell otherwise (missing and superfluous ones among them)."""

    table: str
    rows: int
    by_the_events: int
    differing: int
    place: str = "site"
    """The ledger of the site, or its "archive"."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.table} in {ARCHIVE_FILE}" if self.place == "archive" else self.table


class MadeAgain:
    """The read models of a ledger, made again; `again` opens it."""

    def __init__(self, site: Ledger, scratch: Ledger, *, with_archive: bool) -> None:
        self._site = site
        self._scratch = scratch
        self._with_archive = with_archive
        self.sequence = 0
        """The last event that went in."""

    def catch_up(self, told: Callable[[int], None] = lambda _: None) -> None:
        """Take in what has been recorded so far; `told` after each page."""
        while page := self._page():
            with self._scratch.write(0, deferred=True) as tx:
                self._project(tx, page)
            told(self.sequence)

    def compare(self) -> list[Compared]:
        """Every read model of one snapshot against the events of that snapshot."""
        with self._scratch.write(0, deferred=True) as tx:
            self._catch_up_inside(tx)
            return list(self._compared(tx))

    def mend(self, now: Instant) -> None:
        """Put the read models as the events tell them in place of those that differ, in one transaction.

        Nobody else writes meanwhile. LedgerUnavailable when the lock could not be had, then nothing is changed.
        """
        try:
            with self._scratch.write(now) as tx:  # begins on the attached ledger, too
                tx.run("PRAGMA defer_foreign_keys = ON")
                self._catch_up_inside(tx)
                for found in self._compared(tx):
                    if found.differing:
                        _replace_rows(tx, found.place, found.table)
        except LedgerUnavailable as fault:
            raise LedgerUnavailable(self._site.path, fault.__cause__ or fault) from fault

    def _compared(self, tx: Transaction) -> Iterator[Compared]:
        for table in READ_MODELS:
            yield _compared(tx, "site", table)
        for table in ARCHIVED_MODELS if self._with_archive else ():
            yield _compared(tx, "archive", table)

    def _catch_up_inside(self, tx: Transaction) -> None:
        while page := tx.rows(_NEXT, (self.sequence, _PAGE)):
            self._project(tx, page)

    def _page(self) -> list[Row]:
        return self._site.rows(_NEXT_OF_SITE, (self.sequence, _PAGE))

    def _project(self, tx: Transaction, page: list[Row]) -> None:
        for row in page:
            if row["sequence"] <= self.sequence:
                raise EventUnreadable(row["sequence"], f"it stands behind event {self.sequence}")
            self.sequence = row["sequence"]
            try:
                project(tx, event_of(row), row["sequence"])
            except (ValueError, KeyError, TypeError, sqlite3.IntegrityError) as fault:
                raise EventUnreadable(row["sequence"], repr(fault)) from None


@contextmanager
def again(site: Ledger, *, folder: Path | None = None, archive: Path | None = None) -> Iterator[MadeAgain]:
    """A scratch file that is thrown away at the end: in a folder with room for it, or where temporary files go.

    `archive`: the file to compare, too, and to mend.
    """
    with TemporaryDirectory(prefix="rebuild-", dir=folder) as place:
        scratch = Ledger(
            Path(place) / "again.db", create=True, checkpoints=False, busy_timeout_ms=BUSY_TIMEOUT_MS
        )
        try:
            # Nothing in the scratch file is worth a sync, and its log would be as large as itself.
            scratch.rows("PRAGMA main.synchronous = OFF")
            scratch.rows("PRAGMA main.journal_mode = MEMORY")
            # A projection that looks at events sees those of the site.
            scratch.rows("DROP TABLE main.events")
            scratch.rows("ATTACH DATABASE ? AS site", (str(site.path),))
            scratch.rows("PRAGMA site.synchronous = FULL")
            if archive is not None:
                scratch.rows("ATTACH DATABASE ? AS archive", (str(archive),))
                scratch.rows("PRAGMA archive.synchronous = EXTRA")
            yield MadeAgain(site, scratch, with_archive=archive is not None)
        finally:
            scratch.close()


def chain_faults(ledger: Ledger) -> Iterator[str]:
    """What breaks the chain of hashes, each in one sentence with its sequence."""
    before, expected = GENESIS, 1
    for row in events(ledger):
        facts = tuple(row)
        if row["sequence"] != expected:
            yield f"event {expected} is missing"
        if row["prev_hash"] != before or not _hash_fits(facts):
            yield f"event {row['sequence']} was changed after it was recorded"
        before, expected = row["hash"], row["sequence"] + 1


def _hash_fits(facts: tuple[Any, ...]) -> bool:
    try:
        return bool(chain_hash(facts[:-1]) == facts[-1])
    except TypeError:  # a value of a kind that no event holds
        return False


def events(ledger: Ledger, *, after: int = 0, until: int | None = None) -> Iterator[Row]:
    """The events in order of sequence, a page at a time; EventUnreadable with the one that is no text, or out of place.

    In a damaged file SQLite gives rows in the order in which they stand there, which may go round in a circle.
    """
    while page := _page_after(ledger, after):
        for row in page:
            if row["sequence"] <= after:
                raise EventUnreadable(row["sequence"], f"it stands behind event {after}")
            if until is not None and row["sequence"] > until:
                return
            yield row
            after = row["sequence"]


def _page_after(ledger: Ledger, after: int) -> list[Row]:
    try:
        return ledger.rows(_NEXT_OF_SITE, (after, _PAGE))
    except LedgerUnavailable:
        numbers = ledger.rows(
            "SELECT sequence FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?", (after, _PAGE)
        )
        for row in numbers:
            _read_alone(ledger, row["sequence"])
        raise


def _read_alone(ledger: Ledger, sequence: int) -> None:
    try:
        ledger.rows("SELECT * FROM events WHERE sequence = ?", (sequence,))
    except LedgerUnavailable as fault:
        if isinstance(fault.__cause__, sqlite3.OperationalError) and "UTF-8" in str(fault):
            raise EventUnreadable(sequence, "a text of it is no text any more") from None
        raise


def event_of(row: Row) -> Event:
    """The event that a row of `events` holds; ValueError, KeyError or TypeError when it holds none."""
    return Event(
        event_id=row["event_id"],
        kind=row["kind"],
        occurred_at=instant_from_text(row["occurred_at"]),
        source=row["source"],
        station=row["station"],
        link=row["link"],
        order=row["order"],
        batch=row["batch"],
        quantity=row["quantity"],
        reason=row["reason"],
        person=row["person"],
        detail=json.loads(row["detail"]),
    )


def _compared(tx: Transaction, place: str, table: str) -> Compared:
    only = _what_counts(place, table)
    rows, by_the_events = (_count(tx, f"{schema}.{table} AS h WHERE {only}") for schema in (place, "main"))
    differing = _count(tx, _other_rows(tx, place, "main", table)) + _count(
        tx, _other_rows(tx, "main", place, table, whole=False)
    )
    return Compared(table, rows, by_the_events, differing, place)


def _what_counts(place: str, table: str) -> str:
    """Which rows `h` of a table are to be found in the ledger, or in the archive."""
    if table not in ARCHIVED_MODELS or (table == COPIED and place == "site"):
        return "TRUE"
    archived = _IS_ARCHIVED.format(_ORDER_OF_BATCH if table == "positions" else 'h."order"')
    return archived if place == "archive" else f"NOT {archived}"


def _other_rows(tx: Transaction, here: str, there: str, table: str, *, whole: bool = True) -> str:
    """The rows here that are not the same there; unless `whole`, only those whose key is not there."""
    alike = " AND ".join(
        f't."{column["name"]}" IS h."{column["name"]}"'
        for column in tx.rows(f"PRAGMA main.table_info({table})")
        if whole or column["pk"]
    )
    only = _what_counts(there if here == "main" else here, table)
    return (
        f"{here}.{table} AS h WHERE {only} AND NOT EXISTS (SELECT 1 FROM {there}.{table} AS t WHERE {alike})"  # noqa: S608  # our own names
    )


def _replace_rows(tx: Transaction, place: str, table: str) -> None:
    """Delete what the events don't tell, insert what is missing: by key, row by row, without a sort."""
    names = [column["name"] for column in tx.rows(f"PRAGMA main.table_info({table})")]
    missing = _other_rows(tx, "main", place, table, whole=False)
    tx.run(f"DELETE FROM {_other_rows(tx, place, 'main', table)}")  # noqa: S608  # our own names
    tx.run(f"INSERT INTO {place}.{table} ({quoted(names)}) SELECT {quoted(names, 'h.')} FROM {missing}")  # noqa: S608  # our own names


def _count(tx: Transaction, what: str) -> int:
    row = tx.row(f"SELECT COUNT(*) FROM {what}")  # noqa: S608  # our own names
    return int(row[0]) if row else 0


_NEXT = "SELECT * FROM site.events WHERE sequence > ? ORDER BY sequence LIMIT ?"
_NEXT_OF_SITE = "SELECT * FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?"
