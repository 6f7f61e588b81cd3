"""Pages over TLS with a certificate that `interlock certificate` made; a tablet then starts without the server, too."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, expect

from interlock.__main__ import main
from interlock.certificates import GOOD_FOR_DAYS, WARNED_DAYS, make_certificate
from interlock.plant import Plant
from interlock.ports import free_port
from tests.browser_profile import browser_of
from tests.factory import WORKED_SITE, site_folder

KEYS = '[web]\nport = {web}\ntls_certificate = "tls/broker.crt"\ntls_key = "tls/broker.key"\n[broker]\nport = {mqtt}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = site_folder(tmp_path / "site")
    assert CliRunner().invoke(main, ["certificate", str(folder), "localhost"]).exit_code == 0
    keys = KEYS.format(web=free_port(), mqtt=free_port())
    return site_folder(folder, f"{WORKED_SITE}\n{keys}")


def test_the_alarms_tell_a_certificates_end(folder: Path) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=GOOD_FOR_DAYS - WARNED_DAYS)
    make_certificate(folder / "tls", "hz1", ["localhost"], long_ago)
    trust = ssl.create_default_context(cafile=str(folder / "tls/ca.crt"))
    with (
        Plant(folder, log_folder=folder / "logs") as plant,
        urllib.request.urlopen(f"{plant.web_address}/healthy", timeout=5, context=trust) as answer,  # noqa: S310  # the test's own server
    ):
        (alarm,) = json.load(answer)["alarms"]
    assert alarm.startswith(f"The certificate {folder / 'tls/broker.crt'} ends on ")


@pytest.fixture
def plant(folder: Path) -> Iterator[Plant]:
    with Plant(folder, log_folder=folder / "logs") as plant:
        yield plant


def spki(folder: Path) -> str:
    """The hash by which a browser can be told to believe this one key."""
    certificate = x509.load_pem_x509_certificate((folder / "tls/broker.crt").read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def test_pages_speak_tls_only_and_are_believed_by_the_sites_authority(plant: Plant, folder: Path) -> None:
    assert plant.web_address.startswith("https://")
    trust = ssl.create_default_context(cafile=str(folder / "tls/ca.crt"))
    with urllib.request.urlopen(f"{plant.web_address}/kiosk/sew-1", timeout=5, context=trust) as answer:  # noqa: S310  # the test's own server
        assert answer.headers["Strict-Transport-Security"]
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(plant.web_address, timeout=5)  # noqa: S310  # the test's own server
    with pytest.raises((urllib.error.URLError, OSError)):
        urllib.request.urlopen(plant.web_address.replace("https", "http"), timeout=5)  # noqa: S310  # the test's own server
    with urllib.request.urlopen(f"{plant.web_address}/healthy", timeout=5, context=trust) as answer:  # noqa: S310  # the test's own server
        assert answer.status == 200


def test_a_tablet_starts_without_the_server_over_tls(
    plant: Plant, folder: Path, browser: Browser, tmp_path: Path
) -> None:
    believed = f"--ignore-certificate-errors-spki-list={spki(folder)}"
    address = f"https://localhost:{plant.config.web.port}/kiosk/sew-1"
    with browser_of(browser, tmp_path / "profile", believed) as context:
        page = context.pages[0]
        page.goto(address)
        assert page.evaluate("isSecureContext")
        expect(page.locator("html[data-kept-page=yes]")).to_be_attached(timeout=15_000)
        plant.stop()
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload(wait_until="domcontentloaded")
        # Stale is what was heard six seconds ago.
        expect(page.locator("body[data-kept][data-fresh=stale]")).to_be_attached(timeout=10_000)
        expect(page.locator("#fresh")).to_contain_text("NO FRESH DATA for")


def test_a_certificate_that_is_none_is_one_sentence(folder: Path) -> None:
    (folder / "tls/broker.key").write_text("no key")
    command = [sys.executable, "-m", "interlock", "kiosk", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "broker.crt cannot be used with its key" in done.stderr
    assert "Traceback" not in done.stderr
