"""A sheet that was filled in by hand while everything was down: all its rows become facts with their times, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from ledger.drafts import By
from ledger.recorder import Recorder
from ledger.store import Ledger, Transaction
from shopfloor.instants import DAY_MS, Instant
from shopfloor.scans import Scan
from shopfloor.sentences import sentence
from shopfloor.site import Device

PAPER = "paper:"
"""Prefix of the source of what stood on paper at a station."""
LONGEST_BACK_MS = 31 * DAY_MS
"""As long as a device may keep what it could not send."""

Way = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One line of a sheet. `number` is its place on it, `at` the minute that was written."""

    number: int
    at: Instant
    way: Way
    code: str
    quantity: int | None = None
    """None: all of the batch."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a station's people wrote down."""

    station: str
    written_by: str
    rows: tuple[PaperRow, ...]


class SheetRefused(Exception):
    """Nothing of a sheet was recorded; a sentence by the number of each row that is at fault."""

    def __init__(self, faults: Mapping[int, str]) -> None:
        self.faults = dict(faults)
        super().__init__(sentence("%(count)s rows of the sheet are at fault", count=len(faults)))


def enter_sheet(ledger: Ledger, recorder: Recorder, sheet: Sheet, by: By, *, now: Instant) -> list[str]:
    """Record a sheet; the sentence of each row. SheetRefused; IdTaken.

    A row that was entered before, from whatever copy of the sheet, is the same row and changes nothing.
    """
    with ledger.write(now) as tx:
        detail = {"written_by": sheet.written_by, "rows": [_told(row) for row in sheet.rows]}
        before = by.said_before(tx, "sheet_entered")
        texts: list[str] = []
        faults: dict[int, str] = {}
        seen: dict[str, int] = {}
        for row in sorted(sheet.rows, key=lambda row: (row.at, row.number)):
            scan = _scan(sheet, row, now)
            fault = _never(row, scan, seen, now)
            if not fault:
                answer = recorder.put(tx, scan, Device(scan.device, station=sheet.station), _instant(row))
                fault = answer.text if answer.result == "refused" else ""
                texts.append(answer.text)
            if fault:
                faults[row.number] = fault
        if faults:
            raise SheetRefused(faults)
        if before is None:
            _note(tx, recorder, sheet, by, detail)
        return texts


def _note(tx: Transaction, recorder: Recorder, sheet: Sheet, by: By, detail: Mapping[str, object]) -> None:
    station = recorder.site.stations[sheet.station]
    tx.append(
        by.said(
            "sheet_entered",
            detail,
            unnamed=f"paper/{tx.sequence + 1}",
            station=station.id,
            link=f"{station.line}/{station.link}",
            quantity=len(sheet.rows),
        )
    )


def _never(row: PaperRow, scan: Scan, seen: dict[str, int], now: Instant) -> str:
    """Why a row cannot be recorded, whatever the record holds; empty when it may be."""
    if row.at > now:
        return sentence("that time has not come yet")
    if row.at < now - LONGEST_BACK_MS:
        return sentence("that is more than 31 days ago")
    first = seen.setdefault(str(scan.scan_id), row.number)
    return "" if first == row.number else sentence("says the same as row %(row)s", row=first)


def _instant(row: PaperRow) -> Instant:
    """Paper knows minutes: within one, rows happened in the order in which they were written."""
    return row.at + row.number


def _scan(sheet: Sheet, row: PaperRow, now: Instant) -> Scan:
    content = f"{sheet.station}\n{row.at}\n{row.way}\n{row.code.upper()}\n{row.quantity}"
    return Scan(
        f"{PAPER}{sheet.station}",
        row.code,
        now,
        scan_id=f"paper-{sha256(content.encode()).hexdigest()[:32]}",
        device_at=_instant(row),
        quantity=row.quantity,
        person=sheet.written_by,
        meant=row.way,
        declared="code",
    )


def _told(row: PaperRow) -> dict[str, object]:
    return {"at": row.at, "way": row.way, "code": row.code, "quantity": row.quantity}
