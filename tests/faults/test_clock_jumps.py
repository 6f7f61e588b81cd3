"""Clocks that jump, a device's or the server's: what happened stays in its hour, and in its order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shopfloor.calendar import calendar_of
from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant, instant_from_text
from shopfloor.orders import Order
from shopfloor.scans import Scan
from tests.factory import WORKED_SITE, Plant, china, worked_order
from tests.faults.oracle import broken_promises

AT_THE_EXIT = 'id = "scanner-cut"\nmode = "out"\n'
ONE_SCAN = WORKED_SITE.replace('id = "scanner-cut"\n', AT_THE_EXIT)
NIGHTS = (
    ONE_SCAN.replace("Asia/Shanghai", "Europe/Berlin")
    .replace('start = "08:00"\nend = "17:00"', 'start = "22:00"\nend = "06:00"')
    .replace(
        'days = ["mon", "tue", "wed", "thu", "fri"]\nbreaks = ["12:00-13:00"]', 'days = ["fri", "sat", "sun"]'
    )
)


def plant_with(folder: Path, text: str, at: Instant) -> Plant:
    plant = Plant(folder, text)
    plant.now = at
    return plant


def given_hours(plant: Plant) -> dict[tuple[str, Instant], int]:
    rows = plant.ledger.rows(
        "SELECT shift, start_at, given FROM hour_counts WHERE given > 0 ORDER BY start_at"
    )
    return {(row["shift"], row["start_at"]): row["given"] for row in rows}


@pytest.mark.parametrize(
    "ahead", [-DAY_MS, -HOUR_MS, HOUR_MS, DAY_MS, instant_from_text("2020-01-01T00:00:00Z")]
)
@pytest.mark.parametrize("seq", [None, 7])
def test_a_device_whose_clock_is_wrong_counts_in_the_hour_of_arrival_and_its_scans_say_so(
    tmp_path: Path, ahead: int, seq: int | None
) -> None:
    plant = plant_with(tmp_path, ONE_SCAN, china("23 08:00"))
    plant.release(worked_order())
    arrived = china("24 14:10")
    device_at = ahead if ahead > 10 * DAY_MS else arrived + ahead
    plant.recorder.record(
        [Scan("scanner-cut", plant.codes()[0], arrived - MINUTE_MS, scan_id="a", seq=3)], arrived
    )
    scan = Scan("scanner-cut", plant.codes()[1], arrived, scan_id="b", device_at=device_at, seq=seq)
    plant.recorder.record([scan], arrived)
    assert given_hours(plant) == {("2026-11-24/day", china("24 14:00")): 40}
    (row,) = plant.ledger.rows(
        "SELECT occurred_at, detail ->> 'clock_suspect' AS suspect FROM events WHERE event_id = 'b'"
    )
    assert (instant_from_text(row["occurred_at"]), row["suspect"]) == (arrived, 1)
    assert broken_promises(plant.ledger, confirmed=["a", "b"]) == []
    plant.close()


def test_a_server_whose_clock_jumps_keeps_the_order_and_every_promise(tmp_path: Path) -> None:
    plant = plant_with(tmp_path, ONE_SCAN, china("23 08:00"))
    plant.release(worked_order())
    times = ("24 14:00", "24 15:00", "24 14:01", "25 14:01", "24 14:02", "24 09:02")
    for n, at in enumerate(times):
        assert plant.scan("scanner-cut", plant.codes()[n], at, scan_id=f"a{n}").result == "recorded"
    rows = plant.ledger.rows("SELECT event_id FROM events WHERE kind = 'given' ORDER BY sequence")
    assert [row["event_id"] for row in rows] == [f"a{n}" for n in range(len(times))]
    assert given_hours(plant) == {
        ("2026-11-24/day", china("24 09:00")): 20,
        ("2026-11-24/day", china("24 14:00")): 60,
        ("2026-11-24/day", china("24 15:00")): 20,
        ("2026-11-25/day", china("25 14:00")): 20,
    }
    assert broken_promises(plant.ledger, confirmed=[f"a{n}" for n in range(len(times))]) == []
    plant.close()


def test_after_a_jump_back_a_second_scan_is_not_taken_for_the_first(tmp_path: Path) -> None:
    plant = plant_with(tmp_path, WORKED_SITE, china("23 08:00"))
    plant.release(worked_order())
    code = plant.codes()[0]
    plant.scan("scanner-cut", code, "24 14:00:00", scan_id="in")
    assert plant.scan("scanner-cut", code, "24 13:00:20", scan_id="out").result == "recorded"
    assert broken_promises(plant.ledger, confirmed=["in", "out"]) == []
    plant.close()


@pytest.mark.parametrize(
    ("first", "hours", "shift"),
    [
        ("2026-10-24T22:00:00+02:00", 9, "2026-10-24/night"),
        ("2027-03-27T22:00:00+01:00", 7, "2027-03-27/night"),
    ],
)
def test_the_night_of_the_change_has_its_nine_or_seven_hours_and_each_scan_is_in_its_own(
    tmp_path: Path, first: str, hours: int, shift: str
) -> None:
    begin = instant_from_text(first)
    plant = plant_with(
        tmp_path, NIGHTS.replace('id = "day"', 'id = "night"').replace('["day"]', '["night"]'), begin
    )
    plant.release(Order("A-1", "shirts", "polo", 1_000, begin + 60 * DAY_MS))
    for number in range(hours):
        for minutes in (0, 59):
            at = begin + number * HOUR_MS + minutes * MINUTE_MS
            plant.recorder.record([Scan("scanner-cut", plant.codes()[2 * number + minutes // 59], at)], at)
    (night,) = calendar_of(plant.site, ["night"], *[date.fromisoformat(shift.partition("/")[0])] * 2).shifts
    assert (night.start_at, night.end_at) == (begin, begin + hours * HOUR_MS)
    assert given_hours(plant) == {(shift, begin + number * HOUR_MS): 40 for number in range(hours)}
    calendar_end = plant.ledger.rows("SELECT MAX(end_at) AS at FROM hour_counts WHERE given > 0")[0]["at"]
    assert calendar_end - begin == hours * 3_600 * SECOND_MS
    assert broken_promises(plant.ledger) == []
    plant.close()
