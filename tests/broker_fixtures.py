"""Real brokers for tests: Mosquitto and the embedded one, each with a port of its own."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from interlock.broker import EmbeddedBroker
from interlock.ports import free_port
from tests.provision import find_program, line_to_run
from tests.waiting import wait_for

HOST = "127.0.0.1"


class RunningBroker(Protocol):
    """What both offer: an address, and ways to go down and up again on it."""

    host: str
    port: int

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def restart(self) -> None: ...
    def signal(self, number: int) -> None: ...


def listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


class Mosquitto:
    """Debian's Mosquitto with its persistence in a folder, saved every second or as often as said."""

    def __init__(
        self,
        program: str,
        folder: Path,
        autosave_s: int = 1,
        *,
        port: int | None = None,
        secured: tuple[str, ...] = (),
    ) -> None:
        self.host, self.port = HOST, port or free_port()
        self._program, self._folder = program, folder
        self._process: subprocess.Popen[bytes] | None = None
        lines = [
            f"listener {self.port} {HOST}",
            *(secured or ("allow_anonymous true",)),
            "persistence true",
            f"persistence_location {folder}/",
            f"autosave_interval {autosave_s}",
            "max_queued_messages 100000",
            "set_tcp_nodelay true",
            *(["user root"] if os.geteuid() == 0 else []),  # else it gives up root and its folder with it
        ]
        self._config = folder / "mosquitto.conf"
        self._config.write_text("\n".join(lines) + "\n")

    @property
    def log(self) -> Path:
        return self._folder / "mosquitto.log"

    def start(self) -> None:
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen([self._program, "-c", self._config], stdout=log, stderr=log)
        wait_for(lambda: listens(self.port), what="Mosquitto")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def restart(self) -> None:
        self.stop()
        self.start()


class Embedded:
    """Our own broker, as `interlock run` starts it."""

    def __init__(self, folder: Path) -> None:
        self.host, self.port = HOST, free_port()
        self._broker = EmbeddedBroker(folder, HOST, self.port)

    def start(self) -> None:
        self._broker.start()

    def stop(self) -> None:
        self._broker.stop()

    def kill(self) -> None:
        if self._broker._child is not None:
            self._broker._child.kill()
            self._broker._child.wait()

    def signal(self, number: int) -> None:
        if self._broker._child is not None:
            self._broker._child.send_signal(number)

    def restart(self) -> None:
        self.stop()
        self.start()


@pytest.fixture
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    program = find_program("mosquitto")
    if program is None:
        pytest.skip(f"mosquitto is not here; to run it: {line_to_run('mosquitto')}")
    broker = Mosquitto(program, tmp_path_factory.mktemp("mosquitto"))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def embedded_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    broker = Embedded(tmp_path_factory.mktemp("site"))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture(params=[pytest.param("mosquitto", marks=pytest.mark.mosquitto), "embedded_broker"])
def broker(request: pytest.FixtureRequest) -> RunningBroker:
    """Each of the two in turn."""
    started: RunningBroker = request.getfixturevalue(request.param)
    return started
