"""The embedded broker's locks while it runs: switched on, added to, taken back, through TLS, and when it hangs."""

from __future__ import annotations

import os
import select
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.device import ScannerClient
from gateway.sockets import holds_more
from gateway.tls import Tls, TlsFault
from interlock.broker import PROBES_MISSED, EmbeddedBroker
from interlock.plant import Plant
from interlock.ports import free_port
from interlock.violations import Violation, ViolationLog, topic_of
from tests.broker_fixtures import HOST, listens
from tests.factory import WORKED_SITE
from tests.gateway.rig import MemoryLedger, RunningGateway
from tests.secured_site import SITE, SecuredSite, ack_topic, add_device, run, scan_topic
from tests.waiting import wait_for


class Running:
    """A broker that is looked after as `interlock run` does, and its gateway."""

    def __init__(self, site: SecuredSite) -> None:
        self.site = site
        self.ledger = MemoryLedger()
        self.broker = site.embedded()
        self.broker.start()
        self.gateway = RunningGateway(site.address(), self.ledger).start()

    def close(self) -> None:
        self.gateway.stop()
        self.broker.stop()

    def until(self, condition: Callable[[], bool], what: str) -> None:
        def tended() -> bool:
            self.broker.tend()
            return condition()

        wait_for(tended, seconds=20, what=what)

    def scanner(self, device: str) -> ScannerClient:
        """The right device."""
        return ScannerClient(SITE, self.site.login_of(device), device, devices=(device,))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def make(more: str = "", *, before: Callable[[Path], None] | None = None) -> Running:
        folder = tmp_path / "site"
        if before is not None:
            folder.mkdir()
            before(folder)
        started.append(Running(SecuredSite(folder, more)))
        return started[-1]

    yield make
    for one in started:
        one.close()


def open_site(folder: Path) -> SecuredSite:
    """Nobody has a password."""
    site = SecuredSite(folder)
    for file in (folder / "access").iterdir():
        file.unlink()
    (folder / "access").rmdir()
    return site


def test_the_first_password_switches_the_locks_on_and_the_session_stays(tmp_path: Path) -> None:
    site = open_site(tmp_path / "site")
    running = Running(site)
    try:
        assert not running.broker.asks_for_passwords
        running.gateway.stop()
        with ScannerClient(SITE, site.address(), "scanner-sew", devices=("scanner-sew",)) as anybody:
            anybody.publish("scanner-sew", b"WAITS")
            wait_for(lambda: not anybody._bare_waiting(), what="the broker's word")
        site.passwords["scanner-cut"] = add_device(site.folder, "scanner-cut")
        running.until(lambda: running.broker.asks_for_passwords, "the locks")
        running.gateway = RunningGateway(site.address(), running.ledger).start()
        wait_for(lambda: running.ledger.codes == ["WAITS"], what="what waited in the gateway's session")
        with running.scanner("scanner-cut") as scanner:
            scanner.publish("scanner-cut", b'{"id": "1", "code": "A"}')
            assert [one.result for one in scanner.wait_all(10)] == ["recorded"]
    finally:
        running.close()


def test_a_running_gateway_logs_in_as_soon_as_the_broker_asks(tmp_path: Path) -> None:
    site = open_site(tmp_path / "site")
    running = Running(site)
    try:
        add_device(site.folder, "scanner-cut")
        running.until(lambda: running.broker.asks_for_passwords, "the locks")
        wait_for(lambda: running.gateway.gateway.counts.connects == 2, seconds=20, what="the gateway")
        assert running.gateway.gateway.connected
    finally:
        running.close()


def test_who_is_added_comes_in_and_nobody_is_cut_for_it(start: Callable[..., Running]) -> None:
    running = start()
    with running.scanner("scanner-cut") as scanner:
        password = add_device(running.site.folder, "scanner-new", "--station", "cut-1")
        running.site.passwords["scanner-new"] = password
        running.broker.tend()
        with running.scanner("scanner-new") as new:
            new.publish("scanner-new", b'{"id": "n", "code": "NEW"}')
            assert [one.result for one in new.wait_all(10)] == ["recorded"]
        scanner.publish("scanner-cut", b'{"id": "c", "code": "CUT"}')
        assert [one.result for one in scanner.wait_all(10)] == ["recorded"]
        assert scanner.connected
    assert running.gateway.gateway.counts.connects == 1


def test_a_password_that_is_taken_back_cuts_the_connection_and_no_other(
    start: Callable[..., Running],
) -> None:
    running = start()
    with running.scanner("scanner-sew") as other, running.scanner("scanner-cut") as scanner:
        run("device", "revoke", running.site.folder, "scanner-cut")
        with capture_logs() as said:
            running.until(lambda: not scanner.connected, "the end of the connection")
            running.until(lambda: running.broker.refused > 0, "the refusal of its next try")
        assert {"unknown user"} == {one["why"] for one in said if "why" in one}
        other.publish("scanner-sew", b'{"id": "s", "code": "SEW"}')
        assert [one.result for one in other.wait_all(10)] == ["recorded"]
    assert running.gateway.gateway.counts.connects == 1


