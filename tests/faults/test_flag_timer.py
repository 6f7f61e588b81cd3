"""The timer of flags: what was due while it was away is done once, also when it is killed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock import clock
from interlock.timekeeper import SETTLE_MS, Timekeeper
from ledger.flag_clocks import FlagClocks, hold
from ledger.flags import Tap, raise_flag
from shopfloor.instants import MINUTE_MS
from tests.factory import Plant, china, worked_order
from tests.ledger.flagging import Flagging
from tests.live_site import Site
from tests.waiting import wait_for


class Log:
    """What was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def exception(self, text: str) -> None:
        self.said.append(text)


def flagged(folder: Path) -> tuple[Plant, Flagging, int]:
    plant = Plant(folder)
    plant.release(worked_order())
    flagging = Flagging(plant)
    return plant, flagging, flagging.raise_("sew-1", "cut", "24 16:05")


def test_after_a_start_what_was_kept_meanwhile_comes_first_and_then_all_that_was_due_once(
    tmp_path: Path,
) -> None:
    plant, flagging, flag = flagged(tmp_path)
    for started in ("24 16:50", "24 16:51"):  # killed in between
        keeper = Timekeeper(plant.ledger, plant.site, Log(), started_at=china(started))
        keeper.turn(china(started) + SETTLE_MS - 1)
        told_before = flagging.told(flag) if started == "24 16:51" else []
        assert flagging.told(flag) == told_before
        keeper.turn(china(started) + SETTLE_MS)
        assert flagging.told(flag) == [("lead", "24 16:15"), ("supervisor", "24 16:35")]
    assert len(flagging.events("flag_escalated")) == 2
    plant.close()


def test_while_a_history_is_played_the_timer_rests(tmp_path: Path) -> None:
    plant, flagging, flag = flagged(tmp_path)
    hold(plant.ledger, china("24 16:31"), china("24 16:30"))
    keeper = Timekeeper(plant.ledger, plant.site, Log(), started_at=china("24 16:00"))
    keeper.turn(china("24 16:30"))
    assert flagging.told(flag) == []
    keeper.turn(china("24 16:31"))
    assert flagging.told(flag) == [("lead", "24 16:15")]
    plant.close()


def test_a_fault_is_said_once_and_the_next_turn_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, flagging, flag = flagged(tmp_path)
    log = Log()
    keeper = Timekeeper(plant.ledger, plant.site, log, started_at=china("24 16:00"))

    def broken(*_: object) -> int:
        raise ValueError("a calendar that cannot be")

    with monkeypatch.context() as patch:
        patch.setattr(FlagClocks, "turn", broken)
        for _ in range(3):
            keeper.turn(china("24 16:20"))
    assert log.said == ["the clocks of flags could not be turned"]
    keeper.turn(china("24 16:20"))
    assert flagging.told(flag) == [("lead", "24 16:15")]
    plant.close()


def test_a_killed_gateway_has_told_everybody_once_when_it_is_back(site: Site) -> None:
    now = clock.now()

    def raised(station: str, against: str) -> int:
        tap = Tap(f"flag {station}", station, now - 65 * MINUTE_MS)
        config = site.plant.config.site
        return raise_flag(site.ledger, config, tap, against=against, order="A-1", now=now)

    def told(flag: int) -> list[str]:
        rows = site.ledger.rows("SELECT role FROM escalations WHERE flag = ? ORDER BY step", (flag,))
        return [row["role"] for row in rows]

    everybody = ["lead", "supervisor", "manager"]
    first = raised("sew-1", "cut")
    wait_for(lambda: told(first) == everybody, seconds=40, what="all steps of an old flag")
    site.kill("gateway")
    second = raised("pack-1", "sew")
    wait_for(lambda: site.is_back("gateway"), what="the gateway's restart")
    wait_for(lambda: told(second) == everybody, seconds=40, what="all steps that were due while it was away")
    assert told(first) == everybody
    notices = site.ledger.rows("SELECT flag FROM notices ORDER BY sequence")
    assert [row["flag"] for row in notices] == [first] * 3 + [second] * 3
