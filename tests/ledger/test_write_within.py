"""A write inside another one is a part of it: committed with it, or undone alone."""

from __future__ import annotations

import pytest

from ledger.errors import RuleRefused
from tests.factory import Plant

NOW = 1_000


def marks(plant: Plant) -> list[str]:
    rows = plant.ledger.rows("SELECT name FROM tallies WHERE name LIKE 'mark-%' ORDER BY name")
    return [row["name"] for row in rows]


def mark(plant: Plant, name: str) -> None:
    with plant.ledger.write(NOW) as tx:
        tx.run("INSERT INTO tallies (name, value) VALUES (?, 1)", (f"mark-{name}",))


def test_it_is_committed_with_the_outer_one_and_told_once(plant: Plant) -> None:
    heard: list[int] = []
    plant.ledger.listeners.append(heard.append)
    with plant.ledger.write(NOW) as outer:
        mark(plant, "a")
        mark(plant, "b")
        with plant.ledger.write(NOW) as inner:
            assert inner is outer
    assert marks(plant) == ["mark-a", "mark-b"]
    assert len(heard) == 1


def test_what_it_raises_undoes_it_alone(plant: Plant) -> None:
    def fails() -> None:
        with plant.ledger.write(NOW) as tx:
            tx.run("INSERT INTO tallies (name, value) VALUES ('mark-lost', 1)")
            raise RuleRefused("no")

    with plant.ledger.write(NOW) as tx:
        mark(plant, "a")
        before = tx.sequence, tx.last_hash
        with pytest.raises(RuleRefused):
            fails()
        assert (tx.sequence, tx.last_hash) == before
        mark(plant, "b")
    assert marks(plant) == ["mark-a", "mark-b"]


def test_what_the_outer_one_raises_undoes_all(plant: Plant) -> None:
    def fails() -> None:
        with plant.ledger.write(NOW):
            mark(plant, "a")
            raise RuleRefused("no")

    with pytest.raises(RuleRefused):
        fails()
    assert marks(plant) == []
    mark(plant, "after")
    assert marks(plant) == ["mark-after"]
