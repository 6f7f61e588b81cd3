"""The tables of `ledger.db`, as named, ordered migrations; each runs in one transaction.

`events` is the truth. `scans`, `refused`, `same_scans`, `devices`, `seq_gaps` and `tallies` are evidence and status
beside it. Every other table is a read model: it can be made again from the events.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

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


_RECORD = """
CREATE TABLE scans (
    n INTEGER PRIMARY KEY,
    "order" TEXT NOT NULL,
    batch TEXT NOT NULL,
    at INTEGER NOT NULL,
    device TEXT NOT NULL,
    station TEXT NOT NULL,
    link TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'scan',
    mode TEXT NOT NULL DEFAULT 'auto',
    seq INTEGER,
    scan_id TEXT,
    code TEXT NOT NULL,
    quantity INTEGER,
    giver TEXT,
    person TEXT,
    reason TEXT,
    packet INTEGER,
    arrived_at INTEGER NOT NULL,
    suspect INTEGER NOT NULL DEFAULT 0,
    forced INTEGER NOT NULL DEFAULT 0,
    became TEXT NOT NULL
);
CREATE INDEX scans_of_batch ON scans (batch, at);

CREATE TABLE seq_gaps (
    device TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    before_at INTEGER NOT NULL,
    after_at INTEGER NOT NULL,
    PRIMARY KEY (device, first)
) WITHOUT ROWID;

ALTER TABLE devices ADD COLUMN last_seq_at INTEGER;
ALTER TABLE devices ADD COLUMN first_seq INTEGER;
ALTER TABLE devices ADD COLUMN first_seq_at INTEGER;
ALTER TABLE refused ADD COLUMN scan INTEGER;
ALTER TABLE refused ADD COLUMN settled TEXT;
CREATE INDEX refused_of_scan ON refused (scan) WHERE scan IS NOT NULL;

CREATE TABLE scraps (
    sequence INTEGER PRIMARY KEY,
    "order" TEXT NOT NULL,
    batch TEXT NOT NULL,
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    charged TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    reason TEXT NOT NULL,
    scrapped_at INTEGER NOT NULL
);
CREATE INDEX scraps_of_batch ON scraps (batch);

ALTER TABLE orders ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE order_links ADD COLUMN scrapped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flags ADD COLUMN note TEXT;
CREATE INDEX flags_of_order ON flags ("order", link);

ALTER TABLE positions RENAME TO positions_before;
CREATE TABLE positions (
    batch TEXT NOT NULL,
    link TEXT NOT NULL,
    received_at INTEGER,
    given_at INTEGER,
    received INTEGER NOT NULL DEFAULT 0,
    given INTEGER NOT NULL DEFAULT 0,
    lost INTEGER NOT NULL DEFAULT 0,
    received_by INTEGER,
    given_by INTEGER,
    PRIMARY KEY (batch, link)
) WITHOUT ROWID;
CREATE INDEX given_last ON positions (link, given_at) WHERE given_at IS NOT NULL;
CREATE INDEX half_received ON positions (link)
 WHERE received = 0 AND received_at IS NOT NULL AND given_at IS NULL;

ALTER TABLE handoffs RENAME TO handoffs_before;
DROP INDEX on_its_way;
CREATE TABLE handoffs (
    batch TEXT NOT NULL,
    giver TEXT NOT NULL,
    receiver TEXT NOT NULL,
    line TEXT NOT NULL,
    "order" TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    given_at INTEGER,
    hour_at INTEGER,
    received_at INTEGER,
    short INTEGER NOT NULL DEFAULT 0,
    received_by INTEGER,
    PRIMARY KEY (batch, giver, receiver)
) WITHOUT ROWID;
CREATE INDEX on_its_way ON handoffs (line, receiver, given_at) WHERE received_at IS NULL;
"""

_RECORD_SO_FAR = """
CREATE TABLE steps_before AS
SELECT sequence, kind, substr(link, instr(link, '/') + 1) AS link, batch, quantity, detail FROM events
 WHERE kind IN ('received', 'given') AND batch IS NOT NULL
