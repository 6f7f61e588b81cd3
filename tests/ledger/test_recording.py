"""What a scan means, one sentence of the contract at a time."""

from __future__ import annotations

import pytest

from ledger import reading
from ledger.events import Event
from shopfloor.scans import Scan
from tests.factory import Plant, china


def given(plant: Plant, link: str, start: str) -> int:
    rows = reading.hour_counts(plant.ledger, "shirts", china(start), china(start) + 1)
    return sum(row["given"] for row in rows if row["link"] == link)


def events(plant: Plant) -> list[tuple[str, str, int]]:
    rows = plant.ledger.rows(
        "SELECT kind, link, quantity FROM events WHERE kind != 'order_released' ORDER BY sequence"
    )
    return [(row["kind"], row["link"], row["quantity"]) for row in rows]


def test_a_batch_is_received_then_given_by_the_first_link(plant: Plant) -> None:
    batch = plant.codes()[0]
    assert plant.scan("scanner-cut", batch, "24 14:10").text == f"{batch} received 14:10"
    answer = plant.scan("scanner-cut", batch, "24 14:40")
    assert (answer.result, answer.text) == ("recorded", f"{batch} given 14:40 to Sewing")
    assert events(plant) == [("received", "shirts/cut", 20), ("given", "shirts/cut", 20)]
    assert given(plant, "cut", "24 14:00") == 20


def test_a_batch_not_given_yet_is_given_and_received_by_the_next_links_scan(plant: Plant) -> None:
    batch = plant.codes()[0]
    answer = plant.scan("scanner-sew", batch, "24 15:10")
    assert answer.text == f"{batch} received 15:10 from Cutting"
    assert events(plant) == [("given", "shirts/cut", 20), ("received", "shirts/sew", 20)]
    implied = plant.ledger.rows("SELECT detail FROM events WHERE kind = 'given'")
    assert '"implied":true' in implied[0]["detail"]


def test_the_same_device_within_ten_seconds_is_the_same_scan(plant: Plant) -> None:
    batch = plant.codes()[0]
    first = plant.scan("scanner-cut", batch, "24 14:10:00")
    again = plant.scan("scanner-cut", batch, "24 14:10:09")
    assert (again.result, again.text) == ("duplicate", first.text)
    assert plant.scan("scanner-cut", batch, "24 14:10:10").result == "recorded"


def test_the_same_id_twice_changes_nothing_and_is_confirmed_again(plant: Plant) -> None:
    batch = plant.codes()[0]
    first = plant.scan("scanner-cut", batch, "24 14:10", scan_id="t1")
    again = plant.scan("scanner-cut", batch, "24 15:30", scan_id="t1")
    assert (again.result, again.text) == ("duplicate", first.text)
    assert len(events(plant)) == 1


def test_the_same_id_with_other_content_is_refused_and_kept(plant: Plant) -> None:
    first, second = plant.codes()[:2]
    plant.scan("scanner-cut", first, "24 14:10", scan_id="t1")
    assert plant.scan("scanner-cut", second, "24 14:12", scan_id="t1").result == "refused"
    assert len(events(plant)) == 1
    kept = plant.ledger.rows("SELECT code, word FROM refused")
    assert [(row["code"], row["word"]) for row in kept] == [(second, "id")]


@pytest.mark.parametrize(
    ("device", "code", "word"),
    [
        ("scanner-cut", "NOSUCH1", "unknown"),
        ("scanner-of-nobody", None, "device"),
        ("scanner-pack", None, "skipped"),
    ],
)
def test_a_refused_scan_is_kept_and_counted(plant: Plant, device: str, code: str | None, word: str) -> None:
    answer = plant.scan(device, code or plant.codes()[0], "24 14:10", scan_id="r1")
    assert answer.result == "refused"
    assert [row["word"] for row in plant.ledger.rows("SELECT word FROM refused")] == [word]
    assert reading.refused_ever(plant.ledger) == 1
    again = plant.scan(device, code or plant.codes()[0], "24 14:20", scan_id="r1")
    assert (again.result, again.text) == ("refused", answer.text)
    assert reading.refused_ever(plant.ledger) == 1