@pytest.mark.mosquitto
def test_what_a_device_may_not_is_told_with_device_and_topic(start: Callable[..., Running]) -> None:
    running = start()
    running.site.pub("scanner-cut", scan_topic("scanner-sew"), "X")
    running.site.sub("scanner-cut", ack_topic("scanner-sew"))
    with capture_logs() as said:
        running.until(lambda: running.broker.refused == 2, "both violations")
    told = {(one["device"], one["tried_to"], one["topic"]) for one in said if "tried_to" in one}
    assert told == {
        ("scanner-cut", "publish", scan_topic("scanner-sew")),
        ("scanner-cut", "subscribe", ack_topic("scanner-sew")),
    }


def with_certificate(folder: Path) -> None:
    (folder / "site.toml").write_text(WORKED_SITE, encoding="utf-8")
    run("certificate", folder, "broker.plant.example")


TLS_KEYS = 'tls_ca = "tls/ca.crt"\ntls_certificate = "tls/broker.crt"\ntls_key = "tls/broker.key"\n'


@pytest.mark.mosquitto
def test_through_tls_all_goes_as_without_and_plain_text_is_refused(start: Callable[..., Running]) -> None:
    running = start(TLS_KEYS, before=with_certificate)
    site = running.site
    ca = str(site.folder / "tls" / "ca.crt")
    told = site._mosquitto(
        "mosquitto_pub",
        "scanner-cut",
        "--cafile",
        ca,
        "-q",
        "1",
        "-t",
        scan_topic("scanner-cut"),
        "-m",
        "TLS",
    )
    assert told.returncode == 0, told.stdout + told.stderr
    wait_for(lambda: running.ledger.codes == ["TLS"], what="the scan")
    assert site.pub("scanner-cut", scan_topic("scanner-cut"), "PLAIN").returncode != 0
    with running.scanner("scanner-sew") as scanner:
        for number in range(2_000):
            scanner.publish("scanner-sew", b'{"id": "%d", "code": "MANY"}' % number, timeout_s=20)
        assert len(scanner.wait_all(30)) == 2_000
    assert running.ledger.codes.count("MANY") == 2_000
    running.broker.tend()
    assert running.broker.alive


