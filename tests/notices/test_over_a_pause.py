"""Ladders over a break, a night and the hour that the clock repeats, with restarts in between: told once, none lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ledger.flags import Tap, raise_flag
from shopfloor.channels import Channel
from shopfloor.instants import MINUTE_MS, SECOND_MS, Instant, instant_of
from shopfloor.orders import Order
from tests.factory import WORKED_SITE, Plant, china
from tests.ledger.flagging import Flagging
from tests.notices.conftest import Office
from tests.postbox import Webhook

BERLIN = ZoneInfo("Europe/Berlin")
LADDER = (
    '\n[flags]\nunanswered = { lead = "10min", supervisor = "90min", manager = "150min" }\nsilence = "99h"\n'
)


def berlin(text: str, fold: int = 0) -> Instant:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold))


def told_at(webhook: Webhook) -> list[tuple[str, str]]:
    """When each step was due, by its line, and who was told."""
    lines = [line for line in webhook.lines() if " Cutting unanswered" in line]
    return [(line.split(" Cutting")[0], line.split(": ")[1].split()[0]) for line in lines]


@pytest.fixture
def night_plant(tmp_path: Path) -> Iterator[Plant]:
    """A night shift in Berlin, in the week in which the clock goes back on Sunday at three."""
    text = (
        WORKED_SITE.replace("Asia/Shanghai", "Europe/Berlin")
        .replace('start = "08:00"', 'start = "20:00"')
        .replace('end = "17:00"', 'end = "06:00"')
        .replace('"fri"]', '"fri", "sat", "sun"]')
        .replace('breaks = ["12:00-13:00"]', 'breaks = ["00:00-00:30"]')
    )
    plant = Plant(tmp_path / "site", text + LADDER)
    plant.now = berlin("2026-10-23T12:00")
    plant.release(Order("A-1", "shirts", "polo", 200, berlin("2026-10-25T05:30")))
    yield plant
    plant.close()


def test_over_the_break_and_the_night_each_step_is_told_once(
    office: Callable[..., Office], channel: Callable[..., Channel], flagging: Flagging, webhook: Webhook
) -> None:
    told = office(channel(webhook.address, collapse_ms=0), at="25 11:00")
    flagging.raise_("sew-1", "cut", "25 11:55")  # lead after the break, at 13:05
    told.between(china("25 11:55"), china("25 12:30"), MINUTE_MS)
    told.restart(china("25 12:31"))
    told.between(china("25 12:31"), china("25 13:10"), MINUTE_MS)
    told.restart(china("25 13:11"))
    told.between(china("25 13:12"), china("25 13:40"), MINUTE_MS)
    told.restart(china("25 16:00"))  # it was away while the manager was to be told
    told.between(china("25 16:00"), china("25 16:10"), MINUTE_MS)
    assert told_at(webhook) == [("13:05", "lead"), ("13:25", "supervisor"), ("13:55", "manager")]
    assert len(webhook.lines()) == len(set(webhook.lines()))


def test_over_the_night_a_restart_repeats_and_loses_nothing(
    office: Callable[..., Office], channel: Callable[..., Channel], flagging: Flagging, webhook: Webhook
) -> None:
    told = office(channel(webhook.address, collapse_ms=0))
    flagging.raise_("sew-1", "cut", "24 16:05")
    told.between(china("24 16:05"), china("24 17:30"), MINUTE_MS)
    told.restart(china("24 23:00"))
    told.between(china("24 23:00"), china("25 09:00"), 5 * MINUTE_MS)
    assert told_at(webhook) == [("16:15", "lead"), ("16:35", "supervisor"), ("08:05", "manager")]
    assert len(webhook.posts) == 3


def test_in_the_night_in_which_the_clock_goes_back_minutes_are_minutes(
    night_plant: Plant, channel: Callable[..., Channel], webhook: Webhook
) -> None:
    raised_at = berlin("2026-10-25T01:50")
    night_plant.now = raised_at
    told = Office(night_plant, channel(webhook.address, collapse_ms=0))
    tap = Tap("flag sew-1", "sew-1", raised_at)
    raise_flag(night_plant.ledger, night_plant.site, tap, against="cut", order="A-1", now=raised_at)
    told.between(raised_at, berlin("2026-10-25T02:10"), 30 * SECOND_MS)
    told.restart(berlin("2026-10-25T02:10", fold=0))
    told.between(berlin("2026-10-25T02:10"), berlin("2026-10-25T02:15", fold=1), 30 * SECOND_MS)
    told.restart(berlin("2026-10-25T02:16", fold=1))
    told.between(berlin("2026-10-25T02:16", fold=1), berlin("2026-10-25T04:00"), 30 * SECOND_MS)
    assert told_at(webhook) == [("02:00", "lead"), ("02:20", "supervisor"), ("03:20", "manager")]
    rows = told.ledger.rows("SELECT at FROM escalations ORDER BY at")
    assert [row["at"] - raised_at for row in rows] == [10 * MINUTE_MS, 90 * MINUTE_MS, 150 * MINUTE_MS]
    assert len(webhook.posts) == 3
    told.ledger.close()
