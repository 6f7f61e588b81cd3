"""The eighth migration: people and devices that may act, beside the events. Secrets stand here as hashes only.

None of it is a read model: `rebuild` leaves it alone, and no event ever holds any of it but a person's name.
"""

from __future__ import annotations

IDENTITY = """
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    roles TEXT NOT NULL,
    links TEXT NOT NULL,
    language TEXT NOT NULL,
    badge TEXT NOT NULL UNIQUE,
    pin_hash TEXT NOT NULL,
    pin_is_new INTEGER NOT NULL DEFAULT 1,
    added_at INTEGER NOT NULL,
    revoked_at INTEGER
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES people,
    began_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (person);

CREATE TABLE kiosks (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    station TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    enrolled_by TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    revoked_at INTEGER
);

CREATE TABLE one_time_codes (
    code_hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    station TEXT NOT NULL,
    made_by TEXT NOT NULL,
    until_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person INTEGER NOT NULL REFERENCES people,
    name TEXT NOT NULL,
    actions TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    seen_at INTEGER,
    revoked_at INTEGER
);
CREATE INDEX api_tokens_of ON api_tokens (person);

CREATE TABLE badged_in (
    id INTEGER PRIMARY KEY,
    station TEXT NOT NULL,
    person INTEGER NOT NULL REFERENCES people,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    proved_at INTEGER,
    proved_on TEXT
);
CREATE INDEX badged_in_at ON badged_in (station, from_at);

CREATE TABLE tries (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE INDEX tries_by_time ON tries (last_at);

CREATE TABLE known_devices (
    device TEXT NOT NULL,
    person INTEGER NOT NULL REFERENCES people,
    at INTEGER NOT NULL,
    PRIMARY KEY (device, person)
) WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    device TEXT NOT NULL,
    detail TEXT NOT NULL
);
"""
