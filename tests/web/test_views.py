"""What board, kiosk and API say about the same floor, with answers worked by hand."""

from __future__ import annotations

import pytest

from kiosk.contexts import BoardRow
from kiosk.services import Services
from kiosk.views import board_json, board_page, home_page, kiosk_page, order_json, orders_json
from ledger.flags import Tap, answer_flag, raise_flag
from tests.factory import Plant, china, worked_order


def row(services: Services, link: str) -> BoardRow:
    return next(row for row in board_page(services, "shirts").rows if row.link == link)


def flag_cutting(plant: Plant) -> int:
    tap = Tap("f1", "sew-1", plant.now)
    return raise_flag(plant.ledger, plant.site, tap, against="cut", order="A-1", now=plant.now)


def test_before_any_order_every_screen_still_works(services: Services) -> None:
    assert [row.state for row in board_page(services, "shirts").rows] == ["idle"] * 3
    assert kiosk_page(services, "sew-1").incoming[0].owed == ()
    assert home_page(services).empty
    assert orders_json(services) == {"orders": []}


def test_hours_show_target_and_given(plant: Plant, services: Services) -> None:
    plant.release(worked_order())
    plant.scan("scanner-sew", plant.codes()[0], "24 14:50")
    plant.now = china("24 15:10")
    cutting = row(services, "cut")
    assert [(cell.label, cell.target, cell.given, cell.state) for cell in cutting.past if cell] == [
        ("14-15", 40, 20, "short")
    ]
    assert cutting.now is not None
    assert (cutting.now.label, cutting.now.target, cutting.now.given) == ("15-16", 40, 0)
    assert (cutting.behind, cutting.late_min, cutting.shift_target, cutting.shift_given) == (20, 10, 80, 20)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("24 13:30", "idle"),
        ("24 14:30", "on_target"),
        ("24 14:46", "due_soon"),
        ("24 15:00", "late"),
        ("24 16:29", "late"),
        ("24 16:30", "stands_still"),
    ],
)
def test_a_link_that_gives_nothing_gets_louder(plant: Plant, services: Services, at: str, state: str) -> None:
    plant.release(worked_order())
    plant.now = china(at)
    assert row(services, "cut").state == state


def test_lateness_does_not_run_through_the_night(plant: Plant, services: Services) -> None:
    plant.release(worked_order())
    plant.now = china("25 08:30")
    assert row(services, "cut").late_min == 150  # Tuesday 15:00 to 17:00 and half an hour of Wednesday


def test_the_rate_to_catch_up_within_the_shift(plant: Plant, services: Services) -> None:
    plant.release(worked_order())
    plant.now = china("24 15:30")
    # Due by 17:00: 120. An hour and a half is left: 80 an hour.
    assert (row(services, "cut").needed_per_hour, row(services, "cut").rate_per_hour) == (80, 100)


def test_a_flag_and_its_answer_are_seen_by_both(plant: Plant, services: Services) -> None:
    plant.release(worked_order())
    plant.now = china("24 15:05")
    flag = flag_cutting(plant)
    assert row(services, "cut").state == "flagged"
    (against,) = kiosk_page(services, "cut-1").against_me
    assert (against.raised_by, against.quantity, against.hour) == ("Sewing", 40, "15:00")
    plant.now = china("24 15:10")
    answer_flag(
        plant.ledger,
        plant.site,
        Tap("a1", "cut-1", plant.now),
        flag=flag,
        reason="machine",
        promised_at=china("24 15:40"),
        comment="",
        now=plant.now,
    )
    assert row(services, "cut").state == "answered"
    (mine,) = kiosk_page(services, "sew-1").mine
    assert (mine.state, mine.promised, mine.promise_broken) == ("answered", "15:40", False)
    plant.now = china("24 15:41")
    assert kiosk_page(services, "sew-1").mine[0].promise_broken


def test_the_kiosk_says_what_is_owed_to_it_and_by_whom(plant: Plant, services: Services) -> None:
    plant.release(worked_order())
    plant.scan("scanner-cut", plant.codes()[0], "24 14:10")
    plant.scan("scanner-cut", plant.codes()[0], "24 14:50")
    plant.now = china("24 15:06")
    (incoming,) = kiosk_page(services, "sew-1").incoming
    assert (incoming.name, incoming.on_its_way, incoming.on_its_way_since_min) == ("Cutting", 20, 16)
    (owed,) = incoming.owed
    assert (owed.order, owed.missing, owed.by, owed.late_min, owed.flag) == ("A-1", 20, "15:00", 6, None)
    assert (incoming.next_quantity, incoming.next_by) == (60, "16:00")


def test_the_api_has_the_numbers_of_the_board(plant: Plant, services: Services) -> None:
    plant.release(worked_order())
    plant.scan("scanner-sew", plant.codes()[0], "24 14:50")
    plant.now = china("24 15:10")
    board = board_json(services, "shirts")
    cutting = board["links"][0]
    assert (cutting["state"], cutting["behind"]) == ("late", 20)
    assert {"start": "2026-11-24T14:00:00+08:00", "end": "2026-11-24T15:00:00+08:00", "shift": "2026-11-24/day",
            "target": 40, "given": 20} in cutting["hours"]  # fmt: skip
    order = order_json(services, "A-1")
    assert order is not None
    assert [link["given"] for link in order["links"]] == [20, 0, 0]
    assert order["batches"][0]["positions"][1]["received_at"] == "2026-11-24T14:50:00+08:00"
    assert order_json(services, "A-2") is None
