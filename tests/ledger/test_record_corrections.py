"""Undo, force, discard, short receipts, rejects and scrap: events of their own, and sums that close."""

from __future__ import annotations

import pytest

from ledger import corrections, reading, settling
from ledger.corrections import Scrap
from ledger.errors import IdTaken, RuleRefused
from ledger.flags import Tap
from shopfloor.scans import Scan
from tests.factory import Plant, china
from tests.ledger.recorded import state


def undo(
    plant: Plant, event_id: str, at: str, station: str, *, tap: str = "", why: str = "wrong batch"
) -> str:
    now = china(at)
    by = Tap(tap or f"undo {event_id}", station, now, "Mei")
    return corrections.undo(plant.ledger, plant.recorder, by, event_id=event_id, why=why, now=now)


def scrap(
    plant: Plant, code: str, units: int, at: str, station: str, giver: str | None = None, tap: str = ""
) -> str:
    now = china(at)
    what = Scrap(code, units, "torn", giver)
    by = Tap(tap or f"scrap {code} {at}", station, now, "Mei")
    return corrections.scrap(plant.ledger, plant.recorder, by, what, now=now)


def force(plant: Plant, at: str, station: str, refused: int = 1, why: str = "scanner was down") -> str:
    now = china(at)
    by = Tap(f"force {refused}", station, now, "Lead Chen")
    return settling.force(plant.ledger, plant.recorder, by, refused=refused, why=why, now=now)


def links(plant: Plant, order: str = "A-1") -> dict[str, tuple[int, int, int]]:
    rows = reading.order_links(plant.ledger, order)
    return {row["link"]: (row["received"], row["given"], row["scrapped"]) for row in rows}


def given_in(plant: Plant, line: str, link: str, start: str) -> int:
    rows = reading.hour_counts(plant.ledger, line, china(start), china(start) + 1)
    return sum(row["given"] for row in rows if row["link"] == link)


def last_event(plant: Plant) -> tuple[str, str | None, str | None]:
    row = plant.ledger.rows("SELECT kind, reason, person FROM events ORDER BY sequence DESC LIMIT 1")[0]
    return row["kind"], row["reason"], row["person"]


def ship(plant: Plant, code: str, at: str) -> None:
    for device, minute in (("scanner-cut", 0), ("scanner-cut", 1), ("scanner-sew", 2), ("scanner-sew", 3),
                           ("scanner-pack", 4), ("scanner-pack", 5)):  # fmt: skip
        plant.scan(device, code, f"{at}:{minute:02d}")


