"""A batch in two: each part goes its own way, the sums close, and late news is news of both."""

from __future__ import annotations

import pytest

from ledger import corrections, reading, splitting
from ledger.corrections import Scrap
from ledger.errors import IdTaken, RuleRefused
from ledger.flags import Tap
from shopfloor.codes import batch_code, batch_number, is_batch_code
from shopfloor.orders import Order
from shopfloor.scans import Answer, Scan
from tests.factory import Plant, china
from tests.ledger.recorded import state


def split(plant: Plant, code: str, units: int, at: str, station: str, tap: str = "") -> splitting.Parted:
    now = china(at)
    by = Tap(tap or f"split {code} {at}", station, now, "Mei")
    return splitting.split(plant.ledger, plant.recorder, by, batch=code, quantity=units, now=now)


def undo(plant: Plant, event_id: str, at: str, station: str) -> str:
    now = china(at)
    by = Tap(f"undo {event_id}", station, now, "Mei")
    return corrections.undo(plant.ledger, plant.recorder, by, event_id=event_id, why="", now=now)


def scrap(plant: Plant, code: str, units: int, at: str, station: str, giver: str | None = None) -> str:
    now = china(at)
    by = Tap(f"scrap {code} {at}", station, now, "Mei")
    what = Scrap(code, units, "torn", giver)
    return corrections.scrap(plant.ledger, plant.recorder, by, what, now=now)


def late(plant: Plant, device: str, code: str, happened: str, arrived: str, seq: int = 1) -> Answer:
    now = china(arrived)
    scan = Scan(device, code, now, f"late {device} {happened}", china(happened), seq)
    (answer,) = plant.recorder.record([scan], now)
    assert answer is not None
    return answer


def units(plant: Plant, order: str = "A-1") -> dict[str, int]:
    return {row["batch"]: row["quantity"] for row in reading.batches(plant.ledger, order)}


def links(plant: Plant, order: str = "A-1") -> dict[str, tuple[int, int]]:
    return {row["link"]: (row["received"], row["given"]) for row in reading.order_links(plant.ledger, order)}


def at_sewing(plant: Plant, code: str) -> None:
    plant.scan("scanner-cut", code, "24 14:00", scan_id=f"{code} cut in")
    plant.scan("scanner-cut", code, "24 14:10", scan_id=f"{code} cut out")
    plant.scan("scanner-sew", code, "24 14:20", scan_id=f"{code} sew in")


def test_a_part_goes_ahead_and_the_rest_follows(floor: Plant) -> None:
    code = floor.codes()[0]
    at_sewing(floor, code)
    parted = split(floor, code, 8, "24 14:30", "sew-1")
    assert is_batch_code(parted.part)
    assert parted.text == f"{code}: 8 split off as {parted.part} 14:30"
    assert units(floor)[code] == 12
    assert units(floor)[parted.part] == 8
    assert floor.scan("scanner-sew", parted.part, "24 14:31").text == f"{parted.part} given 14:31 to Packing"
    assert links(floor) == {"cut": (20, 20), "sew": (20, 8), "pack": (0, 0)}
    assert floor.scan("scanner-sew", code, "24 15:31").text == f"{code} given 15:31 to Packing"
    assert links(floor) == {"cut": (20, 20), "sew": (20, 20), "pack": (0, 0)}
    for part in (parted.part, code):
        floor.scan("scanner-pack", part, "24 15:40")
        floor.scan("scanner-pack", part, "24 15:50")
    assert links(floor) == {"cut": (20, 20), "sew": (20, 20), "pack": (20, 20)}


def test_an_order_of_which_every_part_was_shipped_is_shipped(floor: Plant) -> None:
    floor.release(Order("A-2", "shirts", "polo", 20, china("27 17:00")))
    (code,) = floor.codes("A-2")
    part = split(floor, code, 5, "24 13:00", "cut-1").part
    for minute, each in enumerate((code, part)):
        for hour, device in enumerate(("scanner-cut", "scanner-sew", "scanner-pack")):
            floor.scan(device, each, f"24 {14 + hour}:{minute:02d}")
            floor.scan(device, each, f"24 {14 + hour}:{minute + 10:02d}")
    row = reading.order(floor.ledger, "A-2")
    assert row is not None
    assert (row["state"], row["shipped_at"]) == ("shipped", china("24 16:11"))
    assert [each.missing for each in reading.sums(floor.ledger, "A-2")] == [0, 0, 0]


def test_what_is_released_and_not_begun_is_split_at_the_first_link(floor: Plant) -> None:
    code = floor.codes()[0]
    part = split(floor, code, 5, "24 13:00", "cut-1").part
    with pytest.raises(RuleRefused, match="has not come from Cutting"):
        split(floor, part, 2, "24 13:05", "sew-1")
    smaller = split(floor, part, 2, "24 13:10", "cut-1").part
    assert [units(floor)[each] for each in (code, part, smaller)] == [15, 3, 2]
    for each in (code, part, smaller):
        floor.scan("scanner-cut", each, "24 14:00")
        floor.scan("scanner-cut", each, "24 14:10")
    assert links(floor)["cut"] == (20, 20)


