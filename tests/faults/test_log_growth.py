"""A reader that never ends lets the log grow: that is told, and ends with the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from ledger.store import Ledger
from tests.factory import Plant
from tests.web.conftest import services_of

ALARM_BYTES = 256 * 1024


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plant]:
    monkeypatch.setattr("ledger.store.LOG_KEPT_BYTES", ALARM_BYTES // 4)
    monkeypatch.setattr("kiosk.health.LOG_ALARM_BYTES", ALARM_BYTES)
    plant = Plant(tmp_path / "site")
    yield plant
    plant.close()


@pytest.fixture
def client(plant: Plant) -> FlaskClient:
    return create_app(services_of(plant)).test_client()


def log_bytes(client: FlaskClient) -> float:
    found = re.search(r"^interlock_log_bytes (\S+)$", client.get("/metrics").text, re.MULTILINE)
    assert found
    return float(found[1])


def write(plant: Plant, times: int) -> None:
    """What a gateway does: commit, and take the log up."""
    for _ in range(times):
        plant.now += 1
        plant.ledger.prove_writable(plant.now)
        plant.ledger.checkpoint()


def test_a_log_that_a_reader_keeps_from_being_taken_up_is_an_alarm(plant: Plant, client: FlaskClient) -> None:
    if "wal" not in plant.ledger.journal:
        return  # this SQLite has no log that could grow
    write(plant, 100)
    assert client.get("/healthy").json["alarms"] == []
    reader = Ledger(plant.folder / "ledger.db", checkpoints=False)
    with reader.snapshot():
        reader.rows("SELECT * FROM tallies")
        write(plant, 100)
        (alarm,) = client.get("/healthy").json["alarms"]
        assert "holds a reader of ledger.db open" in alarm
        assert log_bytes(client) > ALARM_BYTES
    write(plant, 2)
    assert client.get("/healthy").json["alarms"] == []
    assert log_bytes(client) <= ALARM_BYTES
    reader.close()