def test_an_undone_scan_leaves_what_was_before_it(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:10")
    before = state(floor)
    floor.scan("scanner-cut", code, "24 14:40", scan_id="t1")
    assert undo(floor, "t1", "24 14:41", "cut-1") == f"undone: {code} given 14:40"
    assert last_event(floor) == ("voided", "wrong batch", "Mei")
    assert state(floor) == before
    assert floor.scan("scanner-cut", code, "24 14:42").text == f"{code} given 14:42 to Sewing"


def test_undoing_the_last_give_of_an_order_takes_its_shipment_back(floor: Plant) -> None:
    codes = floor.codes()
    for hour, code in enumerate(codes):
        if hour == 2:
            before = state(floor)
        ship(floor, code, f"24 {13 + hour}")
    last = floor.ledger.rows("SELECT event_id FROM events WHERE kind = 'given' ORDER BY sequence DESC")[0][
        "event_id"
    ]
    assert reading.open_orders(floor.ledger, "shirts") == 0
    undo(floor, last, "24 15:06", "pack-1")
    order = reading.order(floor.ledger, "A-1")
    assert order is not None
    assert (order["state"], order["shipped_at"]) == ("released", None)
    assert state(floor)["loads"] == before["loads"]


def test_what_others_did_since_is_undone_first(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:10", scan_id="t1")
    floor.scan("scanner-cut", code, "24 14:40", scan_id="t2")
    floor.scan("scanner-sew", code, "24 15:00", scan_id="t3")
    with pytest.raises(RuleRefused, match="has moved on: Sewing scanned it 15:00; undo that first"):
        undo(floor, "t2", "24 15:01", "cut-1")
    for scan_id, station in (("t3", "sew-1"), ("t2", "cut-1"), ("t1", "cut-1")):
        undo(floor, scan_id, "24 15:02", station)
    assert floor.ledger.rows("SELECT * FROM positions") == []


def test_at_a_join_the_other_branch_does_not_stand_in_the_way_of_an_undo(floor: Plant) -> None:
    code = floor.codes("G-1")[0]
    floor.scan("scanner-cast", code, "24 09:00", scan_id="c1")
    floor.scan("scanner-turn", code, "24 09:10")
    assert undo(floor, "c1", "24 09:11", "cast-1")


def test_an_undo_is_done_once_and_only_by_the_link_that_scanned(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:10", scan_id="t1")
    with pytest.raises(RuleRefused, match="not scanned at this link"):
        undo(floor, "t1", "24 14:11", "sew-1")
    said = undo(floor, "t1", "24 14:11", "cut-1", tap="u1")
    assert said == f"undone: {code} received 14:10"
    assert undo(floor, "t1", "24 14:12", "cut-1", tap="u1") == said
    with pytest.raises(IdTaken):
        undo(floor, "t1", "24 14:12", "cut-1", tap="u1", why="another reason")
    with pytest.raises(RuleRefused, match="taken back already"):
        undo(floor, "t1", "24 14:12", "cut-1", tap="u2")
    with pytest.raises(RuleRefused, match="no scan that was recorded"):
        undo(floor, "nothing", "24 14:12", "cut-1")
    floor.scan("scanner-cut", code, "24 14:20", scan_id="t2")
    with pytest.raises(IdTaken):
        undo(floor, "t2", "24 14:21", "cut-1", tap="u1")


def test_a_scan_that_was_refused_before_an_undo_does_not_come_to_life_by_it(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:10", scan_id="t1")
    floor.scan("scanner-cut", code, "24 14:20", scan_id="t2")
    assert floor.scan("scanner-cut", code, "24 14:30").result == "refused"
    undo(floor, "t2", "24 14:31", "cut-1")
    assert links(floor)["cut"] == (20, 0, 0)


def test_undoing_a_milestone_takes_the_whole_order_back(floor: Plant) -> None:
    floor.scan("scanner-steel", "G-1", "24 08:30", scan_id="m")
    assert links(floor, "G-1")["steel"] == (0, 60, 0)
    undo(floor, "m", "24 08:31", "steel-1")
    assert links(floor, "G-1")["steel"] == (0, 0, 0)
    assert floor.scan("scanner-steel", floor.codes("G-1")[1], "24 08:40").text == "G-1 given 08:40"


def test_what_came_short_is_owed_again_in_the_hour_in_which_it_was_given(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:10")
    floor.scan("scanner-cut", code, "24 14:40")
    answer = floor.scan("scanner-sew", code, "24 15:20", quantity=17)
    assert answer.text == f"{code} received 15:20 from Cutting, 3 missing"
    assert given_in(floor, "shirts", "cut", "24 14:00") == 17
    assert links(floor) == {"cut": (20, 17, 0), "sew": (17, 0, 0), "pack": (0, 0, 0)}


def test_the_next_link_is_offered_what_was_really_received(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-sew", code, "24 14:10", quantity=17)
    assert (
        floor.scan("scanner-sew", code, "24 14:30", quantity=18).text == f"{code} has 17 units here, not 18"
    )
    floor.scan("scanner-sew", code, "24 14:40")
    assert floor.ledger.rows("SELECT quantity FROM handoffs WHERE giver = 'sew'")[0][0] == 17
    floor.scan("scanner-pack", code, "24 14:50")
    assert links(floor) == {"cut": (0, 17, 0), "sew": (17, 17, 0), "pack": (17, 0, 0)}


def test_more_than_was_given_is_counted_to_the_giver(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:10")
    floor.scan("scanner-cut", code, "24 14:40", quantity=18)
    floor.scan("scanner-sew", code, "24 15:20", quantity=20)
    assert links(floor)["cut"] == (20, 20, 0)


def test_rejected_units_are_the_givers_and_scrapped_units_ones_own(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:10")
    floor.scan("scanner-cut", code, "24 14:40")
    floor.scan("scanner-sew", code, "24 15:20")
    text = scrap(floor, code, 2, "24 15:25", "sew-1", "cut")
    assert text == f"{code}: 2 scrapped as Cutting gave it 15:25: torn"
    assert scrap(floor, code, 1, "24 15:30", "sew-1") == f"{code}: 1 scrapped 15:30: torn"
    assert last_event(floor) == ("scrapped", "torn", "Mei")
    assert given_in(floor, "shirts", "cut", "24 14:00") == 18
    floor.scan("scanner-sew", code, "24 15:40")
    assert links(floor) == {"cut": (20, 18, 2), "sew": (20, 17, 1), "pack": (0, 0, 0)}
    assert floor.ledger.rows("SELECT quantity FROM handoffs WHERE giver = 'sew'")[0][0] == 17


def test_ordered_is_good_scrapped_and_missing_at_every_link(floor: Plant) -> None:
    first, second, third = floor.codes()
    floor.scan("scanner-cut", first, "24 14:10", quantity=19)
    floor.scan("scanner-cut", first, "24 14:11")
    floor.scan("scanner-sew", first, "24 14:20", quantity=18)
    scrap(floor, first, 2, "24 14:21", "sew-1", "cut")
    scrap(floor, first, 3, "24 14:22", "sew-1")
    floor.scan("scanner-sew", first, "24 14:30")
    ship(floor, second, "24 15")
    floor.scan("scanner-cut", third, "24 15:30")
    sums = {
        row.link: (row.ordered, row.good, row.scrapped, row.missing)
        for row in reading.sums(floor.ledger, "A-1")
    }
    assert sums == {"cut": (60, 36, 2, 22), "sew": (60, 33, 3, 24), "pack": (60, 20, 0, 40)}


def test_the_order_ships_with_what_is_good_when_the_rest_is_scrapped(floor: Plant) -> None:
    first, second, third = floor.codes()
    for hour, code in ((13, first), (14, second)):
        ship(floor, code, f"24 {hour}")
    floor.scan("scanner-sew", third, "24 15:00")
    scrap(floor, third, 20, "24 15:10", "sew-1", tap="s1")
    order = reading.order(floor.ledger, "A-1")
    assert order is not None
    assert (order["state"], order["shipped_at"]) == ("shipped", china("24 14:05"))
    assert reading.owed(floor.ledger, "shirts", china("30 17:00")) == []
    assert floor.scan("scanner-sew", third, "24 15:20").text.endswith("all of it was scrapped")
    undo(floor, "s1", "24 15:30", "sew-1")
    assert reading.open_orders(floor.ledger, "shirts") == 1
    assert reading.owed(floor.ledger, "shirts", china("30 17:00")) != []


def test_scrap_of_two_parts_of_a_set_costs_the_set_once(floor: Plant) -> None:
    code = floor.codes("G-1")[0]
    floor.scan("scanner-steel", "G-1", "24 08:30")
    floor.scan("scanner-turn", code, "24 09:00")
    scrap(floor, code, 3, "24 09:10", "turn-1")
    floor.scan("scanner-cast", code, "24 09:20")
    scrap(floor, code, 2, "24 09:30", "cast-1")
    assert floor.ledger.rows("SELECT lost FROM orders WHERE \"order\" = 'G-1'")[0][0] == 3
    floor.scan("scanner-turn", code, "24 09:40")
    floor.scan("scanner-cast", code, "24 09:50")
    assert floor.scan("scanner-fit", code, "24 10:00").result == "recorded"
    assert links(floor, "G-1")["fit"] == (17, 0, 0)


@pytest.mark.parametrize(
    ("units", "station", "giver", "sentence"),
    [
        (21, "cut-1", None, "has 20 units here, not 21"),
        (1, "sew-1", None, "was not received at Sewing"),
        (1, "sew-1", "pack", "not a previous link"),
        (1, "turn-1", None, "no batch of this line"),
    ],
)
def test_scrap_that_cannot_be_is_refused_and_leaves_nothing(
    floor: Plant, units: int, station: str, giver: str | None, sentence: str
) -> None:
    before = state(floor)
    with pytest.raises(RuleRefused, match=sentence):
        scrap(floor, floor.codes()[0], units, "24 14:00", station, giver)
    assert state(floor) == before
    assert floor.ledger.rows("SELECT * FROM scans") == []


def test_a_lead_forces_a_batch_past_a_link_that_did_not_scan(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:10")
    assert floor.scan("scanner-pack", code, "24 15:00", scan_id="p1").result == "refused"
    for _ in range(2):
        assert force(floor, "24 15:10", "pack-1") == f"{code} received 15:00 from Sewing, recorded 15:10"
    with pytest.raises(IdTaken):
        force(floor, "24 15:10", "pack-1", why="another reason")
    assert links(floor) == {"cut": (20, 20, 0), "sew": (20, 20, 0), "pack": (20, 0, 0)}
    row = floor.ledger.rows("SELECT reason, person FROM events WHERE kind = 'scan_forced'")[0]
    assert tuple(row) == ("scanner was down", "Lead Chen")
    again = floor.scan("scanner-pack", code, "24 15:20", scan_id="p1")
    assert again.result == "refused"
    with pytest.raises(RuleRefused, match="settled already"):
        settling.discard(floor.ledger, Tap("d", "pack-1", china("24 15:30"), "Lead Chen"), refused=1, why="x",
                            now=china("24 15:30"))  # fmt: skip


def test_only_a_skipped_link_can_be_forced_and_only_by_somebody_who_says_why(floor: Plant) -> None:
    code = floor.codes()[0]
    for at in ("24 14:10", "24 14:20", "24 14:30"):
        floor.scan("scanner-cut", code, at)
    with pytest.raises(RuleRefused, match="skipped a link can be forced"):
        force(floor, "24 14:40", "cut-1")
    with pytest.raises(RuleRefused, match="needs a reason"):
        settling.force(floor.ledger, floor.recorder, Tap("f", "cut-1", china("24 14:40")), refused=1, why="x",
                          now=china("24 14:40"))  # fmt: skip


def test_a_discarded_scan_never_counts_whatever_is_heard_later(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-pack", code, "24 15:00")
    now = china("24 15:10")
    tap = Tap("d1", "pack-1", now, "Lead Chen")
    for _ in range(2):
        settling.discard(floor.ledger, tap, refused=1, why="a test", now=now)
    assert last_event(floor) == ("scan_discarded", "a test", "Lead Chen")
    late = china("24 14:30")
    floor.recorder.record([Scan("scanner-sew", code, now, "s", late, 1)], now)
    assert links(floor) == {"cut": (0, 20, 0), "sew": (20, 0, 0), "pack": (0, 0, 0)}


def test_a_batch_received_from_one_previous_link_counts_when_it_came_from_the_other_too(floor: Plant) -> None:
    code = floor.codes("G-1")[0]
    floor.scan("scanner-steel", "G-1", "24 08:30")
    floor.scan("scanner-turn", code, "24 09:00")
    floor.scan("scanner-turn", code, "24 09:10", scan_id="t")
    assert floor.scan("scanner-fit", code, "24 09:20").text == f"{code} received 09:20 from Turning"
    assert links(floor, "G-1")["fit"] == (0, 0, 0)
    floor.scan("scanner-cast", code, "24 09:30")
    floor.scan("scanner-cast", code, "24 09:40", quantity=15)
    floor.scan("scanner-fit", code, "24 09:50")
    assert links(floor, "G-1")["fit"] == (15, 0, 0)


def test_the_first_unmet_target_moves_on_with_what_is_given_and_back_with_what_is_undone(
    plant: Plant,
) -> None:
    codes = plant.codes()  # Cutting owes 40 by Tuesday 15:00, 80 by 16:00

    def unmet() -> int:
        return reading.first_unmet(plant.ledger, "shirts")["cut"]

    seen = []
    for code in codes[:3]:
        plant.scan("scanner-sew", code, "24 09:00", scan_id=code)
        seen.append(unmet())
    assert seen == [china("24 15:00"), china("24 16:00"), china("24 16:00")]
    for code in (codes[2], codes[1]):
        undo(plant, code, "24 09:10", "sew-1")
    assert unmet() == china("24 15:00")


@pytest.mark.parametrize("tap", ["a", "z"])
def test_scrap_never_displaces_what_was_recorded(floor: Plant, tap: str) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-sew", code, "24 15:00")
    scrap(floor, code, 2, "24 15:10", "sew-1", tap="m")
    before = state(floor)
    with pytest.raises(RuleRefused, match="units"):
        scrap(floor, code, 19, "24 15:10", "sew-1", tap=tap)
    assert state(floor) == before
