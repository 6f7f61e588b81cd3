"""Late news: what it changes is recorded as such, of handoffs, flags and what devices counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import corrections, reading
from ledger.flags import Tap, answer_flag, raise_flag, withdraw_flag
from ledger.seq_gaps import open_gaps
from shopfloor.scans import Answer, Scan
from tests.factory import Plant, china, kept_whole, worked_order


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Plant]:
    with kept_whole(Plant(tmp_path / "site")) as plant:
        plant.release(worked_order())
        yield plant


def late(
    plant: Plant, device: str, code: str, at: str, arrived: str, seq: int, quantity: int | None = None
) -> Answer:
    now = china(arrived)
    scan = Scan(device, code, now, f"{device}-{seq}", china(at), seq, quantity=quantity)
    (answer,) = plant.recorder.record([scan], now)
    assert answer is not None
    return answer


def raise_at(plant: Plant, at: str) -> int:
    now = china(at)
    return raise_flag(
        plant.ledger, plant.site, Tap(f"f {at}", "sew-1", now), against="cut", order="A-1", now=now
    )


def flag(plant: Plant, number: int) -> tuple[str, str | None]:
    row = reading.flag(plant.ledger, number)
    assert row is not None
    return row["state"], row["note"]


def kinds(plant: Plant) -> list[str]:
    rows = plant.ledger.rows("SELECT kind FROM events WHERE kind != 'order_released' ORDER BY sequence")
    return [row["kind"] for row in rows]


def test_a_late_scan_says_when_it_happened_and_when_it_was_recorded(floor: Plant) -> None:
    code = floor.codes()[0]
    assert (
        late(floor, "scanner-cut", code, "24 10:02", "24 10:40", 1).text
        == f"{code} received 10:02, recorded 10:40"
    )
    assert late(floor, "scanner-cut", code, "24 10:39", "24 10:40", 2).text == f"{code} given 10:39 to Sewing"


def test_an_implied_give_is_voided_when_the_real_one_comes_late(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-sew", code, "24 15:10")
    late(floor, "scanner-cut", code, "24 13:30", "24 15:40", 1)
    late(floor, "scanner-cut", code, "24 13:50", "24 15:40", 2)
    assert kinds(floor) == ["given", "received", "received", "voided", "given"]
    voided = floor.ledger.rows("SELECT reason, detail FROM events WHERE kind = 'voided' ORDER BY sequence")
    assert voided[0]["reason"] == "a scan of Cutting came late"
    assert json.loads(voided[0]["detail"])["voids"].startswith("implied/")
    (row,) = floor.ledger.rows("SELECT received_at, given_at FROM positions WHERE link = 'cut'")
    assert tuple(row) == (china("24 13:30"), china("24 13:50"))
    counts = {row["start_at"]: row["given"] for row in reading.hour_counts(floor.ledger, "shirts", 0, 1 << 60)
              if row["link"] == "cut" and row["given"]}  # fmt: skip
    assert counts == {china("24 13:00"): 20}


def test_only_what_no_longer_holds_is_voided(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-sew", code, "24 15:10")
    late(floor, "scanner-cut", code, "24 13:50", "24 15:40", 1)
    # Cutting's first scan is a receipt: the give stays implied, and nothing that was recorded is wrong.
    assert kinds(floor) == ["given", "received", "received"]


def test_a_scan_that_turns_out_to_mean_nothing_is_in_the_refused_list_and_its_answer_stays(
    floor: Plant,
) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:00", scan_id="a")
    first = floor.scan("scanner-cut", code, "24 14:30", scan_id="b")
    late(floor, "scanner-cut", code, "24 13:00", "24 15:00", 1)
    (row,) = floor.ledger.rows("SELECT word, reason FROM refused")
    assert tuple(row) == ("given", f"{code} already given 14:00 to Sewing")
    again = floor.scan("scanner-cut", code, "24 15:30", scan_id="b")
    assert (again.result, again.text) == ("duplicate", first.text)


def test_a_refused_scan_counts_when_what_it_waited_for_comes_late(floor: Plant) -> None:
    code = floor.codes()[0]
    refused = floor.scan("scanner-pack", code, "24 15:00", scan_id="p")
    assert refused.result == "refused"
    late(floor, "scanner-sew", code, "24 14:00", "24 15:20", 1)
    (row,) = floor.ledger.rows("SELECT received_at FROM positions WHERE link = 'pack'")
    assert row["received_at"] == china("24 15:00")
    assert floor.ledger.rows("SELECT settled FROM refused")[0]["settled"] == "counted"
    again = floor.scan("scanner-pack", code, "24 15:30", scan_id="p")
    assert (again.result, again.text) == ("refused", refused.text)


def test_a_flag_whose_quantity_had_been_given_before_turned_out_wrong(floor: Plant) -> None:
    first, second = floor.codes()[:2]
    number = raise_at(floor, "24 15:05")
    for seq, (code, at) in enumerate(((first, "24 14:20"), (first, "24 14:40"), (second, "24 14:21"), (second, "24 14:58")), 1):  # fmt: skip  # noqa: E501  # one table
        late(floor, "scanner-cut", code, at, "24 15:40", seq)
    assert flag(floor, number) == ("resolved", "turned out wrong: given 14:58, recorded 15:40")
    assert kinds(floor)[-1] == "flag_mistaken"


def test_a_flag_whose_quantity_came_after_it_was_resolved_and_not_wrong(floor: Plant) -> None:
    number = raise_at(floor, "24 15:05")
    for code in floor.codes()[:2]:
        floor.scan("scanner-sew", code, "24 15:30")
    assert flag(floor, number) == ("resolved", None)


def test_a_flag_that_was_resolved_turns_out_wrong_by_what_comes_later(floor: Plant) -> None:
    number = raise_at(floor, "24 15:05")
    first, second, third, fourth = *floor.codes()[:3], floor.codes()[-1]
    for code in (first, second):
        floor.scan("scanner-sew", code, "24 15:30")
    (closed,) = floor.ledger.rows("SELECT closed_at FROM flags")
    late(floor, "scanner-cut", third, "24 14:20", "24 15:40", 1)
    late(floor, "scanner-cut", third, "24 14:40", "24 15:40", 2)
    assert flag(floor, number) == ("resolved", None)  # half of it
    late(floor, "scanner-cut", fourth, "24 14:45", "24 15:50", 3)
    late(floor, "scanner-cut", fourth, "24 14:58", "24 15:50", 4)
    assert flag(floor, number) == ("resolved", "turned out wrong: given 14:58, recorded 15:50")
    assert kinds(floor)[-1] == "flag_mistaken"
    assert floor.ledger.rows("SELECT closed_at FROM flags") == [closed]
    given = floor.ledger.rows("SELECT event_id FROM events WHERE kind = 'given' ORDER BY sequence DESC")[0][
        "event_id"
    ]
    corrections.undo(floor.ledger, floor.recorder, Tap("u", "cut-1", china("24 15:55")), event_id=given,
                     why="", now=china("24 15:55"))  # fmt: skip
    assert flag(floor, number) == ("resolved", None)
    assert kinds(floor)[-1] == "flag_resolved"
    assert floor.ledger.rows("SELECT closed_at FROM flags") == [closed]


def test_a_flag_that_was_resolved_turns_out_wrong_by_late_news_of_the_batch_that_resolved_it(
    floor: Plant,
) -> None:
    number = raise_at(floor, "24 15:05")
    first, second = floor.codes()[:2]
    for code in (first, second):
        floor.scan("scanner-sew", code, "24 15:30")
    for seq, (code, at) in enumerate(((first, "24 14:20"), (first, "24 14:40"), (second, "24 14:41")), 1):
        late(floor, "scanner-cut", code, at, "24 15:40", seq)
    assert flag(floor, number) == ("resolved", None)
    late(floor, "scanner-cut", second, "24 14:58", "24 15:40", 4)
    assert flag(floor, number) == ("resolved", "turned out wrong: given 14:58, recorded 15:40")


def test_a_flag_that_was_withdrawn_stays_withdrawn(floor: Plant) -> None:
    number = raise_at(floor, "24 15:05")
    now = china("24 15:06")
    withdraw_flag(floor.ledger, floor.site, Tap("w", "sew-1", now), flag=number, now=now)
    first, second = floor.codes()[:2]
    for seq, (code, at) in enumerate(((first, "24 14:20"), (first, "24 14:40"), (second, "24 14:41"), (second, "24 14:58")), 1):  # fmt: skip  # noqa: E501  # one table
        late(floor, "scanner-cut", code, at, "24 15:40", seq)
    assert flag(floor, number) == ("withdrawn", None)


def test_a_flag_is_open_again_when_the_give_that_resolved_it_is_taken_back(floor: Plant) -> None:
    number = raise_at(floor, "24 15:05")
    now = china("24 15:10")
    answer_flag(floor.ledger, floor.site, Tap("a", "cut-1", now), flag=number, reason="other",
                promised_at=china("24 16:00"), comment="", now=now)  # fmt: skip
    for code in floor.codes()[:2]:
        floor.scan("scanner-sew", code, "24 15:30", scan_id=code)
    corrections.undo(floor.ledger, floor.recorder, Tap("u", "sew-1", china("24 15:31")), event_id=floor.codes()[1],
                     why="", now=china("24 15:31"))  # fmt: skip
    assert flag(floor, number)[0] == "answered"
    assert kinds(floor)[-1] == "flag_reopened"
    floor.scan("scanner-sew", floor.codes()[2], "24 15:40")
    assert flag(floor, number)[0] == "resolved"


def test_a_flag_is_open_again_when_what_resolved_it_comes_short(floor: Plant) -> None:
    number = raise_at(floor, "24 15:05")
    for code in floor.codes()[:2]:
        floor.scan("scanner-cut", code, "24 15:10")
        floor.scan("scanner-cut", code, "24 15:20")
    assert flag(floor, number)[0] == "resolved"
    floor.scan("scanner-sew", floor.codes()[0], "24 15:30", quantity=15)
    assert flag(floor, number)[0] == "raised"
    assert len(reading.open_flags(floor.ledger)) == 1


def test_a_gap_in_a_devices_numbers_closes_as_they_come_late(floor: Plant) -> None:
    codes = floor.codes()
    late(floor, "scanner-cut", codes[0], "24 10:00", "24 10:00", 1)
    late(floor, "scanner-cut", codes[1], "24 10:10", "24 10:10", 6)
    (gap,) = open_gaps(floor.ledger, "scanner-cut")
    assert (gap.first, gap.last, gap.missing, gap.seen_at) == (2, 5, 4, china("24 10:10"))
    late(floor, "scanner-cut", codes[2], "24 10:05", "24 10:30", 4)
    assert [(g.first, g.last, g.seen_at) for g in open_gaps(floor.ledger)] == [
        (2, 3, china("24 10:10")),
        (5, 5, china("24 10:10")),
    ]
    for seq, at in ((2, "24 10:02"), (3, "24 10:04"), (5, "24 10:06")):
        late(floor, "scanner-cut", codes[seq + 2], at, "24 10:40", seq)
    assert open_gaps(floor.ledger) == []


def test_a_late_number_with_a_time_that_does_not_fit_is_suspect_and_closes_nothing(floor: Plant) -> None:
    codes = floor.codes()
    late(floor, "scanner-cut", codes[0], "24 10:00", "24 10:00", 1)
    late(floor, "scanner-cut", codes[1], "24 10:10", "24 10:10", 3)
    late(floor, "scanner-cut", codes[2], "24 09:00", "24 10:30", 2)
    assert len(open_gaps(floor.ledger)) == 1
    (row,) = floor.ledger.rows("SELECT received_at FROM positions WHERE batch = ?", (codes[2],))
    assert row["received_at"] == china("24 10:30")


def test_a_missing_number_closes_its_gap_though_the_clock_was_set_back_a_little(floor: Plant) -> None:
    codes = floor.codes()
    late(floor, "scanner-cut", codes[0], "24 10:00", "24 10:00", 1)
    late(floor, "scanner-cut", codes[1], "24 10:10", "24 10:10", 5)
    late(floor, "scanner-cut", codes[2], "24 09:58", "24 10:30", 3)
    assert [(gap.first, gap.last) for gap in open_gaps(floor.ledger)] == [(2, 2), (4, 4)]


def test_a_device_whose_clock_was_set_back_keeps_its_own_order(floor: Plant) -> None:
    code = floor.codes()[0]
    late(floor, "scanner-cut", code, "24 10:01:00", "24 10:01", 1)
    late(floor, "scanner-cut", code, "24 10:00:30", "24 10:02", 2)
    (row,) = floor.ledger.rows("SELECT received_at, given_at FROM positions")
    assert tuple(row) == (china("24 10:01:00"), china("24 10:00:30"))


def test_a_stuck_scanner_does_not_grow_the_record(floor: Plant) -> None:
    code = floor.codes()[0]
    at = china("24 10:00")
    floor.recorder.record([Scan("scanner-cut", code, at + 11_000 * n) for n in range(400)], at + 11_000 * 400)
    assert floor.ledger.rows("SELECT COUNT(*) FROM scans")[0][0] == 202
