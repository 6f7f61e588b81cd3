"""The signed answers that nats-server takes from its door: JSON Web Tokens of its own kind."""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interlock.broker_words import granted_subjects
from interlock.rights import Rights

_ACCOUNT = 0  # NATS's prefix of an account's key: it begins with A
_HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}
_VERSION = 2
_GLOBAL = "$G"
"""The account in which everybody speaks, with passwords and without: the sessions stay."""
_UNLIMITED = {"subs": -1, "data": -1, "payload": -1}


class Request(msgspec.Struct, frozen=True):
    """Who asks to come in."""

    server: str
    asked_for: str
    """The key that the answer must be about: no answer is good twice."""
    connection: int
    type: str
    address: str
    client_id: str
    username: str
    password: str


class Signer:
    """A key that is made here and never leaves."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        raw = bytes([_ACCOUNT]) + self._key.public_key().public_bytes_raw()
        check = binascii.crc_hqx(raw, 0).to_bytes(2, "little")
        self.issuer = base64.b32encode(raw + check).decode().rstrip("=")

    def allowed(self, request: Request, rights: Rights) -> bytes:
        """Come in, and do this."""
        user = {
            "aud": _GLOBAL,
            "name": request.username,
            "nats": {
                "pub": _permission(rights.publish),
                "sub": _permission(rights.subscribe),
                **_UNLIMITED,
                "type": "user",
                "version": _VERSION,
            },
        }
        return self._answer(request, {"jwt": self._signed(request, user).decode()})

    def refused(self, request: Request, why: str) -> bytes:
        """Stay out; the broker writes the reason into its log."""
        return self._answer(request, {"error": why})

    def _answer(self, request: Request, said: dict[str, Any]) -> bytes:
        nats = {**said, "type": "authorization_response", "version": _VERSION}
        return self._signed(request, {"aud": request.server, "nats": nats})

    def _signed(self, request: Request, claims: dict[str, Any]) -> bytes:
        every = {
            "iat": int(time.time()),
            "iss": self.issuer,
            "jti": secrets.token_hex(16),
            "sub": request.asked_for,
            **claims,
        }
        text = b".".join(_text(msgspec.json.encode(part)) for part in (_HEADER, every))
        return text + b"." + _text(self._key.sign(text))


def read_request(token: bytes) -> Request:
    """What the broker asks; it comes over a connection that only the broker's own door has."""
    body = token.split(b".")[1]
    nats = msgspec.json.decode(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))["nats"]
    client, options = nats["client_info"], nats["connect_opts"]
    return Request(
        server=nats["server_id"]["id"],
        asked_for=nats["user_nkey"],
        connection=client.get("id", 0),
        type=client.get("type", ""),
        address=client.get("host", ""),
        client_id=client.get("mqtt_id", ""),
        username=options.get("user", ""),
        password=options.get("pass", ""),
    )


def _permission(topic_filters: tuple[str, ...]) -> dict[str, list[str]]:
    allowed = granted_subjects(topic_filters)
    return {"allow": allowed} if allowed else {"deny": [">"]}


def _text(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
