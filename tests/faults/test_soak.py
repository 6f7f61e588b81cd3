"""Ten times the scans of a busy plant for a long time: memory, files and log stay as they are.

`SOAK_S` in the environment: for how many seconds, 600 if it is not there.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.broker_address import BrokerAddress
from gateway.device import ScannerClient
from interlock import clock
from ledger.store import LOG_KEPT_BYTES
from shopfloor.instants import DAY_MS, SECOND_MS, utc_text
from shopfloor.orders import Order
from tests.broker_fixtures import Embedded
from tests.faults.oracle import broken_promises
from tests.live_site import Site

SOAK_S = float(os.environ.get("SOAK_S", "600"))
PER_SECOND = 2_000
SLICE_S = 0.05
SAMPLE_S = 1.0
BATCHES = 2_000
STEPS = ("scanner-cut", "scanner-cut", "scanner-sew", "scanner-sew", "scanner-pack", "scanner-pack")
APART_MS = 15 * SECOND_MS
"""Two scans of a batch by one device are two only when they are further apart than ten seconds."""


@dataclass(frozen=True, slots=True)
class Sample:
    memory_kb: int
    files: int
    log_bytes: int


@pytest.fixture
def site(make_site: Callable[..., Site], embedded_broker: Embedded) -> Site:
    return make_site(embedded_broker)


def sample(site: Site, part: str) -> Sample:
    process = Path(f"/proc/{site.part(part).pid}")
    status = (process / "status").read_text()
    memory_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    log = site.folder / "ledger.db-wal"
    return Sample(memory_kb, len(list((process / "fd").iterdir())), log.stat().st_size if log.exists() else 0)


def scans(site: Site) -> Iterator[tuple[str, bytes]]:
    """Order after order, each batch received and given by link after link."""
    number = 0
    while True:
        now = clock.now()
        order = Order(f"S-{number}", "parts", "part", BATCHES * 20, now + 3_000 * DAY_MS)
        codes = site.release(order, began=now, now=now)
        for step, device in enumerate(STEPS):
            for code in codes:
                at = clock.now() - (len(STEPS) - step) * APART_MS
                said = {"id": f"s{number}/{step}/{code}", "code": code, "at": utc_text(at)}
                yield device, json.dumps(said).encode()
        number += 1


@pytest.mark.faults_long
@pytest.mark.timeout(SOAK_S * 3 + 300)
def test_under_ten_times_the_load_memory_files_and_log_stay_flat(site: Site) -> None:
    address = BrokerAddress(site.broker.host, site.broker.port)
    samples: dict[str, list[Sample]] = {"gateway": [], "kiosk": []}
    told = 0
    with ScannerClient("e2e", address, "soak", devices=sorted(set(STEPS)), window=1_000) as client:
        work = scans(site)
        begin_s = next_s = time.monotonic()
        sent = 0
        while (now_s := time.monotonic()) < begin_s + SOAK_S:
            if now_s >= next_s:
                next_s += SAMPLE_S
                for part, found in samples.items():
                    found.append(sample(site, part))
            while sent < (now_s - begin_s + SLICE_S) * PER_SECOND and time.monotonic() < next_s:
                client.publish(*next(work))
                sent += 1
            time.sleep(SLICE_S / 5)  # the load's pace, nothing is waited for
        told = sum(answer.result == "recorded" for answer in client.wait_all(timeout_s=60))
    assert told == sent
    print(f"{sent / SOAK_S:,.0f} scans a second for {SOAK_S:.0f} s")  # noqa: T201  # what it was under, with -s
    for part, found in samples.items():
        quarter = len(found) // 4
        early, late = found[quarter : 2 * quarter], found[-quarter:]
        grown_kb = median_memory(late) - median_memory(early)
        assert grown_kb < 0.1 * median_memory(early) + 4_096, f"{part} grew by {grown_kb} kB"
        assert max(one.files for one in late) <= max(one.files for one in early) + 2, part
        assert max(one.log_bytes for one in found) <= 4 * LOG_KEPT_BYTES
    assert broken_promises(site.ledger) == []


def median_memory(found: list[Sample]) -> float:
    return statistics.median(one.memory_kb for one in found)
