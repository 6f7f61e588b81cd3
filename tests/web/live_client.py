"""What a page does with its stream, without a browser."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from types import TracebackType
from typing import Self

from tests.web.serving import Server


@dataclass
class Message:
    event: str = "message"
    id: str = ""
    data: str = ""

    @property
    def regions(self) -> list[str]:
        """The ids that its partials go to, in their order."""
        return re.findall(r'<hx-partial hx-target="#([^"]+)" hx-swap="outerMorph">', self.data)


@dataclass
class LiveStream:
    """One open stream."""

    connection: HTTPConnection
    answer: HTTPResponse
    beats: list[Message] = field(default_factory=list)

    def next(self) -> Message:
        """The next message; waits as long as the connection's timeout."""
        message = Message()
        while line := self.answer.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            if name == "data":
                message.data += value + "\n"
            elif name in ("event", "id"):
                setattr(message, name, value)
        if not message.data:
            raise EOFError("the stream has ended")
        return message

    def update(self) -> Message:
        """The next message that is no beat; the beats before it are kept."""
        while (message := self.next()).event == "beat":
            self.beats.append(message)
        return message

    def to_the_end(self) -> bool:
        """Whether the server ends the stream, rather than the connection's timeout."""
        try:
            while True:
                self.next()
        except (EOFError, IncompleteRead):
            return True

    def beat(self) -> Message:
        """The next beat."""
        while (message := self.next()).event != "beat":
            pass
        return message


class LiveServer:
    """A server that runs, and the connections to it."""

    def __init__(self, port: int, process: Server) -> None:
        self.port = port
        self.process = process
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def request(self, path: str) -> tuple[HTTPConnection, HTTPResponse]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        self._open.callback(connection.close)
        connection.request("GET", path, headers={"Accept": "text/event-stream"})
        answer = connection.getresponse()
        self._open.callback(answer.close)
        return connection, answer

    def post(self, path: str, form: str) -> int:
        """Send a form; the status of the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        with closing(connection):
            connection.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})
            return connection.getresponse().status

    def stream(self, path: str) -> LiveStream:
        stream = LiveStream(*self.request(path))
        assert stream.answer.status == 200, stream.answer.read()
        return stream

    def metric(self, name: str) -> float:
        connection, answer = self.request("/metrics")
        found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
        connection.close()
        return float(found[1]) if found else 0.0
