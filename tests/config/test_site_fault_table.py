"""One fault at a time: where it is reported and what is said. The good site is in conftest.py."""

from collections.abc import Callable

import pytest

from station_config import Fault

END = 'mode = "auto"\n'
BREAKS = 'breaks = ["12:00-13:00"]\n'
CUT = 'link = "shirts/cut"\n'

FAULTS = [
    # what stands there, what is written instead, key, line, phrase
    ("version = 1", "version = 2", "version", 1, "write version = 1"),
    ("version = 1\n", "", "version", None, "is missing; write for example version = 1"),
    ("version = 1", "version = true", "version", 1, "true is not version 1"),
    ("version = 1\n", 'version = 1\ncolour = "red"\n', "colour", 2, "not a key at the top of the file"),
    ("timezone =", "timezon =", "site.timezon", 5, "did you mean timezone?"),
    ('"Asia/Shanghai"', '"Shanghai"', "site.timezone", 5, 'write timezone = "Asia/Shanghai"'),
    ('"Asia/Shanghai"', '"Asia"', "site.timezone", 5, '"Asia" is not a time zone'),
    ('"Asia/Shanghai"', "8", "site.timezone", 5, "8 is not a time zone"),
    ('"2026-10-01"', '"2026-02-30"', "site.holidays[0]", 6, "not a day of the calendar"),
    ('"2026-10-01"', '"1.10.2026"', "site.holidays[0]", 6, 'not a date; write for example "2026-12-25"'),
    ('["2026-10-01"]', '"2026-10-01"', "site.holidays", 6, 'write for example holidays = ["2026-10-01"]'),
    ('id = "hz1"', 'id = "HZ/1"', "site.id", 4, 'write id = "HZ-1"'),
    ('id = "hz1"\n', "", "site.id", 3, "is missing"),
    ('id = "hz1"', 'id = "hz#"', "site.id", 4, "an id (letters, digits, - and _"),
    ('"08:00"', '"8:00"', "shift[0].start", 10, 'write start = "08:00"'),
    ('"17:00"', '"24:00"', "shift[0].end", 11, 'write end = "00:00"'),
    ('"17:00"', '"25:00"', "shift[0].end", 11, "not a time of day"),
    ('"tue"]', '"Tuesday"]', "shift[0].days[1]", 12, 'write "tue"'),
    ('"tue"]', '"mon"]', "shift[0].days[1]", 12, "twice"),
    ('["mon", "tue"]', "[]", "shift[0].days", 12, "the list is empty"),
    ('days = ["mon", "tue"]\n', "", "shift[0].days", 8, "is missing"),
    ("12:00-13:00", "noon", "shift[0].breaks[0]", 13, 'write for example "12:00-13:00"'),
    ("12:00-13:00", "12:00 - 13:00", "shift[0].breaks[0]", 13, 'write "12:00-13:00"'),
    ("12:00-13:00", "12:00-12:00", "shift[0].breaks[0]", 13, "ends when it starts"),
    ("12:00-13:00", "16:30-17:30", "shift[0].breaks[0]", 13, "outside its shift 08:00-17:00"),
    ("12:00-13:00", "13:00-12:00", "shift[0].breaks[0]", 13, "outside its shift"),
    ('13:00"]', '13:00", "12:30-14:00"]', "shift[0].breaks[1]", 13, "overlaps the break 12:00-13:00"),
    ("12:00-13:00", "08:00-17:00", "shift[0].breaks", 13, "no working time"),
    ("[[shift]]", "[shift]", "shift", 8, "write [[shift]] in two brackets"),
    ('ship_buffer = "1h"', 'ship_buffer = "1 hour"', "line[0].ship_buffer", 17, 'write ship_buffer = "1h"'),
    ('ship_buffer = "1h"', "ship_buffer = 60", "line[0].ship_buffer", 17, "60 is not a duration"),
    ('ship_buffer = "1h"', 'ship_buffer = "1d12h"', "line[0].ship_buffer", 17, "in days alone"),
    ('lead = "3d"', 'lead = "400d"', "line[0].link[0].lead", 22, "up to a year"),
    ('lead = "3d"', 'laed = "3d"', "line[0].link[0].laed", 22, "did you mean lead?"),
    ('lead = "3d"', 'ship_buffer = "3h"', "line[0].link[0].ship_buffer", 22, "it belongs to [[line]]"),
    ('lead = "3d"', "per_hour = 4", "line[0].link[0].per_hour", 22, "a milestone delivers the whole order"),
    ('kind = "milestone"', 'kind = "milstone"', "line[0].link[0].kind", 21, 'write kind = "milestone"'),
    (
        "per_hour = 100",
        'per_hour = "fast"',
        "line[0].link[1].per_hour",
        28,
        '"fast" is not a number of units',
    ),
    ("per_hour = 100", "per_hour = 0", "line[0].link[1].per_hour", 28, "between 0.001 and 1000000"),
    ("per_hour = 100", "per_hour = -inf", "line[0].link[1].per_hour", 28, "not a number"),
    ("per_hour = 100", "per_hour = 1e99999999999999999999", "line[0].link[1].per_hour", 28, "not a number"),
    ("per_hour = 100\n", "", "line[0].link[1].per_hour", 25, "is missing"),
    ('["fabric"]', '["fabrik"]', "line[0].link[1].after[0]", 27, 'did you mean "fabric"?'),
    ('["fabric"]', "[4]", "line[0].link[1].after[0]", 27, "4 is not the id of a link"),
    ('["fabric"]', '["fabric", "sew"]', "line[0].link[1].after", 27, '"cut" comes after "sew"'),
    ('["fabric"]', '["cut", "fabric"]', "line[0].link[1].after", 27, "comes after itself"),
    ('["cut"]', '["fabric"]', "line[0].link", 19, 'ends in 2 links ("cut" and "sew")'),
    ('"3d"\nshifts = ["day"]', '"3d"', "line[0].link[0].shifts", 19, 'write for example shifts = ["day"]'),
    ('"3d"\nshifts = ["day"]', '"3d"\nshifts = []', "line[0].link[0].shifts", 23, "the list is empty"),
    ('"3d"\nshifts = ["day"]', '"3d"\nshifts = ["x"]', "line[0].link[0].shifts[0]", 23, 'no shift "x"'),
    ("per_hour = 40", "per_hour = 0.25", "line[0].link[2].per_hour", 35, "longer than a whole hour"),
    ('id = "polo"', 'id = "Polo Shirt"', "product[0].id", 39, 'write id = "Polo-Shirt"'),
    ('line = "shirts"', 'line = "pants"', "product[0].line", 40, 'there is no line "pants"; write "shirts"'),
    ("batch = 20", "batch = 2.5", "product[0].batch", 41, "a whole number of units, at least 1"),
    ("batch = 20", "batch = 0", "product[0].batch", 41, "0 is not a whole number"),
    ("batch = 20\n", "", "product[0].batch", 38, "is missing"),
    ("{ cut = 90 }", "{ cutt = 90 }", "product[0].per_hour.cutt", 42, 'did you mean "cut"?'),
    ("{ cut = 90 }", "{ fabric = 90 }", "product[0].per_hour.fabric", 42, "is a milestone"),
    ("{ cut = 90 }", "{ cut = 0.5 }", "product[0].per_hour.cut", 42, "a rate of at least 1"),
    ("{ cut = 90 }", "90", "product[0].per_hour", 42, "write for example per_hour = { cut = 40 }"),
    ('"shirts/cut"', '"shirts/cutt"', "station[0].link", 46, 'did you mean "shirts/cut"?'),
    ('"shirts/cut"', '"cut"', "station[0].link", 46, 'did you mean "shirts/cut"?'),
    ('"shirts/cut"', '"pants/cut"', "station[0].link", 46, 'there is no line "pants"'),
    ('"shirts/cut"', '"shirts"', "station[0].link", 46, "names a line and no link"),
    ('[[station]]\nid = "sew-1"\nlink = "shirts/sew"\n', "", "line[0].link[2].id", 33, "has no station"),
    ('id = "sew-1"', 'id = "cut-1"', "station[1].id", 49, "another station in line 45"),
    ('station = "cut-1"', 'station = "cut-7"', "device[0].station", 54, 'there is no station "cut-7"'),
    ('id = "scanner-07"', 'id = "event"', "device[0].id", 53, "write another id"),
    ('profile = "native"', 'profile = "morse"', "device[0].profile", 55, 'there is no profile "morse"'),
    ('mode = "auto"', 'mode = "input"', "device[0].mode", 56, 'write "auto", "in" or "out"'),
    (END, f'{END}[broker]\nhost = "mqtt://hub:1883"', "broker.host", 58, 'write host = "hub"'),
    (END, f"{END}[broker]\nport = 70000", "broker.port", 58, "between 1 and 65535"),
    (END, f'{END}[broker]\nevents = "some"', "broker.events", 58, 'write "all" or "none"'),
    (END, f'{END}[broker]\nevent_names = "yes"', "broker.event_names", 58, "not true or false; write for"),
    (END, f'{END}[broker]\nlisten = "all"', "broker.listen", 58, '"0.0.0.0"'),
    (END, f'{END}[broker]\nhost = "hub"\nlisten = "::"', "broker.listen", 59, "take one of the two out"),
    (
        END,
        f'{END}[broker]\nusername = "a"\npassword_file = "b"',
        "broker.password_file",
        59,
        'there is no file "b"',
    ),
    (
        BREAKS,
        f'{BREAKS}overtime = ["28.11.2026"]\n',
        "shift[0].overtime[0]",
        14,
        'write for example "2026-11-28"',
    ),
    (BREAKS, f'{BREAKS}overtime = "2026-11-28"\n', "shift[0].overtime", 14, 'overtime = ["2026-11-28"]'),
    (BREAKS, f'{BREAKS}overtme = ["2026-11-28"]\n', "shift[0].overtme", 14, "did you mean overtime?"),
    (
        CUT,
        f'{CUT}out_of_service = ["2026-11-24"]\n',
        "station[0].out_of_service[0]",
        47,
        "(start/end); write",
    ),
    (
        CUT,
        f'{CUT}out_of_service = ["2026-11-24 08:00 / 2026-11-25 17:00"]\n',
        "station[0].out_of_service[0]",
        47,
        'write "2026-11-24T08:00/2026-11-25T17:00"',
    ),
    (
        CUT,
        f'{CUT}out_of_service = ["2026-12-01T06:00/"]\n',
        "station[0].out_of_service[0]",
        47,
        'write "2026-12-01T06:00/.."',
    ),
    (
        CUT,
        f'{CUT}out_of_service = ["2026-11-24T08:00/2026-11-24T08:00"]\n',
        "station[0].out_of_service[0]",
        47,
        "does not end after its start",
    ),
    (
        CUT,
        f'{CUT}out_of_service = ["2026-02-30T08:00/.."]\n',
        "station[0].out_of_service[0]",
        47,
        "is not a time out of service",
    ),
    (CUT, f"{CUT}overtime = []\n", "station[0].overtime", 47, "it belongs to [[shift]]"),
    (END, f'{END}[agreement]\nroles = ["sale"]', "agreement.roles[0]", 58, 'write "sales"'),
    (
        END,
        f'{END}[agreement]\nroles = ["boss"]',
        "agreement.roles[0]",
        58,
        '"sales", "production" or "purchasing"',
    ),
    (END, f'{END}[agreement]\nroles = ["sales", "sales"]', "agreement.roles[1]", 58, "twice"),
    (END, f"{END}[agreement]\nrole = []", "agreement.role", 58, "did you mean roles?"),
    (END, f"{END}[web]\nport = 1883", "web.port", 58, "the broker listens on port 1883 already"),
    (END, f"{END}[[web]]\nport = 8080", "web", 57, "write [web]"),
    (END, f"{END}[board]\nviewing_distance_m = 31", "board.viewing_distance_m", 58, "between 1 and 30"),
    (END, f"{END}[ledger]\nkeep_months = 1", "ledger.keep_months", 58, "at least 2; write for example keep"),
    (
        END,
        f'{END}[ledger]\nkeep_months = "2 years"',
        "ledger.keep_months",
        58,
        "write for example keep_months = 24",
    ),
    (END, f"{END}[ledger]\nkeep = 24", "ledger.keep", 58, "not a key"),
    (END, f'{END}[kiosk]\nscanner_prefix = "f8"', "kiosk.scanner_prefix", 58, 'scanner_prefix = "F8"'),
    (END, f'{END}[kiosk]\nscanner_prefix = "F25"', "kiosk.scanner_prefix", 58, "a key from F1 to F24"),
    (END, f'{END}[access]\nwithout_login = "all"', "access.without_login", 58, '"reading" or "everything"'),
    (END, f'{END}[access]\nscan = "anybody"', "access.scan", 58, '"kiosk" or "badge"'),
    (END, f'{END}[access]\nread = "people"', "access.read", 58, "write one of without_login, scan"),
    (END, f'{END}[[reason]]\nid = "saw"\nname = "Saw"', "reason", 57, 'id = "previous"'),
    (END, f'{END}[[reason]]\nid = "previous"', "reason[0].name", 57, "is missing"),
    (END, f'{END}[[scrap_reason]]\nid = "torn"', "scrap_reason[0].name", 57, "is missing"),
]


