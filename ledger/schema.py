"""The tables of `ledger.db`, as named, ordered migrations; each runs in one transaction.

`events` is the truth. `scans`, `commands`, `refused`, `same_scans`, `devices`, `unknown_devices`, `raw_messages`,
`seq_gaps`, `tallies`, `published`, `notices`, `channels`, `reports_sent`, `archived_orders`, `archived_gives`,
`tablets`, `acts` and the tables of `schema_identity` are evidence, status and secrets beside it. Every other table is
a read model: it can be made again from the events.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from ledger.schema_archive import ARCHIVED
from ledger.schema_channels import CHANNELS, REPORTS_SENT
from ledger.schema_corrections import CORRECTIONS
from ledger.schema_countermeasures import COUNTERMEASURES
from ledger.schema_delays import DELAYS, SILENCES_SUMMED
from ledger.schema_devices import DEVICES
from ledger.schema_flags import FLAGS
from ledger.schema_hours import HANDOVER, HOURS
from ledger.schema_identity import IDENTITY
from ledger.schema_languages import SAID_IN_EVIDENCE
from ledger.schema_orders import SHIPPED_ORDERS
from ledger.schema_parts import COMMANDS, PARTS
from ledger.schema_record import RECORD, RECORD_SO_FAR
from ledger.schema_tablets import TABLETS

migrations = Migrations("interlock")

_EVENTS = """
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    source TEXT NOT NULL,
    station TEXT,
    link TEXT,
    "order" TEXT,
    batch TEXT,
    quantity INTEGER,
    reason TEXT,
    person TEXT,
    detail TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
"""

_READ_MODELS = """
CREATE TABLE orders (
    "order" TEXT PRIMARY KEY,
    line TEXT NOT NULL,
    product TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    customer TEXT NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL,
    plan_version INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    released_at INTEGER NOT NULL,
    shipped_at INTEGER
) WITHOUT ROWID;
CREATE INDEX open_orders ON orders (line, due_at) WHERE shipped_at IS NULL;

CREATE INDEX batch_numbers ON orders (last_number);

