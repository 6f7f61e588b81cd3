"""`make bench`: what the parts cost, each as a ratio to a baseline that is measured in the same run."""

from __future__ import annotations

import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from kiosk.services import Pulse, Services
from kiosk.views import board_page
from ledger.store import Ledger
from shopfloor.calendar_book import CalendarBook
from shopfloor.instants import DAY_MS
from shopfloor.orders import Order
from shopfloor.scans import Scan
from tests.bench.gateway import from_broker_to_ledger
from tests.bench.kiosk_page import kiosk_page
from tests.bench.measure import Row, median_s
from tests.bench.planning import planning
from tests.bench.responsibility import responsibility
from tests.bench.stalled_streams import stalled_streams
from tests.factory import Plant, china, worked_order

COMMIT = 500
DEVICES = ("scanner-cut", "scanner-cut", "scanner-sew", "scanner-sew", "scanner-pack", "scanner-pack")


def main() -> None:
    """Run all and print one table."""
    table = Table(
        "what", "measured", "baseline", "ratio", title="medians; the ratios count, absolute figures drift"
    )
    with TemporaryDirectory() as folder:
        for row in (
            *ingest(Path(folder)),
            *from_broker_to_ledger(Path(folder)),
            *board(Path(folder)),
            *responsibility(Path(folder)),
            *planning(Path(folder)),
            *stalled_streams(Path(folder)),
            *kiosk_page(Path(folder)),
        ):
            table.add_row(*row)
    Console(width=130).print(table)


def ingest(folder: Path) -> list[Row]:
    """Scans recorded a second, beside rows of the same size put into an empty table in commits of the same size."""
    plant = Plant(folder / "ingest")
    plant.release(Order("A-1", "shirts", "polo", 20_000, china("23 08:00") + 300 * DAY_MS))
    codes = plant.codes()
    scans = [
        Scan(device, code, china("24 08:00") + (step * 60 + n) * 1_000, scan_id=f"{step}/{n}")
        for step, device in enumerate(DEVICES)
        for n, code in enumerate(codes)
    ]
    taken = []
    for first in range(0, len(scans), COMMIT):
        batch = scans[first : first + COMMIT]
        taken.append(
            median_s(lambda batch=batch: plant.recorder.record(batch, batch[-1].arrived_at), rounds=1)
        )
    with plant.ledger.write(0) as tx:
        tx.run("CREATE TABLE baseline (id TEXT UNIQUE, device TEXT, code TEXT, at INTEGER)")
    rows = [(scan.scan_id, scan.device, scan.code, scan.arrived_at) for scan in scans]
    plain = [
        median_s(lambda first=first: _plain_commit(plant.ledger, rows[first : first + COMMIT]), rounds=1)
        for first in range(0, len(rows), COMMIT)
    ]
    plant.close()
    scans_s, rows_s = COMMIT / statistics.median(taken), COMMIT / statistics.median(plain)
    return [
        (
            "scans recorded / plain rows inserted, a second",
            f"{scans_s:,.0f}",
            f"{rows_s:,.0f}",
            f"{scans_s / rows_s:.2f}",
        )
    ]


def _plain_commit(ledger: Ledger, rows: list[tuple[object, ...]]) -> None:
    with ledger.write(0) as tx:
        tx.run_many("INSERT INTO baseline VALUES (?, ?, ?, ?)", rows)


def board(folder: Path) -> list[Row]:
    """A board's context from a ledger of some events and from one of a hundred times as many."""
    few, many = (_board_s(folder / f"board-{batches}", batches) for batches in (30, 3_000))
    return [
        (
            "board after 18,000 events / after 180, ms",
            f"{many * 1e3:.2f}",
            f"{few * 1e3:.2f}",
            f"{many / few:.2f}",
        )
    ]


def _board_s(folder: Path, batches: int) -> float:
    plant = Plant(folder)
    plant.release(Order("A-1", "shirts", "polo", 20 * batches, china("23 08:00") + 400 * DAY_MS))
    plant.release(worked_order("A-2"))
    at = china("24 08:00")
    for device in DEVICES:
        at += 60_000
        plant.recorder.record([Scan(device, code, at) for code in plant.codes()], at)
    plant.now = at
    services = Services(
        plant.ledger, plant.config, plant.recorder, CalendarBook(plant.site), lambda: at, Pulse()
    )
    taken = median_s(lambda: board_page(services, "shirts"), rounds=50)
    plant.close()
    return taken


if __name__ == "__main__":
    main()
