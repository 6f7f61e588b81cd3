"""A PIN is asked for and looked at: counted first, then compared outside the door, then settled and written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ledger import audit, people, tries
from ledger.audit import What
from ledger.errors import RuleRefused
from ledger.people import Person
from ledger.store import Ledger, Transaction
from ledger.tries import HasToWait, Try
from shopfloor.instants import Instant
from shopfloor.sentences import sentence

Compare: TypeAlias = Callable[[str, str | None], bool]
"""`pins.fits`, as the process runs it: it takes long and must hold up nobody."""


class WrongPin(RuleRefused):
    """There is no such person, or the PIN is another; which of the two is not told."""

    def __init__(self) -> None:
        super().__init__(sentence("that name and PIN do not belong together; try again"))


def prove(
    ledger: Ledger, who: str, pin: str, device: str, *, now: Instant, compare: Compare, what: What = "login"
) -> Person:
    """Who it is that tells a name or badge and the PIN at a device. WrongPin; HasToWait when it is too early."""
    person, pin_hash = people.find(ledger, who), None
    try:
        with ledger.write(now, tell=False) as tx:
            made = tries.begin(tx, device, who, person)
            if person is not None:
                pin_hash = people.pin_hash(tx, person)
    except HasToWait:
        _note_wait(ledger, _named(person), device, now)
        raise
    fits = compare(pin, pin_hash)  # many at once were all counted before the first is compared
    with ledger.write(now, tell=False) as tx:
        found = people.by_id(tx, person.id) if person is not None and fits else None
        if found is None or found.revoked_at is not None:
            audit.note(tx, "wrong PIN", _named(person), device=device)
        else:
            tries.succeeded(tx, made)
            audit.note(tx, what, found.name, device=device)
            return found
    raise WrongPin


def begin_code(tx: Transaction, device: str) -> Try:
    """Count one try of a one-time code at a device. HasToWait when it is too early."""
    return tries.begin(tx, device, f"code at {device}", None)


def _note_wait(ledger: Ledger, who: str, device: str, now: Instant) -> None:
    """Once for each time that somebody has to wait: refusals cost nothing, and must not push others out of the log."""
    what: What = "wrong PINs: has to wait"
    with ledger.write(now, tell=False) as tx:
        last = tx.row(
            "SELECT what FROM audit WHERE who = ? AND device = ? ORDER BY id DESC LIMIT 1", (who, device)
        )
        if last is None or last["what"] != what:
            audit.note(tx, what, who, device=device)


def _named(person: Person | None) -> str:
    """What was typed may be a PIN in the wrong field: only names that are registered are written down."""
    return "somebody unknown" if person is None else person.name
