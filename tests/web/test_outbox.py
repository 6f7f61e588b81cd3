"""What a tablet's outbox sends: each entry once, in its order, as of when it happened there."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from kiosk.services import Services
from kiosk.views.tablets import missed_tablets, tablet_rows
from ledger.checking import faults
from ledger.errors import LedgerUnavailable
from ledger.seq_gaps import open_gaps
from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from tests.factory import Plant, china

TABLET = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
FLAG = {"against": "cut", "order": "A-1"}


class Tablet:
    """A tablet that keeps what it does, and sends it when told to."""

    def __init__(self, client: FlaskClient, floor: Plant, station: str, key: str = TABLET) -> None:
        self.client, self.floor, self.station, self.key = client, floor, station, key
        self.seq = 0

    def did(self, kind: str, at: Instant | None = None, **fields: str) -> dict[str, Any]:
        self.seq += 1
        at = self.floor.now if at is None else at
        return {"id": f"{self.key[:4]}-{self.seq}", "seq": self.seq, "kind": kind, "at": at, "fields": fields}

    def says(self, *entries: Any, **words: Any) -> Any:
        body = {
            "tablet": self.key,
            "clock": self.floor.now,
            "next_seq": self.seq + 1,
            "entries": list(entries),
        }
        return self.client.post(f"/kiosk/{self.station}/outbox", json={**body, **words})

    def sends(self, *entries: Any, **words: Any) -> list[tuple[str, str]]:
        """The results and texts of the entries, in their order."""
        answer = self.says(*entries, **words)
        assert answer.status_code == 200, answer.text
        assert [each["id"] for each in answer.json["answers"]] == [each["id"] for each in entries]
        return [(each["result"], each["text"]) for each in answer.json["answers"]]


@pytest.fixture
def sewing(client: FlaskClient, floor: Plant) -> Tablet:
    return Tablet(client, floor, "sew-1")


def events(floor: Plant, kind: str = "%") -> list[Any]:
    return floor.ledger.rows(
        "SELECT * FROM events WHERE kind LIKE ? AND source LIKE 'station:%' ORDER BY sequence", (kind,)
    )


def texts(floor: Plant) -> list[tuple[str, str, str]]:
    return [(row["kind"], row["occurred_at"], row["source"]) for row in events(floor)]


# ---- once


def test_an_entry_sent_twice_changes_nothing_and_is_answered_alike(sewing: Tablet, floor: Plant) -> None:
    entries = [sewing.did("scan", code=floor.codes()[0]), sewing.did("flag", **FLAG)]
    first = sewing.sends(*entries)
    recorded = len(events(floor))
    again = sewing.sends(*entries)
    assert [result for result, _ in first] == ["recorded", "recorded"]
    assert [result for result, _ in again] == ["duplicate", "duplicate"]
    assert [text for _, text in again] == [text for _, text in first]
    assert len(events(floor)) == recorded
    assert faults(floor.ledger) == []


def test_batches_that_were_tapped_go_the_way_that_was_said(sewing: Tablet, floor: Plant) -> None:
    code, other = floor.codes()[:2]
    entries = [
        sewing.did("received", code=code),
        sewing.did("given", code=code, at=floor.now + 5 * SECOND_MS),
        sewing.did("given", code=other),
    ]
    floor.now += MINUTE_MS
    told = sewing.sends(*entries)
    assert [result for result, _ in told] == ["recorded", "recorded", "recorded"]
    steps = [(row["kind"], row["batch"]) for row in events(floor) if row["link"] == "shirts/sew"]
    assert steps == [("received", code), ("given", code), ("received", other), ("given", other)]
    assert [result for result, _ in sewing.sends(*entries)] == ["duplicate"] * 3
    assert sewing.sends(sewing.did("received", code=""))[0][0] == "refused"


def test_a_refusal_is_answered_alike_too_though_it_would_count_by_now(sewing: Tablet, floor: Plant) -> None:
    floor.now = china("24 14:10")  # Cutting owes nothing before 15:00
    early = sewing.did("flag", **FLAG)
    ((result, text),) = sewing.sends(early)
    assert (result, "owes nothing" in text) == ("refused", True)
    floor.now = china("24 15:10")
    assert sewing.sends(early) == [("refused", text)]
    assert events(floor) == []


@pytest.mark.parametrize("kind", ["scan", "flag", "answer"])
def test_another_entry_under_a_used_id_is_refused_and_changes_nothing(
    sewing: Tablet, floor: Plant, kind: str
) -> None:
    scan, flag = sewing.did("scan", code=floor.codes()[0]), sewing.did("flag", **FLAG)
    sewing.sends(scan, flag)
    recorded = len(events(floor))
    fields = {
        "scan": {"code": floor.codes()[1]},
        "flag": {"against": "cut", "order": "B"},
        "answer": {"flag": "1"},
    }
    for used in (scan, flag):
        ((result, text),) = sewing.sends({**used, "kind": kind, "fields": fields[kind]})
        assert result == "refused"
        assert "was used before" in text
    assert len(events(floor)) == recorded


def test_one_bad_entry_among_good_ones_is_refused_alone(sewing: Tablet, floor: Plant) -> None:
    codes = floor.codes()
    bad = [
        sewing.did("dance", step="left"),
        sewing.did("scan", code="  "),
        sewing.did("flag", order="A-1"),
        sewing.did("answer", flag="seven"),
        sewing.did("answer", flag="2", promised_at="soon"),
        sewing.did("answer", flag="2", comment="x" * 501),
        {**sewing.did("scan", code="X"), "id": "order/A-1"},
        {**sewing.did("scan", code="X"), "at": -1},
        {**sewing.did("scan", code="X"), "more": 1},
    ]
    told = sewing.sends(sewing.did("scan", code=codes[0]), *bad, sewing.did("scan", code=codes[1]))
    assert [result for result, _ in told] == ["recorded", *["refused"] * len(bad), "recorded"]
    assert all(text for _, text in told)
    assert len(events(floor, "received")) == 2


@pytest.mark.parametrize(
    "words", [{"tablet": "mine"}, {"entries": 3}, {"clock": "now"}, {"waiting": -1}, {"entries": [{}] * 201}]
)
def test_an_outbox_that_cannot_be_read_says_so(sewing: Tablet, words: dict[str, Any]) -> None:
    answer = sewing.says(**words)
    assert answer.status_code == 400
    assert sewing.client.post("/kiosk/nowhere/outbox", json={}).status_code == 404


# ---- as of when it happened


def test_what_was_buffered_is_recorded_in_its_order_and_at_its_times(sewing: Tablet, floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("station:cut-1", code, at="24 15:00")
    floor.scan("station:cut-1", code, at="24 15:01")
    floor.now = china("24 15:40")
    told = sewing.sends(
        sewing.did("scan", china("24 15:02"), code=code), sewing.did("scan", china("24 15:20"), code=code)
    )
    assert [text.partition(" ")[2] for _, text in told] == [
        "received 15:02 from Cutting, recorded 15:40",
        "given 15:20 to Packing, recorded 15:40",
    ]
    assert texts(floor)[-2:] == [
        ("received", "2026-11-24T07:02:00.000Z", "station:sew-1/1"),
        ("given", "2026-11-24T07:20:00.000Z", "station:sew-1/1"),
    ]
    assert faults(floor.ledger) == []


def test_a_clock_that_fits_nowhere_gives_the_arrival_and_is_marked(sewing: Tablet, floor: Plant) -> None:
    codes = floor.codes()
    sewing.sends(sewing.did("scan", code=codes[0]))
    sewing.sends(sewing.did("scan", floor.now + HOUR_MS, code=codes[1]))
    *_, last = events(floor, "received")
    assert last["occurred_at"] == "2026-11-24T07:10:00.000Z"
    assert '"clock_suspect":true' in last["detail"]


def test_not_received_is_judged_as_of_its_tap(sewing: Tablet, floor: Plant) -> None:
    """At 15:05 forty were missing; at 15:20 they came; the tablet reports at 15:40."""
    tap = sewing.did("flag", china("24 15:05"), **FLAG)
    for code in floor.codes()[:2]:
        floor.scan("station:cut-1", code, at="24 15:19")
        floor.scan("station:cut-1", code, at="24 15:20")
    floor.now = china("24 15:40")
    ((result, text),) = sewing.sends(tap)
    assert result == "recorded"
    assert text == "Cutting flagged 15:05, recorded 15:40: 40 of A-1 had not come, but came meanwhile"
    flag = floor.ledger.row("SELECT state, raised_at, closed_at FROM flags")
    assert tuple(flag) == ("resolved", china("24 15:05"), china("24 15:20"))
    assert faults(floor.ledger) == []


def test_not_received_that_is_still_missing_stays_open(sewing: Tablet, floor: Plant) -> None:
    tap = sewing.did("flag", china("24 15:05"), **FLAG)
    floor.now = china("24 15:40")
    assert sewing.sends(tap) == [
        ("recorded", "Cutting flagged 15:05, recorded 15:40: 40 of A-1 not received")
    ]
    assert floor.ledger.row("SELECT state FROM flags")[0] == "raised"


def test_a_flag_that_was_never_sent_is_taken_back_by_the_id_of_its_tap(sewing: Tablet, floor: Plant) -> None:
    tap = sewing.did("flag", **FLAG)
    told = sewing.sends(tap, sewing.did("withdraw", raised=tap["id"]), sewing.did("withdraw", raised="none"))
    assert [result for result, _ in told] == ["recorded", "recorded", "refused"]
    assert floor.ledger.row("SELECT state FROM flags")[0] == "withdrawn"


def test_an_answer_that_waited_is_told_to_the_flag_that_it_was_for(
    client: FlaskClient, sewing: Tablet, floor: Plant
) -> None:
    sewing.sends(sewing.did("flag", **FLAG))
    flag = floor.ledger.row("SELECT flag FROM flags")[0]
    cutting = Tablet(client, floor, "cut-1", OTHER)
    answer = cutting.did("answer", flag=str(flag), reason="machine", promised_at="2026-11-24T15:30", seen="0")
    floor.now = china("24 15:40")
    assert cutting.sends(answer) == [("recorded", "answer recorded, recorded 15:40")]
    row = floor.ledger.row("SELECT state, reason, promised_at FROM flags")
    assert tuple(row) == ("answered", "machine", china("24 15:30"))


# ---- nothing is lost unseen


def test_what_a_tablet_counted_and_never_sent_is_a_gap_until_it_comes(sewing: Tablet, floor: Plant) -> None:
    codes = floor.codes()
    kept = [sewing.did("scan", floor.now + n * SECOND_MS, code=codes[n]) for n in range(4)]
    sewing.sends(kept[0])
    sewing.sends(kept[3])
    assert [(gap.device, gap.first, gap.last) for gap in open_gaps(floor.ledger)] == [
        ("station:sew-1/1", 2, 3)
    ]
    sewing.sends(*kept[1:3])
    assert open_gaps(floor.ledger) == []


def test_nothing_is_confirmed_that_could_not_be_written(
    sewing: Tablet, web: Services, floor: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sewing.sends()
    scan = sewing.did("scan", code=floor.codes()[0])

    def full(*_: object, **__: object) -> None:
        raise LedgerUnavailable(web.ledger.path, OSError("disk full"))

    with monkeypatch.context() as broken:
        broken.setattr(web.ledger, "write", full)
        assert sewing.says(scan).status_code == 503
        assert [tablet.waiting for tablet in web.tablets.known()] == [1]
    assert sewing.sends(scan)[0][0] == "recorded"
    assert [tablet.waiting for tablet in web.tablets.known()] == [0]


def test_a_strangers_number_is_no_tablet_and_leaves_no_trace(client: FlaskClient, floor: Plant) -> None:
    for number in ("1", "99", "1e3", "-1", "9" * 400):
        body = {"device": f"station:sew-1/{number}"[:100], "code": floor.codes()[0], "seq": 4}
        assert client.post("/api/v1/scans", json=body).json["result"] == "refused"
    assert floor.ledger.rows("SELECT device FROM devices") == []
    assert open_gaps(floor.ledger) == []


# ---- numbers


def test_a_tablet_has_one_number_and_another_one_the_next(
    client: FlaskClient, sewing: Tablet, floor: Plant
) -> None:
    assert sewing.says().json["tablet"] == 1
    assert Tablet(client, floor, "sew-1", OTHER).says().json["tablet"] == 2
    assert Tablet(client, floor, "cut-1", TABLET).says().json["tablet"] == 3
    assert sewing.says().json["tablet"] == 1


def test_a_tablet_that_lost_its_memory_tells_what_it_was(
    sewing: Tablet, client: FlaskClient, web: Services, floor: Plant
) -> None:
    sewing.sends(sewing.did("scan", code=floor.codes()[0]))
    Tablet(client, floor, "sew-1", OTHER).says(before={"tablet": TABLET, "next_seq": 6})
    lost, other = tablet_rows(web, floor.now)
    assert (lost.number, lost.contact, lost.follower, lost.missing, lost.is_missed) == (1, "cut", 2, 4, True)
    assert (other.number, other.contact, other.follower, other.missing) == (2, "live", None, 0)
    (told,) = missed_tablets(web, web.config.site.lines["shirts"], floor.now)
    assert (told.number, told.missing) == (1, 4)
    assert "tablet 1 (Sew-1) lost 4 scans; tablet 2 began in its place" in " ".join(
        client.get("/board/shirts").text.split()
    )


@pytest.mark.parametrize(
    ("silent_s", "words", "told"),
    [
        (15, {}, None),
        (30, {}, "tablet 1 (Sew-1) not heard for 0 min"),
        (190, {"waiting": 2, "oldest_at": 0}, "tablet 1 (Sew-1) not heard for 3 min, had 2 waiting"),
        (5, {"waiting": 14, "oldest_at": 0}, "tablet 1 (Sew-1) is 14 scans behind"),
        (190, {"leaving": True}, None),
        (190, {"leaving": True, "waiting": 1}, "tablet 1 (Sew-1) is 1 scan behind"),
        (190, {"next_seq": 1}, None),
        (25 * 3600, {"waiting": 2}, None),
    ],
)
def test_the_board_tells_who_is_behind_and_who_fell_silent(
    sewing: Tablet, client: FlaskClient, floor: Plant, silent_s: int, words: dict[str, Any], told: str | None
) -> None:
    sewing.seq = 1
    assert sewing.says(**words).status_code == 200
    floor.now += silent_s * SECOND_MS
    page = " ".join(client.get("/board/shirts").text.split())
    assert ('id="board-tablets" class="board-tablets" hidden' in page) == (told is None)
    assert told is None or told in page


def test_a_number_is_never_given_again(client: FlaskClient, floor: Plant) -> None:
    for key in (TABLET, OTHER):
        Tablet(client, floor, "sew-1", key).says()
    floor.now += 40 * DAY_MS
    assert Tablet(client, floor, "sew-1", "a" * 32).says().json["tablet"] == 3
    assert [row[0] for row in floor.ledger.rows("SELECT number FROM tablets ORDER BY number")] == [2, 3]


def test_who_only_looked_at_a_kiosk_is_forgotten_after_a_day(client: FlaskClient, floor: Plant) -> None:
    worked, looked = Tablet(client, floor, "sew-1", TABLET), Tablet(client, floor, "sew-1", OTHER)
    worked.seq = 1
    worked.says()
    looked.says()
    floor.now += DAY_MS + SECOND_MS
    Tablet(client, floor, "sew-1", "b" * 32).says()
    Tablet(client, floor, "sew-1", "c" * 32).says()
    assert [row[0] for row in floor.ledger.rows("SELECT number FROM tablets ORDER BY number")] == [1, 3, 4]


def test_a_tablet_that_only_says_that_it_is_there_is_seldom_written(
    sewing: Tablet, web: Services, floor: Plant
) -> None:
    sewing.sends()
    for _ in range(3):
        floor.now += 15 * SECOND_MS
        sewing.sends()
    (written,) = floor.ledger.rows("SELECT heard_at FROM tablets")
    assert written[0] == floor.now - 45 * SECOND_MS
    assert [tablet.heard_at for tablet in web.tablets.known()] == [floor.now]
    floor.now += MINUTE_MS
    sewing.sends()
    assert floor.ledger.row("SELECT heard_at FROM tablets")[0] == floor.now


def test_what_became_of_an_entry_is_told_in_the_language_of_the_page(sewing: Tablet, floor: Plant) -> None:
    sewing.client.set_cookie("lang", "zh")
    given = sewing.did("scan", code=floor.codes()[0])
    sent = sewing.sends(given, sewing.did("scan", code="7K3-0000"))
    assert [text for _, text in sent] == [
        f"{floor.codes()[0]} 15:10 从 Cutting 收到",
        "7K3-0000 不是这里的批次",
    ]
    assert sewing.sends(given)[0][1] == sent[0][1]


def test_a_tablet_whose_clock_is_out_of_all_bounds_keeps_no_page_from_being_shown(
    client: FlaskClient,
) -> None:
    told = {"tablet": "0" * 32, "clock": 2**53, "waiting": 5, "oldest_at": 2**53}
    assert client.post("/kiosk/sew-1/outbox", json=told).status_code == 200
    for page in ("/board/shirts", "/devices", "/kiosk/sew-1"):
        assert client.get(page).status_code == 200, page
