"""The watch that lives on looks only at what changed, and misses no silence by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger import corrections
from ledger.errors import LedgerUnavailable
from ledger.flag_clocks import FlagClocks
from ledger.flags import Tap
from ledger.silence import SilenceWatch
from ledger.store import Ledger
from shopfloor.calendar_book import CalendarBook
from tests.factory import Plant, china, worked_order
from tests.ledger.flagging import Flagging
from tests.ledger.planners import Planners
from tests.ledger.test_silence import silent

# Cutting's first 40 are due at Tuesday 15:00; from 16:30 on sewing stands still without them, and is silent at 16:45.


class Watched(Flagging):
    """The same people and times, and one timer that remembers what it looked at."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.restart()

    def restart(self) -> None:
        self._clocks = FlagClocks(self.plant.ledger, self.plant.site)

    def turn(self, at: str) -> int:
        return self._clocks.turn(china(at))

    def raised_at(self) -> list[str]:
        return [
            event["event_id"].split("/")[2]
            for event in self.events("flag_raised")
            if event["detail"]["silent"]
        ]


@pytest.fixture
def watched(plant: Plant) -> Watched:
    return Watched(plant)


def test_each_order_is_flagged_in_its_own_minute(watched: Watched, plant: Plant) -> None:
    plant.release(worked_order("A-2", 100, "26 17:00"))  # its first latest: Wednesday 14:30
    watched.turn("24 16:44")
    assert watched.raised_at() == []
    watched.turn("24 16:45")
    assert watched.raised_at() == ["A-1"]
    watched.turn("26 16:59")
    assert set(watched.raised_at()) == {"A-1", "A-2"}


@pytest.mark.parametrize("restarted_at", ["24 15:00", "24 16:44", "24 16:50"])
def test_a_restart_neither_misses_nor_doubles(watched: Watched, restarted_at: str) -> None:
    for at in sorted([restarted_at, "24 14:00", "24 16:30", "24 16:45", "24 16:46", "24 16:59"]):
        if at == restarted_at:
            watched.restart()
        watched.turn(at)
    assert silent(watched) == [("cut", "sew", 80)]


def test_a_scan_taken_back_opens_an_old_silence(watched: Watched, plant: Plant) -> None:
    for number, code in enumerate(plant.codes()[:4]):
        plant.scan("scanner-sew", code, f"24 14:{10 + number}")
    watched.turn("24 16:59")
    received = [event["event_id"] for event in watched.events("received") if event["link"] == "shirts/sew"]
    for event_id in reversed(received):
        now = china("25 08:30")
        tap = Tap(f"undo {event_id}", "sew-1", now, "Mei")
        corrections.undo(plant.ledger, plant.recorder, tap, event_id=event_id, why="wrong box", now=now)
    assert silent(watched) == []
    watched.turn("25 08:31")
    assert [row[:2] for row in silent(watched)] == [("cut", "sew")]
    (row,) = plant.ledger.rows("SELECT raised_at FROM flags")
    assert row["raised_at"] == china("24 16:45")


def test_who_takes_its_flag_back_long_after_has_the_same_time_again(watched: Watched) -> None:
    flag = watched.raise_("sew-1", "cut", "24 15:05")
    watched.turn("24 16:59")
    watched.withdraw("sew-1", flag, "25 08:05")
    for at in ("25 08:05", "25 08:06", "25 08:19"):
        watched.turn(at)
        assert silent(watched) == []
    watched.turn("25 08:20")
    assert len(silent(watched)) == 1


def test_two_silences_of_one_order_are_raised_each_in_its_minute(watched: Watched) -> None:
    against_cut = watched.raise_("sew-1", "cut", "25 11:10")
    against_sew = watched.raise_("pack-1", "sew", "25 11:10")
    watched.turn("25 11:19")
    watched.withdraw("sew-1", against_cut, "25 11:20")
    watched.withdraw("pack-1", against_sew, "25 11:25")
    for at, raised in (("25 11:26", 0), ("25 11:34", 0), ("25 11:35", 1), ("25 11:39", 1), ("25 11:40", 2)):
        watched.turn(at)
        assert len(silent(watched)) == raised, at


