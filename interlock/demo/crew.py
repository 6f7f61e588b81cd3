"""The demo's people: one of each role, with PINs that everybody may know."""

from __future__ import annotations

from dataclasses import dataclass

from ledger import people, pins
from ledger.people import NewPerson, Person
from ledger.store import Ledger
from shopfloor.instants import Instant
from shopfloor.rights import PersonRole
from shopfloor.site import Line

BY = "interlock demo"
_CREW: tuple[tuple[str, str, PersonRole, str], ...] = (
    ("Grace Adler", "730416", "admin", ""),
    ("Sven Berg", "592083", "supervisor", "de"),
    ("Li Wei", "418207", "lead", "zh"),
    ("Nguyen Thi An", "206931", "operator", "vi"),
    ("Rosa Molina", "864025", "operator", "es"),
    ("Sam Hill", "951340", "sales", "en"),
    ("Petra Wolf", "307852", "production", "de"),
    ("Paul Chen", "645218", "purchasing", "zh"),
    ("Maria Cruz", "173906", "manager", "es"),
)


@dataclass(frozen=True, slots=True)
class CrewMember:
    """Somebody with the PIN that a visitor may use."""

    person: Person
    pin: str
    told: str


def settle_people(ledger: Ledger, line: Line, now: Instant) -> list[CrewMember]:
    """Register whoever is missing; a PIN that a visitor changed is what it was again."""
    crew = []
    for name, pin, role, language in _CREW:
        links = (
            tuple(f"{line.id}/{link.id}" for link in line.links if link.kind == "work")
            if role == "lead"
            else ()
        )
        known = {people.name_key(each.name): each for each in people.everybody(ledger)}
        before = known.get(people.name_key(name))
        if before is None:
            pin_hash = pins.hashed(pin)
            with ledger.write(now, tell=False) as tx:
                new = NewPerson(name, (role,), links, language)
                person = people.add(tx, new, pin_hash, by=BY, own_pin=True)
        else:
            person = before
            if person.revoked_at is not None or not pins.fits(pin, people.pin_hash(ledger, person)):
                pin_hash = pins.hashed(pin)
                with ledger.write(now, tell=False) as tx:
                    people.admit_again(tx, person, pin_hash, by=BY)
        crew.append(CrewMember(person, pin, f"{role}{' of every work centre' if links else ''}"))
    return crew
