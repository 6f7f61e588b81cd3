"""Certificates of a site: how long they are good, and who is told before they end."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509

from interlock.__main__ import main
from interlock.certificates import GOOD_FOR_DAYS, WARNED_DAYS, Ending, make_certificate
from shopfloor.instants import DAY_MS, Instant
from tests.factory import WORKED_SITE, site_folder

MADE = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
MADE_AT: Instant = int(MADE.timestamp()) * 1000
ENDS_AT = MADE_AT + GOOD_FOR_DAYS * DAY_MS


def made(place: Path, now: dt.datetime = MADE) -> Path:
    make_certificate(place, "hz1", ["hub.plant.example"], now)
    return place / "broker.crt"


def test_apples_devices_believe_it(tmp_path: Path) -> None:
    certificate = x509.load_pem_x509_certificate(made(tmp_path / "tls").read_bytes())
    length = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert dt.timedelta(days=800) < length <= dt.timedelta(days=825)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (MADE_AT, None),
        (ENDS_AT - WARNED_DAYS * DAY_MS - 1, None),
        (ENDS_AT - WARNED_DAYS * DAY_MS, "ends on 2029-02-20"),
        (ENDS_AT - 1, "ends on 2029-02-20"),
        (ENDS_AT, "ended on 2029-02-20"),
    ],
)
def test_its_end_is_told_some_weeks_before(tmp_path: Path, now: Instant, told: str | None) -> None:
    path = made(tmp_path / "tls")
    warnings = Ending([path, path, None]).warnings(now)
    assert len(warnings) == (told is not None)
    assert all(f"The certificate {path} {told}" in each for each in warnings)


def test_one_that_cannot_be_read_has_no_end(tmp_path: Path) -> None:
    (tmp_path / "torn.crt").write_bytes(b"-----BEGIN CERTIFICATE-----")
    assert Ending([tmp_path / "torn.crt", tmp_path / "none.crt"]).warnings(ENDS_AT) == []


def test_a_check_of_the_site_tells_it(tmp_path: Path) -> None:
    folder = site_folder(tmp_path / "site")
    path = made(folder / "tls", dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    keys = '[web]\ntls_certificate = "tls/broker.crt"\ntls_key = "tls/broker.key"'
    site_folder(folder, f"{WORKED_SITE}\n{keys}\n")
    result = CliRunner().invoke(main, ["check", str(folder)])
    assert result.exit_code == 0
    assert f"WARNING: The certificate {path} ended on 2022-03-31" in result.stderr