@pytest.mark.parametrize(("old", "new", "key", "line", "phrase"), FAULTS)
def test_a_fault_is_told_once_with_its_key_its_line_and_what_to_write(
    faults_after: Callable[..., list[Fault]], old: str, new: str, key: str, line: int | None, phrase: str
) -> None:
    (fault,) = faults_after((old, new))
    assert (fault.file, fault.key, fault.line) == ("site.toml", key, line)
    assert phrase in fault.text


UNREADABLE = [
    ("version = \n", 1, "texts stand in quotes"),
    ("version = 1\n[site\n", 2, "close the header"),
    ('version = 1\n[site]\nname = "Plant\n', 3, "close the text"),
    ("version = 1\nversion = 1\n", 2, "take one out"),
    ('[shift]\nid = "a"\n[shift]\nid = "b"\n', 3, "tables of a list have two brackets"),
    ("version = 1\nsome words\n", 2, "write key = value"),
    ("holidays = [", 1, "close what is open"),
    ("a = " + "[" * 5000, None, "nested too deep"),
    ("a = 1" + "0" * 5000, None, "cannot be read"),
    (b'version = 1\nname = "M\xfcnchen"\n', 2, "save the file with the encoding UTF-8"),
]


@pytest.mark.parametrize(("text", "line", "phrase"), UNREADABLE)
def test_a_text_that_is_no_toml_is_one_fault_with_its_line(
    faults_in: Callable[..., list[Fault]], text: str | bytes, line: int | None, phrase: str
) -> None:
    (fault,) = faults_in(text)
    assert (fault.key, fault.line) == ("", line)
    assert phrase in fault.text


def test_a_fault_reads_as_file_line_key_and_sentence() -> None:
    fault = Fault("site.toml", 23, "line[0].link[2].per_hour", '"fast" is not a number of units per hour')
    assert str(fault) == 'site.toml:23: line[0].link[2].per_hour: "fast" is not a number of units per hour'
    assert str(Fault("site.toml", None, "", "there is no such file")) == "site.toml: there is no such file"
