"""The sixth migration: batches that were split off from others, and commands that were scanned."""

from __future__ import annotations

PARTS = """
ALTER TABLE batches ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN part_of TEXT;
ALTER TABLE batches ADD COLUMN split_by INTEGER;
ALTER TABLE batches ADD COLUMN split_at INTEGER;
UPDATE batches SET whole = quantity;
CREATE INDEX parts_of_batch ON batches (part_of) WHERE part_of IS NOT NULL;

ALTER TABLE scans ADD COLUMN part TEXT;
CREATE UNIQUE INDEX scans_of_part ON scans (part) WHERE part IS NOT NULL;
"""

COMMANDS = """
CREATE TABLE commands (
    n INTEGER PRIMARY KEY,
    device TEXT NOT NULL,
    scan_id TEXT,
    code TEXT NOT NULL,
    quantity INTEGER,
    packet INTEGER,
    station TEXT NOT NULL,
    person TEXT,
    at INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    asks TEXT,
    result TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX commands_of_device ON commands (device, n);
CREATE UNIQUE INDEX commands_by_id ON commands (scan_id) WHERE scan_id IS NOT NULL;
"""
