"""Is the record whole: the file, the chain of hashes, and every read model against the events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ledger.archive import anything_archived, archive_faults, archive_of
from ledger.errors import LedgerDamaged
from ledger.rebuilding import READ_MODELS, EventUnreadable, again, chain_faults
from ledger.store import Ledger


def faults(ledger: Ledger) -> list[str]:
    """Everything that is wrong with a ledger, each in one sentence; empty when it is whole."""
    found = [] if ledger.damage is None else [f"it is marked as damaged: {ledger.damage}"]
    try:
        with ledger.snapshot():
            found.extend(file_faults(ledger))
            found.extend(chain_faults(ledger))
        of_archive = archive_faults(ledger)
        archive = archive_of(ledger) if anything_archived(ledger) and not of_archive else None
        found += [*of_archive, *_read_model_faults(ledger, archive)]
    except (LedgerDamaged, EventUnreadable) as fault:
        found.append(str(fault))
    return found


def file_faults(ledger: Ledger) -> Iterator[str]:
    """What SQLite finds wrong with its file."""
    for row in ledger.rows("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield f"the file is damaged: {row[0]}"


def look_over(ledger: Ledger, *, stop: Callable[[], bool] = lambda: False) -> str | None:
    """What is damaged in the file, which is then marked; None when nothing is, or it was told to stop.

    Table by table, so that no reader holds up the log for long. Cheaper than `faults`: it reads no content.
    """
    if ledger.damage is not None:
        return ledger.damage
    tables = ledger.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    for name in ["sqlite_schema", *(row["name"] for row in tables)]:
        if stop():
            break
        for row in ledger.rows(f"PRAGMA quick_check('{name}')"):
            if row[0] != "ok":
                ledger.found_damaged(f"{name}: {' '.join(str(row[0]).split())}")
                return ledger.damage
    return None


def _read_model_faults(ledger: Ledger, archive: Path | None) -> Iterator[str]:
    with again(ledger, archive=archive) as made:
        try:
            made.catch_up()
            compared = made.compare()
        except EventUnreadable as fault:
            yield str(fault)
            return
        for table in compared:
            if table.differing:
                yield f"{table.name} differs from the events in {table.differing} rows; rebuild it"


__all__ = ["READ_MODELS", "faults", "file_faults", "look_over"]