def test_sums_close_with_scrap_and_rejects_of_either_part(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:00")
    scrap(floor, code, 2, "24 14:05", "cut-1")
    floor.scan("scanner-cut", code, "24 14:10")
    floor.scan("scanner-sew", code, "24 14:20", quantity=17)  # one is missing
    part = split(floor, code, 7, "24 14:30", "sew-1").part
    assert scrap(floor, part, 1, "24 14:31", "sew-1", "cut").endswith(
        "1 scrapped as Cutting gave it 14:31: torn"
    )
    scrap(floor, code, 3, "24 14:32", "sew-1")
    with pytest.raises(RuleRefused, match="has 7 units here"):
        scrap(floor, code, 8, "24 14:33", "sew-1")
    floor.scan("scanner-sew", part, "24 14:40")
    floor.scan("scanner-sew", code, "24 14:41")
    assert [
        (each.link, each.good, each.scrapped, each.ordered - each.good - each.scrapped)
        for each in reading.sums(floor.ledger, "A-1")
    ] == [("cut", 16, 3, 41), ("pack", 0, 0, 60), ("sew", 13, 3, 44)]
    row = reading.order(floor.ledger, "A-1")
    assert row is not None
    assert row["lost"] == 6


@pytest.mark.parametrize("quantity", [0, -1, 20, 21])
def test_a_part_is_some_of_what_is_in_hand_and_not_all_of_it(floor: Plant, quantity: int) -> None:
    at_sewing(floor, floor.codes()[0])
    before = floor.ledger.rows("SELECT * FROM events")
    with pytest.raises(RuleRefused, match="has 20 units here; split off at least 1 and fewer than that"):
        split(floor, floor.codes()[0], quantity, "24 14:30", "sew-1")
    assert floor.ledger.rows("SELECT * FROM events") == before


def test_what_was_given_on_or_is_of_another_line_is_not_split(floor: Plant) -> None:
    code = floor.codes()[0]
    at_sewing(floor, code)
    with pytest.raises(RuleRefused, match="was given on 14:10; nothing of it is here"):
        split(floor, code, 5, "24 14:30", "cut-1")
    with pytest.raises(RuleRefused, match="is no batch of this line"):
        split(floor, code, 5, "24 14:30", "fit-1")


def test_a_batch_whose_halves_are_made_side_by_side_is_split_once_they_are_joined(floor: Plant) -> None:
    code = floor.codes("G-1")[0]
    floor.scan("scanner-cast", code, "24 14:00")
    with pytest.raises(RuleRefused, match="is made at Steel in and Turning, too; it can be split once"):
        split(floor, code, 5, "24 14:05", "cast-1")
    with pytest.raises(RuleRefused, match="cannot be split at Steel in: it gives whole orders"):
        split(floor, code, 5, "24 14:05", "steel-1")
    floor.scan("scanner-cast", code, "24 14:10")
    floor.scan("scanner-fit", code, "24 14:15")
    with pytest.raises(RuleRefused, match="has not come from Turning; receive it first"):
        split(floor, code, 5, "24 14:20", "fit-1")
    floor.scan("scanner-steel", "G-1", "24 14:25")
    floor.scan("scanner-turn", code, "24 14:30")
    floor.scan("scanner-turn", code, "24 14:35")
    floor.scan("scanner-fit", code, "24 14:40")
    part = split(floor, code, 5, "24 14:45", "fit-1").part
    assert floor.scan("scanner-turn", part, "24 14:50").text.startswith(
        f"{part} already given 14:35 to Fitting"
    )
    assert floor.scan("scanner-fit", part, "24 14:51").text == f"{part} shipped 14:51"
    assert floor.scan("scanner-fit", code, "24 14:52").text == f"{code} shipped 14:52"
    assert links(floor, "G-1")["fit"] == (20, 20)


def test_the_same_tap_again_gives_the_same_part(floor: Plant) -> None:
    code = floor.codes()[0]
    at_sewing(floor, code)
    first = split(floor, code, 8, "24 14:30", "sew-1", tap="s1")
    assert split(floor, code.lower(), 8, "24 14:30", "sew-1", tap="s1") == first
    with pytest.raises(IdTaken):
        split(floor, code, 7, "24 14:30", "sew-1", tap="s1")
    assert units(floor)[code] == 12


def test_a_split_is_undone_while_nothing_goes_on_from_it_and_its_code_is_never_given_again(
    floor: Plant,
) -> None:
    code = floor.codes()[0]
    at_sewing(floor, code)
    before = state(floor)
    part = split(floor, code, 8, "24 14:30", "sew-1", tap="s1").part
    with pytest.raises(RuleRefused, match="only sew-1 undoes it"):
        undo(floor, "s1", "24 14:31", "pack-1")
    floor.scan("scanner-sew", part, "24 14:32", scan_id="given")
    with pytest.raises(RuleRefused, match=f"{part} has moved on: Sewing scanned it 14:32; undo that first"):
        undo(floor, "s1", "24 14:33", "sew-1")
    with pytest.raises(RuleRefused, match=f"{code} has moved on: Sewing scanned it 14:30; undo that first"):
        undo(floor, f"{code} sew in", "24 14:33", "sew-1")
    undo(floor, "given", "24 14:34", "sew-1")
    assert undo(floor, "s1", "24 14:35", "sew-1") == f"undone: {code} split 14:30"
    now = state(floor)
    assert {name: now[name] for name in now if name != "orders"} == {
        name: before[name] for name in before if name != "orders"
    }
    assert floor.scan("scanner-sew", part, "24 14:36").text == f"{part} is no batch here"
    again = split(floor, code, 8, "24 14:40", "sew-1").part
    assert batch_number(again) == batch_number(part) + 1


def test_a_split_of_what_was_given_on_before_is_none_and_its_part_is_no_batch(floor: Plant) -> None:
    code = floor.codes()[0]
    at_sewing(floor, code)
    part = split(floor, code, 8, "24 14:30", "sew-1").part
    smaller = split(floor, part, 3, "24 14:35", "sew-1").part
    floor.scan("scanner-sew", part, "24 14:40")
    floor.scan("scanner-sew", smaller, "24 14:41")
    late(floor, "scanner-sew-out", code, "24 14:18", "24 15:00")
    rows = reading.positions(floor.ledger, "A-1")
    came = {row["batch"]: row["received_at"] for row in rows if row["link"] == "sew"}
    assert came == {code: china("24 14:18")}
    assert units(floor)[code] == 20
    assert links(floor)["sew"] == (20, 20)
    no_batch = "is no batch: what it was split off from was not there"
    told = {row["reason"] for row in floor.ledger.rows("SELECT reason FROM refused WHERE settled IS NULL")}
    assert {f"{part} {no_batch}", f"{smaller} {no_batch}"} <= told
    assert floor.scan("scanner-sew", part, "24 15:05").text == f"{part} {no_batch}"


def test_an_earlier_give_that_comes_late_is_where_both_parts_come_from(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-sew", code, "24 14:20", scan_id="sew in")  # cutting did not scan it
    part = split(floor, code, 8, "24 14:30", "sew-1").part
    floor.scan("scanner-sew", part, "24 14:40", scan_id="part out")
    late(floor, "scanner-cut-2", code, "24 13:50", "24 15:00", 1)
    late(floor, "scanner-cut-2", code, "24 13:55", "24 15:00", 2)
    assert floor.scan("scanner-cut", part, "24 15:01").text == f"{part} already given 13:55 to Sewing"
    assert links(floor) == {"cut": (20, 20), "sew": (20, 8), "pack": (0, 0)}
    assert scrap(floor, part, 1, "24 14:35", "sew-1", "cut")
    assert links(floor) == {"cut": (20, 19), "sew": (20, 7), "pack": (0, 0)}
    (row,) = floor.ledger.rows(
        "SELECT event_id FROM events WHERE kind = 'split' ORDER BY sequence DESC LIMIT 1"
    )
    assert row["event_id"].startswith("again/")


def test_a_part_was_nothing_before_it_was_split_off(floor: Plant) -> None:
    code = floor.codes()[0]
    at_sewing(floor, code)
    part = split(floor, code, 8, "24 14:30", "sew-1").part
    answer = late(floor, "scanner-pack", part, "24 14:25", "24 14:50")
    assert (answer.result, answer.text) == ("refused", f"{part} was split off only 14:30")


def test_an_earlier_receipt_that_comes_late_leaves_nothing_to_split(floor: Plant) -> None:
    code = floor.codes()[0]
    at_sewing(floor, code)
    part = split(floor, code, 8, "24 14:30", "sew-1").part
    floor.scan("scanner-sew", part, "24 14:40")
    in_first = Scan("scanner-sew", code, china("24 15:00"), "earlier", china("24 14:15"), 1)
    floor.recorder.record([in_first], china("24 15:00"))
    # Received 14:15, so that the scan of 14:20 gave it on; the split at 14:30 found nothing there.
    assert units(floor)[code] == 20
    assert links(floor)["sew"] == (20, 20)


def test_numbers_of_batches_are_read_back_from_their_codes() -> None:
    assert [batch_number(batch_code(number)) for number in (0, 1, 30, 31, 31**6 - 1)] == [
        0,
        1,
        30,
        31,
        31**6 - 1,
    ]
