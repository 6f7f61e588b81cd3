"""Somebody who is told: a real SMTP server and a real webhook, which can be away, hang, or refuse."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from interlock.ports import free_port

HOST = "127.0.0.1"


class MailServer:
    """A context manager; it listens from `start` to `stop`, on the same port each time."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refuse = ""
        """An SMTP answer instead of taking mail: 451 try later."""
        self._controller: Controller | None = None

    @property
    def address(self) -> str:
        return f"mailto://{HOST}:{self.port}?from=plant@example.com&to=manager@example.com"

    def start(self) -> None:
        self._controller = Controller(self, hostname=HOST, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's
        if self.refuse:
            return self.refuse
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 taken"

    def subjects(self) -> list[str]:
        return [str(mail["subject"]) for mail in self.mails]

    def texts(self) -> list[str]:
        """What people read of each."""
        return [body.get_content() for mail in self.mails if (body := mail.get_body(("plain", "html")))]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Webhook:
    """A context manager: an HTTP server that keeps what is posted to it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.posts: list[dict[str, Any]] = []
        self.begun = 0
        """Requests that came, answered or not."""
        self.lost = 0
        """Of so many requests nothing is kept: who sent them was killed, or this server was."""
        self.status = 200
        self.hold = threading.Event()
        """While it is clear, a request is read and not answered."""
        self.hold.set()
        self._server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        return f"json://{HOST}:{self.port}/interlock"

    def start(self) -> None:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                hook.begun += 1
                number = hook.begun
                hook.hold.wait(60)
                if hook.status < 400 and number > hook.lost:
                    hook.posts.append(json.loads(content))
                try:
                    self.send_response(hook.status)
                    self.end_headers()
                except OSError:  # who asked is gone
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """Who asked was killed."""

        self._server = Server((HOST, self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.hold.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def titles(self) -> list[str]:
        return [post["title"] for post in list(self.posts)]

    def lines(self) -> list[str]:
        """All that was told, line by line."""
        return [line for post in list(self.posts) for line in post["message"].splitlines()]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class BlackHole:
    """A context manager: a port that takes connections and never says a word."""

    def __enter__(self) -> Self:
        self._socket = socket.create_server((HOST, 0), backlog=50)
        self.port = self._socket.getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        yield server
