"""Editing the text of site.toml: what was asked for is read back, and nothing else is another byte."""

import tomllib
from collections.abc import Callable
from datetime import date, time
from fractions import Fraction
from pathlib import Path

import pytest

from shopfloor.instants import HOUR_MS, MINUTE_MS, NO_TIME, Duration, instant_from_text
from station_config import (
    AddDevice,
    AddStation,
    Change,
    SetLinkValues,
    SetShift,
    SetShipBuffer,
    SetSiteHolidays,
    SetStationOutages,
    SiteFaults,
    apply,
    check_text,
    load,
    placed,
)

Write = Callable[[str | bytes], Path]

UNUSUAL = '''\
# Made by hand.
version=1
site.id = "hz1"   # of the old plant
site.timezone = 'Asia/Shanghai'
line = [ { id = "shirts", link = [ { id = "cut", per_hour = 40.0, shifts = ["day"] } ] } ]

\t[[ shift ]]   # the only one
\tid = "day"
\tstart = 08:00:00
\tend='17:00'
\tdays = [
\t  "mon",  # from the first
\t  "tue" ]
\t# Lunch.
\tbreaks = [ "12:00-13:00", ] # as agreed

[[station]]
"id" = "cut-1"
link = "shirts/cut"

# The scanner of that station.
[[device]]
id = "scanner"
station = "cut-1"

# The second table.
[[station]]
id = "cut-2"
link = """\\
  shirts/cut"""
out_of_service = [ "2026-12-01T06:00/..", # the motor
]
# The end.'''

CHANGED = '''\
# Made by hand.
version=1
site.id = "hz1"   # of the old plant
site.timezone = 'Asia/Shanghai'
line = [ { id = "shirts", link = [ { id = "cut", per_hour = 45.5, shifts = ["day"], lead = "1h", transfer = "10min", buffer = "90min"} ], ship_buffer = "2h"} ]
site.holidays = ["2026-12-25", "2026-10-01"]

\t[[ shift ]]   # the only one
\tid = "day"
\tstart = "07:00"
\tend="16:00"
\tdays = [
\t  "mon",  # from the first
\t  "sat" ]
\t# Lunch.
\tbreaks = [ "11:00-12:00", ] # as agreed
\tovertime = ["2026-11-29"]

[[station]]
"id" = "cut-1"
link = "shirts/cut"
out_of_service = ["2026-12-02T06:00/2026-12-02T08:00"]

# The scanner of that station.
[[device]]
id = "scanner"
station = "cut-1"

# The second table.
[[station]]
id = "cut-2"
link = """\\
  shirts/cut"""
out_of_service = [ "2026-12-01T06:00/..", # the motor
  "2026-12-02T06:00/2026-12-02T08:00",
]

[[station]]
id = "cut-9"
name = "Table \\"9\\""
link = "shirts/cut"
# The end.'''  # noqa: E501  # the braces of the file make it long

OUT = "2026-12-02T06:00/2026-12-02T08:00"
EVERYTHING: tuple[Change, ...] = (
    SetSiteHolidays(("2026-12-25", "2026-10-01")),
    SetShift("day", "07:00", "16:00", ("mon", "sat"), ("11:00-12:00",), ("2026-11-29",)),
    SetLinkValues("shirts", "cut", per_hour="45.5", lead="1h", transfer="10min", buffer="90min"),
    SetShipBuffer("shirts", "2h"),
    SetStationOutages("cut-1", (OUT,)),
    AddStation("cut-9", "shirts/cut", 'Table "9"'),
)


def edited(text: str, *changes: Change) -> list[tuple[str, str]]:
    """The lines that differ, before and after; no line may come or go."""
    lines = list(zip(text.splitlines(), apply(text, changes).splitlines(), strict=True))
    return [(old, new) for old, new in lines if old != new]


