"""The log of logins and of changes to who may do what: evidence beside the events, bounded, read a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ledger.store import Ledger, Transaction
from shopfloor.instants import Instant

KEPT = 50_000
"""The newest entries that are kept: a guesser must not fill the disk."""
PAGE = 50

What: TypeAlias = Literal[
    "set up",
    "login",
    "wrong PIN",
    "wrong PINs: has to wait",
    "logout",
    "badge in",
    "badge out",
    "PIN proved",
    "person added",
    "person admitted again",
    "person revoked",
    "roles changed",
    "badge changed",
    "PIN set",
    "PIN changed",
    "kiosk code made",
    "kiosk enrolled",
    "kiosk revoked",
    "wrong code",
    "token made",
    "token revoked",
]
SELF = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done, to whom or what, by whom, at which device."""

    id: int
    at: Instant
    what: str
    who: str
    by: str
    device: str
    detail: str


def note(
    tx: Transaction, what: What, who: str, *, by: str = SELF, device: str = "", detail: str = ""
) -> None:
    """Write one entry in the transaction of what it tells, and let the oldest go when there are too many."""
    number = tx.insert(
        "INSERT INTO audit (at, what, who, by_whom, device, detail) VALUES (?, ?, ?, ?, ?, ?)",
        (tx.now, what, who, by, device, detail),
    )
    tx.run("DELETE FROM audit WHERE id <= ?", (number - KEPT,))


def page(ledger: Ledger, before: int | None = None) -> list[Entry]:
    """The newest entries older than an id, at most a page."""
    rows = ledger.rows(
        "SELECT id, at, what, who, by_whom, device, detail FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
        (1 << 62 if before is None else before, PAGE),
    )
    return [Entry(*row) for row in rows]
