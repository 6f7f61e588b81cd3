"""A tablet's scans beside live pages whose readers never read: how long the slowest of a hundred waits."""

from __future__ import annotations

import json
import socket
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from shopfloor.instants import DAY_MS
from shopfloor.orders import Order
from tests.bench.measure import Row
from tests.bench.web import web_server
from tests.factory import Plant, china

STREAMS = 30
SCANS = 300
TABLET = "0123456789abcdef0123456789abcdef"


def stalled_streams(folder: Path) -> list[Row]:
    """Each scan changes the board that nobody reads."""
    plant = Plant(folder / "stalled")
    plant.release(Order("A-1", "shirts", "polo", 20 * 2 * SCANS, china("23 08:00") + 300 * DAY_MS))
    plant.turn(china("24 15:10"))
    codes = iter(plant.codes())
    numbers = count(1)
    with web_server(plant) as base, ExitStack() as opened:
        alone_ms = _each_ms(base, codes, numbers)
        for _ in range(STREAMS):
            _open_stream(opened, base)
        beside_ms = _each_ms(base, codes, numbers)
    return [
        (
            f"a tablet's scan beside {STREAMS} live pages that nobody reads / alone, ms: {name}",
            f"{beside:.1f}",
            f"{alone:.1f}",
            f"{beside / alone:.1f}",
        )
        for name, beside, alone in (
            ("p50", statistics.median(beside_ms), statistics.median(alone_ms)),
            ("p99", _p99(beside_ms), _p99(alone_ms)),
        )
    ]


def _open_stream(opened: ExitStack, base: str) -> None:
    reader = opened.enter_context(socket.socket())
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    address = urlsplit(base)
    reader.connect((address.hostname, address.port))
    reader.sendall(b"GET /board/shirts/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")


def _each_ms(base: str, codes: Iterator[str], numbers: Iterator[int]) -> list[float]:
    taken = []
    for _, code, number in zip(range(SCANS), codes, numbers, strict=False):
        entry = {"id": f"scan-{number}", "seq": number, "kind": "scan", "at": 1, "fields": {"code": code}}
        body = {"tablet": TABLET, "clock": 1, "next_seq": number + 1, "entries": [entry]}
        request = urllib.request.Request(f"{base}/kiosk/cut-1/outbox", json.dumps(body).encode())  # noqa: S310  # our own server
        start_s = time.perf_counter()
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # our own server
            told = json.load(answer)["answers"][0]
        taken.append((time.perf_counter() - start_s) * 1e3)
        assert told["result"] == "recorded", told
    return taken


def _p99(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]
