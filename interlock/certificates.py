"""A certificate authority of the site's own, and the certificate that the broker shows."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shopfloor.instants import DAY_MS, SECOND_MS, Instant

CA_CERTIFICATE, CA_KEY = "ca.crt", "ca.key"
CERTIFICATE, KEY = "broker.crt", "broker.key"
_CA_DAYS = 20 * 365
GOOD_FOR_DAYS = 820
"""Apple's devices believe no server's certificate for longer than 825, the day before its making included."""
WARNED_DAYS = 45
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_BACKDATED = dt.timedelta(days=1)  # scanners' clocks


class CertificateFault(Exception):
    """One sentence: why no certificate was made."""


def make_certificate(place: Path, site: str, hosts: Sequence[str], now: dt.datetime) -> None:
    """A new certificate and key of the broker; the authority is made once and kept."""
    try:
        place.mkdir(mode=0o755, exist_ok=True)
        if not (place / CA_KEY).exists():
            _make_authority(place, site, now)
        authority = x509.load_pem_x509_certificate((place / CA_CERTIFICATE).read_bytes())
        signing = serialization.load_pem_private_key((place / CA_KEY).read_bytes(), None)
    except OSError as fault:
        raise CertificateFault(f"{place} cannot be used: {fault.strerror}.") from None
    except ValueError:
        raise CertificateFault(
            f"{place} holds no usable authority: take {CA_KEY} and {CA_CERTIFICATE} away."
        ) from None
    if not isinstance(signing, ec.EllipticCurvePrivateKey):
        raise CertificateFault(f"{place / CA_KEY} is not the key of an authority made here.")
    key = ec.generate_private_key(ec.SECP256R1())
    every = list(dict.fromkeys([*hosts, *_THIS_MACHINE]))
    builder = (
        _builder(hosts[0], key, now, GOOD_FOR_DAYS)
        .issuer_name(authority.subject)
        .add_extension(x509.SubjectAlternativeName([_name(host) for host in every]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )
    _write(place, CERTIFICATE, builder.sign(signing, hashes.SHA256()), KEY, key)


class Ending:
    """When certificates end, as they were when the process that shows them started."""

    def __init__(self, certificates: Iterable[Path | None]) -> None:
        self._ends = {path: _end_of(path) for path in certificates if path is not None}

    def warnings(self, now: Instant) -> list[str]:
        """A sentence for each that has ended or will soon; nothing for one that cannot be read."""
        return [
            f"The certificate {path} {'ended' if end <= now else 'ends'} on"
            f" {dt.datetime.fromtimestamp(end / SECOND_MS, dt.UTC):%Y-%m-%d}, after which nobody believes it: get a"
            " new one (interlock certificate makes it, with the same names as before) and restart."
            for path, end in self._ends.items()
            if end is not None and now >= end - WARNED_DAYS * DAY_MS
        ]


def _end_of(path: Path) -> Instant | None:
    try:
        ends_at = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):  # who shows it says so
        return None
    return int(ends_at.timestamp()) * SECOND_MS


def _make_authority(place: Path, site: str, now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = f"Interlock {site}"
    usage = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    builder = (
        _builder(name, key, now, _CA_DAYS)
        .issuer_name(_subject(name))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    _write(place, CA_CERTIFICATE, builder.sign(key, hashes.SHA256()), CA_KEY, key)


def _builder(
    name: str, key: ec.EllipticCurvePrivateKey, now: dt.datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_subject(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + dt.timedelta(days=days))
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return x509.DNSName(host)
    except ValueError:
        raise CertificateFault(f"{host!r} is neither a name nor an address of a machine.") from None


def _write(
    place: Path, name: str, certificate: x509.Certificate, key_name: str, key: ec.EllipticCurvePrivateKey
) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        for file, content, mode in (
            (key_name, pem, 0o600),
            (name, certificate.public_bytes(serialization.Encoding.PEM), 0o644),
        ):
            (place / file).unlink(missing_ok=True)
            (place / file).touch(mode=mode, exist_ok=False)
            (place / file).write_bytes(content)
    except OSError as fault:
        raise CertificateFault(f"{place} cannot be written: {fault.strerror}.") from None
