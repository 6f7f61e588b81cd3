"""Logins of people at browsers: rows that end by idleness, by age, at logout, with a new PIN, and when revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256

from ledger import audit, people
from ledger.people import Person
from ledger.store import Ledger, Transaction
from shopfloor.instants import HOUR_MS, MINUTE_MS, Instant

IDLE_MS = HOUR_MS
LONGEST_MS = 12 * HOUR_MS
SEEN_EVERY_MS = MINUTE_MS
"""A session's last use is written at most so often."""
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Session:
    """A login that is open."""

    token: str
    person: Person
    seen_at: Instant


def begin(tx: Transaction, person: Person, *, address: str, agent: str, before: str | None = None) -> str:
    """Open one under a new token, which is returned and kept nowhere; the browser's one before ends."""
    if before:
        tx.run("DELETE FROM sessions WHERE token_hash = ?", (token_hash(before),))
    tx.run("DELETE FROM sessions WHERE seen_at < ? OR began_at < ?", (tx.now - IDLE_MS, tx.now - LONGEST_MS))
    token = new_token()
    tx.run(
        "INSERT INTO sessions (token_hash, person, began_at, seen_at, address, agent) VALUES (?, ?, ?, ?, ?, ?)",
        (token_hash(token), person.id, tx.now, tx.now, address, agent[:LONGEST_TEXT]),
    )
    return token


def of_token(ledger: Ledger, token: str, now: Instant) -> Session | None:
    """The open session under a token."""
    row = ledger.row("SELECT * FROM sessions WHERE token_hash = ?", (token_hash(token),))
    if row is None or now - row["seen_at"] >= IDLE_MS or now - row["began_at"] >= LONGEST_MS:
        return None
    person = people.by_id(ledger, row["person"])
    if person is None or person.revoked_at is not None:
        return None
    return Session(token, person, row["seen_at"])


def used(ledger: Ledger, session: Session, now: Instant) -> None:
    """Somebody did something: the idle end moves on."""
    if now - session.seen_at < SEEN_EVERY_MS:
        return
    with ledger.write(now, tell=False) as tx:
        tx.run("UPDATE sessions SET seen_at = ? WHERE token_hash = ?", (now, token_hash(session.token)))


def end(tx: Transaction, session: Session, device: str) -> None:
    """Log out."""
    tx.run("DELETE FROM sessions WHERE token_hash = ?", (token_hash(session.token),))
    audit.note(tx, "logout", session.person.name, device=device)


def new_token() -> str:
    """256 bits that nobody guesses."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token: who reads the file cannot use it."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()


def csrf_of(token: str) -> str:
    """What a page of this login sends with each change: another site's page cannot know it."""
    return sha256(b"csrf:" + token.encode(errors="surrogatepass")).hexdigest()[:32]
