"""The broker inside: it answers or says why not, and never outlives its parent."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.broker import BrokerFault, EmbeddedBroker
from interlock.ports import free_port
from tests.broker_fixtures import listens
from tests.waiting import wait_for

PARENT = """
import sys, signal
from pathlib import Path
from interlock.broker import EmbeddedBroker
broker = EmbeddedBroker(Path(sys.argv[1]), port=int(sys.argv[2]))
broker.start()
print(broker.pid, flush=True)
signal.pause()
"""


def test_it_answers_when_start_returns_and_is_gone_after_stop(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path, port=free_port()) as broker:
        assert broker.alive
        assert listens(broker.port)
        assert (tmp_path / "broker" / "broker.log").stat().st_size > 0
    assert not broker.alive
    assert broker.pid is None
    assert not listens(broker.port)
    broker.stop()


def test_it_starts_again_after_a_kill(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path, port=free_port())
    broker.start()
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    wait_for(lambda: not broker.alive)
    broker.start()
    assert broker.alive
    broker.stop()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            BrokerFault, match=f"cannot listen on 127.0.0.1:{port} .*in use.*: end the program"
        ):
            EmbeddedBroker(tmp_path, port=port).start()


def test_a_second_broker_on_the_same_site_is_refused(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path, port=free_port()) as first:
        second = EmbeddedBroker(tmp_path, port=free_port())
        with pytest.raises(BrokerFault, match=f"still running \\(process {first.pid}, "):
            second.start()
        assert first.alive
        assert not second.alive


def test_a_refused_start_leaves_the_running_brokers_files_alone(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path, port=free_port()) as first:
        config = (first.folder / "nats-server.conf").read_text()
        with pytest.raises(BrokerFault):
            EmbeddedBroker(tmp_path, port=free_port()).start()
        assert (first.folder / "nats-server.conf").read_text() == config


def test_a_wrong_users_file_is_told_with_the_brokers_own_words(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    (tmp_path / "broker" / "users.conf").write_text("nonsense {")
    broker = EmbeddedBroker(tmp_path, port=free_port())
    with pytest.raises(BrokerFault, match=r"ended at its start: .*users\.conf"):
        broker.start()
    assert not broker.alive


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BrokerFault, match="cannot be used: Not a directory"):
        EmbeddedBroker(tmp_path / "file", port=free_port()).start()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_it_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), str(port)], stdout=subprocess.PIPE, env=environment
    )
    assert parent.stdout is not None
    with parent.stdout:
        assert int(parent.stdout.readline()) > 0
    assert listens(port)
    parent.kill()
    parent.wait()
    wait_for(lambda: not listens(port), what="the end of the broker")
    with EmbeddedBroker(tmp_path, port=port) as next_one:
        assert next_one.alive
