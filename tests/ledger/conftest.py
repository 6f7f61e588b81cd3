from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.checking import faults
from tests.factory import Plant, kept_whole, worked_order
from tests.ledger.flagging import Flagging
from tests.ledger.planners import Planners
from tests.ledger.recorded import joined_plant


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "site")
    plant.release(worked_order())
    yield plant
    plant.close()


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Plant]:
    """The worked line and one with a join, an order released on each."""
    with kept_whole(joined_plant(tmp_path / "site")) as plant:
        yield plant


@pytest.fixture
def planners(tmp_path: Path) -> Iterator[Planners]:
    """An empty floor on Monday 08:00; what was done on it is checked afterwards."""
    with kept_whole(Plant(tmp_path / "site")) as plant:
        yield Planners(plant)


@pytest.fixture
def flagging(plant: Plant) -> Iterator[Flagging]:
    """The worked order released; read models are compared with the events afterwards."""
    yield Flagging(plant)
    assert faults(plant.ledger) == []