def test_what_was_asked_for_is_read_back(good: str, tmp_path: Path) -> None:
    site = check_text(tmp_path, apply(good, EVERYTHING)).site
    shift, link, line = site.shifts["day"], site.lines["shirts"].link("cut"), site.lines["shirts"]
    assert site.holidays == {date(2026, 12, 25), date(2026, 10, 1)}
    assert (shift.start, shift.end, shift.days) == (time(7), time(16), {0, 5})
    assert (shift.breaks, shift.overtime) == (((time(11), time(12)),), {date(2026, 11, 29)})
    assert (link.per_hour, link.lead, link.transfer, link.buffer) == (
        Fraction(91, 2),
        Duration(HOUR_MS),
        Duration(10 * MINUTE_MS),
        Duration(90 * MINUTE_MS),
    )
    assert line.ship_buffer == Duration(2 * HOUR_MS)
    assert site.stations["cut-1"].out_of_service == (
        (instant_from_text(OUT[:16], site.zone), instant_from_text(OUT[17:], site.zone)),
    )
    assert (site.stations["cut-9"].name, site.stations["cut-9"].link) == ('Table "9"', "cut")


def test_a_file_in_unusual_forms_is_changed_where_it_stands(tmp_path: Path) -> None:
    check_text(tmp_path, UNUSUAL)
    text = apply(UNUSUAL, (*EVERYTHING, SetStationOutages("cut-2", ("2026-12-01T06:00/..", OUT))))
    assert text == CHANGED
    assert check_text(tmp_path, text).site.lines["shirts"].ship_buffer == Duration(2 * HOUR_MS)


SAME: tuple[Change, ...] = (
    SetSiteHolidays(()),
    SetShift("day", "08:00", "17:00", ("tue", "mon"), (" 12:00-13:00 ",), ()),
    SetLinkValues("shirts", "cut", per_hour="40", lead="", transfer="0min", buffer="0h"),
    SetLinkValues("shirts", "cut"),
    SetShipBuffer("shirts", ""),
    SetStationOutages("cut-1", ()),
    SetStationOutages("cut-2", ("2026-12-01T06:00+08:00/..",)),
)


@pytest.mark.parametrize("change", SAME)
def test_a_change_that_says_what_the_file_says_leaves_every_byte(change: Change) -> None:
    assert apply(UNUSUAL, [change]) == UNUSUAL


def test_line_ends_and_the_mark_of_utf8_stay(good: str, tmp_path: Path) -> None:
    text = "\ufeff" + good.replace("\n", "\r\n")
    after = apply(text, EVERYTHING)
    assert after == "\ufeff" + apply(good, EVERYTHING).replace("\n", "\r\n")
    assert check_text(tmp_path, after) == check_text(tmp_path, apply(good, EVERYTHING))


def test_a_file_that_ends_within_its_last_line_gets_a_key_more() -> None:
    assert apply('version = 1\n[site]\nid = "a"', [SetSiteHolidays(("2026-12-25",))]) == (
        'version = 1\n[site]\nid = "a"\nholidays = ["2026-12-25"]\n'
    )


def test_a_table_without_keys_gets_its_first() -> None:
    assert apply("[site] # ours", [SetSiteHolidays(("2026-12-25",))]) == (
        '[site] # ours\nholidays = ["2026-12-25"]\n'
    )


def test_only_the_line_of_a_changed_key_is_another(good: str) -> None:
    assert edited(good, SetLinkValues("shirts", "cut", per_hour="120", transfer="30min")) == [
        ("per_hour = 100", "per_hour = 120")
    ]
    assert edited(good, SetShift("day", start="08:00", end="16:30")) == [('end = "17:00"', 'end = "16:30"')]


def test_a_key_set_and_taken_back_leaves_the_text_as_it_was(good: str) -> None:
    there: list[Change] = [
        SetShift("day", overtime=("2026-11-28",)),
        SetLinkValues("shirts", "sew", buffer="1h"),
    ]
    back: list[Change] = [SetShift("day", overtime=()), SetLinkValues("shirts", "sew", buffer="")]
    assert apply(good, there) != good
    assert apply(apply(good, there), back) == good


