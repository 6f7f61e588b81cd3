"""A plant with shipped orders for tests of the archive, and where its rows are."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from ledger.archive import ARCHIVE_FILE, MOVED, reading_archive
from ledger.archiving import Moved, archive
from ledger.store import Ledger
from shopfloor.instants import DAY_MS, Instant
from shopfloor.orders import Order
from tests.factory import Plant, china
from tests.ledger.recorded import JOIN_SITE

YEARS_LATER: Instant = china("28 12:00") + 800 * DAY_MS
BEFORE_AT: Instant = YEARS_LATER - 700 * DAY_MS
ALONG = ("scanner-cut", "scanner-sew", "scanner-pack")


def shipped_plant(folder: Path) -> Plant:
    """Shipped: A-1, G-1 of a line with a milestone and a join, and A-3, which was scanned last; A-2 is under way."""
    plant = Plant(folder, JOIN_SITE)
    for order, line, product in (
        ("A-1", "shirts", "polo"),
        ("G-1", "gears", "gear"),
        ("A-2", "shirts", "polo"),
        ("A-3", "shirts", "polo"),
    ):
        plant.release(Order(order, line, product, 60, china("27 17:00")))
    plant.now = china("24 09:00")
    ship(plant, "A-1")
    scan_once(plant, "scanner-steel", "G-1")
    for code in plant.codes("G-1"):
        for device in ("scanner-turn", "scanner-turn", "scanner-cast", "scanner-cast"):
            scan_once(plant, device, code)
        scan_once(plant, "scanner-fit", code)
        scan_once(plant, "scanner-fit", code)
    scan_once(plant, "scanner-cut", plant.codes("A-2")[0])
    scan_once(plant, "scanner-pack", plant.codes("A-1")[0])  # refused: a fact that means nothing
    ship(plant, "A-3")
    return plant


def ship(plant: Plant, order: str) -> None:
    """Every batch comes and goes at every link of the chain."""
    for code in plant.codes(order):
        for device in ALONG:
            scan_once(plant, device, code)
            scan_once(plant, device, code)


def scan_once(plant: Plant, device: str, code: str) -> None:
    """A scan with an id, half a minute after the last one."""
    plant.now += 30_000
    plant.scan(device, code, scan_id=f"{device} {code} {plant.now}")


def at_once(_: float) -> bool:
    """Neither rests nor stops."""
    return False


def archive_old(ledger: Ledger, before_at: Instant = BEFORE_AT) -> Moved:
    """Archive years later."""
    return archive(ledger, before_at, lambda: YEARS_LATER, stop=at_once)


def rows_of(place: Any, order: str) -> dict[str, list[tuple[Any, ...]]]:
    """An order's rows in a ledger or an archive, by table."""
    run = place.rows if isinstance(place, Ledger) else place.execute
    return {
        table: sorted(map(tuple, run(f"SELECT * FROM {table} WHERE {its}", {"order": order})), key=repr)  # noqa: S608  # our own names
        for table, its in MOVED.items()
    }


def archived_rows(folder: Path, order: str) -> dict[str, list[tuple[Any, ...]]]:
    """The same from the archive of a folder."""
    with reading_archive(folder / ARCHIVE_FILE) as connection:
        return rows_of(connection, order)


def opened(folder: Path) -> Any:
    """The ledger of a folder, closed in the end."""
    return closing(Ledger(folder / "ledger.db"))


NOTHING: dict[str, list[tuple[Any, ...]]] = {table: [] for table in MOVED}
