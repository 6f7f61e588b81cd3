"""The due of an orders file: what ISO 8601 and the spreadsheets of several countries write, never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from fractions import Fraction

from shopfloor.instants import Instant
from shopfloor.orders_cells import CellFault, shown
from shopfloor.sentences import sentence, text_of
from shopfloor.told_times import YEARS, NoTime, instant_of_told

EXAMPLE = "2026-11-25T17:00"

_DAY_ZERO = date(1899, 12, 30)
"""Of Excel's 1900 system, which counts a 29 February 1900; right from March 1900 on."""
_MINUTES_A_DAY = 1440
_DECIMALS_THAT_TELL_A_MINUTE = 4
_NOON = 12
_NO_DAY_LATER = 24

_YEAR_FIRST = r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
_YEAR_LAST = r"(?P<one>\d{1,2})(?P<mark2>[-/.])(?P<two>\d{1,2})(?P=mark2)(?P<year2>\d{4})"
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<half>[AP])\.?M\.?)?(?: ?(?P<offset>Z|[+-]\d{2}(?::?\d{2})?))?"
)
_DUE = re.compile(rf"(?:{_YEAR_FIRST}|{_YEAR_LAST})(?:(?:,? |T){_TIME})?", re.ASCII | re.IGNORECASE)
_SERIAL = re.compile(r"(\d{5,6})(?:[.,](\d{1,17}))?", re.ASCII)
_OTHER_ISO = re.compile(
    r"\d{4}(?:-?\d{2}-?\d{2}|-?W\d{2}-?\d)T[\d:.,]{2,18}(?:Z|[+-][\d:]{2,6})?", re.ASCII | re.IGNORECASE
)
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}(?:\D.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class DateOrder:
    """Whether 03/04/2026 is in April or in March: the first row that only the one or the other fits."""

    day_first: int | None = None
    month_first: int | None = None


def date_order(dues: Iterable[tuple[int, str]]) -> DateOrder:
    """What the dues of a whole file, each with its row, say about dates with slashes or dashes."""
    first: dict[str, int] = {}
    for row, text in dues:
        if (found := _DUE.fullmatch(_on_one_line(text))) and found["year2"] and found["mark2"] != ".":
            by_day, by_month = _both(found)
            if by_day and not by_month:
                first.setdefault("day", row)
            elif by_month and not by_day:
                first.setdefault("month", row)
    return DateOrder(first.get("day"), first.get("month"))


def due(text: str, zone: tzinfo, order: DateOrder) -> Instant:
    """The instant of a due; without an offset it is wall time of the zone, the first pass of a repeated hour.

    Raises CellFault for a date without a time, for one of two meanings and for a time that the clock skips.
    """
    if not text:
        raise CellFault(sentence("it is empty; write a date and time like %(example)s.", example=EXAMPLE))
    text = _on_one_line(text)
    try:
        moment = _moment(text, order)
    except (ValueError, OverflowError):
        raise _unreadable(text) from None
    try:
        return instant_of_told(moment, zone)
    except NoTime as fault:
        raise CellFault(sentence("%(written)s %(what)s.", written=shown(text), what=text_of(fault))) from None


def _on_one_line(text: str) -> str:
    return " ".join(text.split())  # spreadsheets put a narrow blank before PM


def _unreadable(text: str) -> CellFault:
    if _SHORT_YEAR.fullmatch(text):
        return CellFault(
            sentence(
                "%(written)s has a year of two digits; write all four, like %(example)s.",
                written=shown(text),
                example=EXAMPLE,
            )
        )
    return CellFault(
        sentence(
            "%(written)s is not a date and time; write it like %(example)s.",
            written=shown(text),
            example=EXAMPLE,
        )
    )


def _moment(text: str, order: DateOrder) -> datetime:
    """Naive when it is wall time. Raises CellFault, or ValueError for what is no date or no time."""
    if serial := _SERIAL.fullmatch(text):
        return _from_serial(text, int(serial[1]), serial[2] or "")
    found = _DUE.fullmatch(text)
    if not found:
        if _OTHER_ISO.fullmatch(text):
            return datetime.fromisoformat(text.upper())
        raise ValueError(text)
    on = _date(text, found, order)
    if not found["hour"]:
        raise CellFault(
            sentence(
                "%(written)s has no time of day; write it too, like %(on)s.", written=shown(text), on=_iso(on)
            )
        )
    if on.year not in YEARS:
        return datetime.combine(on, time())
    if int(found["hour"]) == _NO_DAY_LATER:
        after = on + timedelta(days=1)
        raise CellFault(
            sentence(
                "%(written)s: a day ends before 24:00; write %(after)sT00:00 for its very end.",
                written=shown(text),
                after=after,
            )
        )
    return datetime.combine(on, _time(found))


def _date(text: str, found: re.Match[str], order: DateOrder) -> date:
    if found["year"]:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    by_day, by_month = _both(found)
    if found["mark2"] == ".":
        by_month = None  # no country writes the month first with points
    elif by_day != by_month:
        if order.day_first is not None and order.month_first is not None:
            rows = sentence(
                "row %(day_first)s has the day first and row %(month_first)s the month",
                day_first=str(order.day_first),
                month_first=str(order.month_first),
            )
            raise CellFault(
                sentence(
                    "%(written)s is not clear, since %(rows)s; write it like %(by_day)s.",
                    written=shown(text),
                    rows=rows,
                    by_day=_iso(by_day or by_month),
                )
            )
        if order.day_first is not None:
            by_month = None
        elif order.month_first is not None:
            by_day = None
        elif by_day and by_month:
            either = sentence(
                "%(by_day)s or %(by_month)s, and no row of the file tells which",
                by_day=str(by_day),
                by_month=str(by_month),
            )
            raise CellFault(
                sentence(
                    "%(written)s may be %(either)s; write it like %(by_day)s.",
                    written=shown(text),
                    either=either,
                    by_day=_iso(by_day),
                )
            )
    on = by_day or by_month
    if on is None:
        raise ValueError(text)
    return on


def _iso(on: date | None) -> str:
    return f"{on}T17:00" if on else EXAMPLE


def _both(found: re.Match[str]) -> tuple[date | None, date | None]:
    """The date with its day first, and with its month first; None where there is no such day."""
    one, two, year = int(found["one"]), int(found["two"]), int(found["year2"])
    return _date_or_none(year, two, one), _date_or_none(year, one, two)


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(found: re.Match[str]) -> time:
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= _NOON:
            raise ValueError(found[0])
        hour = hour % _NOON + (_NOON if found["half"] in "Pp" else 0)
    microsecond = int((found["fraction"] or "")[:6].ljust(6, "0"))
    return time(hour, int(found["minute"]), int(found["second"] or 0), microsecond, _offset(found["offset"]))


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:  # noqa: PLR2004  # minutes of an hour
        raise ValueError(text)
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _from_serial(text: str, days: int, decimals: str) -> datetime:
    """Days since 1899-12-30 and a fraction of a day, to the minute.

    Fewer than four decimals do not tell the minute, unless they are eighths of a day, which are whole hours.
    """
    on = _DAY_ZERO + timedelta(days=days)
    if on.year not in YEARS:
        return datetime.combine(on, time())
    part = Fraction(int(decimals or "0"), 10 ** len(decimals))
    minutes = round(part * _MINUTES_A_DAY)
    moment = datetime.combine(on, time()) + timedelta(minutes=minutes)
    if minutes in (0, _MINUTES_A_DAY):
        raise CellFault(
            sentence(
                "%(written)s is the date %(on_day)s alone; write the time too, like %(on)s.",
                written=shown(text),
                on_day=moment.date().isoformat(),
                on=_iso(on),
            )
        )
    if len(decimals) < _DECIMALS_THAT_TELL_A_MINUTE and (part * 8).denominator != 1:
        instead = moment.isoformat(timespec="minutes")
        raise CellFault(
            sentence(
                "%(written)s has too few decimals to tell the minute; write it like %(instead)s.",
                written=shown(text),
                instead=instead,
            )
        )
    return moment