def test_a_key_with_a_comment_stays_when_it_is_taken_back(good: str, tmp_path: Path) -> None:
    text = good.replace('transfer = "30min"', '# by lorry\ntransfer = "30min"')
    text = text.replace('["2026-10-01"]', '["2026-10-01"] # golden week')
    assert edited(text, SetLinkValues("shirts", "cut", transfer=""), SetSiteHolidays(())) == [
        ('holidays = ["2026-10-01"] # golden week', "holidays = [] # golden week"),
        ('transfer = "30min"', 'transfer = "0min"'),
    ]
    site = check_text(tmp_path, apply(text, [SetLinkValues("shirts", "cut", transfer="")])).site
    assert site.lines["shirts"].link("cut").transfer == NO_TIME


def test_dates_come_into_a_list_in_their_order() -> None:
    text = '[site]\nholidays = [\n  "2026-10-01", # golden week\n  2027-01-01,\n]\n'
    assert apply(text, [SetSiteHolidays(("2027-01-01", "2026-12-25", "2026-10-01"))]) == (
        '[site]\nholidays = [\n  "2026-10-01", # golden week\n  "2026-12-25",\n  2027-01-01,\n]\n'
    )


def test_many_dates_stand_on_lines_of_their_own() -> None:
    dates = tuple(f"2026-12-{day:02}" for day in range(20, 30))
    text = apply('[site]\r\nid = "a"\r\n', [SetSiteHolidays(dates)])
    assert text.count("\r\n") == text.count("\n") == 14
    assert tomllib.loads(text)["site"]["holidays"] == list(dates)


def test_a_station_comes_behind_the_last_one_or_into_the_list_in_braces(good: str) -> None:
    added = AddStation("sew-2", "shirts/sew")
    assert apply(good, [added]) == good.replace(
        'link = "shirts/sew"\n', 'link = "shirts/sew"\n\n[[station]]\nid = "sew-2"\nlink = "shirts/sew"\n'
    )
    assert apply('station = [ { id = "a" }, # first\n]', [added]) == (
        'station = [ { id = "a" }, # first\n  {id = "sew-2", link = "shirts/sew"},\n]'
    )
    assert apply("version = 1", [added]) == (
        'version = 1\n\n[[station]]\nid = "sew-2"\nlink = "shirts/sew"\n'
    )


def test_a_device_comes_behind_the_last_one_and_is_native_unless_told(good: str, tmp_path: Path) -> None:
    text = apply(good, [AddDevice(" scanner-08 ", "sew-1")])
    assert text == good.replace(
        'mode = "auto"\n', 'mode = "auto"\n\n[[device]]\nid = "scanner-08"\nstation = "sew-1"\n'
    )
    added = check_text(tmp_path, text).site.devices["scanner-08"]
    assert (added.station, added.profile) == ("sew-1", "native")
    for wrong in (AddDevice("scanner-07", "cut-1"), AddDevice("s", "cut-7"), AddDevice("n/o", "cut-1")):
        with pytest.raises(SiteFaults):
            check_text(tmp_path, apply(good, [wrong]))


def test_a_station_just_added_can_be_changed_at_once(good: str, tmp_path: Path) -> None:
    changes: list[Change] = [
        AddStation("sew-2", "shirts/sew"),
        SetStationOutages("sew-2", ("2026-12-01T06:00/..",)),
    ]
    assert check_text(tmp_path, apply(good, changes)).site.stations["sew-2"].out_of_service


def test_each_unknown_id_is_told_once_with_what_was_probably_meant(good: str) -> None:
    changes: list[Change] = [
        SetShift("dya", start="09:00"),
        SetShift("dya", end="18:00"),
        SetLinkValues("shirts", "night", buffer="1h"),
        SetLinkValues("pants", "cut"),
        SetStationOutages("cut-7", ()),
        SetShipBuffer("shirts", "3h"),
    ]
    with pytest.raises(SiteFaults) as raised:
        apply(good, changes)
    assert [str(fault) for fault in raised.value.faults] == [
        'site.toml: there is no shift "dya"; did you mean "day"?',
        'site.toml: there is no link "night" in the line "shirts"; choose "fabric", "cut" or "sew"',
        'site.toml: there is no line "pants"; choose "shirts"',
        'site.toml: there is no station "cut-7"; did you mean "cut-1"?',
    ]


