"""Tablets that have reported: their numbers, and their own last words."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.store import Ledger, Row, Transaction
from shopfloor.instants import DAY_MS, Instant
from shopfloor.tablets import Tablet

STATION_DEVICE = "station:"
"""Prefix of the device name of a tap on a station's kiosk; with `/3` behind the station it was on tablet 3."""
KEPT_MS = 31 * DAY_MS
"""A tablet with nothing waiting that was not heard for so long is forgotten when another one comes; who only looked at
a kiosk after a day."""
_COLUMNS = (
    "tablet, station, number, first_at, heard_at, left_at, waiting, oldest_at, refused, next_seq,"
    " clock_offset_ms, followed_by"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a tablet says of itself whenever it reaches the server."""

    tablet: str
    station: str
    waiting: int = 0
    oldest_at: Instant | None = None
    refused: int = 0
    next_seq: int = 1
    clock_offset_ms: int | None = None
    leaving: bool = False
    before: str = ""
    """The key of the tablet that it was before it lost its memory."""
    before_next_seq: int = 1
    """The number that that one would have given next."""


def hear(ledger: Ledger, said: Said, now: Instant) -> int:
    """Keep a tablet's words; its number, a new one for a tablet that was never heard."""
    with ledger.write(now) as tx:
        known = tx.row(
            "SELECT number FROM tablets WHERE tablet = ? AND station = ?", (said.tablet, said.station)
        )
        if known is None:
            _forget(tx, now)
        number = int(known["number"]) if known else _next_number(tx)
        if known is None and said.before:
            tx.run(
                "UPDATE tablets SET followed_by = ?, next_seq = MAX(next_seq, ?) WHERE tablet = ? AND station = ?",
                (number, said.before_next_seq, said.before, said.station),
            )
        tx.run(
            f"INSERT INTO tablets ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"  # noqa: S608  # a constant
            " ON CONFLICT (tablet, station) DO UPDATE SET heard_at = excluded.heard_at, left_at = excluded.left_at,"
            " waiting = excluded.waiting, oldest_at = excluded.oldest_at, refused = excluded.refused,"
            " next_seq = MAX(next_seq, excluded.next_seq), clock_offset_ms = excluded.clock_offset_ms",
            (
                said.tablet,
                said.station,
                number,
                now,
                now,
                now if said.leaving else None,
                said.waiting,
                said.oldest_at,
                said.refused,
                said.next_seq,
                said.clock_offset_ms,
            ),
        )
    return number


def known_tablets(ledger: Ledger) -> list[Tablet]:
    """All tablets by number."""
    rows = ledger.rows(f"SELECT {_COLUMNS} FROM tablets ORDER BY number")  # noqa: S608  # a constant
    return [_tablet(row) for row in rows]


def last_numbers(ledger: Ledger) -> dict[str, int]:
    """By tablet, as a device, the highest of its numbers that has come."""
    rows = ledger.rows(
        "SELECT device, last_seq FROM devices WHERE last_seq IS NOT NULL AND device LIKE 'station:%'"
    )
    return {row["device"]: row["last_seq"] for row in rows}


def is_tablet(tx: Transaction, station: str, number: str) -> bool:
    """Whether a station has had the tablet of that number."""
    if not number.isdecimal() or len(number) > len(str(2**31)):
        return False
    row = tx.row("SELECT 1 FROM tablets WHERE station = ? AND number = ?", (station, int(number)))
    return row is not None


def _next_number(tx: Transaction) -> int:
    row = tx.row("SELECT IFNULL(MAX(number), 0) + 1 FROM tablets")
    return int(row[0]) if row else 1


def _forget(tx: Transaction, now: Instant) -> None:
    # The highest number stays: it must not be given again, since the record names it.
    tx.run(
        "DELETE FROM tablets WHERE (heard_at < ? OR (heard_at < ? AND next_seq = 1)) AND waiting = 0"
        " AND number < (SELECT MAX(number) FROM tablets)",
        (now - KEPT_MS, now - DAY_MS),
    )


def _tablet(row: Row) -> Tablet:
    return Tablet(*row)
