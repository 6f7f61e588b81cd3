"""The record does not depend on the order or the multiplicity in which scans arrive."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.checking import faults
from shopfloor.instants import MINUTE_MS, SECOND_MS
from tests.factory import Plant, china
from tests.ledger.recorded import CHAIN, JOIN, again, arriving, joined_plant, last_of, numbered, record, state

START = china("24 08:00")
MOVES = st.lists(
    st.tuples(
        st.sampled_from((*CHAIN, *JOIN)),
        st.integers(0, 2),
        st.one_of(st.integers(0, 20).map(lambda n: n * SECOND_MS), st.integers(0, 300).map(lambda n: n * MINUTE_MS)),
        st.sampled_from((None, None, None, None, 20, 19, 18, 21)),
    ),
    max_size=40,
)  # fmt: skip


def code_of(plant: Plant, device: str, batch: int) -> str:
    order = "A-1" if device in CHAIN else "G-1"
    return order if device == "scanner-steel" and not batch else plant.codes(order)[batch]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plant = joined_plant(tmp_path_factory.mktemp("template") / "site")
    plant.close()
    return plant.folder


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(MOVES, st.randoms(use_true_random=False))
def test_scans_in_any_order_and_multiplicity_are_recorded_as_once_in_order(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    moves: list[tuple[str, int, int, int | None]],
    chance: Random,
) -> None:
    folder = tmp_path_factory.mktemp("record")
    once, often = again(template, folder / "once"), again(template, folder / "often")
    try:
        scans = numbered([(d, code_of(once, d, batch), START + at, units) for d, batch, at, units in moves])
        record(once, scans)
        now = last_of(scans)
        for portion in arriving(scans, chance, now):
            record(often, portion, now)
        assert state(often) == state(once)
        assert faults(often.ledger) == []
        assert faults(once.ledger) == []
    finally:
        once.close()
        often.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("count", [1_500, pytest.param(10_000, marks=pytest.mark.faults_long)])
def test_thousands_of_scans_in_any_order_and_multiplicity_are_recorded_as_once_in_order(
    tmp_path: Path, count: int
) -> None:
    chance = Random(7)  # noqa: S311  # not for secrets
    batches = count // 25
    once, often = joined_plant(tmp_path / "once", batches), joined_plant(tmp_path / "often", batches)
    moves = []
    for order, devices in (("A-1", CHAIN), ("G-1", JOIN)):
        for code in once.codes(order):
            for _ in range(10):
                at = START + chance.randint(0, 4 * 24 * 60 * 60) * SECOND_MS
                moves.append((chance.choice(devices), code, at, chance.choice((None, None, None, 19))))
    moves += [
        (chance.choice((*CHAIN, *JOIN)), "NOSUCH", START + n * MINUTE_MS, None) for n in range(count // 5)
    ]
    scans = numbered([move for move in moves if move[0] != "scanner-steel" or chance.random() < 0.02])
    record(once, scans)
    now = last_of(scans)
    for portion in arriving(scans, chance, now):
        record(often, portion, now)
    assert state(often) == state(once)
    assert faults(often.ledger) == []
    once.close()
    often.close()
