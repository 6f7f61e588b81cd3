"""Tables of delay and responsibility: one row for each finished part of an order, and sums for each link and day."""

from __future__ import annotations

DELAYS = """
CREATE TABLE delays (
    "order" TEXT NOT NULL,
    link TEXT NOT NULL,
    line TEXT NOT NULL,
    product TEXT NOT NULL,
    planned_at INTEGER NOT NULL,
    planned_on TEXT NOT NULL,
    planned_hour INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    late_min INTEGER NOT NULL,
    buffer_min INTEGER NOT NULL,
    inherited_min INTEGER NOT NULL,
    own_min INTEGER NOT NULL,
    absorbed_min INTEGER NOT NULL,
    controlled_by TEXT,
    previous TEXT NOT NULL,
    handoffs TEXT NOT NULL,
    PRIMARY KEY ("order", link)
) WITHOUT ROWID;
CREATE INDEX own_delays ON delays (line, planned_on, link, product, planned_hour, own_min) WHERE own_min > 0;
CREATE INDEX flags_raised ON flags (line, raised_at);

CREATE TABLE link_days (
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    on_day TEXT NOT NULL,
    product TEXT NOT NULL,
    due INTEGER NOT NULL DEFAULT 0,
    late INTEGER NOT NULL DEFAULT 0,
    own_min INTEGER NOT NULL DEFAULT 0,
    recovered_min INTEGER NOT NULL DEFAULT 0,
    inherited_min INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (line, link, on_day, product)
) WITHOUT ROWID;
"""

SILENCES_SUMMED = """
ALTER TABLE delays ADD COLUMN silences TEXT NOT NULL DEFAULT '[]';
ALTER TABLE delays ADD COLUMN share TEXT NOT NULL DEFAULT '0';
ALTER TABLE delays ADD COLUMN taken TEXT NOT NULL DEFAULT '{}';
ALTER TABLE link_days ADD COLUMN shared_min INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link_days ADD COLUMN silent_min INTEGER NOT NULL DEFAULT 0;
"""
"""Who kept silent about a part, how much of its own minutes they took, and both sides of that summed."""
