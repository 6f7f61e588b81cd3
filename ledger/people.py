"""The people who may act: added, given roles and badges, revoked. Names are unique: the record names by them."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # it picks the newest SQLite there is

from ledger import audit
from ledger.errors import RuleRefused
from ledger.flags import LARGEST_NUMBER
from ledger.store import Ledger, Row, Transaction
from shopfloor.codes import ALPHABET, badge_code, command_of
from shopfloor.instants import Instant
from shopfloor.pins import why_not_pin
from shopfloor.rights import PersonRole, Rights, in_order
from shopfloor.sentences import sentence

LONGEST_NAME = 60
LONGEST_BADGE = 80
_BADGES = len(ALPHABET) ** 6


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is registered."""

    id: int
    name: str
    rights: Rights
    language: str
    """A language's code; empty: the site's."""
    badge: str
    pin_is_new: bool
    """Somebody else chose the PIN."""
    revoked_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is told of somebody who is to be registered."""

    name: str
    roles: Collection[PersonRole]
    links: Collection[str] = ()
    language: str = ""
    badge: str = ""
    """Empty: a new one is made."""


def anybody(ledger: Ledger) -> bool:
    """Whether anybody is registered: then security is on, for good."""
    return ledger.row("SELECT 1 FROM people LIMIT 1") is not None


def anybody_in(path: Path) -> bool:
    """The same of a ledger that is not opened for it; False where there is none or it cannot be read."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM people LIMIT 1").fetchone() is not None
    except sqlite3.DatabaseError:  # an older ledger has no such table
        return False


def everybody(ledger: Ledger, *, revoked: bool = True) -> list[Person]:
    """All people by name."""
    rows = ledger.rows(f"{_SELECT} WHERE revoked_at IS NULL OR ? ORDER BY name_key", (revoked,))
    return [_person(row) for row in rows]


def by_id(reader: Ledger | Transaction, number: int) -> Person | None:
    """A person, revoked or not."""
    row = reader.row(f"{_SELECT} WHERE id = ?", (min(number, LARGEST_NUMBER),))
    return None if row is None else _person(row)


def find(reader: Ledger | Transaction, who: str) -> Person | None:
    """Who is meant by a name or a badge's code; nobody who was revoked."""
    row = reader.row(
        f"{_SELECT} WHERE revoked_at IS NULL AND (name_key = ? OR badge = ?)", (name_key(who), badge_key(who))
    )
    return None if row is None else _person(row)


def by_badge(reader: Ledger | Transaction, code: str) -> Person | None:
    """Whose badge it is; nobody who was revoked."""
    row = reader.row(f"{_SELECT} WHERE revoked_at IS NULL AND badge = ?", (badge_key(code),))
    return None if row is None else _person(row)


def pin_hash(reader: Ledger | Transaction, person: Person) -> str:
    """The hash of a person's PIN."""
    row = reader.row("SELECT pin_hash FROM people WHERE id = ?", (person.id,))
    return "" if row is None else str(row["pin_hash"])


def add(tx: Transaction, new: NewPerson, pin_hash: str, *, by: str, own_pin: bool = False) -> Person:
    """Register somebody. RuleRefused when the name or the badge is taken or cannot be used."""
    name = checked_name(new.name)
    roles = _checked_roles(new.roles, new.links)
    if tx.row("SELECT 1 FROM people WHERE name_key = ?", (name_key(name),)) is not None:
        raise RuleRefused(
            sentence("%(name)s is registered already; write the name so that it differs", name=name)
        )
    number = tx.insert(
        "INSERT INTO people (name, name_key, roles, links, language, badge, pin_hash, pin_is_new, added_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            name,
            name_key(name),
            " ".join(roles),
            " ".join(sorted(new.links)),
            new.language,
            _free_badge(tx, new.badge),
            pin_hash,
            not own_pin,
            tx.now,
        ),
    )
    audit.note(tx, "person added", name, by=by, detail=_told(roles, new.links))
    return _there(tx, number)


def set_roles(
    tx: Transaction, person: Person, roles: Collection[PersonRole], links: Collection[str], *, by: str
) -> None:
    """Give other roles. RuleRefused when no admin would be left."""
    checked = _checked_roles(roles, links)
    if "admin" not in checked:
        _keep_an_admin(tx, person)
    tx.run(
        "UPDATE people SET roles = ?, links = ? WHERE id = ?",
        (" ".join(checked), " ".join(sorted(links)), person.id),
    )
    audit.note(tx, "roles changed", person.name, by=by, detail=_told(checked, links))


def set_badge(tx: Transaction, person: Person, badge: str, *, by: str) -> str:
    """Another badge, a new one when empty: the one before is nobody's from now on."""
    code = _free_badge(tx, badge)
    tx.run("UPDATE people SET badge = ? WHERE id = ?", (code, person.id))
    audit.note(tx, "badge changed", person.name, by=by)
    return code


def set_pin(tx: Transaction, person: Person, pin_hash: str, *, by: str) -> None:
    """Another PIN; whoever set it knows it, so all other logins of the person end."""
    own = by == person.name
    tx.run("UPDATE people SET pin_hash = ?, pin_is_new = ? WHERE id = ?", (pin_hash, not own, person.id))
    _end_logins(tx, person)
    audit.note(tx, "PIN changed" if own else "PIN set", person.name, by=by)


