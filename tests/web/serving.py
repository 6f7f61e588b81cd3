"""Web servers in processes of their own, forked off one that has imported everything: to import it takes a second."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

_FORKED = get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.web.live_server"])
START_LIMIT_S = 30


class Server:
    """One process, as `subprocess` has it."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    def send_signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode


def _serve(words: tuple[str, ...], ready: Connection) -> None:
    from tests.web import live_server  # noqa: PLC0415  # it patches the process that imports it

    live_server.main(words, ready.send)


@contextmanager
def running(*words: str) -> Iterator[tuple[int, Server]]:
    """A server by the command line of `live_server`, and its port; it is stopped at the end."""
    told, ready = _FORKED.Pipe(duplex=False)
    process = _FORKED.Process(target=_serve, args=(words, ready), daemon=True)
    process.start()
    ready.close()
    with told:
        assert told.poll(START_LIMIT_S), "the server does not start"
        port: int = told.recv()
    try:
        yield port, Server(process)
    finally:
        process.terminate()
        process.join(10)
        if process.is_alive():
            process.kill()
            process.join()
