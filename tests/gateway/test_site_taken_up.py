"""The gateway records by the configuration that was last saved on the site's page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from interlock.gateway_process import _Recording
from ledger.drafts import By
from ledger.site_versions import record_site
from shopfloor.scans import Scan
from station_config import load
from tests.factory import WORKED_SITE, Plant, china, worked_order

SATURDAY = WORKED_SITE.replace(
    'breaks = ["12:00-13:00"]', 'breaks = ["12:00-13:00"]\novertime = ["2026-11-28"]'
)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "site")
    plant.release(worked_order())
    yield plant
    plant.close()


def save(plant: Plant, text: str, before: str = WORKED_SITE) -> None:
    with plant.ledger.write(plant.now) as tx:
        record_site(tx, By("Ann", "web", plant.now), before=before, after=text, changes=["x"], why="y")
        (plant.folder / "site.toml").write_text(text, encoding="utf-8")


def given_in(plant: Plant, recording: _Recording, batch: int) -> str:
    """The shift that a batch given on Saturday at 10:30 counts into."""
    at = china("28 10:30")
    code = plant.codes()[batch]
    recording.recorder.record([Scan("scanner-cut", code, at), Scan("scanner-cut", code, at + 60_000)], at)
    rows = plant.ledger.rows("SELECT shift FROM hour_counts WHERE given > 0 ORDER BY start_at DESC LIMIT 1")
    return str(rows[0]["shift"])


def test_overtime_that_was_saved_counts_at_the_next_look(plant: Plant) -> None:
    recording = _Recording(plant.folder, plant.ledger, plant.config)
    assert given_in(plant, recording, 0) == "2026-11-27/day"
    save(plant, SATURDAY)
    recording.adopt_changes(structlog.get_logger())
    assert given_in(plant, recording, 1) == "2026-11-28/day"


def test_a_text_that_cannot_be_read_just_now_is_tried_again(plant: Plant) -> None:
    recording = _Recording(plant.folder, plant.ledger, plant.config)
    save(plant, SATURDAY)
    path = plant.folder / "site.toml"
    path.rename(path.with_name("away"))
    recording.adopt_changes(structlog.get_logger())
    assert recording.site is plant.site
    path.with_name("away").rename(path)
    recording.adopt_changes(structlog.get_logger())
    assert recording.site.shifts["day"].overtime


def test_what_was_read_before_it_was_taken_back_is_given_up(plant: Plant) -> None:
    save(plant, WORKED_SITE + "# recorded")
    (plant.folder / "site.toml").write_text(SATURDAY, encoding="utf-8")
    recording = _Recording(plant.folder, plant.ledger, load(plant.folder))
    (plant.folder / "site.toml").write_text(WORKED_SITE + "# recorded", encoding="utf-8")
    recording.adopt_changes(structlog.get_logger())
    assert not recording.site.shifts["day"].overtime


def test_an_edit_by_hand_waits_for_the_next_start(plant: Plant) -> None:
    recording = _Recording(plant.folder, plant.ledger, plant.config)
    (plant.folder / "site.toml").write_text(SATURDAY, encoding="utf-8")
    recording.adopt_changes(structlog.get_logger())
    assert recording.site is plant.site
