"""A web server of a plant, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from interlock.wake import WakeSender
from tests.factory import Plant


@contextmanager
def web_server(plant: Plant) -> Iterator[str]:
    """Its address; the plant is closed with it."""
    command = [sys.executable, "-m", "tests.web.live_server", str(plant.folder)]
    with (
        closing(plant),
        closing(WakeSender(plant.folder)),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()
