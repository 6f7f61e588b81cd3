"""The ninth migration: flags of batches, chains, disputes, clocks with their steps, and what is to be told to whom."""

from __future__ import annotations

FLAGS = """
ALTER TABLE flags ADD COLUMN kind TEXT NOT NULL DEFAULT 'hour';
ALTER TABLE flags ADD COLUMN batch TEXT;
ALTER TABLE flags ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flags ADD COLUMN share TEXT;
ALTER TABLE flags ADD COLUMN clock TEXT;
ALTER TABLE flags ADD COLUMN clock_from_at INTEGER;
ALTER TABLE flags ADD COLUMN clock_steps INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flags ADD COLUMN clock_due_at INTEGER;
ALTER TABLE flags ADD COLUMN disputed_at INTEGER;
ALTER TABLE flags ADD COLUMN dispute TEXT;
ALTER TABLE flags ADD COLUMN ruling TEXT;
ALTER TABLE flags ADD COLUMN ruled_at INTEGER;
ALTER TABLE flags ADD COLUMN ruling_comment TEXT;
CREATE INDEX flag_clocks ON flags (clock_due_at) WHERE clock_due_at IS NOT NULL;
CREATE INDEX closed_flags ON flags (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX late_links ON order_links (unmet_latest_at) WHERE unmet_latest_at IS NOT NULL;

CREATE TABLE flag_chains (
    parent INTEGER NOT NULL,
    child INTEGER NOT NULL,
    PRIMARY KEY (parent, child)
) WITHOUT ROWID;
CREATE INDEX flag_parents ON flag_chains (child);

CREATE TABLE escalations (
    flag INTEGER NOT NULL,
    clock TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    step INTEGER NOT NULL,
    role TEXT NOT NULL,
    at INTEGER NOT NULL,
    moot INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (flag, clock, from_at, step)
) WITHOUT ROWID;

CREATE TABLE consequences (
    flag INTEGER PRIMARY KEY,
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    consequence TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    state TEXT NOT NULL,
    chosen_at INTEGER NOT NULL,
    due_at INTEGER,
    disputed_at INTEGER,
    dispute TEXT,
    ruled_at INTEGER,
    ruling_comment TEXT
);
CREATE INDEX consequences_due ON consequences (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX consequences_of_link ON consequences (line, link, consequence, chosen_at);

CREATE TABLE notices (
    sequence INTEGER PRIMARY KEY,
    role TEXT NOT NULL,
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    flag INTEGER NOT NULL,
    clock TEXT NOT NULL,
    step INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    sent_at INTEGER
);
CREATE INDEX notices_to_send ON notices (sequence) WHERE sent_at IS NULL;

CREATE INDEX flag_events ON events ("order", sequence) WHERE kind IN ('flag_raised', 'flag_answered',
    'flag_resolved', 'flag_mistaken', 'flag_reopened', 'flag_withdrawn', 'flag_disputed', 'flag_ruled',
    'flag_escalated', 'flag_clock_set', 'consequence_chosen', 'consequence_disputed', 'consequence_ruled',
    'consequence_in_effect');
"""
