"""A plant whose flags tell a manager by a real mail server and the floor by a real webhook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interlock.courier import send_to
from interlock.report_files import file_name
from interlock.telling import Telling
from interlock.timekeeper import SETTLE_MS, Timekeeper
from kiosk.catalogues import ENGLISH
from kiosk.notice_words import AttachedFile
from kiosk.reports import Asked, report, written
from ledger.notices import keep_channels, state
from ledger.reports_sent import keep_reports
from ledger.store import Ledger, Row
from shopfloor.channels import Channel
from shopfloor.instants import Instant
from shopfloor.report_times import ReportDue
from tests.factory import Plant, china, kept_whole, worked_order
from tests.ledger.flagging import Flagging
from tests.web.conftest import services_of


class Log:
    """What was said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []

    def info(self, text: str, **facts: Any) -> None:
        self.said.append((text, facts))

    warning = exception = info


class Office:
    """What the gateway does for its channels, on the clock of the test."""

    def __init__(self, plant: Plant, *channels: Channel) -> None:
        self.plant, self.channels, self.log = plant, channels, Log()
        keep_channels(plant.ledger, channels, plant.now)
        keep_reports(plant.ledger, channels, plant.site, plant.now)
        self.start(plant.now)

    def start(self, now: Instant) -> None:
        """A gateway that has just begun: nothing is left of the one before but the ledger."""
        self.ledger = Ledger(self.plant.folder / "ledger.db", checkpoints=False)
        self.keeper = Timekeeper(self.ledger, self.plant.site, self.log, started_at=now - SETTLE_MS)
        self.tellings = [
            Telling(
                self.ledger,
                self.plant.site,
                channel,
                lambda words, channel=channel: send_to(channel, words),
                ENGLISH,
                self.log,
                self.make_report,
            )
            for channel in self.channels
        ]

    def make_report(self, due: ReportDue) -> AttachedFile:
        """As the command makes it, on the clock of the test."""
        services = replace(services_of(self.plant), ledger=self.ledger)
        first, last = (str(on) if on else "" for on in (due.first_on, due.last_on))
        table = report(services, due.name, Asked(due.line, "", due.shift, first, last))
        return AttachedFile(file_name(due, "csv"), "text/csv", written(table, "csv", site="", made=""))

    def restart(self, now: Instant) -> None:
        self.ledger.close()
        self.start(now)

    def beat(self, now: Instant) -> None:
        self.plant.now = now
        self.keeper.turn(now)
        for telling in self.tellings:
            telling.turn(now)

    def between(self, first: Instant, last: Instant, every_ms: int) -> None:
        """Beats from one instant to another."""
        for now in range(first, last + 1, every_ms):
            self.beat(now)

    def state(self, channel: str) -> Row:
        found = state(self.ledger, channel)
        assert found is not None
        return found


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with kept_whole(Plant(tmp_path / "site")) as plant:
        plant.release(worked_order())
        yield plant


@pytest.fixture
def flagging(plant: Plant) -> Flagging:
    return Flagging(plant)


@pytest.fixture
def channel(tmp_path: Path) -> Callable[..., Channel]:
    """`channel(address, id="mail", ...)`: its address in a file."""

    def make(address: str, name: str = "mail", **more: Any) -> Channel:
        file = tmp_path / f"{name}.txt"
        file.write_text(f"{address}\n")
        return replace(Channel(name, address_file=file), **more)

    return make


@pytest.fixture
def office(plant: Plant) -> Iterator[Callable[..., Office]]:
    """`office(channel, ...)` at Tuesday 15:00, before anything is flagged."""
    opened: list[Office] = []

    def make(*channels: Channel, at: str = "24 15:00") -> Office:
        plant.now = china(at)
        opened.append(Office(plant, *channels))
        return opened[-1]

    yield make
    for each in opened:
        each.ledger.close()