def test_a_batch_given_on_already_says_when_and_to_whom(plant: Plant) -> None:
    batch = plant.codes()[0]
    plant.scan("scanner-cut", batch, "24 14:10")
    plant.scan("scanner-cut", batch, "24 14:40")
    answer = plant.scan("scanner-cut", batch, "24 15:00")
    assert (answer.result, answer.text) == ("refused", f"{batch} already given 14:40 to Sewing")


def test_the_last_links_give_ships_the_order(plant: Plant) -> None:
    for batch in plant.codes():
        plant.scan("scanner-sew", batch, "25 09:00")
        plant.scan("scanner-pack", batch, "25 15:00")
        plant.scan("scanner-pack", batch, "25 15:30")
    order = reading.order(plant.ledger, "A-1")
    assert order is not None
    assert (order["state"], order["shipped_at"]) == ("shipped", china("25 15:30"))
    assert reading.open_orders(plant.ledger, "shirts") == 0


def test_work_in_a_break_counts_into_the_hour_before(plant: Plant) -> None:
    batch = plant.codes()[0]
    plant.scan("scanner-cut", batch, "24 11:50")
    plant.scan("scanner-cut", batch, "24 12:30")
    assert given(plant, "cut", "24 11:00") == 20


@pytest.mark.parametrize(
    ("seq", "device_at", "occurred_at", "suspect"),
    [
        (None, "24 14:09", "24 14:09", False),
        (None, "24 13:00", "24 14:10", True),
        (8, "24 13:00", "24 13:00", False),
        (9, "24 13:00", "24 14:10", True),
        (8, "24 14:30", "24 14:10", True),
    ],
)
def test_a_devices_clock_is_believed_when_near_or_in_sequence_from_a_buffer(
    plant: Plant, seq: int | None, device_at: str, occurred_at: str, *, suspect: bool
) -> None:
    first, second = plant.codes()[:2]
    now = china("24 14:10")
    plant.recorder.record([Scan("scanner-cut", first, now, scan_id="a", seq=7)], now)
    plant.recorder.record(
        [Scan("scanner-cut", second, now, scan_id="b", seq=seq, device_at=china(device_at))], now
    )
    event = plant.ledger.row("SELECT occurred_at, detail FROM events WHERE event_id = 'b'")
    position = plant.ledger.row("SELECT received_at FROM positions WHERE batch = ?", (second,))
    assert event is not None
    assert position is not None
    assert position["received_at"] == china(occurred_at)
    assert ('"clock_suspect":true' in event["detail"]) is suspect


def test_a_scan_without_an_id_that_the_broker_delivers_again_is_one_scan(plant: Plant) -> None:
    batch = plant.codes()[0]
    now = china("24 14:10")
    plant.recorder.record([Scan("scanner-cut", batch, now, packet=7)], now)
    later = china("24 14:25")
    (answer,) = plant.recorder.record([Scan("scanner-cut", batch, later, packet=7, redelivered=True)], later)
    assert answer is not None
    assert answer.result == "duplicate"
    (answer,) = plant.recorder.record([Scan("scanner-cut", batch, later, packet=8, redelivered=True)], later)
    assert answer is not None
    assert answer.result == "recorded"


def test_more_units_than_the_batch_has_are_refused(plant: Plant) -> None:
    assert plant.scan("scanner-cut", plant.codes()[0], "24 14:10", quantity=21).result == "refused"
    assert plant.scan("scanner-cut", plant.codes()[0], "24 14:10", quantity=19).result == "recorded"


def test_events_are_never_changed_or_deleted(plant: Plant) -> None:
    for statement in ("UPDATE events SET quantity = 1", "DELETE FROM events"):
        with pytest.raises(Exception, match="events are never"), plant.ledger.write(plant.now) as tx:
            tx.run(statement)


