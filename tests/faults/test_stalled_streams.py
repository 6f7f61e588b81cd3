"""Readers that never read, and more live pages than any server has threads: scans are taken all the same."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.broker_fixtures import Embedded
from tests.live_site import Site

BATCHES = 200
TABLET = "0123456789abcdef0123456789abcdef"
PATIENCE_S = 4
"""A tablet waits no longer for its answer."""
GROWN_KB = 60_000


@pytest.fixture
def site(make_site: Callable[..., Site], embedded_broker: Embedded) -> Site:
    return make_site(embedded_broker)


@pytest.fixture
def stalled(site: Site) -> Iterator[Callable[[int], None]]:
    """Opens so many streams of the board and never reads from them."""
    with ExitStack() as opened:

        def open_streams(count: int) -> None:
            for _ in range(count):
                reader = opened.enter_context(socket.socket())
                reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                reader.connect(("127.0.0.1", site.web))
                reader.sendall(b"GET /board/parts/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

        yield open_streams


def memory_kb(site: Site) -> int:
    pid = site.part("kiosk").pid
    with open(f"/proc/{pid}/status") as status:  # noqa: PTH123  # no file of ours
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def send(site: Site, number: int, code: str) -> str:
    """One scan as a tablet sends it; what became of it."""
    entry = {"id": f"scan-{number}", "seq": number, "kind": "scan", "at": 1, "fields": {"code": code}}
    body = {"tablet": TABLET, "clock": 1, "next_seq": number + 1, "entries": [entry]}
    request = urllib.request.Request(f"{site.base}/kiosk/sew-1/outbox", json.dumps(body).encode())  # noqa: S310  # the test's own server
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310  # the test's own server
        result: str = json.load(answer)["answers"][0]["result"]
    return result


@pytest.mark.parametrize("streams", [30, 300])
def test_scans_are_taken_beside_streams_that_nobody_reads(
    site: Site, stalled: Callable[[int], None], streams: int
) -> None:
    assert send(site, 1, site.codes[0]) == "recorded"
    stalled(streams)
    before_kb = memory_kb(site)
    results = [send(site, number, code) for number, code in enumerate(site.codes[1:], 2)]
    assert results == ["recorded"] * (len(site.codes) - 1)
    refused = [send(site, number, f"NO-{number}") for number in range(100, 100 + BATCHES)]
    assert set(refused) == {"refused"}  # each of them changes the board that nobody reads
    assert memory_kb(site) - before_kb < GROWN_KB
