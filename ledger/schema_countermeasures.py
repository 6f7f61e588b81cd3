"""The table of countermeasures, and the way to the events of a link's finish; what they brought the delays tell."""

from __future__ import annotations

COUNTERMEASURES = """
CREATE TABLE countermeasures (
    measure INTEGER PRIMARY KEY,
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    reason TEXT NOT NULL,
    what TEXT NOT NULL,
    owner TEXT NOT NULL,
    due_on TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    since_on TEXT,
    settled_at INTEGER,
    comment TEXT NOT NULL
);
CREATE INDEX countermeasures_of_link ON countermeasures (line, link, reason);
CREATE INDEX finish_events ON events ("order", sequence) WHERE kind IN ('link_finished', 'link_unfinished');
"""
