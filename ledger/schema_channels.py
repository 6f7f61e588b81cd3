"""The table of channels: how far each has told what `notices` holds, and how it fares."""

from __future__ import annotations

CHANNELS = """
CREATE TABLE channels (
    channel TEXT PRIMARY KEY,
    told INTEGER NOT NULL,
    messages INTEGER NOT NULL DEFAULT 0,
    last_sent_at INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    failing_since_at INTEGER,
    next_try_at INTEGER,
    fault TEXT,
    fault_said TEXT,
    is_on INTEGER NOT NULL DEFAULT 0,
    test_asked_at INTEGER,
    test_by TEXT,
    test_done_at INTEGER,
    test_fault TEXT,
    test_fault_said TEXT
) WITHOUT ROWID;
CREATE INDEX notices_of_flags ON notices (flag);
"""