def test_the_certificate_is_good_for_its_names_and_for_no_other(start: Callable[..., Running]) -> None:
    running = start(TLS_KEYS, before=with_certificate)
    trusting = ssl.create_default_context(cafile=str(running.site.folder / "tls" / "ca.crt"))
    for name in ("broker.plant.example", "localhost", "127.0.0.1"):
        with socket.create_connection((HOST, running.site.port)) as plain:
            trusting.wrap_socket(plain, server_hostname=name).close()
    with (
        socket.create_connection((HOST, running.site.port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        trusting.wrap_socket(plain, server_hostname="elsewhere.example")


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # paho leaves the socket to the collector
def test_the_gateway_refuses_a_broker_with_another_certificate(
    start: Callable[..., Running], tmp_path: Path
) -> None:
    running = start(TLS_KEYS, before=with_certificate)
    (tmp_path / "other").mkdir()
    with_certificate(tmp_path / "other")
    pinned = Tls(tmp_path / "other" / "tls" / "broker.crt", pinned=True)
    right = running.site.address()
    wrong = type(right)(right.host, right.port, tls=pinned, ask_login=right.ask_login)
    gateway = RunningGateway(wrong, MemoryLedger()).start(connected=False)
    wait_for(lambda: gateway.gateway.broker_fault == "untrusted", what="the refusal")
    gateway.stop()


def test_what_tls_has_decrypted_already_is_not_waited_for(tmp_path: Path) -> None:
    with_certificate(tmp_path)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(tmp_path / "tls" / "broker.crt", tmp_path / "tls" / "broker.key")
    trusting = Tls(tmp_path / "tls" / "broker.crt", pinned=True).context()
    ours, theirs = socket.socketpair()
    with ThreadPoolExecutor(1) as other:
        answering = other.submit(own.wrap_socket, theirs, server_side=True)
        with trusting.wrap_socket(ours) as reads, answering.result() as writes:
            writes.sendall(b"a" * 100)
            assert not holds_more(reads)
            assert reads.recv(10) == b"a" * 10
            assert holds_more(reads)
            assert not select.select([reads], [], [], 0)[0]
            assert len(reads.recv(1000)) == 90
            assert not holds_more(reads)


def test_a_certificate_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("no certificate")
    with pytest.raises(TlsFault, match=r"ca\.crt cannot be used as a certificate"):
        Tls(tmp_path / "ca.crt").context()


@pytest.mark.mosquitto
def test_mosquitto_with_tls_is_believed_by_its_authority(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    with_certificate(folder)
    site = SecuredSite(folder)
    text = (folder / "site.toml").read_text(encoding="utf-8")
    more = f'host = "{HOST}"\ntls_ca = "tls/ca.crt"\nusername = "interlock-hz1-gateway"\n'
    (folder / "site.toml").write_text(text + more + 'password_file = "access/gateway-password"\n')
    (tmp_path / "m").mkdir()
    broker = site.mosquitto(tmp_path / "m")
    tls = folder / "tls"
    lines = broker._config.read_text().splitlines()
    lines.insert(1, f"certfile {tls / 'broker.crt'}\nkeyfile {tls / 'broker.key'}")
    broker._config.write_text("\n".join(lines) + "\n")
    broker.start()
    ledger = MemoryLedger()
    gateway = RunningGateway(site.address(), ledger).start()
    said = ["--cafile", str(tls / "ca.crt"), "-q", "1", "-t", scan_topic("scanner-cut"), "-m", "TLS"]
    assert site._mosquitto("mosquitto_pub", "scanner-cut", *said).returncode == 0
    wait_for(lambda: ledger.codes == ["TLS"], what="the scan")
    gateway.stop()
    broker.stop()


@pytest.mark.mosquitto
def test_mosquitto_takes_up_its_new_files_when_told_to(tmp_path: Path) -> None:
    site = SecuredSite(tmp_path / "site")
    (tmp_path / "m").mkdir()
    broker = site.mosquitto(tmp_path / "m")
    broker.start()
    running = ScannerClient(SITE, site.login_of("scanner-sew"), "scanner-sew", devices=("scanner-sew",))
    with running as other, ScannerClient(SITE, site.login_of("scanner-cut"), "scanner-cut") as cut:
        site.passwords["scanner-new"] = add_device(site.folder, "scanner-new", "--station", "cut-1")
        run("device", "revoke", site.folder, "scanner-cut")
        broker.signal(signal.SIGHUP)
        wait_for(lambda: not cut.connected, what="the end of the connection")
        assert site.pub("scanner-new", scan_topic("scanner-new"), "X").returncode == 0
        assert site.pub("scanner-cut", scan_topic("scanner-cut"), "X").returncode == 5
        assert other.connected
    broker.stop()


@pytest.mark.parametrize("locked", [False, True])
def test_a_broker_that_hangs_is_started_again(tmp_path: Path, locked: bool) -> None:  # noqa: FBT001  # pytest's
    site = SecuredSite(tmp_path / "site") if locked else open_site(tmp_path / "site")
    broker = EmbeddedBroker(site.folder, HOST, site.port, probe_every_s=0.0)
    broker.start()
    before = broker.pid
    assert before is not None
    os.kill(before, signal.SIGSTOP)
    wait_for(lambda: all_stopped(before), what="all its threads to stand still")
    try:
        with capture_logs() as said:
            for _ in range(PROBES_MISSED):
                assert broker.pid == before
                broker.tend()
        assert broker.pid != before
        assert [one["event"] for one in said] == ["does not answer and is started again"]
        broker.tend()
        assert listens(site.port)
    finally:
        broker.stop()


def all_stopped(pid: int) -> bool:
    states = [
        stat.read_text().rpartition(")")[2].split()[0] for stat in Path(f"/proc/{pid}/task").glob("*/stat")
    ]
    return set(states) == {"T"}


def test_a_broker_whose_door_is_gone_is_started_again(start: Callable[..., Running]) -> None:
    """Else nobody could come in any more."""
    running = start()
    assert running.broker._door is not None
    running.broker._door.close()
    running.until(lambda: running.broker._door is not None and running.broker._door.working, "another door")
    with running.scanner("scanner-cut") as scanner:
        scanner.publish("scanner-cut", b'{"id": "1", "code": "A"}')
        assert [one.result for one in scanner.wait_all(10)] == ["recorded"]


def test_the_plant_looks_after_its_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site.toml").write_text(f"{WORKED_SITE}\n[broker]\nport = {free_port()}\n")
    plant = Plant(tmp_path)
    tended: list[bool] = []
    monkeypatch.setattr(plant, "parts", ())
    monkeypatch.setattr(EmbeddedBroker, "tend", lambda _self: tended.append(True))
    plant.check()
    assert tended == [True]


def test_of_a_flood_the_log_is_told_in_one_line_each(tmp_path: Path) -> None:
    path = tmp_path / "broker.log"
    path.write_text("before\n")
    violations = ViolationLog(path)
    line = '[1] 2026 [ERR] 127.0.0.1:1 - mid:9 - "a" - Publish Violation - Subject "interlock.hz1.b.scan"\n'
    with path.open("a") as log:
        log.write(line * 500 + line[:-20])
    assert violations.new() == {Violation("a", "publish", "interlock/hz1/b/scan"): 500}
    with path.open("a") as log:
        log.write(line[-20:])
    assert violations.new().total() == 1
    path.write_text(line)  # a new file
    assert violations.new().total() == 1
    assert violations.count == 502


def test_a_subject_is_told_as_the_topic_that_it_was() -> None:
    assert topic_of("a.*.>") == "a/+/#"
    assert topic_of("v1//2./.b") == "v1.2//b"
