"""People of the ledger tests: registered with one PIN, and a comparison of PINs that costs nothing."""

from __future__ import annotations

from ledger import logins, people, pins
from ledger.people import NewPerson, Person
from shopfloor.rights import PersonRole
from tests.factory import Plant

PIN, OTHER = "402716", "918273"
PIN_HASH = pins.hashed(PIN)


def add(plant: Plant, name: str, *roles: PersonRole, **told: object) -> Person:
    with plant.ledger.write(plant.now) as tx:
        new = NewPerson(name, roles or ("operator",), **told)  # type: ignore[arg-type]  # the test's own words
        return people.add(tx, new, PIN_HASH, by="test")


def prove(plant: Plant, who: str, pin: str = PIN, device: str = "kiosk:1") -> Person:
    """With a comparison that costs nothing: what is counted is the same."""
    return logins.prove(
        plant.ledger,
        who,
        pin,
        device,
        now=plant.now,
        compare=lambda told, known: known is not None and told == PIN,
    )
