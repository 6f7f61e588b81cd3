"""What a link can receive and give, what a tap means, and what can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger import at_link, reading
from ledger.checking import faults
from ledger.corrections import Scrap, can_undo, scrap, undo
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.scans import Answer, Scan
from tests.factory import Plant, china
from tests.ledger.recorded import joined_plant


@pytest.fixture
def floor(plant: Plant) -> Plant:
    """Order A-1 is released; nothing was scanned."""
    plant.now = china("24 15:10")
    return plant


def tap(plant: Plant, station: str, code: str, meant: str, at: str, quantity: int | None = None) -> Answer:
    """A person says at a kiosk what happened."""
    plant.now = china(at)
    scan = Scan(
        f"station:{station}", code, plant.now, f"{station}/{at}/{meant}", quantity=quantity, meant=meant
    )  # type: ignore[arg-type]  # in or out
    (answer,) = plant.recorder.record([scan], plant.now)
    assert answer is not None
    return answer


def lists(plant: Plant, link: str) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Batches with their units: coming, in hand."""
    line = plant.site.lines["shirts"]
    coming = at_link.coming(plant.ledger, line.id, link, 24)
    here = at_link.in_hand(plant.ledger, line, link, 3)
    return [(row["batch"], row["units"]) for row in coming], [(row["batch"], row["units"]) for row in here]


def test_what_was_given_is_on_its_way_and_what_was_received_is_in_hand(floor: Plant) -> None:
    first, second, third, fourth = floor.codes()[:4]
    assert lists(floor, "cut") == ([], [(first, 20), (second, 20), (third, 20)])
    assert tap(floor, "cut-1", first, "out", "24 15:11").text == f"{first} given 15:11 to Sewing"
    assert lists(floor, "cut") == ([], [(second, 20), (third, 20), (fourth, 20)])
    assert lists(floor, "sew") == ([(first, 20)], [])
    tap(floor, "sew-1", first, "in", "24 15:12", quantity=17)
    assert lists(floor, "sew") == ([], [(first, 17)])
    tap(floor, "sew-1", first, "out", "24 15:13", quantity=15)
    assert lists(floor, "sew") == ([], [])
    assert lists(floor, "pack") == ([(first, 15)], [])
    assert faults(floor.ledger) == []


def test_what_was_scrapped_whole_is_in_nobodys_hand(floor: Plant) -> None:
    first, second, third, fourth = floor.codes()[:4]
    tap(floor, "sew-1", first, "in", "24 15:11")
    floor.now = china("24 15:12")
    for station, batch in (("sew-1", first), ("cut-1", second)):
        what = Scrap(batch, 20, "torn")
        scrap(floor.ledger, floor.recorder, Tap(f"s/{batch}", station, floor.now), what, now=floor.now)
    assert lists(floor, "sew") == ([], [])
    assert lists(floor, "cut")[1] == [(third, 20), (fourth, 20), (floor.codes()[4], 20)]


def test_given_tapped_right_after_received_is_no_repeat(floor: Plant) -> None:
    code = floor.codes()[0]
    tap(floor, "cut-1", code, "out", "24 15:00")
    assert tap(floor, "sew-1", code, "in", "24 15:10:00").result == "recorded"
    assert tap(floor, "sew-1", code, "in", "24 15:10:02").result == "duplicate"
    assert tap(floor, "sew-1", code, "out", "24 15:10:04").text == f"{code} given 15:10 to Packing"
    assert tap(floor, "sew-1", code, "in", "24 15:11").result == "refused"


def test_what_a_first_link_scrapped_before_anybody_scanned_is_not_given(floor: Plant) -> None:
    code = floor.codes()[0]
    scrap(floor.ledger, floor.recorder, Tap("s", "cut-1", floor.now), Scrap(code, 2, "torn"), now=floor.now)
    tap(floor, "cut-1", code, "out", "24 15:11")
    assert lists(floor, "sew")[0] == [(code, 18)]


