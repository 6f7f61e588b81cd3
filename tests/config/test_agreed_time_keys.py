"""Overtime, stations out of service, and who confirms: what the keys become, and when they cannot be."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shopfloor.instants import Instant, instant_from_text
from station_config import Fault, load

Write = Callable[[str | bytes], Path]
ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> Instant:
    return instant_from_text(text, ZONE)


def test_a_shift_works_overtime_on_its_dates_also_on_holidays_and_on_its_own_days(
    write: Write, good: str
) -> None:
    dates = '["2026-11-28", 2026-10-01, "2026-11-24"]'
    site = load(write(good.replace("breaks =", f"overtime = {dates}\nbreaks ="))).site
    assert site.shifts["day"].overtime == {date(2026, 11, 28), date(2026, 10, 1), date(2026, 11, 24)}


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ("2026-11-24T08:00/2026-11-25T17:00", [("2026-11-24T08:00", "2026-11-25T17:00")]),
        ("2026-12-01T06:00:30/..", [("2026-12-01T06:00:30", None)]),
        ("2026-12-01T06:00+01:00/2026-12-01T06:00Z", [("2026-12-01T13:00", "2026-12-01T14:00")]),
        (  # in any order; what touches is one
            "2026-12-03T08:00/2026-12-03T09:00 2026-12-01T08:00/2026-12-01T12:00 2026-12-01T12:00/2026-12-02T08:00",
            [("2026-12-01T08:00", "2026-12-02T08:00"), ("2026-12-03T08:00", "2026-12-03T09:00")],
        ),
        (
            "2026-12-01T08:00/2026-12-05T08:00 2026-12-02T08:00/2026-12-03T08:00",
            [("2026-12-01T08:00", "2026-12-05T08:00")],
        ),
        ("2026-12-01T08:00/.. 2026-12-02T08:00/2026-12-03T08:00", [("2026-12-01T08:00", None)]),
        ("2026-12-01T08:00/2026-12-03T08:00 2026-12-02T08:00/..", [("2026-12-01T08:00", None)]),
    ],
)
def test_a_station_is_out_of_service_by_the_wall_clock_of_the_site(
    write: Write, good: str, written: str, spans: list[tuple[str, str | None]]
) -> None:
    listed = ", ".join(f'"{one}"' for one in written.split())
    text = good.replace('"shirts/cut"\n', f'"shirts/cut"\nout_of_service = [{listed}]\n')
    found = load(write(text)).site.stations["cut-1"].out_of_service
    assert found == tuple((at(start), None if end is None else at(end)) for start, end in spans)


@pytest.mark.parametrize(
    ("table", "roles"),
    [
        ("", ("sales", "production", "purchasing")),
        ("[agreement]\n", ("sales", "production", "purchasing")),
        ('[agreement]\nroles = ["purchasing", "sales"]\n', ("sales", "purchasing")),
        ("[agreement]\nroles = []\n", ()),
    ],
)
def test_the_roles_that_confirm_are_kept_in_the_usual_order(
    write: Write, good: str, table: str, roles: tuple[str, ...]
) -> None:
    assert load(write(good + table)).site.roles == roles


LATE = '[[shift]]\nid = "late"\nstart = "16:00"\nend = "{end}"\ndays = ["{day}"]\novertime = {overtime}\n\n[[line]]\n'
BOTH = ('"3d"\nshifts = ["day"]', '"3d"\nshifts = ["day", "late"]')


@pytest.mark.parametrize(
    ("day", "end", "of_day", "overtime", "when"),
    [
        # the day shift works Monday and Tuesday 08:00-17:00; 2026-11-28 is a Saturday
        ("wed", "20:00", "", '"2026-11-23"', "2026-11-23 16:00-17:00"),  # on one of its days
        ("sat", "20:00", '"2026-11-28"', "", "2026-11-28 16:00-17:00"),
        ("wed", "20:00", '"2026-11-28"', '"2026-11-28"', "2026-11-28 16:00-17:00"),
        ("wed", "09:00", '"2026-11-28"', '"2026-11-27"', "2026-11-28 08:00-09:00"),  # over midnight
        ("wed", "09:00", '"2026-11-26"', "", "2026-11-26 08:00-09:00"),
        ("wed", "20:00", '"2026-11-28"', '"2026-11-29"', None),
        ("wed", "20:00", "", '"2026-11-28"', None),
        ("thu", "20:00", '"2026-10-01"', "", None),  # a Thursday, but a holiday: the late shift stays at home
        ("wed", "20:00", '"9999-12-31", "0001-01-01"', "", None),
    ],
)
def test_overtime_must_not_overlap_another_shift_of_a_link(
    faults_after: Callable[..., list[Fault]],
    day: str,
    end: str,
    of_day: str,
    overtime: str,
    when: str | None,
) -> None:
    late = LATE.format(day=day, end=end, overtime=f"[{overtime}]")
    own = ("breaks =", f"overtime = [{of_day}]\nbreaks =")
    faults = faults_after(("[[line]]\n", late), BOTH, own)
    assert [fault.key for fault in faults] == ([] if when is None else ["line[0].link[0].shifts"])
    if when is not None:
        assert f'"day" and "late" overlap on {when}; take the date out of the overtime' in faults[0].text


def test_no_overtime_can_be_called_wrong_while_a_holiday_cannot_be_read(
    faults_after: Callable[..., list[Fault]],
) -> None:
    late = LATE.format(day="thu", end="20:00", overtime="[]")
    own = ("breaks =", 'overtime = ["2026-10-01"]\nbreaks =')
    (fault,) = faults_after(
        ("[[line]]\n", late), BOTH, own, ('holidays = ["2026-10-01"]', 'holidays = ["1.10.2026"]')
    )
    assert fault.key == "site.holidays[0]"