@pytest.mark.parametrize(
    ("text", "change", "phrase"),
    [
        ("version = \n", SetSiteHolidays(()), "cannot be read"),
        ("version = 1\n", SetSiteHolidays(()), "there is no [site]"),
        ("site = 3\n", SetSiteHolidays(()), "there is no [site]"),
        ("shift = 3\n", SetShift("day"), 'there is no shift "day"; add it in site.toml'),
        ("shift = [3]\n", SetShift("day"), 'there is no shift "day"'),
        ("station = 3\n", AddStation("a", "b/c"), "station: is written in a way"),
        ("[station]\n", AddStation("a", "b/c"), "station: is written in a way"),
        ("[site.holidays]\n", SetSiteHolidays(("2026-12-25",)), "site.holidays: is written in a way"),
    ],
)
def test_a_text_that_cannot_be_changed_is_one_fault(text: str, change: Change, phrase: str) -> None:
    with pytest.raises(SiteFaults) as raised:
        apply(text, [change])
    (fault,) = raised.value.faults
    assert phrase in str(fault)


def test_what_the_reader_refuses_is_told_at_the_field_that_it_was_typed_into(
    good: str, tmp_path: Path
) -> None:
    shift = SetShift("day", start="8:00", breaks=("12:00-13:00", "noon"), overtime=("28.11.2026",))
    link = SetLinkValues("shirts", "sew", per_hour="fast", buffer="1 h")
    rateless = SetLinkValues("shirts", "cut", per_hour="")
    days, station = SetShift("day", days=()), AddStation("cut-1", "shirts/cat")
    changes: list[Change] = [
        shift,
        link,
        rateless,
        days,
        station,
        SetSiteHolidays(("1.1.",)),
        SetStationOutages("sew-1", ("now",)),
    ]
    text = apply(good, changes)
    with pytest.raises(SiteFaults) as raised:
        check_text(tmp_path, text)
    found = [(one.change, one.field) for one in placed(text, changes, raised.value.faults)]
    assert found == [
        (changes[5], "holidays"),
        (shift, "start"),
        (days, "days"),
        (shift, "breaks"),
        (shift, "overtime"),
        (rateless, "per_hour"),
        (link, "per_hour"),
        (link, "buffer"),
        (changes[6], "out_of_service"),
        (station, "id"),
        (station, "link"),
    ]


@pytest.mark.parametrize("rate", ["0", "0.0", "2000000", "012", "1e3", "-4", "6,5", "nan", ""])
def test_a_rate_that_is_refused_is_told_at_its_field(good: str, tmp_path: Path, rate: str) -> None:
    change = SetLinkValues("shirts", "sew", per_hour=rate)
    text = apply(good, [change])
    with pytest.raises(SiteFaults) as raised:
        check_text(tmp_path, text)
    assert [(one.change, one.field) for one in placed(text, [change], raised.value.faults)] == [
        (change, "per_hour")
    ]


def test_a_fault_of_another_key_belongs_to_no_field(good: str, tmp_path: Path) -> None:
    change = SetLinkValues("shirts", "sew", buffer="1h")
    text = apply(good.replace("batch = 20", "batch = 0"), [change])
    with pytest.raises(SiteFaults) as raised:
        check_text(tmp_path, text)
    (one,) = placed(text, [change, SetShift("gone")], raised.value.faults)
    assert (one.fault.key, one.change, one.field) == ("product[0].batch", None, "")


def test_a_text_is_checked_with_the_files_beside_it_and_not_written(write: Write, good: str) -> None:
    text = f'{good}[broker]\nusername = "a"\npassword_file = "pw"\n'
    folder = write(good)
    with pytest.raises(SiteFaults, match='there is no file "pw"'):
        check_text(folder, text)
    (folder / "pw").write_text("secret")
    assert check_text(folder, text).broker.password_file == folder / "pw"
    assert load(folder).broker.password_file is None
