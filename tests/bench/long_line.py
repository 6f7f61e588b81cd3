"""A line of twelve links with a branch, working round the clock, and a year of orders on it: as a site folder."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

AFTER = ((), (0,), (0,), (1,), (2,), (3, 4), (5,), (6,), (7,), (8,), (9,), (10,))
"""The links before each link: one part becomes two, which are assembled."""
NOW = "2026-11-23T06:00:00+01:00"

_SITE = """\
version = 1

[site]
id = "long"
name = "Long line"
timezone = "Europe/Berlin"
"""
_SHIFT = """
[[shift]]
id = "{id}"
start = "{start}"
end = "{end}"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
breaks = ["{pause}"]
"""
_SHIFTS = (
    ("early", "06:00", "14:00", "10:00-10:30"),
    ("late", "14:00", "22:00", "18:00-18:30"),
    ("night", "22:00", "06:00", "02:00-02:30"),
)
_PRODUCT = """
[[product]]
id = "part{number}"
line = "long"
batch = {batch}
"""
_LINK = """
[[line.link]]
id = "link{number}"
name = "Link {number}"
after = [{after}]
per_hour = 60
transfer = "15min"
buffer = "60min"
shifts = ["early", "late", "night"]
"""
_STATION = """
[[station]]
id = "station-{number}-{copy}"
name = "Station {number}-{copy}"
link = "long/link{number}"
"""


def write_long_line(folder: Path, *, stations: int = 2) -> Path:
    """The site folder."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [_SITE]
    parts += [_SHIFT.format(id=id_, start=start, end=end, pause=pause) for id_, start, end, pause in _SHIFTS]
    parts.append('\n[[line]]\nid = "long"\nname = "Long line"\nship_buffer = "2h"\n')
    for number, links in enumerate(AFTER):
        after = ", ".join(f'"link{before}"' for before in links)
        parts.append(_LINK.format(number=number, after=after))
    parts += [_PRODUCT.format(number=number, batch=batch) for number, batch in enumerate((10, 20, 25))]
    parts += [
        _STATION.format(number=number, copy=copy) for number in range(len(AFTER)) for copy in range(stations)
    ]
    (folder / "site.toml").write_text("".join(parts), encoding="utf-8")
    return folder


def write_orders(path: Path, count: int) -> Path:
    """Orders of 40 to 100, due from ten days after NOW on at a pace of 10,000 a year."""
    random = Random(count)  # noqa: S311  # the same orders in each run, no secret
    now, minutes = datetime.fromisoformat(NOW), count * 365 * 24 * 60 // 10_000
    rows = ["order,line,product,quantity,due,customer,priority"]
    for number in range(count):
        due = now + timedelta(days=10, minutes=random.randrange(minutes))
        product, quantity = f"part{random.randrange(3)}", random.randrange(40, 101)
        rows.append(f"B-{number:05},long,{product},{quantity},{due.isoformat()},Customer {number % 50},100")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