def test_a_clock_that_jumped_ahead_and_came_back_still_flags_in_time(watched: Watched, plant: Plant) -> None:
    for number, code in enumerate(plant.codes()[:4]):
        plant.scan("scanner-sew", code, f"24 14:{10 + number}")
    # What is needed next is the fifth batch, at Wednesday 09:30.
    for at in ("24 15:00", "25 09:40", "24 15:01", "25 09:44"):
        watched.turn(at)
        assert silent(watched) == []
    watched.turn("25 09:45")
    assert [row[:2] for row in silent(watched)] == [("cut", "sew")]


def test_a_flag_taken_back_while_the_clock_is_set_back_counts_from_then(watched: Watched) -> None:
    flag = watched.raise_("sew-1", "cut", "24 15:05")
    watched.turn("24 16:55")
    watched.withdraw("sew-1", flag, "24 16:35")
    watched.turn("24 16:35")
    watched.turn("24 16:49")
    assert silent(watched) == []
    watched.turn("24 16:50")
    assert len(silent(watched)) == 1


def test_a_write_that_failed_is_made_up_for_at_the_next_look(watched: Watched, plant: Plant) -> None:
    watched.turn("24 16:44")
    hasty = Ledger(plant.ledger.path, busy_timeout_ms=20)
    watch = SilenceWatch(hasty, plant.site, CalendarBook(plant.site))
    assert watch.look(china("24 16:44"), china("24 16:44")) == 0
    with plant.ledger.write(china("24 16:45")), pytest.raises(LedgerUnavailable):
        watch.look(china("24 16:45"), china("24 16:45"))
    assert silent(watched) == []
    assert watch.look(china("24 16:46"), china("24 16:46")) == 1
    assert silent(watched) == [("cut", "sew", 80)]
    hasty.close()


def test_what_is_planned_anew_for_later_is_not_silent_until_then(planners: Planners) -> None:
    planners.draft()
    planners.agree()
    watched = Watched(planners.plant)
    watched.turn("24 16:44")
    planners.plant.now = china("24 16:44")
    planners.propose("30 17:00")
    planners.agree()
    watched.turn("24 16:45")
    watched.turn("25 09:44")  # what is left of the hours that had begun is needed by Wednesday 09:30
    assert silent(watched) == []
    watched.turn("25 09:45")
    assert [row[:2] for row in silent(watched)] == [("cut", "sew")]


class Counting(Ledger):
    """A ledger that counts what it is asked."""

    asked = 0

    def rows(self, *asked: object) -> list:  # type: ignore[override,type-arg]  # whatever is asked
        self.asked += 1
        return super().rows(*asked)  # type: ignore[arg-type]  # passed on as it came


@pytest.fixture
def counting(plant: Plant) -> Iterator[Counting]:
    ledger = Counting(plant.ledger.path)
    yield ledger
    ledger.close()


def test_a_look_is_as_long_as_what_changed(plant: Plant, counting: Counting) -> None:
    for number in range(2, 22):
        plant.release(worked_order(f"A-{number}", 20, "25 17:00"))
    watch = SilenceWatch(counting, plant.site, CalendarBook(plant.site))
    raised = watch.look(china("25 16:59"), china("25 16:59"))
    assert raised >= 20
    watch.look(china("25 16:59"), china("25 16:59"))  # at what it raised itself
    counting.asked = 0
    watch.look(china("25 16:59"), china("25 16:59"))
    assert counting.asked == 1
    plant.scan("scanner-cut", plant.codes("A-7")[0], "25 16:59")
    counting.asked = 0
    watch.look(china("25 16:59"), china("25 16:59"))
    assert 1 < counting.asked <= 1 + 2 * 3  # the order's three links, each with what was said of it
