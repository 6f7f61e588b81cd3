"""Does a broker answer? One MQTT CONNECT, and the CONNACK that must come."""

from __future__ import annotations

import contextlib
import socket
import ssl

_LIMIT_S = 2.0
_CLIENT_ID = "interlock-probe"
_KEEPALIVE_S = 10
_CONNACK = 0x20
_DISCONNECT = b"\xe0\x00"
_EVERY_NETWORK = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # asks, does not listen


def answers(listen: str, port: int, *, username: str | None, password: str | None, tls: bool) -> bool:
    """Whether any CONNACK comes within two seconds; a refusal is an answer too."""
    host = _EVERY_NETWORK.get(listen, listen)
    try:
        with contextlib.ExitStack() as opened:
            probe: socket.socket = opened.enter_context(
                socket.create_connection((host, port), timeout=_LIMIT_S)
            )
            if tls:
                probe = opened.enter_context(_anybody().wrap_socket(probe))
            probe.sendall(_connect(username, password))
            answer = probe.recv(4)
            with contextlib.suppress(OSError):
                probe.sendall(_DISCONNECT)
    except OSError:
        return False
    return bool(answer) and answer[0] == _CONNACK


def _anybody() -> ssl.SSLContext:
    """Only whether somebody answers is asked: nothing is told and nothing believed, our own child is on the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _connect(username: str | None, password: str | None) -> bytes:
    """MQTT 3.1.1, clean session."""
    flags = 0x02
    parts = [_text(_CLIENT_ID)]
    if username is not None and password is not None:
        flags |= 0xC0
        parts += [_text(username), _text(password)]
    body = _text("MQTT") + bytes([4, flags]) + _KEEPALIVE_S.to_bytes(2, "big") + b"".join(parts)
    return bytes([0x10, len(body)]) + body  # shorter than 128 bytes


def _text(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()
