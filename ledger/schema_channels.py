"""The tables of channels: how far each has told what `notices` holds, which reports it has sent, how it fares."""

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

REPORTS_SENT = """
CREATE TABLE reports_sent (
    channel TEXT NOT NULL,
    report TEXT NOT NULL,
    line TEXT NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (channel, report, line)
) WITHOUT ROWID;
ALTER TABLE channels ADD COLUMN reported_at INTEGER;
"""