@pytest.mark.parametrize("scan_id", ["flag/2/resolved", "order/A-2/released/1", "implied/t1/0", "bare/x/1/2"])
def test_a_device_cannot_take_an_id_that_the_ledger_makes(plant: Plant, scan_id: str) -> None:
    assert plant.scan("scanner-cut", plant.codes()[0], "24 14:10", scan_id=scan_id).result == "refused"
    assert events(plant) == []


@pytest.mark.parametrize("device_at", [-62_135_596_800_000, 0, 1_577_836_800_000])
def test_a_clock_that_lost_its_battery_is_not_believed_even_in_sequence(plant: Plant, device_at: int) -> None:
    first, second = plant.codes()[:2]
    now = china("24 14:10")
    plant.recorder.record([Scan("scanner-cut", first, now, scan_id="a", seq=7)], now)
    plant.recorder.record([Scan("scanner-cut", second, now, scan_id="b", seq=8, device_at=device_at)], now)
    event = plant.ledger.row("SELECT occurred_at FROM events WHERE event_id = 'b'")
    assert event is not None
    assert event["occurred_at"] == "2026-11-24T06:10:00.000Z"


def test_an_id_that_was_told_duplicate_stays_the_same_scan_when_it_comes_again(plant: Plant) -> None:
    batch = plant.codes()[0]
    first = plant.scan("scanner-cut", batch, "24 14:10:00", scan_id="x1")
    assert plant.scan("scanner-cut", batch, "24 14:10:02", scan_id="x2").result == "duplicate"
    again = plant.scan("scanner-cut", batch, "24 14:30:00", scan_id="x2")
    assert (again.result, again.text) == ("duplicate", first.text)
    assert len(events(plant)) == 1
    assert plant.scan("scanner-cut", plant.codes()[1], "24 14:31", scan_id="x2").result == "refused"


def test_an_id_that_was_refused_cannot_stand_for_another_scan(plant: Plant) -> None:
    plant.scan("scanner-cut", "NOSUCH", "24 14:10", scan_id="x")
    assert plant.scan("scanner-cut", plant.codes()[0], "24 14:11", scan_id="x").result == "refused"
    assert events(plant) == []


def test_a_scan_that_contradicts_the_record_does_not_keep_the_others_out(plant: Plant) -> None:
    first, second = plant.codes()[:2]
    now = china("24 15:10")
    with plant.ledger.write(now) as tx:  # what no door allows: an id of the ledger's own, taken
        tx.append(Event("implied/bad/0", "received", now, "x", link="shirts/cut", order="A-1", batch="x", quantity=1,
                        detail={"parties": [], "complete": False}))  # fmt: skip
    answers = plant.recorder.record(
        [Scan("scanner-sew", first, now, scan_id="bad"), Scan("scanner-sew", second, now, scan_id="good")],
        now,
    )
    assert [answer.result for answer in answers if answer] == ["refused", "recorded"]
    assert [
        row["batch"] for row in plant.ledger.rows("SELECT batch FROM events WHERE event_id = 'good'")
    ] == [second]


def test_small_letters_are_taken_for_capitals_and_a_misread_is_told_apart(plant: Plant) -> None:
    code = plant.codes()[9]
    assert plant.scan("scanner-cut", code.lower(), "24 14:10", scan_id="a").result == "recorded"
    assert plant.scan("scanner-cut", code.lower(), "24 14:11", scan_id="a").result == "duplicate"
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert "check character is wrong" in plant.scan("scanner-cut", wrong, "24 14:12").text
    assert "is no batch here" in plant.scan("scanner-cut", "HELLO", "24 14:13").text


def test_strangers_do_not_fill_the_list_of_devices(plant: Plant) -> None:
    for n in range(3):
        plant.scan(f"stranger-{n}", "X", "24 14:10")
    plant.scan("scanner-cut", "X", "24 14:10")
    assert [row["device"] for row in plant.ledger.rows("SELECT device FROM devices")] == ["scanner-cut"]
