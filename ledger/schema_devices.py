"""The fifth migration: what devices tell about themselves, who is unknown, and the last raw messages."""

from __future__ import annotations

DEVICES = """
ALTER TABLE devices ADD COLUMN heard_at INTEGER;
ALTER TABLE devices ADD COLUMN clock_offset_ms INTEGER;
ALTER TABLE devices ADD COLUMN battery INTEGER;
ALTER TABLE devices ADD COLUMN model TEXT;
ALTER TABLE devices ADD COLUMN day TEXT;
ALTER TABLE devices ADD COLUMN scans_today INTEGER NOT NULL DEFAULT 0;

CREATE TABLE unknown_devices (
    profile TEXT NOT NULL,
    address TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (profile, address)
) WITHOUT ROWID;
CREATE INDEX unknown_devices_by_time ON unknown_devices (last_at);

CREATE TABLE raw_messages (
    id INTEGER PRIMARY KEY,
    arrived_at INTEGER NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    size INTEGER NOT NULL,
    retained INTEGER NOT NULL,
    device TEXT NOT NULL,
    known INTEGER NOT NULL,
    profile TEXT NOT NULL,
    became TEXT NOT NULL,
    code TEXT NOT NULL,
    scan_id TEXT NOT NULL,
    device_at INTEGER,
    seq INTEGER,
    why TEXT NOT NULL
);
"""
