"""What changed between two configurations, as it is told to the people who confirm it and look it up later."""

from pathlib import Path

import pytest

from station_config import SiteFaults, check_text, differences

DIFFERENCES = [
    # what stands there, what is written instead, what is told
    ("batch = 20", "batch = 20 # same", []),
    ('"1h"', '"60min"', []),
    ('id = "hz1"', 'id = "hz1"\nname = "Hangzhou"', ["Site: name Hz1 -> Hangzhou"]),
    ('"Asia/Shanghai"', '"Asia/Tokyo"', ["Site: timezone Asia/Shanghai -> Asia/Tokyo"]),
    ('"2026-10-01"', '"2026-12-25"', ["Holidays: no longer 2026-10-01", "Holidays: also 2026-12-25"]),
    ('"08:00"', '"07:30"', ["Day shift: start 08:00 -> 07:30"]),
    ('["mon", "tue"]', '["tue", "sat"]', ["Day shift: days mon, tue -> tue, sat"]),
    ('breaks = ["12:00-13:00"]', "", ["Day shift: breaks 12:00-13:00 -> none"]),
    ("breaks =", 'overtime = ["2026-11-28"]\nbreaks =', ["Day shift: overtime on 2026-11-28"]),
    ('"1h"', '"3h30min"', ["Line Shirts: ship buffer 60min -> 3h30min"]),
    ("per_hour = 100", "per_hour = 7.5", ["Cut: per hour 100 -> 7.5"]),
    ("per_hour = 40", 'per_hour = 40\nbuffer = "90min"', ["Sew: buffer 0min -> 90min"]),
    ('lead = "3d"', 'lead = "4h"', ["Fabric: lead 3d -> 4h"]),
    ('after = ["cut"]', 'after = ["cut", "fabric"]', ["Sew: after cut -> cut, fabric"]),
    ("batch = 20", "batch = 25", ["Polo: batch 20 -> 25"]),
    ("{ cut = 90 }", "{ cut = 90, sew = 2.5 }", ["Polo: per hour cut 90 -> cut 90, sew 2.5"]),
    (
        'link = "shirts/cut"',
        'link = "shirts/cut"\nout_of_service = ["2026-11-24T08:00/..", "2026-11-20T06:00:30/2026-11-21T06:00"]',
        [
            "Cut-1: out of service 2026-11-20 06:00:30 - 2026-11-21 06:00",
            "Cut-1: out of service 2026-11-24 08:00 - until further notice",
        ],
    ),
    ('id = "sew-1"', 'id = "sew-2"', ["Sew-1: taken out", "Sew-2: new"]),
    ('mode = "auto"', 'mode = "in"', ["Device scanner-07: mode auto -> in"]),
    (
        'mode = "auto"',
        'mode = "auto"\n[agreement]\nroles = []',
        ["Agreement: roles sales, production, purchasing -> none"],
    ),
    (
        'mode = "auto"',
        'mode = "auto"\n[broker]\nhost = "hub"\n[web]\nport = 81\n[board]\nviewing_distance_m = 7.5',
        ["Broker: host none -> hub", "Web: port 8080 -> 81", "Board: viewing distance m 6 -> 7.5"],
    ),
    (
        'mode = "auto"',
        'mode = "auto"\n[ledger]\nkeep_months = 24',
        ["Ledger: keep months none -> 24"],
    ),
    (
        'mode = "auto"',
        'mode = "auto"\n[kiosk]\nscanner_prefix = "F8"',
        ["Kiosk: scanner prefix none -> F8"],
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), DIFFERENCES)
def test_a_difference_is_told_in_the_words_of_the_file(
    good: str, tmp_path: Path, old: str, new: str, told: list[str]
) -> None:
    assert good.count(old) == 1
    before, after = check_text(tmp_path, good), check_text(tmp_path, good.replace(old, new))
    assert list(differences(before, after)) == told


def test_what_ends_is_told_as_well(good: str, tmp_path: Path) -> None:
    stopped = good.replace('"shirts/cut"\n', '"shirts/cut"\nout_of_service = ["2026-11-24T08:00/.."]\n')
    overtime = stopped.replace("breaks =", 'overtime = ["2026-11-28"]\nbreaks =')
    assert differences(check_text(tmp_path, overtime), check_text(tmp_path, good)) == (
        "Day shift: no longer overtime on 2026-11-28",
        "Cut-1: no longer out of service 2026-11-24 08:00 - until further notice",
    )


def test_a_new_station_is_told_with_the_time_it_is_out_of_service(good: str, tmp_path: Path) -> None:
    station = '[[station]]\nid = "sew-2"\nlink = "shirts/sew"\nout_of_service = ["2026-11-24T08:00/.."]\n'
    assert differences(check_text(tmp_path, good), check_text(tmp_path, good + station)) == (
        "Sew-2: new",
        "Sew-2: out of service 2026-11-24 08:00 - until further notice",
    )


def test_links_of_several_lines_are_told_with_their_line(good: str, tmp_path: Path) -> None:
    pants = '[[line]]\nid = "pants"\n[[line.link]]\nid = "cut"\nkind = "milestone"\nshifts = ["day"]\n'
    two = check_text(tmp_path, good + pants)
    slower = check_text(tmp_path, (good + pants).replace("per_hour = 100", "per_hour = 80"))
    assert differences(two, slower) == ("Shirts, Cut: per hour 100 -> 80",)
    assert differences(check_text(tmp_path, good), two) == ("Line Pants: new",)


def test_no_difference_goes_untold(good: str, tmp_path: Path) -> None:
    """Each line of the file left out, one after the other: either both mean the same or something is told."""
    before = check_text(tmp_path, good)
    lines, sound = good.splitlines(keepends=True), 0
    for at in range(len(lines)):
        try:
            after = check_text(tmp_path, "".join(lines[:at] + lines[at + 1 :]))
        except SiteFaults:
            continue
        sound += 1
        assert bool(differences(before, after)) == (before != after), lines[at]
    assert sound > 10


def test_another_order_of_the_reasons_is_told(good: str, tmp_path: Path) -> None:
    reasons = '[[reason]]\nid = "previous"\nname = "P"\n', '[[reason]]\nid = "other"\nname = "O"\n'
    first, second = (check_text(tmp_path, good + "".join(some)) for some in (reasons, reasons[::-1]))
    assert differences(first, second) == ("Reasons: another order",)
