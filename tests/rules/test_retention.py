"""How far back calendar months reach."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from shopfloor.instants import instant_of, moment_of
from shopfloor.retention import months_ago


@pytest.mark.parametrize(
    ("now", "months", "zone", "wanted"),
    [
        ("2026-11-28T12:00+08:00", 24, "Asia/Shanghai", "2024-11-28T00:00+08:00"),
        ("2026-11-28T00:00+08:00", 11, "Asia/Shanghai", "2025-12-28T00:00+08:00"),
        ("2026-01-15T23:59+01:00", 1, "Europe/Berlin", "2025-12-15T00:00+01:00"),
        ("2026-04-30T12:00+02:00", 2, "Europe/Berlin", "2026-02-28T00:00+01:00"),  # a shorter month
        ("2028-03-31T12:00+02:00", 1, "Europe/Berlin", "2028-02-29T00:00+01:00"),  # of a leap year
        ("2026-12-01T00:30+01:00", 12, "Europe/Berlin", "2025-12-01T00:00+01:00"),
        ("2026-11-30T23:30Z", 12, "Europe/Berlin", "2025-12-01T00:00+01:00"),  # the site's day, not London's
    ],
)
def test_months_are_those_of_the_calendar_and_days_those_of_the_site(
    now: str, months: int, zone: str, wanted: str
) -> None:
    found = months_ago(instant_of(datetime.fromisoformat(now)), months, ZoneInfo(zone))
    assert moment_of(found, ZoneInfo(zone)) == datetime.fromisoformat(wanted)
