"""Tables of the hour-by-hour sheet: what people say about an hour, and who signed a shift."""

from __future__ import annotations

HOURS = """
CREATE TABLE hour_notes (
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    reason TEXT,
    action TEXT NOT NULL,
    prevention TEXT NOT NULL,
    owner TEXT NOT NULL,
    due_at INTEGER,
    person TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    notes INTEGER NOT NULL,
    PRIMARY KEY (line, link, start_at)
) WITHOUT ROWID;

CREATE INDEX flags_of_hours ON flags (line, link, start_at);

CREATE TABLE shift_signs (
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    shift TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    person TEXT NOT NULL,
    remark TEXT NOT NULL,
    PRIMARY KEY (line, link, shift, person)
) WITHOUT ROWID;
"""

HANDOVER = """
ALTER TABLE shift_signs ADD COLUMN side TEXT NOT NULL DEFAULT '';
"""
