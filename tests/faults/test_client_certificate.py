"""A Mosquitto that asks its clients for certificates: without the right one a sentence says what to do."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from interlock.certificates import make_certificate
from interlock.opening import broker_address, open_config
from interlock.plant import Plant
from interlock.ports import free_port
from shopfloor.broker_faults import BrokerFault, what_to_do
from tests.broker_fixtures import HOST, Mosquitto
from tests.factory import WORKED_SITE
from tests.gateway.rig import MemoryLedger, RunningGateway
from tests.provision import find_program
from tests.secured_site import scan_topic
from tests.waiting import wait_for

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
CLIENT = 'tls_certificate = "client/c.crt"\ntls_key = "client/c.key"\n'

pytestmark = pytest.mark.mosquitto


def client_certificate(site: Path, authority: Path, *, ends: dt.datetime = NOW + DAY) -> None:
    """A client's, signed by the authority in a folder."""
    signer = x509.load_pem_x509_certificate((authority / "ca.crt").read_bytes())
    signing = serialization.load_pem_private_key((authority / "ca.key").read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the gateway")]))
        .issuer_name(signer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - 10 * DAY)
        .not_valid_after(ends)
        .sign(signing, hashes.SHA256())
    )
    folder = site / "client"
    folder.mkdir(exist_ok=True)
    (folder / "c.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "c.key").write_bytes(pem)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Whose authority signs for broker and clients."""
    folder = tmp_path / "site"
    folder.mkdir()
    make_certificate(folder / "tls", "hz1", [HOST], NOW)
    return folder


@pytest.fixture
def broker(site: Path, tmp_path: Path) -> Iterator[Mosquitto]:
    program = find_program("mosquitto")
    assert program is not None
    (tmp_path / "m").mkdir()
    secured = (
        "allow_anonymous true",
        f"cafile {site / 'tls' / 'ca.crt'}",
        f"certfile {site / 'tls' / 'broker.crt'}",
        f"keyfile {site / 'tls' / 'broker.key'}",
        "require_certificate true",
    )
    broker = Mosquitto(program, tmp_path / "m", secured=secured)
    broker.start()
    yield broker
    broker.kill()


def write_site(site: Path, broker: Mosquitto, client: str, ca: str = "tls/ca.crt") -> None:
    text = (
        f'\n[web]\nport = {free_port()}\n[broker]\nhost = "{HOST}"\nport = {broker.port}\ntls_ca = "{ca}"\n'
    )
    (site / "site.toml").write_text(WORKED_SITE + text + client)


def test_with_its_certificate_the_gateway_is_let_in_and_scans_are_recorded(
    site: Path, broker: Mosquitto
) -> None:
    client_certificate(site, site / "tls")
    write_site(site, broker, CLIENT)
    ledger = MemoryLedger()
    gateway = RunningGateway(broker_address(site, open_config(site)), ledger).start()
    files = [site / "tls" / "ca.crt", site / "client" / "c.crt", site / "client" / "c.key"]
    with_tls = [word for pair in zip(("--cafile", "--cert", "--key"), files, strict=True) for word in pair]
    scan = ["-t", scan_topic("scanner-cut"), "-m", "7K30411", "-q", "1"]
    subprocess.run(
        ["mosquitto_pub", "-h", HOST, "-p", str(broker.port), *with_tls, *scan], check=True, timeout=20
    )
    wait_for(lambda: ledger.codes == ["7K30411"], what="the scan")
    assert gateway.gateway.broker_fault is None
    gateway.stop()


def no_certificate(site: Path) -> str:
    assert site.exists()
    return ""


def an_expired_one(site: Path) -> str:
    client_certificate(site, site / "tls", ends=NOW - DAY)
    return CLIENT


def one_of_another_authority(site: Path) -> str:
    make_certificate(site / "other", "elsewhere", [HOST], NOW)
    client_certificate(site, site / "other")
    return CLIENT


@pytest.mark.parametrize(
    ("client", "fault"),
    [(no_certificate, "no-certificate"), (an_expired_one, "expired"), (one_of_another_authority, "unsigned")],
)
def test_without_the_right_one_the_log_and_the_health_say_in_a_sentence_what_to_do(
    site: Path, broker: Mosquitto, client: Callable[[Path], str], fault: BrokerFault
) -> None:
    write_site(site, broker, client(site))
    told = what_to_do(fault)
    with Plant(site, log_folder=site / "logs") as plant:
        log = site / "logs" / "gateway.log"
        wait_for(lambda: told in log.read_text(), 20, "the sentence in the log")

        def alarms() -> list[str]:
            with urllib.request.urlopen(f"{plant.web_address}/healthy", timeout=5) as answer:  # noqa: S310  # our own
                found: list[str] = json.load(answer)["alarms"]
                return found

        wait_for(lambda: told in alarms(), 20, "the sentence in /healthy")
        assert "Traceback" not in log.read_text()
        assert log.read_text().count(told) == 1


# paho leaves the socket of a handshake that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_that_shows_a_certificate_of_somebody_else_is_not_believed(
    site: Path, broker: Mosquitto
) -> None:
    make_certificate(site / "other", "elsewhere", [HOST], NOW)
    write_site(site, broker, "", ca="other/ca.crt")
    gateway = RunningGateway(broker_address(site, open_config(site)), MemoryLedger()).start(connected=False)
    wait_for(lambda: gateway.gateway.broker_fault == "untrusted", what="the gateway's doubt")
    assert not gateway.gateway.connected
    gateway.stop()
