"""The web server of one site: gevent's, quiet, and ended gracefully. Whoever starts it has patched first."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from gevent import Timeout
from gevent.event import Event
from gevent.pywsgi import WSGIHandler, WSGIServer
from gevent.socket import socket as gevent_socket

from kiosk.live import HUB
from kiosk.stream import Hub

STOP_LIMIT_S = 5
"""How long requests that run at the end may take."""
SILENT_READER_S = 30
"""A client that takes nothing off its connection for so long is let go."""
IDLE_S = 75
"""How long a connection may wait for its next request."""
HEAD_LIMIT_S = 10
"""How long the head of a request may take once its first line is there."""
BACKLOG = 1_024
HANDSHAKE_LIMIT_S = 10
"""How long a browser may take until TLS stands."""

log = structlog.get_logger()


class CannotListen(Exception):
    """The address cannot be served on; the text is one sentence for a person."""

    def __init__(self, listen: str, port: int, cause: OSError) -> None:
        if cause.errno == errno.EADDRINUSE:
            text = f"Port {port} on {listen} is taken by another program; stop it, or choose another port."
        else:
            text = (
                f"Pages cannot be served on {listen} port {port} ({cause.strerror}); choose another address."
            )
        super().__init__(text)


class CertificateUnusable(Exception):
    """The pages cannot be served with TLS; the text is one sentence for a person."""

    def __init__(self, certificate: Path, cause: OSError) -> None:
        why = cause.strerror or str(cause)
        super().__init__(
            f"{certificate} cannot be used with its key ({why}): both have to be PEM that this user may read,"
            " and belong together; make them with: interlock certificate DIR HOST."
        )


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What browsers are spoken to with; None without a certificate. CertificateUnusable."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except OSError as cause:  # also ssl.SSLError
        raise CertificateUnusable(certificate, cause) from None
    return context


def serve(
    app: Flask,
    listen: str,
    port: int,
    stop: Event,
    *,
    ready: Callable[[int], None] | None = None,
    tls: ssl.SSLContext | None = None,
    silent_reader_s: float = SILENT_READER_S,
    head_limit_s: float = HEAD_LIMIT_S,
) -> None:
    """Serve until `stop` is set. Port 0 takes a free one; `ready` is told which. CannotListen at once."""
    listener = _listener(listen, port, silent_reader_s)
    address, actual_port = listener.getsockname()[:2]
    hub: Hub = app.extensions[HUB]
    server = _Server(
        listener,
        app,
        log=None,
        error_log=_ErrorLog(),
        handler_class=type("_LimitedHandler", (_Handler,), {"head_limit_s": head_limit_s}),
        **({"ssl_context": tls} if tls is not None else {}),
        environ={"SERVER_NAME": address, "SERVER_PORT": str(actual_port)},  # else it asks DNS for its name
    )
    hub.start()
    try:
        server.start()
        if ready is not None:
            ready(actual_port)
        stop.wait()
    finally:
        server.stop_accepting()
        hub.stop()  # streams end, so that only requests are waited for
        server.stop(timeout=STOP_LIMIT_S)


class _Handler(WSGIHandler):  # type: ignore[misc]  # gevent ships no types
    """Ends connections that send nothing, or half a request, for too long: each holds a descriptor."""

    # A client that went, and one that was let go, is nothing to log.
    ignored_socket_errors = (*WSGIHandler.ignored_socket_errors, errno.ETIMEDOUT, errno.EHOSTUNREACH)

    head_limit_s = HEAD_LIMIT_S

    def read_requestline(self) -> Any:
        with Timeout(IDLE_S, exception=False):
            return super().read_requestline()
        return ""  # type: ignore[unreachable]  # after the time limit: ends the connection

    def read_request(self, raw_requestline: Any) -> Any:
        with Timeout(self.head_limit_s, exception=False):
            return super().read_request(raw_requestline)
        return False  # type: ignore[unreachable]  # after the time limit: answered with 400


class _Server(WSGIServer):  # type: ignore[misc]  # gevent ships no types
    def wrap_socket_and_handle(self, client_socket: Any, address: Any) -> Any:
        """Who speaks no TLS, or does not trust us, or says nothing, is let go without a word on our side."""
        try:
            with Timeout(HANDSHAKE_LIMIT_S):
                wrapped = self.wrap_socket(client_socket, **self.ssl_args)
        except (Timeout, OSError) as fault:
            log.debug("no TLS came about", address=address[0], why=str(fault))
            client_socket.close()
            return None
        try:
            return self.handle(wrapped, address)
        finally:
            wrapped.close()


class _ErrorLog:
    """What the server has to complain about, in our log: a file as far as it needs one."""

    def write(self, text: str) -> None:
        if text.strip():
            log.warning("the web server complains", text=text.strip())

    def writelines(self, lines: Iterable[str]) -> None:
        self.write("".join(lines))

    def flush(self) -> None:
        """Nothing waits."""


def _listener(listen: str, port: int, silent_reader_s: float) -> Any:
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    listener = gevent_socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by each connection: head and body go in two sends, which delayed acknowledgement holds up.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            milliseconds = round(silent_reader_s * 1000)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        listener.bind((listen, port))
        listener.listen(BACKLOG)
    except OSError as cause:
        listener.close()
        raise CannotListen(listen, port, cause) from None
    return listener
