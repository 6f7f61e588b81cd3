"""The seventh migration: which orders' attached history went to the archive."""

from __future__ import annotations

ARCHIVED = """
CREATE TABLE archived_orders (
    "order" TEXT PRIMARY KEY,
    archived_at INTEGER NOT NULL,
    facts INTEGER NOT NULL,
    cleared INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX in_both ON archived_orders ("order") WHERE cleared = 0;

CREATE TABLE archived_gives (
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    last_given_at INTEGER NOT NULL,
    PRIMARY KEY (line, link)
) WITHOUT ROWID;
"""
