"""When a kiosk asks for what was given and has not come."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopfloor.asking import is_asked_for
from shopfloor.calendar_book import CalendarBook
from station_config import load
from tests.factory import china, site_folder


@pytest.mark.parametrize(
    ("given", "now", "asked"),
    [
        ("24 10:00", "24 10:14", False),
        ("24 10:00", "24 10:14:59", False),
        ("24 10:00", "24 10:15", True),
        ("24 11:50", "24 13:04", False),  # the break does not count
        ("24 11:50", "24 13:05", True),
        ("24 16:50", "25 08:04", False),  # nor does the night
        ("24 16:50", "25 08:05", True),
        ("24 18:00", "25 08:14", False),  # given after the shift: the next one has its time
        ("27 16:55", "30 08:09", False),  # nor the weekend
        ("27 16:55", "30 08:10", True),
    ],
)
def test_a_batch_is_asked_for_after_15_working_minutes_of_the_link_it_goes_to(
    given: str, now: str, tmp_path: Path, *, asked: bool
) -> None:
    site = load(site_folder(tmp_path)).site
    calendar = CalendarBook(site).of_link(site.lines["shirts"], "sew", china(now))
    assert is_asked_for(calendar, china(given), china(now)) is asked