CREATE TABLE batches (
    batch TEXT PRIMARY KEY,
    "order" TEXT NOT NULL REFERENCES orders,
    number INTEGER NOT NULL,
    quantity INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX batches_of_order ON batches ("order", number);

CREATE TABLE targets (
    "order" TEXT NOT NULL,
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    shift TEXT NOT NULL,
    make INTEGER NOT NULL,
    give INTEGER NOT NULL,
    cumulative INTEGER NOT NULL,
    latest_at INTEGER NOT NULL,
    PRIMARY KEY ("order", link, start_at)
) WITHOUT ROWID;

CREATE TABLE order_links (
    "order" TEXT NOT NULL,
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    given INTEGER NOT NULL DEFAULT 0,
    received INTEGER NOT NULL DEFAULT 0,
    unmet_end_at INTEGER,
    unmet_latest_at INTEGER,
    PRIMARY KEY ("order", link)
) WITHOUT ROWID;
CREATE INDEX owed_links ON order_links (line, unmet_end_at) WHERE unmet_end_at IS NOT NULL;

CREATE TABLE hour_counts (
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    shift TEXT NOT NULL,
    target INTEGER NOT NULL DEFAULT 0,
    given INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (line, start_at, link)
) WITHOUT ROWID;

CREATE TABLE link_activity (
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    last_given_at INTEGER NOT NULL,
    PRIMARY KEY (line, link)
) WITHOUT ROWID;

CREATE TABLE positions (
    batch TEXT NOT NULL,
    link TEXT NOT NULL,
    received_at INTEGER,
    given_at INTEGER,
    last_device TEXT,
    last_at INTEGER,
    last_packet INTEGER,
    last_text TEXT,
    PRIMARY KEY (batch, link)
) WITHOUT ROWID;

CREATE TABLE handoffs (
    batch TEXT NOT NULL,
    giver TEXT NOT NULL,
    receiver TEXT NOT NULL,
    line TEXT NOT NULL,
    "order" TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    given_at INTEGER NOT NULL,
    received_at INTEGER,
    PRIMARY KEY (batch, giver, receiver)
) WITHOUT ROWID;
CREATE INDEX on_its_way ON handoffs (line, receiver, given_at) WHERE received_at IS NULL;

CREATE TABLE flags (
    flag INTEGER PRIMARY KEY,
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    raised_by TEXT NOT NULL,
    station TEXT NOT NULL,
    "order" TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    cumulative INTEGER NOT NULL,
    state TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    reason TEXT,
    comment TEXT,
    promised_at INTEGER,
    answered_at INTEGER,
    answers INTEGER NOT NULL DEFAULT 0,
    closed_at INTEGER
);
CREATE INDEX open_flags ON flags (line, link) WHERE closed_at IS NULL;

CREATE TABLE last_actions (
    station TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (station, sequence)
) WITHOUT ROWID;
"""

_EVIDENCE = """
CREATE TABLE refused (
    id INTEGER PRIMARY KEY,
    arrived_at INTEGER NOT NULL,
    device TEXT NOT NULL,
    station TEXT,
    scan_id TEXT,
    code TEXT,
    topic TEXT,
    word TEXT NOT NULL,
    reason TEXT NOT NULL,
    payload BLOB NOT NULL,
    size INTEGER NOT NULL,
    quantity INTEGER
);
CREATE INDEX refused_scans ON refused (scan_id) WHERE scan_id IS NOT NULL;
CREATE INDEX refused_by_time ON refused (arrived_at);

CREATE TABLE same_scans (
    scan_id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    code TEXT NOT NULL,
    quantity INTEGER,
    text TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tallies (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE devices (
    device TEXT PRIMARY KEY,
    online INTEGER,
    online_at INTEGER,
    last_seen_at INTEGER,
    last_seq INTEGER
) WITHOUT ROWID;
"""


@migrations()
def m001_events_and_read_models(db: Database) -> None:
    """The first tables."""
    for script in (_EVENTS, _READ_MODELS, _EVIDENCE):
        for statement in _statements(script):
            db.execute(statement)


_AGREEMENT = """
CREATE TABLE drafts (
    "order" TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    line TEXT NOT NULL,
    product TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    customer TEXT NOT NULL,
    priority INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    drafted_at INTEGER NOT NULL,
    person TEXT NOT NULL,
    why TEXT NOT NULL,
    material_at INTEGER,
    may_move_to INTEGER
) WITHOUT ROWID;

CREATE TABLE confirmations (
    "order" TEXT NOT NULL,
    version INTEGER NOT NULL,
    role TEXT NOT NULL,
    person TEXT NOT NULL,
    confirmed_at INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    may_move_to INTEGER,
    starts_at INTEGER,
    material_at INTEGER,
    needed_at INTEGER,
    PRIMARY KEY ("order", version, role)
) WITHOUT ROWID;

CREATE TABLE plan_versions (
    "order" TEXT NOT NULL,
    version INTEGER NOT NULL,
    planned_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    person TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY ("order", version)
) WITHOUT ROWID;

CREATE TABLE old_targets (
    "order" TEXT NOT NULL,
    version INTEGER NOT NULL,
    link TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    shift TEXT NOT NULL,
    make INTEGER NOT NULL,
    give INTEGER NOT NULL,
    cumulative INTEGER NOT NULL,
    latest_at INTEGER NOT NULL,
    PRIMARY KEY ("order", version, link, start_at)
) WITHOUT ROWID;

CREATE TABLE loads (
    start_at INTEGER NOT NULL,
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    product TEXT NOT NULL,
    make INTEGER NOT NULL,
    PRIMARY KEY (start_at, line, link, product)
) WITHOUT ROWID;

CREATE TABLE given_back (id INTEGER PRIMARY KEY CHECK (id = 1), times INTEGER NOT NULL);

CREATE TABLE site_versions (
    version INTEGER PRIMARY KEY,
    saved_at INTEGER NOT NULL,
    person TEXT NOT NULL,
    why TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    changes TEXT NOT NULL
);

CREATE INDEX agreement_events ON events ("order", sequence) WHERE kind IN ('order_drafted', 'order_changed',
    'order_confirmed', 'confirmation_withdrawn', 'order_released', 'order_replanned', 'order_discarded');
"""

_LOADS_SO_FAR = """
INSERT INTO loads (start_at, line, link, product, make)
SELECT t.start_at, t.line, t.link, o.product, SUM(t.make) FROM targets t JOIN orders o USING ("order")
 WHERE o.shipped_at IS NULL AND t.make > 0 GROUP BY t.start_at, t.line, t.link, o.product;
INSERT INTO given_back (id, times) SELECT 1, COUNT(*) FROM orders WHERE shipped_at IS NOT NULL;
INSERT INTO plan_versions ("order", version, planned_at, due_at, person, why)
SELECT "order", plan_version, released_at, due_at, '', '' FROM orders;
"""


@migrations()
def m002_agreement_and_plan_versions(db: Database) -> None:
    """Drafts with their confirmations, plans that were in force before, and what orders have taken, summed."""
    for statement in (*_statements(_AGREEMENT), *_statements(_LOADS_SO_FAR)):
        db.execute(statement)


@migrations()
def m003_record(db: Database) -> None:
    """Scans as facts beside the events, quantities that came and were lost, gaps in what devices counted."""
    for statement in (*_statements(RECORD), *_statements(RECORD_SO_FAR)):
        db.execute(statement)


_PUBLISHED = """
CREATE TABLE published (id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER);
INSERT INTO published (id, sequence) SELECT 1, COALESCE(MAX(sequence), 0) FROM events;
"""


@migrations()
def m004_published_events(db: Database) -> None:
    """Up to which event the broker has them: a new site begins with its first, an older one with the next."""
    for statement in _statements(_PUBLISHED):
        db.execute(statement)


@migrations()
def m005_device_profiles(db: Database) -> None:
    """What devices tell about themselves, who is unknown, and the last raw messages."""
    for statement in _statements(DEVICES):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    # executescript would commit the migration's transaction; a trigger's body holds a semicolon of its own.
    parts = script.replace("; END;", "\0 END;").split(";\n")
    return [part.replace("\0", ";").strip() for part in parts if part.strip()]


LATER = (
    ("m006_parts_and_commands", PARTS + COMMANDS),
    ("m007_archive", ARCHIVED),
    ("m008_identity", IDENTITY),
    ("m009_flags", FLAGS),
    ("m011_corrections", CORRECTIONS),
    ("m013_tablets", TABLETS),
    ("m014_delays", DELAYS),
    ("m015_hour_sheet", HOURS),
    ("m012_languages", SAID_IN_EVIDENCE),
    ("m016_channels", CHANNELS),
    ("m017_silences_summed", SILENCES_SUMMED),
    ("m018_countermeasures", COUNTERMEASURES),
    ("m019_shipped_orders", SHIPPED_ORDERS),
    ("m020_reports_sent", REPORTS_SENT),
    ("m021_handover", HANDOVER),
)
"""Migrations that only run statements: their names, and what their files hold."""


def _register(name: str, script: str) -> None:
    @migrations(name=name)
    def migrate(db: Database) -> None:
        for statement in _statements(script):
            db.execute(statement)


for _name, _script in LATER:
    _register(_name, _script)
