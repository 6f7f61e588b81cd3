"""A ledger from before scans were kept as facts: they are taken from its events, and its batches go on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ledger.checking import faults
from ledger.families import batch_row
from ledger.late_news import Cause, derive_again
from ledger.recorder import Recorder
from ledger.store import Ledger
from shopfloor.scans import Scan
from station_config import load
from tests.factory import china, site_folder


def test_what_was_recorded_before_facts_were_kept_is_derived_alike(tmp_path: Path) -> None:
    written = Path(__file__).parent / "files" / "before_agreements.sql"
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.executescript(written.read_text(encoding="utf-8"))
    ledger = Ledger(tmp_path / "ledger.db")
    recorder = Recorder(ledger, load(site_folder(tmp_path)).site)
    try:
        assert faults(ledger) == []
        scanned = "SELECT COUNT(*) FROM events WHERE kind IN ('received', 'given') AND event_id NOT LIKE 'implied/%'"
        assert ledger.rows("SELECT COUNT(*) FROM scans")[0][0] == ledger.rows(scanned)[0][0] > 0
        now = china("28 08:00")
        with ledger.write(now) as tx:
            before = tx.sequence
            for row in tx.rows("SELECT DISTINCT batch FROM positions"):
                batch = batch_row(tx, row["batch"])
                assert batch is not None
                derive_again(tx, recorder.floor("shirts"), batch, Cause(None, "test", now, "looked again"))
            assert tx.sequence == before
        late = ledger.rows("SELECT batch FROM positions WHERE link = 'cut' LIMIT 1")[0]["batch"]
        recorder.record([Scan("scanner-cut", late, now, "late", china("23 08:00"), 1)], now)
        assert (
            ledger.rows("SELECT kind FROM events ORDER BY sequence DESC LIMIT 1")[0]["kind"]
            != "order_released"
        )
        assert faults(ledger) == []
    finally:
        ledger.close()
