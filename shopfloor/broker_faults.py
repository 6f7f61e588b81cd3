"""Why a broker and the gateway do not come together when somebody has to do something about it."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

BrokerFault: TypeAlias = Literal["no-certificate", "expired", "unsigned", "not-taken", "untrusted", "login"]

BROKER_FAULTS: frozenset[str] = frozenset(get_args(BrokerFault))

_WHAT_TO_DO: dict[BrokerFault, str] = {
    "no-certificate": "The broker asks for a certificate and the gateway has none:"
    " name one in site.toml, tls_certificate and tls_key under [broker].",
    "expired": "The broker does not take the gateway's certificate, which has expired:"
    " put a new one in its place, tls_certificate under [broker], and start again.",
    "unsigned": "The broker does not take the gateway's certificate, which no authority that it trusts has signed:"
    " put another one in its place, tls_certificate under [broker], and start again.",
    "not-taken": "The broker does not take the gateway's certificate:"
    " put another one in its place, tls_certificate under [broker], and start again.",
    "untrusted": "The gateway does not believe the broker's certificate:"
    " check tls_ca under [broker], that host is a name in the certificate, and that it has not expired.",
    "login": "The broker does not let the gateway in:"
    " check username and password_file under [broker], and the broker's own list of users.",
}


def what_to_do(fault: BrokerFault) -> str:
    """One sentence for a person."""
    return _WHAT_TO_DO[fault]