def set_language(tx: Transaction, person: Person, language: str) -> None:
    """The language of the person's screens."""
    tx.run("UPDATE people SET language = ? WHERE id = ?", (language, person.id))


def revoke(tx: Transaction, person: Person, *, by: str) -> None:
    """Let somebody in no more, from now on and everywhere. The name stays taken: the record names it."""
    _keep_an_admin(tx, person)
    tx.run("UPDATE people SET revoked_at = ? WHERE id = ?", (tx.now, person.id))
    _end_logins(tx, person)
    tx.run(
        "UPDATE api_tokens SET revoked_at = ? WHERE person = ? AND revoked_at IS NULL", (tx.now, person.id)
    )
    audit.note(tx, "person revoked", person.name, by=by)


def admit_again(tx: Transaction, person: Person, pin_hash: str, *, by: str) -> None:
    """Let in again who was revoked, with a new PIN."""
    tx.run(
        "UPDATE people SET revoked_at = NULL, pin_hash = ?, pin_is_new = 1 WHERE id = ?",
        (pin_hash, person.id),
    )
    audit.note(tx, "person admitted again", person.name, by=by)


def checked_name(name: str) -> str:
    """A name as it is kept. RuleRefused when it cannot be one."""
    kept = " ".join(name.split())
    if not 1 <= len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise RuleRefused(
            sentence("a name has 1 to %(most)s characters that can be printed", most=LONGEST_NAME)
        )
    return kept


def checked_pin(pin: str) -> str:
    """A PIN that may be used. RuleRefused with the reason when it may not."""
    why_not = why_not_pin(pin)
    if why_not is not None:
        raise RuleRefused(why_not)
    return pin


def new_pin() -> str:
    """Six digits that nobody would try first."""
    while why_not_pin(pin := f"{secrets.randbelow(1_000_000):06d}") is not None:
        pass
    return pin


def name_key(name: str) -> str:
    """What is the same for names that a reader takes for one."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def badge_key(code: str) -> str:
    """A badge's code as it is kept: readers differ in capitals."""
    return code.strip().upper()


def _free_badge(tx: Transaction, wanted: str) -> str:
    """The code that was wanted, or a new one that cannot be foreseen."""
    code = badge_key(wanted)
    if len(code) > LONGEST_BADGE or not code.isprintable():
        raise RuleRefused(
            sentence("a badge's code has at most %(most)s characters that can be printed", most=LONGEST_BADGE)
        )
    if command_of(code) or tx.row("SELECT 1 FROM batches WHERE batch = ?", (code,)) is not None:
        raise RuleRefused(sentence("%(code)s is the code of a batch or a command; give another", code=code))
    while not code or tx.row("SELECT 1 FROM people WHERE badge = ?", (code,)) is not None:
        if wanted.strip():
            raise RuleRefused(sentence("the badge %(code)s is somebody's already; give another", code=code))
        code = badge_code(secrets.randbelow(_BADGES))
    return code


def _checked_roles(roles: Collection[PersonRole], links: Collection[str]) -> tuple[PersonRole, ...]:
    kept = in_order(roles)
    if not kept or len(kept) != len(set(roles)):
        raise RuleRefused(sentence("choose at least one role"))
    if "lead" in kept and not links:
        raise RuleRefused(sentence("a lead leads at least one link; choose it"))
    if links and "lead" not in kept:
        raise RuleRefused(sentence("links are those of a lead; give that role, or take the links out"))
    return kept


def _keep_an_admin(tx: Transaction, person: Person) -> None:
    if "admin" not in person.rights.roles:
        return
    others = tx.rows("SELECT roles FROM people WHERE revoked_at IS NULL AND id != ?", (person.id,))
    if not any("admin" in row["roles"].split() for row in others):
        raise RuleRefused(
            sentence("%(name)s is the only admin; make somebody else one before", name=person.name)
        )


def _end_logins(tx: Transaction, person: Person) -> None:
    tx.run("DELETE FROM sessions WHERE person = ?", (person.id,))
    tx.run(
        "UPDATE badged_in SET until_at = MIN(until_at, ?) WHERE person = ? AND until_at > ?",
        (tx.now, person.id, tx.now),
    )


def _there(tx: Transaction, number: int) -> Person:
    person = by_id(tx, number)
    if person is None:
        raise AssertionError("a person who was just added is there")
    return person


def _told(roles: Collection[str], links: Collection[str]) -> str:
    return ", ".join(roles) + (f" of {', '.join(sorted(links))}" if links else "")


def _person(row: Row) -> Person:
    rights = Rights(frozenset(in_order(row["roles"].split())), frozenset(row["links"].split()))
    return Person(
        row["id"],
        row["name"],
        rights,
        row["language"],
        row["badge"],
        bool(row["pin_is_new"]),
        row["revoked_at"],
    )


_SELECT = "SELECT id, name, roles, links, language, badge, pin_is_new, revoked_at FROM people"
