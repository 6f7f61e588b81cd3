"""Logins end: after a while of nothing, after their longest time whatever is done, and with the person."""

from __future__ import annotations

import pytest

from ledger import sessions
from ledger.sessions import IDLE_MS, LONGEST_MS
from tests.factory import Plant
from tests.ledger.registered import add


@pytest.fixture
def token(plant: Plant) -> str:
    mei = add(plant, "Mei")
    with plant.ledger.write(plant.now) as tx:
        return sessions.begin(tx, mei, address="::1", agent="a browser")


def is_open(plant: Plant, token: str) -> bool:
    return sessions.of_token(plant.ledger, token, plant.now) is not None


def test_it_ends_after_a_while_of_nothing(plant: Plant, token: str) -> None:
    plant.now += IDLE_MS - 1
    assert is_open(plant, token)
    plant.now += 1
    assert not is_open(plant, token)


def test_it_ends_after_its_longest_time_whatever_is_done(plant: Plant, token: str) -> None:
    ends_at = plant.now + LONGEST_MS
    while plant.now + IDLE_MS // 2 < ends_at:
        plant.now += IDLE_MS // 2
        session = sessions.of_token(plant.ledger, token, plant.now)
        assert session is not None
        sessions.used(plant.ledger, session, plant.now)
    plant.now = ends_at - 1
    assert is_open(plant, token)
    plant.now = ends_at
    assert not is_open(plant, token)


def test_it_ends_with_a_person_who_is_revoked_however_that_was_written(plant: Plant, token: str) -> None:
    with plant.ledger.write(plant.now) as tx:
        tx.run("UPDATE people SET revoked_at = ?", (plant.now,))
    assert not is_open(plant, token)
