"""Why there is no connection: what TLS or the broker said, as one of few faults that somebody can mend."""

from __future__ import annotations

import ssl

from paho.mqtt.client import MQTT_LOG_ERR, Client

from shopfloor.broker_faults import BrokerFault, what_to_do

_ALERTS: tuple[tuple[str, BrokerFault], ...] = (
    ("CERTIFICATE_REQUIRED", "no-certificate"),
    ("HANDSHAKE_FAILURE", "no-certificate"),  # how TLS 1.2 says it
    ("CERTIFICATE_EXPIRED", "expired"),
    ("UNKNOWN_CA", "unsigned"),
    ("CERTIFICATE", "not-taken"),
)
"""Parts of OpenSSL's words for what the other side said; the first that fits counts."""
_ALERT = "_ALERT_"
_LOGIN = frozenset({"Not authorized", "Bad user name or password", "Banned", "Bad authentication method"})


class WhyDown:
    """Of one gateway's connection."""

    def __init__(self) -> None:
        self.because = "not connected yet"
        """For a person."""
        self.fault: BrokerFault | None = None
        """What somebody has to mend before it can connect; it stays until it does."""

    def failed(self, fault: OSError) -> None:
        """It could not be opened."""
        self.fault = fault_of_tls(fault) or self.fault
        self.lost(str(fault))

    def refused(self, reason: str) -> None:
        """The broker's own word."""
        if reason in _LOGIN:
            self.fault = "login"

    def lost(self, because: str) -> None:
        """It may be lost for the reason that was told before."""
        self.because = because if self.fault is None else what_to_do(self.fault)

    def hear(self, _client: Client, _userdata: object, level: int, text: str) -> None:
        """For paho's `on_log`: the only place where it tells what TLS said while it reads."""
        if level == MQTT_LOG_ERR:
            self.fault = fault_of_tls(text) or self.fault


def fault_of_tls(said: Exception | str) -> BrokerFault | None:
    """The fault behind an error of TLS; None for any other."""
    if isinstance(said, ssl.SSLCertVerificationError):
        return "untrusted"
    text = str(said)
    if _ALERT not in text:
        return None
    return next((fault for part, fault in _ALERTS if part in text.partition(_ALERT)[2]), None)
