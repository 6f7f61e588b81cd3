"""Whom the gateway believes to be the broker, and how it shows itself."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path


class TlsFault(Exception):
    """One sentence: which file TLS cannot use, and what to do."""


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files. Pinned: the broker must show exactly this certificate, by whatever name it is reached."""

    trusted: Path
    pinned: bool = False
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """What paho wraps its socket in; TlsFault for a file that is no such thing."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_verify_locations(self.trusted)
        except (OSError, ssl.SSLError) as fault:
            raise TlsFault(_cannot(self.trusted, "a certificate", fault)) from None
        if self.pinned:
            context.check_hostname = False
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if self.certificate is not None:
            try:
                context.load_cert_chain(self.certificate, self.key)
            except (OSError, ssl.SSLError) as fault:
                raise TlsFault(_cannot(self.certificate, "a certificate with its key", fault)) from None
        return context


def _cannot(path: Path, what: str, fault: Exception) -> str:
    why = getattr(fault, "strerror", None) or str(fault)
    return f"{path} cannot be used as {what} ({why}): it has to be PEM that this user may read."
