"""Kiosks that are enrolled to their stations, and the one-time codes by which they are: for setting a site up, too."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from ledger import audit, logins, tries
from ledger.errors import RuleRefused
from ledger.flags import LARGEST_NUMBER
from ledger.sessions import LONGEST_TEXT, new_token, token_hash
from ledger.store import Ledger, Transaction
from shopfloor.instants import DAY_MS, MINUTE_MS, Instant
from shopfloor.sentences import sentence

CODE_DIGITS = 8
CODE_MS = 10 * MINUTE_MS
SETUP_CODE_MS = DAY_MS
SEEN_EVERY_MS = 10 * MINUTE_MS
SETUP = "setup"
_KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A browser that is enrolled to a station."""

    id: int
    station: str
    enrolled_at: Instant
    enrolled_by: str
    address: str
    agent: str
    seen_at: Instant

    @property
    def device(self) -> str:
        """What it is called where tries are counted and logins are logged."""
        return f"kiosk:{self.id}"


class WrongCode(RuleRefused):
    """No such code, or it is too old, was used, or is another station's."""

    def __init__(self) -> None:
        super().__init__(
            sentence("that code is not valid here any more; take a new one and type it once more")
        )


def make_code(tx: Transaction, station: str, *, by: str) -> str:
    """A code that enrols one browser to a station within ten minutes; the station's one before is void."""
    code = _put_code(tx, _KIOSK, station, by, CODE_MS)
    audit.note(tx, "kiosk code made", station, by=by)
    return code


def make_setup_code(tx: Transaction) -> str:
    """A code by which another machine may register the first person; the one before is void."""
    return _put_code(tx, SETUP, "", "", SETUP_CODE_MS)


def enrol(
    ledger: Ledger, code: str, station: str, *, device: str, address: str, agent: str, now: Instant
) -> str:
    """Enrol a browser by a code; its token, which is kept nowhere. WrongCode; HasToWait after too many of them."""
    made_by = take_code(ledger, code, _KIOSK, station, device=device, now=now)
    with ledger.write(now, tell=False) as tx:
        return enrol_here(tx, station, by=made_by, address=address, agent=agent)


def enrol_here(tx: Transaction, station: str, *, by: str, address: str, agent: str) -> str:
    """Enrol the browser of somebody who may make codes; its token."""
    token = new_token()
    number = tx.insert(
        "INSERT INTO kiosks (token_hash, station, enrolled_at, enrolled_by, address, agent, seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (token_hash(token), station, tx.now, by, address, agent[:LONGEST_TEXT], tx.now),
    )
    audit.note(tx, "kiosk enrolled", station, by=by, device=f"kiosk:{number}", detail=address)
    return token


def take_code(ledger: Ledger, code: str, purpose: str, station: str, *, device: str, now: Instant) -> str:
    """Use a code up; who made it. Each wrong one is counted before it is looked at."""
    with ledger.write(now, tell=False) as tx:
        made = logins.begin_code(tx, device)
    with ledger.write(now, tell=False) as tx:
        row = tx.row(
            "SELECT made_by FROM one_time_codes WHERE code_hash = ? AND purpose = ? AND station = ? AND until_at > ?",
            (_code_hash(code), purpose, station, now),
        )
        if row is not None:
            tx.run("DELETE FROM one_time_codes WHERE code_hash = ?", (_code_hash(code),))
            tries.succeeded(tx, made)
            return str(row["made_by"])
        audit.note(tx, "wrong code", station or purpose, device=device)
    raise WrongCode


def of_token(ledger: Ledger, token: str) -> Kiosk | None:
    """The enrolment under a token, unless it was revoked."""
    row = ledger.row(f"{_SELECT} WHERE token_hash = ? AND revoked_at IS NULL", (token_hash(token),))
    return None if row is None else Kiosk(*row)


def enrolled(ledger: Ledger) -> list[Kiosk]:
    """All kiosks that are enrolled, by station."""
    return [Kiosk(*row) for row in ledger.rows(f"{_SELECT} WHERE revoked_at IS NULL ORDER BY station, id")]


def used(ledger: Ledger, kiosk: Kiosk, now: Instant) -> None:
    """It was seen; written at most every ten minutes."""
    if now - kiosk.seen_at < SEEN_EVERY_MS:
        return
    with ledger.write(now, tell=False) as tx:
        tx.run("UPDATE kiosks SET seen_at = ? WHERE id = ?", (now, kiosk.id))


def revoke(tx: Transaction, numbers: Collection[int], *, by: str) -> None:
    """Let kiosks do nothing any more. RuleRefused for one that is not enrolled."""
    for number in numbers:
        row = tx.row(
            "SELECT station FROM kiosks WHERE id = ? AND revoked_at IS NULL", (min(number, LARGEST_NUMBER),)
        )
        if row is None:
            raise RuleRefused(sentence("kiosk %(number)s is not enrolled any more", number=str(number)))
        tx.run("UPDATE kiosks SET revoked_at = ? WHERE id = ?", (tx.now, number))
        audit.note(tx, "kiosk revoked", row["station"], by=by, device=f"kiosk:{number}")


def _put_code(tx: Transaction, purpose: str, station: str, by: str, lasts_ms: int) -> str:
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    tx.run(
        "DELETE FROM one_time_codes WHERE until_at <= ? OR (purpose = ? AND station = ?)",
        (tx.now, purpose, station),
    )
    tx.run(
        "INSERT INTO one_time_codes (code_hash, purpose, station, made_by, until_at) VALUES (?, ?, ?, ?, ?)",
        (_code_hash(code), purpose, station, by, tx.now + lasts_ms),
    )
    return code


def _code_hash(code: str) -> str:
    return token_hash("".join(code.split()).replace("-", ""))


_SELECT = "SELECT id, station, enrolled_at, enrolled_by, address, agent, seen_at FROM kiosks"
