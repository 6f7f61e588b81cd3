"""What a tablet says of itself is kept: its number is its own, and what it has still to send is not forgotten."""

from __future__ import annotations

from ledger.tablets import KEPT_MS, Said, hear, known_tablets
from tests.factory import Plant


def test_a_number_that_was_given_is_never_taken_back(plant: Plant) -> None:
    for next_seq in (7, 3):  # a word that was overtaken on its way
        assert hear(plant.ledger, Said("key-1", "sew-1", next_seq=next_seq), plant.now) == 1
    (tablet,) = known_tablets(plant.ledger)
    assert tablet.next_seq == 7


def test_who_has_something_to_send_is_not_forgotten(plant: Plant) -> None:
    hear(plant.ledger, Said("key-1", "sew-1", waiting=1, next_seq=2), plant.now)
    hear(plant.ledger, Said("key-2", "sew-1", next_seq=2), plant.now)
    plant.now += KEPT_MS + 1
    for key in ("key-3", "key-4"):
        hear(plant.ledger, Said(key, "sew-1", next_seq=2), plant.now)
    assert [tablet.tablet for tablet in known_tablets(plant.ledger)] == ["key-1", "key-3", "key-4"]
