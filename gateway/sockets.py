"""When the kernel sends what was written: many small packets, and answers somebody waits for."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
from collections.abc import Iterator


def send_at_once(_client: object, _userdata: object, sock: object) -> None:
    """For `on_socket_open`: what we write goes out now.

    An answer comes right behind an acknowledgement, to which the broker has nothing to say: Nagle's algorithm
    would hold the answer back until the broker's kernel acknowledges by itself, 40 ms later.
    """
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def acknowledge_segments(sock: object) -> None:
    """Let the kernel confirm at once what was read (Linux); it forgets this wish, so it is made each time.

    A broker that uses Nagle's algorithm, as Mosquitto does, would hold the next message back for up to 40 ms.
    """
    if sys.platform == "linux" and isinstance(sock, socket.socket):
        with contextlib.suppress(OSError):  # closed meanwhile
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def holds_more(sock: object) -> bool:
    """Whether TLS has taken more from the kernel than was read: no poll reports that."""
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


@contextlib.contextmanager
def corked(sock: object) -> Iterator[None]:
    """Many small packets leave as few large segments (Linux; elsewhere each by itself)."""
    if sys.platform != "linux" or not isinstance(sock, socket.socket):
        yield
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # closed meanwhile
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
