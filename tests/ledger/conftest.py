from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.checking import faults
from tests.factory import Plant, worked_order
from tests.ledger.flagging import Flagging
from tests.ledger.planners import Planners


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "site")
    plant.release(worked_order())
    yield plant
    plant.close()


@pytest.fixture
def planners(tmp_path: Path) -> Iterator[Planners]:
    """An empty floor on Monday 08:00; what was done on it is checked afterwards."""
    plant = Plant(tmp_path / "site")
    yield Planners(plant)
    assert faults(plant.ledger) == []
    plant.close()


@pytest.fixture
def flagging(plant: Plant) -> Iterator[Flagging]:
    """The worked order released; read models are compared with the events afterwards."""
    yield Flagging(plant)
    assert faults(plant.ledger) == []
