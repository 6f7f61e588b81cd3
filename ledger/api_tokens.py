"""Bearer tokens of programs: each acts for a person, with that person's rights or fewer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ledger import audit, people
from ledger.errors import RuleRefused
from ledger.flags import LARGEST_NUMBER
from ledger.people import Person
from ledger.sessions import new_token, token_hash
from ledger.store import Ledger, Row, Transaction
from shopfloor.instants import HOUR_MS, Instant
from shopfloor.rights import ACTIONS, Action
from shopfloor.sentences import sentence

PREFIX = "interlock_"
"""So that scanners of source code find one that was left there."""
SEEN_EVERY_MS = HOUR_MS
LONGEST_NAME = 60
MOST = 20
"""Of one person."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What a program may do in whose name; without `actions` all that the person may."""

    id: int
    name: str
    person: Person
    actions: frozenset[Action]
    made_at: Instant
    seen_at: Instant | None

    def allows(self, action: Action) -> bool:
        """Whether the token is made for an action; the person's roles have to allow it, too."""
        return not self.actions or action in self.actions


def make(tx: Transaction, person: Person, name: str, actions: Collection[Action], *, by: str) -> str:
    """A new token, which is shown this once. RuleRefused without a name, or with too many."""
    kept = " ".join(name.split())
    if not 1 <= len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise RuleRefused(
            sentence("say which program the token is for, in at most %(most)s characters", most=LONGEST_NAME)
        )
    row = tx.row("SELECT COUNT(*) FROM api_tokens WHERE person = ? AND revoked_at IS NULL", (person.id,))
    if row is not None and row[0] >= MOST:
        raise RuleRefused(
            sentence("%(name)s has %(most)s tokens; revoke one before", name=person.name, most=MOST)
        )
    token = PREFIX + new_token()
    tx.run(
        "INSERT INTO api_tokens (token_hash, person, name, actions, made_at) VALUES (?, ?, ?, ?, ?)",
        (token_hash(token), person.id, kept, " ".join(sorted(set(actions))), tx.now),
    )
    audit.note(tx, "token made", person.name, by=by, detail=kept)
    return token


def of_token(ledger: Ledger, token: str) -> ApiToken | None:
    """The token's rights, unless it or its person was revoked."""
    row = ledger.row(f"{_SELECT} WHERE token_hash = ? AND revoked_at IS NULL", (token_hash(token),))
    found = None if row is None else _token(ledger, row)
    return None if found is None or found.person.revoked_at is not None else found


def of_person(ledger: Ledger, person: Person) -> list[ApiToken]:
    """A person's tokens that are in use, the oldest first."""
    rows = ledger.rows(f"{_SELECT} WHERE person = ? AND revoked_at IS NULL ORDER BY id", (person.id,))
    return [found for row in rows if (found := _token(ledger, row)) is not None]


def used(ledger: Ledger, token: ApiToken, now: Instant) -> None:
    """It was used; written at most once an hour."""
    if token.seen_at is not None and now - token.seen_at < SEEN_EVERY_MS:
        return
    with ledger.write(now, tell=False) as tx:
        tx.run("UPDATE api_tokens SET seen_at = ? WHERE id = ?", (now, token.id))


def revoke(tx: Transaction, person: Person, number: int, *, by: str) -> None:
    """Take a token back. RuleRefused when it is none of the person's."""
    row = tx.row(
        "SELECT name FROM api_tokens WHERE id = ? AND person = ? AND revoked_at IS NULL",
        (min(number, LARGEST_NUMBER), person.id),
    )
    if row is None:
        raise RuleRefused(sentence("%(name)s has no such token any more", name=person.name))
    tx.run("UPDATE api_tokens SET revoked_at = ? WHERE id = ?", (tx.now, number))
    audit.note(tx, "token revoked", person.name, by=by, detail=row["name"])


def _token(ledger: Ledger, row: Row) -> ApiToken | None:
    person = people.by_id(ledger, row["person"])
    if person is None:
        return None
    actions = frozenset(action for action in ACTIONS if action in row["actions"].split())
    return ApiToken(row["id"], row["name"], person, actions, row["made_at"], row["seen_at"])


_SELECT = "SELECT id, name, person, actions, made_at, seen_at FROM api_tokens"
