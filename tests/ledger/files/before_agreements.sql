BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'interlock','m001_events_and_read_models','2026-11-23 06:35:53.339610+00:00');
CREATE TABLE batches (
    batch TEXT PRIMARY KEY,
    "order" TEXT NOT NULL REFERENCES orders,
    number INTEGER NOT NULL,
    quantity INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO "batches" VALUES('0000017','B-1',1,20);
INSERT INTO "batches" VALUES('000002E','B-1',2,20);
INSERT INTO "batches" VALUES('000003M','B-1',3,20);
INSERT INTO "batches" VALUES('000004V','B-2',1,20);
INSERT INTO "batches" VALUES('0000054','B-2',2,20);
INSERT INTO "batches" VALUES('000006B','B-3',1,20);
CREATE TABLE devices (
    device TEXT PRIMARY KEY,
    online INTEGER,
    online_at INTEGER,
    last_seen_at INTEGER,
    last_seq INTEGER
) WITHOUT ROWID;
INSERT INTO "devices" VALUES('scanner-cut',NULL,NULL,1795565411000,NULL);
INSERT INTO "devices" VALUES('scanner-pack',NULL,NULL,1795507332000,NULL);
INSERT INTO "devices" VALUES('scanner-sew',NULL,NULL,1795507310000,NULL);
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
INSERT INTO "events" VALUES(1,'order/B-1/released/1','order_released','2026-11-23T00:00:00.000Z','2026-11-23T00:00:00.000Z','test',NULL,NULL,'B-1',NULL,60,NULL,NULL,'{"batches":[["0000017",20],["000002E",20],["000003M",20]],"customer":"","due_at":1795597200000,"last_number":3,"line":"shirts","plan_version":1,"priority":100,"product":"polo","targets":{"cut":[[1795564800000,1795568400000,"2026-11-25/day",20,20,20,1795573800000],[1795568400000,1795572000000,"2026-11-25/day",40,40,60,1795577400000]],"pack":[[1795586400000,1795590000000,"2026-11-25/day",10,0,0,1795597200000],[1795590000000,1795593600000,"2026-11-25/day",50,60,60,1795597200000]],"sew":[[1795575600000,1795579200000,"2026-11-25/day",20,20,20,1795590000000],[1795582800000,1795586400000,"2026-11-25/day",40,40,60,1795590000000]]}}','0000000000000000000000000000000000000000000000000000000000000000','495711112b2bbc6a13804f0140fd0f9874e20d177b2956a661b2c4e973c69b30');
INSERT INTO "events" VALUES(2,'order/B-2/released/1','order_released','2026-11-23T00:00:00.000Z','2026-11-23T00:00:00.000Z','test',NULL,NULL,'B-2',NULL,40,NULL,NULL,'{"batches":[["000004V",20],["0000054",20]],"customer":"","due_at":1795597200000,"last_number":5,"line":"shirts","plan_version":1,"priority":100,"product":"polo","targets":{"cut":[[1795507200000,1795510800000,"2026-11-24/day",20,20,20,1795570200000],[1795564800000,1795568400000,"2026-11-25/day",20,20,40,1795573800000]],"pack":[[1795586400000,1795590000000,"2026-11-25/day",40,40,40,1795597200000]],"sew":[[1795572000000,1795575600000,"2026-11-25/day",20,20,20,1795586400000],[1795575600000,1795579200000,"2026-11-25/day",20,20,40,1795586400000]]}}','495711112b2bbc6a13804f0140fd0f9874e20d177b2956a661b2c4e973c69b30','a1428bfebe6a9e9212acad1988bf9df69a4d99f3e92c10746b62989d46d70b0f');
INSERT INTO "events" VALUES(3,'order/B-3/released/1','order_released','2026-11-23T00:00:00.000Z','2026-11-23T00:00:00.000Z','test',NULL,NULL,'B-3',NULL,20,NULL,NULL,'{"batches":[["000006B",20]],"customer":"","due_at":1795683600000,"last_number":6,"line":"shirts","plan_version":1,"priority":100,"product":"polo","targets":{"cut":[[1795654800000,1795658400000,"2026-11-26/day",20,20,20,1795663800000]],"pack":[[1795676400000,1795680000000,"2026-11-26/day",20,20,20,1795683600000]],"sew":[[1795669200000,1795672800000,"2026-11-26/day",20,20,20,1795676400000]]}}','a1428bfebe6a9e9212acad1988bf9df69a4d99f3e92c10746b62989d46d70b0f','736b178f68a5953a58dda3e5e98e8479ffd1c1e67cda19e7582fe7c5dfd7394e');
INSERT INTO "events" VALUES(4,'bare/scanner-cut/1795507211000/4','received','2026-11-24T08:00:11.000Z','2026-11-24T08:00:11.000Z','scanner-cut','cut-1','shirts/cut','B-2','000004V',20,NULL,NULL,'{"complete":true,"parties":[],"scan":{"as_read":"000004V","quantity":null},"text":"000004V received 16:00"}','736b178f68a5953a58dda3e5e98e8479ffd1c1e67cda19e7582fe7c5dfd7394e','dee9c45e0fb0494a638b1a07283c5c616e1018d0754d3729b40892789a2f0b31');
INSERT INTO "events" VALUES(5,'bare/scanner-cut/1795507222000/5','given','2026-11-24T08:00:22.000Z','2026-11-24T08:00:22.000Z','scanner-cut','cut-1','shirts/cut','B-2','000004V',20,NULL,NULL,'{"hour":[1795507200000,1795510800000,"2026-11-24/day"],"parties":["sew"],"scan":{"as_read":"000004V","quantity":null},"text":"000004V given 16:00 to Sewing"}','dee9c45e0fb0494a638b1a07283c5c616e1018d0754d3729b40892789a2f0b31','85ad219dd466a40d977b3b730dbed6954ff3c19e6ea406bd5c24c507fc7cc558');
INSERT INTO "events" VALUES(6,'bare/scanner-sew/1795507233000/6','received','2026-11-24T08:00:33.000Z','2026-11-24T08:00:33.000Z','scanner-sew','sew-1','shirts/sew','B-2','000004V',20,NULL,NULL,'{"complete":true,"parties":["cut"],"scan":{"as_read":"000004V","quantity":null},"text":"000004V received 16:00 from Cutting"}','85ad219dd466a40d977b3b730dbed6954ff3c19e6ea406bd5c24c507fc7cc558','aeedd1aa21deab83859c2653eafae7e44ce61c2d87e3c1629445d38ce89aead0');
INSERT INTO "events" VALUES(7,'bare/scanner-sew/1795507244000/7','given','2026-11-24T08:00:44.000Z','2026-11-24T08:00:44.000Z','scanner-sew','sew-1','shirts/sew','B-2','000004V',20,NULL,NULL,'{"hour":[1795507200000,1795510800000,"2026-11-24/day"],"parties":["pack"],"scan":{"as_read":"000004V","quantity":null},"text":"000004V given 16:00 to Packing"}','aeedd1aa21deab83859c2653eafae7e44ce61c2d87e3c1629445d38ce89aead0','0ec723c664631a3d0eb4c8891f9e95de9565b180990d932c8336875b15659feb');
INSERT INTO "events" VALUES(8,'bare/scanner-pack/1795507255000/8','received','2026-11-24T08:00:55.000Z','2026-11-24T08:00:55.000Z','scanner-pack','pack-1','shirts/pack','B-2','000004V',20,NULL,NULL,'{"complete":true,"parties":["sew"],"scan":{"as_read":"000004V","quantity":null},"text":"000004V received 16:00 from Sewing"}','0ec723c664631a3d0eb4c8891f9e95de9565b180990d932c8336875b15659feb','334338391b737b36b492adb4a3f2c9e9f08a038291df7b5a9bddf43ce8e9791f');
INSERT INTO "events" VALUES(9,'bare/scanner-pack/1795507266000/9','given','2026-11-24T08:01:06.000Z','2026-11-24T08:01:06.000Z','scanner-pack','pack-1','shirts/pack','B-2','000004V',20,NULL,NULL,'{"hour":[1795507200000,1795510800000,"2026-11-24/day"],"parties":[],"scan":{"as_read":"000004V","quantity":null},"text":"000004V shipped 16:01"}','334338391b737b36b492adb4a3f2c9e9f08a038291df7b5a9bddf43ce8e9791f','2e82384eb7f25b7295897ed756799ae5e1df98bca3492baafe13914f2b6e4710');
INSERT INTO "events" VALUES(10,'bare/scanner-cut/1795507277000/10','received','2026-11-24T08:01:17.000Z','2026-11-24T08:01:17.000Z','scanner-cut','cut-1','shirts/cut','B-2','0000054',20,NULL,NULL,'{"complete":true,"parties":[],"scan":{"as_read":"0000054","quantity":null},"text":"0000054 received 16:01"}','2e82384eb7f25b7295897ed756799ae5e1df98bca3492baafe13914f2b6e4710','bd9f6307801a256afbfffbabec7bb5569597b3403c252dafa9f92d2df9cff1a9');
INSERT INTO "events" VALUES(11,'bare/scanner-cut/1795507288000/11','given','2026-11-24T08:01:28.000Z','2026-11-24T08:01:28.000Z','scanner-cut','cut-1','shirts/cut','B-2','0000054',20,NULL,NULL,'{"hour":[1795507200000,1795510800000,"2026-11-24/day"],"parties":["sew"],"scan":{"as_read":"0000054","quantity":null},"text":"0000054 given 16:01 to Sewing"}','bd9f6307801a256afbfffbabec7bb5569597b3403c252dafa9f92d2df9cff1a9','478bf4fa0f08bda32c2b34ce030962297a7334a23f0de14c28df75bba4bd1168');
INSERT INTO "events" VALUES(12,'bare/scanner-sew/1795507299000/12','received','2026-11-24T08:01:39.000Z','2026-11-24T08:01:39.000Z','scanner-sew','sew-1','shirts/sew','B-2','0000054',20,NULL,NULL,'{"complete":true,"parties":["cut"],"scan":{"as_read":"0000054","quantity":null},"text":"0000054 received 16:01 from Cutting"}','478bf4fa0f08bda32c2b34ce030962297a7334a23f0de14c28df75bba4bd1168','9c8c14c5d21d0e6d3afd39cfa938fd0615880567971b24fff2a9e19a625c3772');
INSERT INTO "events" VALUES(13,'bare/scanner-sew/1795507310000/13','given','2026-11-24T08:01:50.000Z','2026-11-24T08:01:50.000Z','scanner-sew','sew-1','shirts/sew','B-2','0000054',20,NULL,NULL,'{"hour":[1795507200000,1795510800000,"2026-11-24/day"],"parties":["pack"],"scan":{"as_read":"0000054","quantity":null},"text":"0000054 given 16:01 to Packing"}','9c8c14c5d21d0e6d3afd39cfa938fd0615880567971b24fff2a9e19a625c3772','d7e6499696a3c9d9bcb4705a3dcdeb0694ccf3bd9338d39c85e610a800ecf901');
INSERT INTO "events" VALUES(14,'bare/scanner-pack/1795507321000/14','received','2026-11-24T08:02:01.000Z','2026-11-24T08:02:01.000Z','scanner-pack','pack-1','shirts/pack','B-2','0000054',20,NULL,NULL,'{"complete":true,"parties":["sew"],"scan":{"as_read":"0000054","quantity":null},"text":"0000054 received 16:02 from Sewing"}','d7e6499696a3c9d9bcb4705a3dcdeb0694ccf3bd9338d39c85e610a800ecf901','a0975dc7239acc2d3b4ff35369799eba074127fc49a70684f653e55c85a629f1');
INSERT INTO "events" VALUES(15,'bare/scanner-pack/1795507332000/15','given','2026-11-24T08:02:12.000Z','2026-11-24T08:02:12.000Z','scanner-pack','pack-1','shirts/pack','B-2','0000054',20,NULL,NULL,'{"hour":[1795507200000,1795510800000,"2026-11-24/day"],"parties":[],"scan":{"as_read":"0000054","quantity":null},"text":"0000054 shipped 16:02"}','a0975dc7239acc2d3b4ff35369799eba074127fc49a70684f653e55c85a629f1','e010cfa8108e0c1acea686c46915a2323f4f2fec2672986653eee8e88d42df1c');
INSERT INTO "events" VALUES(16,'bare/scanner-cut/1795565400000/16','received','2026-11-25T00:10:00.000Z','2026-11-25T00:10:00.000Z','scanner-cut','cut-1','shirts/cut','B-1','0000017',20,NULL,NULL,'{"complete":true,"parties":[],"scan":{"as_read":"0000017","quantity":null},"text":"0000017 received 08:10"}','e010cfa8108e0c1acea686c46915a2323f4f2fec2672986653eee8e88d42df1c','a7b1f0717bed2eadbe6255270c7a8eafe5fbb803e4ffe0119dc4ce4c92a24092');
INSERT INTO "events" VALUES(17,'bare/scanner-cut/1795565411000/17','given','2026-11-25T00:10:11.000Z','2026-11-25T00:10:11.000Z','scanner-cut','cut-1','shirts/cut','B-1','0000017',20,NULL,NULL,'{"hour":[1795564800000,1795568400000,"2026-11-25/day"],"parties":["sew"],"scan":{"as_read":"0000017","quantity":null},"text":"0000017 given 08:10 to Sewing"}','a7b1f0717bed2eadbe6255270c7a8eafe5fbb803e4ffe0119dc4ce4c92a24092','53dd93fdcdfae277e974e69e7679fa6900fa134fd887cd969c1f80ff951d0f74');
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
INSERT INTO "handoffs" VALUES('0000017','cut','sew','shirts','B-1',20,1795565411000,NULL);
INSERT INTO "handoffs" VALUES('000004V','cut','sew','shirts','B-2',20,1795507222000,1795507233000);
INSERT INTO "handoffs" VALUES('000004V','sew','pack','shirts','B-2',20,1795507244000,1795507255000);
INSERT INTO "handoffs" VALUES('0000054','cut','sew','shirts','B-2',20,1795507288000,1795507299000);
INSERT INTO "handoffs" VALUES('0000054','sew','pack','shirts','B-2',20,1795507310000,1795507321000);
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
INSERT INTO "hour_counts" VALUES('shirts','cut',1795507200000,1795510800000,'2026-11-24/day',20,40);
INSERT INTO "hour_counts" VALUES('shirts','pack',1795507200000,1795510800000,'2026-11-24/day',0,40);
INSERT INTO "hour_counts" VALUES('shirts','sew',1795507200000,1795510800000,'2026-11-24/day',0,40);
INSERT INTO "hour_counts" VALUES('shirts','cut',1795564800000,1795568400000,'2026-11-25/day',40,20);
INSERT INTO "hour_counts" VALUES('shirts','cut',1795568400000,1795572000000,'2026-11-25/day',40,0);
INSERT INTO "hour_counts" VALUES('shirts','sew',1795572000000,1795575600000,'2026-11-25/day',20,0);
INSERT INTO "hour_counts" VALUES('shirts','sew',1795575600000,1795579200000,'2026-11-25/day',40,0);
INSERT INTO "hour_counts" VALUES('shirts','sew',1795582800000,1795586400000,'2026-11-25/day',40,0);
INSERT INTO "hour_counts" VALUES('shirts','pack',1795586400000,1795590000000,'2026-11-25/day',40,0);
INSERT INTO "hour_counts" VALUES('shirts','pack',1795590000000,1795593600000,'2026-11-25/day',60,0);
INSERT INTO "hour_counts" VALUES('shirts','cut',1795654800000,1795658400000,'2026-11-26/day',20,0);
INSERT INTO "hour_counts" VALUES('shirts','sew',1795669200000,1795672800000,'2026-11-26/day',20,0);
INSERT INTO "hour_counts" VALUES('shirts','pack',1795676400000,1795680000000,'2026-11-26/day',20,0);
CREATE TABLE last_actions (
    station TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (station, sequence)
) WITHOUT ROWID;
INSERT INTO "last_actions" VALUES('cut-1',4,1795507211000,'000004V received 16:00');
INSERT INTO "last_actions" VALUES('cut-1',5,1795507222000,'000004V given 16:00 to Sewing');
INSERT INTO "last_actions" VALUES('cut-1',10,1795507277000,'0000054 received 16:01');
INSERT INTO "last_actions" VALUES('cut-1',11,1795507288000,'0000054 given 16:01 to Sewing');
INSERT INTO "last_actions" VALUES('cut-1',16,1795565400000,'0000017 received 08:10');
INSERT INTO "last_actions" VALUES('cut-1',17,1795565411000,'0000017 given 08:10 to Sewing');
INSERT INTO "last_actions" VALUES('pack-1',8,1795507255000,'000004V received 16:00 from Sewing');
INSERT INTO "last_actions" VALUES('pack-1',9,1795507266000,'000004V shipped 16:01');
INSERT INTO "last_actions" VALUES('pack-1',14,1795507321000,'0000054 received 16:02 from Sewing');
INSERT INTO "last_actions" VALUES('pack-1',15,1795507332000,'0000054 shipped 16:02');
INSERT INTO "last_actions" VALUES('sew-1',6,1795507233000,'000004V received 16:00 from Cutting');
INSERT INTO "last_actions" VALUES('sew-1',7,1795507244000,'000004V given 16:00 to Packing');
INSERT INTO "last_actions" VALUES('sew-1',12,1795507299000,'0000054 received 16:01 from Cutting');
INSERT INTO "last_actions" VALUES('sew-1',13,1795507310000,'0000054 given 16:01 to Packing');
CREATE TABLE link_activity (
    line TEXT NOT NULL,
    link TEXT NOT NULL,
    last_given_at INTEGER NOT NULL,
    PRIMARY KEY (line, link)
) WITHOUT ROWID;
INSERT INTO "link_activity" VALUES('shirts','cut',1795565411000);
INSERT INTO "link_activity" VALUES('shirts','pack',1795507332000);
INSERT INTO "link_activity" VALUES('shirts','sew',1795507310000);
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
INSERT INTO "order_links" VALUES('B-1','shirts','cut',20,20,1795572000000,1795577400000);
INSERT INTO "order_links" VALUES('B-1','shirts','pack',0,0,1795593600000,1795597200000);
INSERT INTO "order_links" VALUES('B-1','shirts','sew',0,0,1795579200000,1795590000000);
INSERT INTO "order_links" VALUES('B-2','shirts','cut',40,40,NULL,NULL);
INSERT INTO "order_links" VALUES('B-2','shirts','pack',40,40,NULL,NULL);
INSERT INTO "order_links" VALUES('B-2','shirts','sew',40,40,NULL,NULL);
INSERT INTO "order_links" VALUES('B-3','shirts','cut',0,0,1795658400000,1795663800000);
INSERT INTO "order_links" VALUES('B-3','shirts','pack',0,0,1795680000000,1795683600000);
INSERT INTO "order_links" VALUES('B-3','shirts','sew',0,0,1795672800000,1795676400000);
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
INSERT INTO "orders" VALUES('B-1','shirts','polo',60,1795597200000,'',100,'released',1,3,1795392000000,NULL);
INSERT INTO "orders" VALUES('B-2','shirts','polo',40,1795597200000,'',100,'shipped',1,5,1795392000000,1795507332000);
INSERT INTO "orders" VALUES('B-3','shirts','polo',20,1795683600000,'',100,'released',1,6,1795392000000,NULL);
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
INSERT INTO "positions" VALUES('0000017','cut',1795565400000,1795565411000,'scanner-cut',1795565411000,NULL,'0000017 given 08:10 to Sewing');
INSERT INTO "positions" VALUES('000004V','cut',1795507211000,1795507222000,'scanner-cut',1795507222000,NULL,'000004V given 16:00 to Sewing');
INSERT INTO "positions" VALUES('000004V','pack',1795507255000,1795507266000,'scanner-pack',1795507266000,NULL,'000004V shipped 16:01');
INSERT INTO "positions" VALUES('000004V','sew',1795507233000,1795507244000,'scanner-sew',1795507244000,NULL,'000004V given 16:00 to Packing');
INSERT INTO "positions" VALUES('0000054','cut',1795507277000,1795507288000,'scanner-cut',1795507288000,NULL,'0000054 given 16:01 to Sewing');
INSERT INTO "positions" VALUES('0000054','pack',1795507321000,1795507332000,'scanner-pack',1795507332000,NULL,'0000054 shipped 16:02');
INSERT INTO "positions" VALUES('0000054','sew',1795507299000,1795507310000,'scanner-sew',1795507310000,NULL,'0000054 given 16:01 to Packing');
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
CREATE TABLE same_scans (
    scan_id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    code TEXT NOT NULL,
    quantity INTEGER,
    text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tallies (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
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
INSERT INTO "targets" VALUES('B-1','shirts','cut',1795564800000,1795568400000,'2026-11-25/day',20,20,20,1795573800000);
INSERT INTO "targets" VALUES('B-1','shirts','cut',1795568400000,1795572000000,'2026-11-25/day',40,40,60,1795577400000);
INSERT INTO "targets" VALUES('B-1','shirts','pack',1795586400000,1795590000000,'2026-11-25/day',10,0,0,1795597200000);
INSERT INTO "targets" VALUES('B-1','shirts','pack',1795590000000,1795593600000,'2026-11-25/day',50,60,60,1795597200000);
INSERT INTO "targets" VALUES('B-1','shirts','sew',1795575600000,1795579200000,'2026-11-25/day',20,20,20,1795590000000);
INSERT INTO "targets" VALUES('B-1','shirts','sew',1795582800000,1795586400000,'2026-11-25/day',40,40,60,1795590000000);
INSERT INTO "targets" VALUES('B-2','shirts','cut',1795507200000,1795510800000,'2026-11-24/day',20,20,20,1795570200000);
INSERT INTO "targets" VALUES('B-2','shirts','cut',1795564800000,1795568400000,'2026-11-25/day',20,20,40,1795573800000);
INSERT INTO "targets" VALUES('B-2','shirts','pack',1795586400000,1795590000000,'2026-11-25/day',40,40,40,1795597200000);
INSERT INTO "targets" VALUES('B-2','shirts','sew',1795572000000,1795575600000,'2026-11-25/day',20,20,20,1795586400000);
INSERT INTO "targets" VALUES('B-2','shirts','sew',1795575600000,1795579200000,'2026-11-25/day',20,20,40,1795586400000);
INSERT INTO "targets" VALUES('B-3','shirts','cut',1795654800000,1795658400000,'2026-11-26/day',20,20,20,1795663800000);
INSERT INTO "targets" VALUES('B-3','shirts','pack',1795676400000,1795680000000,'2026-11-26/day',20,20,20,1795683600000);
INSERT INTO "targets" VALUES('B-3','shirts','sew',1795669200000,1795672800000,'2026-11-26/day',20,20,20,1795676400000);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE INDEX open_orders ON orders (line, due_at) WHERE shipped_at IS NULL;
CREATE INDEX batch_numbers ON orders (last_number);
CREATE INDEX batches_of_order ON batches ("order", number);
CREATE INDEX owed_links ON order_links (line, unmet_end_at) WHERE unmet_end_at IS NOT NULL;
CREATE INDEX on_its_way ON handoffs (line, receiver, given_at) WHERE received_at IS NULL;
CREATE INDEX open_flags ON flags (line, link) WHERE closed_at IS NULL;
CREATE INDEX refused_scans ON refused (scan_id) WHERE scan_id IS NOT NULL;
CREATE INDEX refused_by_time ON refused (arrived_at);
COMMIT;
