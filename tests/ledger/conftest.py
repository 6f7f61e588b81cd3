from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factory import Plant, worked_order


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "site")
    plant.release(worked_order())
    yield plant
    plant.close()
