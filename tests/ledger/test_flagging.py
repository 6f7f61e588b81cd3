"""Not received: raised by the next link, answered by the previous one, resolved by what arrives."""

from __future__ import annotations

import pytest

from ledger import reading
from ledger.errors import RuleRefused
from ledger.flags import Tap, answer_flag, raise_flag, withdraw_flag
from shopfloor.instants import Instant
from tests.factory import Plant, china


def raise_at(plant: Plant, at: str, *, station: str = "sew-1", against: str = "cut", tap: str = "f1") -> int:
    now = china(at)
    return raise_flag(plant.ledger, plant.site, Tap(tap, station, now), against=against, order="A-1", now=now)


def answer_at(
    plant: Plant,
    flag: int,
    at: str,
    promised: str | None,
    *,
    station: str = "cut-1",
    reason: str = "other",
    seen: int | None = None,
) -> None:
    now: Instant = china(at)
    answer_flag(
        plant.ledger,
        plant.site,
        Tap(f"answer {at}", station, now),
        flag=flag,
        reason=reason,
        promised_at=None if promised is None else china(promised),
        comment="",
        now=now,
        seen=seen,
    )


def state(plant: Plant, flag: int) -> str:
    row = reading.flag(plant.ledger, flag)
    assert row is not None
    return str(row["state"])


def test_the_missing_quantity_of_the_last_hour_is_filled_in(plant: Plant) -> None:
    # Cutting owes 40 by Tuesday 15:00 and 80 by 16:00.
    plant.scan("scanner-sew", plant.codes()[0], "24 15:20")
    flag = reading.flag(plant.ledger, raise_at(plant, "24 16:05"))
    assert flag is not None
    assert (flag["quantity"], flag["end_at"], flag["link"], flag["raised_by"]) == (
        60,
        china("24 16:00"),
        "cut",
        "sew",
    )


def test_nothing_is_flagged_before_its_hour_has_ended(plant: Plant) -> None:
    with pytest.raises(RuleRefused, match="owes nothing"):
        raise_at(plant, "24 14:59")
    assert raise_at(plant, "24 15:00") > 0


def test_only_a_previous_link_is_flagged(plant: Plant) -> None:
    with pytest.raises(RuleRefused, match="not a previous link"):
        raise_at(plant, "24 16:05", station="pack-1", against="cut")


def test_one_flag_for_an_order_and_link_at_a_time(plant: Plant) -> None:
    raise_at(plant, "24 15:05")
    with pytest.raises(RuleRefused, match="flagged for this order already"):
        raise_at(plant, "24 16:05", tap="f2")


def test_the_same_tap_again_is_the_same_flag(plant: Plant) -> None:
    assert raise_at(plant, "24 15:05") == raise_at(plant, "24 15:06")


def test_it_is_resolved_by_the_missing_quantity_and_not_by_words(plant: Plant) -> None:
    flag = raise_at(plant, "24 15:05")
    answer_at(plant, flag, "24 15:10", "24 15:30")
    assert state(plant, flag) == "answered"
    first, second = plant.codes()[:2]
    plant.scan("scanner-sew", first, "24 15:20")
    assert state(plant, flag) == "answered"
    plant.scan("scanner-sew", second, "24 15:25")
    assert state(plant, flag) == "resolved"


def test_only_the_flagged_link_answers_and_only_who_raised_it_withdraws(plant: Plant) -> None:
    flag = raise_at(plant, "24 15:05")
    with pytest.raises(RuleRefused, match="only the flagged link answers"):
        answer_at(plant, flag, "24 15:10", "24 15:30", station="pack-1")
    with pytest.raises(RuleRefused, match="only who raised it"):
        withdraw_flag(
            plant.ledger, plant.site, Tap("w", "cut-1", china("24 15:06")), flag=flag, now=china("24 15:06")
        )
    withdraw_flag(
        plant.ledger, plant.site, Tap("w", "sew-1", china("24 15:06")), flag=flag, now=china("24 15:06")
    )
    assert state(plant, flag) == "withdrawn"


@pytest.mark.parametrize(
    ("reason", "promised", "sentence"),
    [("weather", "24 15:30", "not a reason of this site"), ("other", "24 15:00", "has passed already")],
)
def test_an_answer_that_does_not_count_changes_nothing(
    plant: Plant, reason: str, promised: str, sentence: str
) -> None:
    flag = raise_at(plant, "24 15:05")
    with pytest.raises(RuleRefused, match=sentence):
        answer_at(plant, flag, "24 15:10", promised, reason=reason)
    assert state(plant, flag) == "raised"


def test_a_promise_can_be_replaced_but_not_taken_back(plant: Plant) -> None:
    flag = raise_at(plant, "24 15:05")
    answer_at(plant, flag, "24 15:10", "24 15:30")
    answer_at(plant, flag, "24 15:20", "24 15:50")
    with pytest.raises(RuleRefused, match="cannot be taken back"):
        answer_at(plant, flag, "24 15:25", None)


def test_an_answer_to_a_flag_that_was_answered_meanwhile_is_refused(plant: Plant) -> None:
    flag = raise_at(plant, "24 15:05")
    answer_at(plant, flag, "24 15:10", "24 15:30")
    with pytest.raises(RuleRefused, match="answered meanwhile"):
        answer_at(plant, flag, "24 15:12", "24 16:00", seen=0)


def test_a_first_link_has_nobody_to_pass_a_flag_to(plant: Plant) -> None:
    flag = raise_at(plant, "24 15:05")
    with pytest.raises(RuleRefused, match="is a first link"):
        answer_at(plant, flag, "24 15:10", "24 15:30", reason="previous")


def test_an_order_of_another_line_is_not_flagged(plant: Plant) -> None:
    with plant.ledger.write(plant.now) as tx:
        tx.run("UPDATE targets SET line = 'other'")
    with pytest.raises(RuleRefused, match="owes nothing"):
        raise_at(plant, "24 16:05")