def test_the_lists_are_found_without_a_search(floor: Plant) -> None:
    searches = {
        "coming": "SELECT batch FROM handoffs h WHERE h.line = 'shirts' AND h.receiver = 'sew'"
        " AND h.received_at IS NULL ORDER BY h.given_at LIMIT 5",
        "here": "SELECT batch FROM positions p WHERE p.link = 'sew' AND p.given_at IS NULL AND p.received > p.lost"
        " ORDER BY p.received_at LIMIT 5",
    }
    half = at_link._HALF_RECEIVED
    of = {"line": "shirts", "link": "sew", "previous": 2, "limit": 5}
    (first, *_) = floor.ledger.rows(f"EXPLAIN QUERY PLAN {half}", of)
    assert "USING INDEX half_received" in first["detail"]
    for name, sql in searches.items():
        plan = " ".join(row["detail"] for row in floor.ledger.rows(f"EXPLAIN QUERY PLAN {sql}"))
        assert "USING" in plan, name
        assert "INDEX" in plan, name
        assert "TEMP B-TREE" not in plan, name


def test_at_a_join_a_batch_waits_for_its_other_part_until_that_is_on_its_way(tmp_path: Path) -> None:
    plant = joined_plant(tmp_path / "site")
    line = plant.site.lines["gears"]

    def waiting() -> list[tuple[str, int, str]]:
        rows = at_link.half_received(plant.ledger, line, "fit", 24)
        return [(row["batch"], row["units"], row["came"]) for row in rows]

    first = plant.codes("G-1")[0]
    plant.scan("scanner-cast", first, "24 09:00")
    plant.scan("scanner-cast", first, "24 09:10")
    assert waiting() == []
    tap(plant, "fit-1", first, "in", "24 09:20", quantity=18)
    assert waiting() == [(first, 18, "cast")]
    plant.scan("scanner-turn", first, "24 09:30")
    assert waiting() == [(first, 18, "cast")]
    plant.scan("scanner-turn", first, "24 09:40")
    assert waiting() == []
    assert [row["giver"] for row in at_link.coming(plant.ledger, "gears", "fit", 24)] == ["turn"]
    tap(plant, "fit-1", first, "in", "24 09:50")
    assert waiting() == []
    assert [(row["batch"], row["units"]) for row in at_link.in_hand(plant.ledger, line, "fit", 24)] == [
        (first, 18)
    ]


def undoable(plant: Plant, station: str) -> list[str]:
    rows = reading.last_actions(plant.ledger, station, 6)
    return [row["kind"] for row in rows if can_undo(plant.ledger, plant.recorder, station, row)]


def take_back(plant: Plant, event: Any) -> None:
    attempt = Tap(f"undo/{event['event_id']}", "sew-1", plant.now)
    undo(plant.ledger, plant.recorder, attempt, event_id=event["event_id"], why="", now=plant.now)


def test_what_can_be_undone_is_what_undo_takes_back(floor: Plant) -> None:
    code = floor.codes()[0]
    tap(floor, "cut-1", code, "out", "24 15:11")
    assert undoable(floor, "cut-1") == ["given", "received"]  # one tap was both
    tap(floor, "sew-1", code, "in", "24 15:12")
    assert undoable(floor, "cut-1") == []
    assert undoable(floor, "sew-1") == ["received"]
    tap(floor, "sew-1", code, "out", "24 15:13")
    assert undoable(floor, "sew-1") == ["given"]
    given, received = reading.last_actions(floor.ledger, "sew-1", 2)
    with pytest.raises(RuleRefused, match="moved on"):
        take_back(floor, received)
    take_back(floor, given)


def test_what_was_undone_cannot_be_undone_again_and_the_step_before_can(floor: Plant) -> None:
    code = floor.codes()[0]
    tap(floor, "cut-1", code, "out", "24 15:11")
    tap(floor, "sew-1", code, "in", "24 15:12")
    answer = tap(floor, "sew-1", code, "out", "24 15:13")
    event = floor.ledger.row("SELECT event_id FROM events ORDER BY sequence DESC LIMIT 1")
    assert answer.result == "recorded"
    take_back(floor, event)
    rows = reading.last_actions(floor.ledger, "sew-1", 6)
    assert [row["kind"] for row in rows] == ["voided", "given", "received"]
    assert undoable(floor, "sew-1") == ["received"]
