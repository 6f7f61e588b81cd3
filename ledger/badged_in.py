"""Who stands at a station: a badge that was read there, until the shift ends, nobody does anything, or a tap.

It is the station's, whichever of its readers read the badge; what matters there is proved with the PIN besides, and
that only at the kiosk where it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger import audit, people
from ledger.people import Person
from ledger.store import Ledger, Row, Transaction
from shopfloor.calendar_book import CalendarBook
from shopfloor.handoffs import Refusal
from shopfloor.instants import HOUR_MS, MINUTE_MS, Instant
from shopfloor.sentences import sentence
from shopfloor.site import Site

IDLE_MS = 30 * MINUTE_MS
LONGEST_MS = 12 * HOUR_MS
EARLY_MS = 30 * MINUTE_MS
"""Whoever comes so shortly before the shift ends comes for the next one."""
SEEN_EVERY_MS = MINUTE_MS
PROVED_MS = 5 * MINUTE_MS
"""A PIN counts so long at the kiosk where it was typed."""
KEPT_MS = 400 * 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class BadgedIn:
    """A person at a station."""

    id: int
    person: Person
    from_at: Instant
    until_at: Instant
    seen_at: Instant
    proved_at: Instant | None
    proved_on: str | None

    def proved(self, device: str, now: Instant) -> bool:
        """Whether the PIN was typed at this kiosk, and not long ago."""
        return self.proved_on == device and self.proved_at is not None and now - self.proved_at < PROVED_MS


class StationBadges:
    """Badging in at the stations of a site: what a recorder asks when a badge, or anything else, is read."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._calendars = CalendarBook(site)

    def knows(self, tx: Transaction, code: str) -> bool:
        """Whether a code is the badge of somebody who is registered."""
        return people.by_badge(tx, code) is not None

    def badge_in(
        self, tx: Transaction, station: str, code: str, at: Instant, *, device: str = ""
    ) -> str | Refusal:
        """Whoever's badge it is stands at the station from then on: the sentence that greets them, or why nobody does.

        One that was read while there was no network comes later with its own time, and may come again.
        """
        person = people.by_badge(tx, code)
        if person is None or station not in self._site.stations:
            return Refusal("badge", sentence("this badge is nobody's here; ask for one"))
        greeting = sentence("%(name)s is here", name=person.name)
        before = _row(tx, station, at)
        if before is not None and before["person"] == person.id and _still(before, at):
            _touch(tx, before, at)
            return greeting
        tx.run(
            "INSERT INTO badged_in (station, person, from_at, until_at, seen_at) VALUES (?, ?, ?, ?, ?)",
            (station, person.id, at, self._until(station, at), at),
        )
        tx.run("DELETE FROM badged_in WHERE from_at < ?", (tx.now - KEPT_MS,))
        audit.note(tx, "badge in", person.name, device=device, detail=station)
        return greeting

    def person_at(self, tx: Transaction, station: str, at: Instant) -> str | None:
        """Who did something at a station at an instant; that it was done is what keeps them there."""
        row = _row(tx, station, at)
        if row is None or not _still(row, at):
            return None
        _touch(tx, row, at)
        return str(row["name"])

    def _until(self, station: str, at: Instant) -> Instant:
        """The end of the shift, or of the next one for whoever comes early."""
        place = self._site.stations[station]
        calendar = self._calendars.of_link(self._site.lines[place.line], place.link, at)
        shift = calendar.shift_at(at)
        if shift is None or shift.end_at - at < EARLY_MS:
            shift = calendar.shift_at(at + EARLY_MS)
        latest = at + LONGEST_MS
        return latest if shift is None else min(latest, shift.end_at)


def who_is_at(ledger: Ledger, station: str, now: Instant) -> BadgedIn | None:
    """Who stands at a station."""
    row = _row(ledger, station, now)
    if row is None or not _still(row, now):
        return None
    person = people.by_id(ledger, row["person"])
    if person is None or person.revoked_at is not None:
        return None
    return BadgedIn(
        row["id"],
        person,
        row["from_at"],
        row["until_at"],
        row["seen_at"],
        row["proved_at"],
        row["proved_on"],
    )


def badge_out(tx: Transaction, station: str, *, device: str = "") -> None:
    """Nobody stands there any more."""
    row = _row(tx, station, tx.now)
    if row is not None and _still(row, tx.now):
        tx.run("UPDATE badged_in SET until_at = ? WHERE id = ?", (tx.now, row["id"]))
        audit.note(tx, "badge out", row["name"], device=device, detail=station)


def prove(tx: Transaction, badged: BadgedIn, device: str) -> None:
    """The PIN was right: it counts for a while from now."""
    tx.run("UPDATE badged_in SET proved_at = ?, proved_on = ? WHERE id = ?", (tx.now, device, badged.id))


def used(ledger: Ledger, badged: BadgedIn, now: Instant) -> None:
    """The person did something at the kiosk: the idle end moves on."""
    if now - badged.seen_at < SEEN_EVERY_MS:
        return
    with ledger.write(now, tell=False) as tx:
        tx.run("UPDATE badged_in SET seen_at = MAX(seen_at, ?) WHERE id = ?", (now, badged.id))


def _row(reader: Ledger | Transaction, station: str, at: Instant) -> Row | None:
    """The badge that was read last by then: whoever it is took the place of the one before."""
    return reader.row(
        "SELECT b.*, p.name FROM badged_in b JOIN people p ON p.id = b.person"
        " WHERE b.station = ? AND b.from_at <= ? ORDER BY b.from_at DESC, b.id DESC LIMIT 1",
        (station, at),
    )


def _still(row: Row, at: Instant) -> bool:
    return bool(at < row["until_at"] and at - row["seen_at"] < IDLE_MS)


def _touch(tx: Transaction, row: Row, at: Instant) -> None:
    if at - row["seen_at"] >= SEEN_EVERY_MS:
        tx.run("UPDATE badged_in SET seen_at = ? WHERE id = ?", (at, row["id"]))
