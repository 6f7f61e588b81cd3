"""Events for other programs: CSV for spreadsheets, JSON Lines with every field, EPCIS 2.0 for partners."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from ledger.epcis import Epcis
from ledger.rebuilding import EventUnreadable, events
from ledger.store import Ledger, Row
from shopfloor.instants import Instant, instant_from_text, utc_text
from shopfloor.site import Site

FORMATS = ("csv", "jsonl", "epcis")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula; what a person typed must not become one."""


@dataclass(frozen=True, slots=True)
class Span:
    """Events that happened in [from_at, to_at); None is open."""

    from_at: Instant | None = None
    to_at: Instant | None = None

    def __contains__(self, row: Row) -> bool:
        at = instant_from_text(row["occurred_at"])
        return (self.from_at is None or self.from_at <= at) and (self.to_at is None or at < self.to_at)


def export(ledger: Ledger, site: Site, form: str, span: Span, out: IO[str], now: Instant) -> int:
    """Write the events of a span in the order of their sequence; how many there were. Memory stays bounded."""
    found = (row for row in events(ledger) if row in span)
    if form == "csv":
        return _csv(found, out)
    if form == "jsonl":
        return _json_lines(found, out)
    return _epcis(ledger, site, found, out, now)


def _csv(found: Iterator[Row], out: IO[str]) -> int:
    writer, count = csv.writer(out, lineterminator="\n"), 0
    for row in found:
        if not count:
            writer.writerow(row.keys())
        writer.writerow(map(_cell, tuple(row)))
        count += 1
    return count


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _json_lines(found: Iterator[Row], out: IO[str]) -> int:
    count = 0
    for row in found:
        with _readable(row):
            out.write(_json({**dict(row), "detail": json.loads(row["detail"])}) + "\n")
        count += 1
    return count


def _epcis(ledger: Ledger, site: Site, found: Iterator[Row], out: IO[str], now: Instant) -> int:
    """One document, written event by event."""
    mapping, count = Epcis(ledger, site), 0
    head, tail = _json(mapping.document(utc_text(now))).split('"eventList":[]')
    out.write(f'{head}"eventList":[')
    for row in found:
        with _readable(row):
            told = list(mapping.events_of(row))
        for event in told:
            out.write(",\n" if count else "\n")
            out.write(_json(event))
            count += 1
    out.write(f"\n]{tail}\n")
    return count


@contextmanager
def _readable(row: Row) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError) as fault:
        raise EventUnreadable(row["sequence"], repr(fault)) from None


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
