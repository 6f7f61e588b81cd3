"""Where own minutes came from: reasons, products and hours, each with the address of its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from kiosk.addresses import with_query
from kiosk.contexts.responsibility import Cause
from kiosk.services import Services
from ledger import delay_reading
from ledger.delay_reading import CauseSum
from shopfloor.sentences import sentence
from shopfloor.site import Line

SHOWN_CAUSES = 8
REPEATED = 2
"""Of so many orders a reason is one that repeats."""
PARTS_MARK = "parts"

_COLUMNS: Mapping[str, delay_reading.Cause] = {
    "reason": "reason",
    "product": "product",
    "hour": "planned_hour",
}
NO_REASON = "-"
"""In an address: nothing was answered."""
Because = tuple[delay_reading.Cause, str | int | None]


def causes_of(
    by: str,
    rows: list[CauseSum],
    name_of: Callable[[Any], str],
    chosen: Because | None,
    most: int = SHOWN_CAUSES,
) -> tuple[Cause, ...]:
    """The largest, each with the share that it has together with those before it."""
    total = sum(row.minutes for row in rows)
    sums = accumulate(row.minutes for row in rows)
    return tuple(
        Cause(
            name_of(row.cause),
            row.minutes,
            row.parts,
            address=only(by, NO_REASON if row.cause is None else str(row.cause)),
            percent=so_far * 100 // total,
            chosen=chosen == (_COLUMNS[by], row.cause),
        )
        for row, so_far in zip(rows[:most], sums, strict=False)
    )


def only(by: str, value: str) -> str:
    """The address of this page with the parts of one cause; without one, of all."""
    return with_query(PARTS_MARK if by else "", **{name: value if name == by else "" for name in _COLUMNS})


def because(causes: Mapping[str, str]) -> Because | None:
    """The one cause that an address asks for: reason, product or hour; None for all of them."""
    for name, column in _COLUMNS.items():
        value = causes.get(name, "")
        if name == "hour" and value.isascii() and value.isdecimal() and len(value) <= len("23"):
            return column, int(value)
        if value and name != "hour":
            return column, None if value == NO_REASON else value
    return None


def cause_name(services: Services, chosen: Because | None) -> str:
    """What the one cause that is shown is called; empty for all of them."""
    if chosen is None:
        return ""
    cause, value = chosen
    site = services.config.site
    if cause == "planned_hour":
        return hour_words(int(value or 0))
    if value is None:
        return sentence("no reason given")
    names = {reason.id: reason.name for reason in site.reasons}
    return names.get(str(value), str(value)) if cause == "reason" else site.product_name(str(value))


def measure_address(line: Line, link: str, row: CauseSum) -> str:
    """Where a countermeasure is made against a reason that came more than once; of the link that is shown."""
    if not link or row.cause is None or row.parts < REPEATED:
        return ""
    return f"/countermeasures?{urlencode({'line': line.id, 'link': link, 'reason': row.cause})}"


def hour_words(hour: int) -> str:
    """An hour of the day, for example 07-08."""
    return f"{hour:02d}-{(hour + 1) % 24:02d}"
