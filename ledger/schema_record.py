"""The third migration: scans as facts, quantities and gaps, filled from what was recorded so far."""

from __future__ import annotations

RECORD = """
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

RECORD_SO_FAR = """
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
