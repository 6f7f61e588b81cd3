"""A stretch of network between a browser and the server, which a test cuts, heals and makes slow."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from queue import Queue

import pytest

from interlock.ports import free_port
from tests.live_site import Site

HOST = "127.0.0.1"
_PIECE = 64 * 1024


class Network:
    """Listens on a port of its own and passes every byte on, as TCP over a bad link would: late, or never."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.port = free_port()
        self._up = threading.Event()
        self._up.set()
        self._bytes_a_second = 0.0
        self._latency_s = 0.0
        self._lines = (threading.Lock(), threading.Lock())
        self._sockets: set[socket.socket] = set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._last_said: dict[socket.socket, bytes] = {}
        self._forgotten: set[socket.socket] = set()
        self._listener = socket.create_server((HOST, self.port), reuse_port=False)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.port}"

    def cut(self) -> None:
        """From now on nothing arrives, and nobody is told."""
        self._up.clear()

    def heal(self) -> None:
        """What was on its way arrives now, unless its sender has given up."""
        self._up.set()

    def forget(self, asked: bytes) -> None:
        """Connections whose last request holds these bytes never carry anything again, and nobody is told."""
        for here, there in self._pairs:
            if asked in self._last_said.get(here, b""):
                self._forgotten |= {here, there}

    def slow(self, bytes_a_second: float, latency_s: float) -> None:
        """All connections share so much in each direction; each byte takes so long besides."""
        self._bytes_a_second, self._latency_s = bytes_a_second, latency_s

    def close(self) -> None:
        self._up.set()
        self._listener.close()
        for each in list(self._sockets):
            with suppress(OSError):
                each.close()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                if self._listener.fileno() < 0:
                    return
                continue
            try:
                there = socket.create_connection((HOST, self.to_port), timeout=5)
            except OSError:
                here.close()  # the server is not there: the browser is told
                continue
            there.settimeout(None)
            self._sockets |= {here, there}
            self._pairs.append((here, there))
            if self._listener.fileno() < 0:  # it came in at the very end
                here.close()
                there.close()
                return
            for number, (source, sink) in enumerate(((here, there), (there, here))):
                late: Queue[tuple[float, bytes]] = Queue()
                threading.Thread(target=self._read, args=(source, late), daemon=True).start()
                threading.Thread(target=self._write, args=(late, sink, number), daemon=True).start()

    def _read(self, source: socket.socket, late: Queue[tuple[float, bytes]]) -> None:
        piece = b"."
        while piece:
            try:
                piece = source.recv(_PIECE)
            except OSError:
                piece = b""
            self._last_said[source] = piece
            late.put((time.monotonic() + self._latency_s, piece))

    def _write(self, late: Queue[tuple[float, bytes]], sink: socket.socket, direction: int) -> None:
        while True:
            due_s, piece = late.get()
            self._up.wait()
            if sink in self._forgotten:
                continue
            time.sleep(max(0.0, due_s - time.monotonic()))  # the way itself
            try:
                if not piece:
                    sink.shutdown(socket.SHUT_RDWR)
                    return
                self._trickle(piece, sink, direction)
            except OSError:
                return

    def _trickle(self, piece: bytes, sink: socket.socket, direction: int) -> None:
        while piece:
            rate = self._bytes_a_second
            part = piece if not rate else piece[: max(1, int(rate / 10))]
            with self._lines[direction]:
                if rate:
                    time.sleep(len(part) / rate)  # the line's own time for so many bytes
                self._up.wait()
                sink.sendall(part)
            piece = piece[len(part) :]


@pytest.fixture
def network(site: Site) -> Iterator[Network]:
    """Laid before the web server of the test's own `site`; taken up at its end."""
    laid = Network(site.web)
    yield laid
    laid.close()