UNION ALL
SELECT e.sequence, e.kind, substr(e.link, instr(e.link, '/') + 1), json_extract(each.value, '$[0]'),
       json_extract(each.value, '$[1]'), e.detail
  FROM events e, json_each(e.detail, '$.batches') each WHERE e.kind = 'given' AND e.batch IS NULL;
CREATE INDEX steps_before_of ON steps_before (batch, link, kind);
INSERT INTO positions (batch, link, received_at, given_at, received, given, received_by, given_by)
SELECT p.batch, p.link, p.received_at, p.given_at, IFNULL(r.units, 0), IFNULL(g.quantity, 0), r.sequence, g.sequence
  FROM positions_before p
  LEFT JOIN (SELECT batch, link, MIN(quantity) FILTER (WHERE json_extract(detail, '$.complete')) AS units,
                    MAX(sequence) FILTER (WHERE json_extract(detail, '$.parties') = '[]') AS sequence
               FROM steps_before WHERE kind = 'received' GROUP BY batch, link) r USING (batch, link)
  LEFT JOIN (SELECT batch, link, quantity, MAX(sequence) AS sequence
               FROM steps_before WHERE kind = 'given' GROUP BY batch, link) g USING (batch, link);
INSERT INTO handoffs (batch, giver, receiver, line, "order", quantity, given_at, hour_at, received_at, received_by)
SELECT h.batch, h.giver, h.receiver, h.line, h."order", h.quantity, h.given_at,
       (SELECT json_extract(s.detail, '$.hour[0]') FROM steps_before s
         WHERE s.batch = h.batch AND s.link = h.giver AND s.kind = 'given' ORDER BY s.sequence DESC LIMIT 1),
       h.received_at,
       (SELECT s.sequence FROM steps_before s, json_each(s.detail, '$.parties') party
         WHERE s.batch = h.batch AND s.link = h.receiver AND s.kind = 'received' AND party.value = h.giver)
  FROM handoffs_before h;
DROP TABLE positions_before;
DROP TABLE handoffs_before;
DROP TABLE steps_before;
INSERT INTO scans (n, "order", batch, at, device, station, link, mode, seq, scan_id, code, quantity, person, packet,
                   arrived_at, suspect, became)
SELECT sequence, "order", IFNULL(batch, 'order/' || "order"),
       unixepoch(occurred_at) * 1000 + CAST(substr(occurred_at, 21, 3) AS INTEGER),
       source, IFNULL(station, ''), substr(link, instr(link, '/') + 1),
       CASE WHEN EXISTS (SELECT 1 FROM events i WHERE i.event_id = 'implied/' || e.event_id || '/0'
                            AND i.kind = 'received') THEN 'out' ELSE 'auto' END,
       json_extract(detail, '$.scan.seq'), CASE WHEN event_id LIKE 'bare/%' THEN NULL ELSE event_id END,
       IFNULL(json_extract(detail, '$.scan.as_read'), ''), json_extract(detail, '$.scan.quantity'), person,
       json_extract(detail, '$.scan.packet'),
       unixepoch(recorded_at) * 1000 + CAST(substr(recorded_at, 21, 3) AS INTEGER),
       IFNULL(json_extract(detail, '$.clock_suspect'), 0), 'step'
  FROM events e WHERE kind IN ('received', 'given') AND event_id NOT LIKE 'implied/%';
"""


@migrations()
def m003_record(db: Database) -> None:
    """Scans as facts beside the events, quantities that came and were lost, gaps in what devices counted."""
    for statement in (*_statements(_RECORD), *_statements(_RECORD_SO_FAR)):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    # executescript would commit the migration's transaction; a trigger's body holds a semicolon of its own.
    parts = script.replace("; END;", "\0 END;").split(";\n")
    return [part.replace("\0", ";").strip() for part in parts if part.strip()]
