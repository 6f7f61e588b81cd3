"""The gateway killed at the two worst moments, without a ledger of ours: once on disk, and answered."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.broker_fixtures import RunningBroker
from tests.gateway.rig import Wire
from tests.waiting import wait_for

Start = Callable[[str], "subprocess.Popen[bytes]"]
SCRIPT = Path(__file__).with_name("gateway_process.py")
IDS = [f"a{number}" for number in range(20)]


@pytest.fixture
def start(broker: RunningBroker, tmp_path: Path) -> Iterator[Start]:
    """`start("before" | "after")`: where it holds while the file `hold` is there."""
    started: list[subprocess.Popen[bytes]] = []

    def start_one(when: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, SCRIPT, str(broker.port), tmp_path / "ledger", tmp_path / "hold", when]
        process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def wire(broker: RunningBroker) -> Iterator[Wire]:
    client = Wire(broker)
    client.listen("interlock/hz1/+/ack")
    client.listen("interlock/hz1/gateway/state")
    yield client
    client.close()


def recorded(folder: Path) -> list[str]:
    ledger = folder / "ledger"
    return ledger.read_text().split() if ledger.exists() else []


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_before_or_after_the_commit_each_scan_is_recorded_once_and_answered(
    when: str, start: Start, wire: Wire, tmp_path: Path
) -> None:
    (tmp_path / "hold").touch()
    process = start(when)
    wait_for(lambda: wire.heard, what="the gateway's birth")
    for scan_id in IDS:
        wire.send("scanner-07", {"id": scan_id, "code": "B7"})
    wait_for((tmp_path / "hold.reached").exists)
    process.kill()
    process.wait()
    assert bool(recorded(tmp_path)) == (when == "after")
    assert not wire.answers("scanner-07")
    wait_for(lambda: wire.heard[-1][1] == b'{"online":false}', what="the gateway's will")

    (tmp_path / "hold").unlink()
    start(when)
    wait_for(lambda: {said["id"] for said in wire.answers("scanner-07")} == set(IDS), 20)
    assert sorted(recorded(tmp_path)) == sorted(IDS)


def test_told_to_end_it_settles_what_is_in_hand(start: Start, wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    process = start("before")
    wait_for(lambda: wire.heard, what="the gateway's birth")
    wire.send("scanner-07", {"id": "a0", "code": "B7"})
    wait_for((tmp_path / "hold.reached").exists)
    process.terminate()
    (tmp_path / "hold").unlink()
    assert process.wait(10) == 0
    assert recorded(tmp_path) == ["a0"]
    wait_for(lambda: [said["id"] for said in wire.answers("scanner-07")] == ["a0"])
    wait_for(lambda: wire.heard[-1][1] == b'{"online":false}', what="the gateway's farewell")
