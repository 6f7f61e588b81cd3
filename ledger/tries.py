"""Wrong PINs and codes, counted in the database: a restart forgets none, nobody is locked out for ever.

A device at which a person has logged in before has a count of its own with that person, so that strangers who guess
elsewhere do not keep the person out. All other devices share one count for the person. Beside that each device has
one for whoever is tried there.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from ledger.errors import RuleRefused
from ledger.people import Person, name_key
from ledger.store import Transaction
from shopfloor.instants import DAY_MS, SECOND_MS, Instant
from shopfloor.pins import DEVICE_FORGOTTEN_MS, FORGOTTEN_MS, device_wait_ms, wait_ms
from shopfloor.sentences import counted

KNOWN_MS = 90 * DAY_MS
"""A device is known to a person for so long after the last login."""
KEPT = 20_000
"""Counts that are kept, the latest; a guesser with many names must not fill the disk."""


class HasToWait(RuleRefused):
    """Too many wrong ones: the next is not even looked at before `until_at`."""

    def __init__(self, until_at: Instant, now: Instant) -> None:
        self.until_at = until_at
        self.wait_s = -(-(until_at - now) // SECOND_MS)
        super().__init__(
            counted(
                "too many wrong tries; wait %(n)s second and try again",
                "too many wrong tries; wait %(n)s seconds and try again",
                self.wait_s,
            )
        )


@dataclass(frozen=True, slots=True)
class _Count:
    """Where one kind of wrong tries is counted, and what stood there before."""

    kind: str
    name: str
    failures: int
    last_at: Instant


@dataclass(frozen=True, slots=True)
class Try:
    """One try, counted as wrong until it is settled: so a thousand at once are a thousand."""

    at: Instant
    device: str
    person: Person | None
    counts: tuple[_Count, ...]


def begin(tx: Transaction, device: str, who: str, person: Person | None) -> Try:
    """Count one try of a person at a device. HasToWait when it is too early."""
    known = person is not None and _is_known(tx, device, person)
    subject = f"name:{sha256(name_key(who).encode()).hexdigest()[:24]}" if person is None else str(person.id)
    own = ("pair", f"{device} {subject}") if known else ("person", subject)
    counts = [_count(tx, *own, forgotten_ms=FORGOTTEN_MS)]
    until_at = counts[0].last_at + wait_ms(counts[0].failures)
    if not known:  # whoever was here before does not wait for strangers at the same kiosk
        of_device = _count(tx, "device", device, forgotten_ms=DEVICE_FORGOTTEN_MS)
        counts.append(of_device)
        until_at = max(until_at, of_device.last_at + device_wait_ms(of_device.failures))
    if tx.now < until_at:
        raise HasToWait(until_at, tx.now)
    for each in counts:
        _put(tx, each.kind, each.name, each.failures + 1, tx.now)
    tx.run(
        "DELETE FROM tries WHERE last_at < (SELECT last_at FROM tries ORDER BY last_at DESC LIMIT 1 OFFSET ?)",
        (KEPT,),
    )
    return Try(tx.now, device, person, tuple(counts))


def succeeded(tx: Transaction, made: Try) -> None:
    """It was right: forget the wrong ones before it, and know the device from now on."""
    for each in made.counts:
        if each.kind == "device":  # one right PIN must not buy a guesser more tries at others
            tx.run(
                "UPDATE tries SET failures = MAX(0, failures - 1),"
                " last_at = CASE last_at WHEN ? THEN ? ELSE last_at END WHERE kind = ? AND name = ?",
                (made.at, each.last_at, each.kind, each.name),
            )
        else:
            tx.run("DELETE FROM tries WHERE kind = ? AND name = ?", (each.kind, each.name))
    if made.person is not None:
        tx.run(
            "INSERT INTO known_devices (device, person, at) VALUES (?, ?, ?)"
            " ON CONFLICT (device, person) DO UPDATE SET at = excluded.at",
            (made.device, made.person.id, tx.now),
        )
        tx.run("DELETE FROM known_devices WHERE at < ?", (tx.now - KNOWN_MS,))


def _is_known(tx: Transaction, device: str, person: Person) -> bool:
    row = tx.row("SELECT at FROM known_devices WHERE device = ? AND person = ?", (device, person.id))
    return row is not None and row["at"] >= tx.now - KNOWN_MS


def _count(tx: Transaction, kind: str, name: str, *, forgotten_ms: int) -> _Count:
    row = tx.row("SELECT failures, last_at FROM tries WHERE kind = ? AND name = ?", (kind, name))
    if row is None or tx.now - row["last_at"] >= forgotten_ms:
        return _Count(kind, name, 0, 0)
    return _Count(kind, name, row["failures"], min(row["last_at"], tx.now))


def _put(tx: Transaction, kind: str, name: str, failures: int, at: Instant) -> None:
    tx.run(
        "INSERT INTO tries (kind, name, failures, last_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (kind, name) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at",
        (kind, name, failures, at),
    )
