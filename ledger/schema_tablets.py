"""Tablets that report to the site, and what their acts were answered: status and evidence beside the events."""

from __future__ import annotations

TABLETS = """
CREATE TABLE tablets (
    tablet TEXT NOT NULL,
    station TEXT NOT NULL,
    number INTEGER NOT NULL UNIQUE,
    first_at INTEGER NOT NULL,
    heard_at INTEGER NOT NULL,
    left_at INTEGER,
    waiting INTEGER NOT NULL DEFAULT 0,
    oldest_at INTEGER,
    refused INTEGER NOT NULL DEFAULT 0,
    next_seq INTEGER NOT NULL DEFAULT 1,
    clock_offset_ms INTEGER,
    followed_by INTEGER,
    PRIMARY KEY (tablet, station)
) WITHOUT ROWID;

CREATE TABLE acts (
    act_id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    content TEXT NOT NULL,
    result TEXT NOT NULL,
    text TEXT NOT NULL,
    answered_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX acts_by_time ON acts (answered_at);
"""
