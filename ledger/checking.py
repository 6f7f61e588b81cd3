"""Is the record whole: the file, the chain of hashes, and every read model against the events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ledger.events import GENESIS, Event, chain_hash
from ledger.projections import project
from ledger.store import Ledger, Row, Transaction
from shopfloor.instants import instant_from_text

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
    "last_actions",
    "drafts",
    "confirmations",
    "plan_versions",
    "old_targets",
    "loads",
    "given_back",
    "site_versions",
)


def faults(ledger: Ledger) -> list[str]:
    """Everything that is wrong with a ledger, each in one sentence; empty when it is whole."""
    with ledger.snapshot():
        return [*_file_faults(ledger), *_chain_faults(ledger), *_read_model_faults(ledger)]


def _file_faults(ledger: Ledger) -> Iterator[str]:
    for row in ledger.rows("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield f"the file is damaged: {row[0]}"


def _chain_faults(ledger: Ledger) -> Iterator[str]:
    before, expected = GENESIS, 1
    for row in ledger.rows("SELECT * FROM events ORDER BY sequence"):
        facts = tuple(row)
        if row["sequence"] != expected:
            yield f"event {expected} is missing"
        if row["prev_hash"] != before or chain_hash(facts[:-1]) != row["hash"]:
            yield f"event {row['sequence']} was changed after it was recorded"
        before, expected = row["hash"], row["sequence"] + 1


def _read_model_faults(ledger: Ledger) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        again = Ledger(Path(folder) / "again.db", create=True)
        try:
            with again.write(0) as tx:
                for row in ledger.rows("SELECT * FROM events ORDER BY sequence"):
                    try:
                        _repeat(tx, row)
                    except (ValueError, KeyError, TypeError) as fault:
                        yield f"event {row['sequence']} cannot be read: {fault!r}"
                        return
            for table in READ_MODELS:
                found, wanted = _content(ledger, table), _content(again, table)
                if found != wanted:
                    yield f"{table} differs from the events in {len(found ^ wanted)} rows; rebuild it"
        finally:
            again.close()


def _repeat(tx: Transaction, row: Row) -> None:
    event = Event(
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
    project(tx, event, row["sequence"])


def _content(ledger: Ledger, table: str) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in ledger.rows(f"SELECT * FROM {table}")}  # noqa: S608  # one of our own names
