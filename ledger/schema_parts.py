"""The sixth migration: batches that were split off from others."""

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
