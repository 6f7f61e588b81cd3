"""A plant with a join and a chain for tests of the record, and what its ledger holds whatever the order of arrival."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from shopfloor.instants import DAY_MS, MINUTE_MS, Instant
from shopfloor.orders import Order
from shopfloor.scans import Answer, Scan
from tests.factory import WORKED_SITE, Plant, china

JOIN_SITE = (
    WORKED_SITE
    + """
[[line]]
id = "gears"
name = "Gears"
ship_buffer = "1h"

[[line.link]]
id = "steel"
name = "Steel in"
kind = "milestone"
lead = "1h"
shifts = ["day"]

[[line.link]]
id = "turn"
name = "Turning"
after = ["steel"]
per_hour = 100
shifts = ["day"]

[[line.link]]
id = "cast"
name = "Casting"
per_hour = 100
shifts = ["day"]

[[line.link]]
id = "fit"
name = "Fitting"
after = ["turn", "cast"]
per_hour = 100
shifts = ["day"]

[[product]]
id = "gear"
line = "gears"
batch = 20

[[station]]
id = "steel-1"
link = "gears/steel"

[[station]]
id = "turn-1"
link = "gears/turn"

[[station]]
id = "cast-1"
link = "gears/cast"

[[station]]
id = "fit-1"
link = "gears/fit"
"""
    + "".join(
        f'\n[[device]]\nid = "{device}"\nstation = "{station}"\nmode = "{mode}"\n'
        for device, station, mode in (
            ("scanner-cut-2", "cut-1", "auto"),
            ("scanner-sew-out", "sew-1", "out"),
            ("scanner-steel", "steel-1", "auto"),
            ("scanner-turn", "turn-1", "auto"),
            ("scanner-cast", "cast-1", "auto"),
            ("scanner-fit", "fit-1", "auto"),
            ("scanner-fit-2", "fit-1", "auto"),
        )
    )
)

CHAIN = ("scanner-cut", "scanner-cut-2", "scanner-sew", "scanner-sew-out", "scanner-pack")
JOIN = ("scanner-steel", "scanner-turn", "scanner-cast", "scanner-fit", "scanner-fit-2")

MANY = 10
"""Batches of an order that are more than a week's work."""

_STATE = {
    "positions": "SELECT batch, link, received_at, given_at, received, given, lost FROM positions",
    "handoffs": "SELECT batch, giver, receiver, quantity, given_at, hour_at, received_at, short FROM handoffs",
    "order_links": "SELECT * FROM order_links",
    "hour_counts": "SELECT * FROM hour_counts",
    "link_activity": "SELECT * FROM link_activity",
    "orders": "SELECT * FROM orders",
    "loads": "SELECT * FROM loads",
    "given_back": "SELECT * FROM given_back",
    "gaps": "SELECT * FROM seq_gaps",
    "delays": "SELECT * FROM delays",
    "link_days": "SELECT * FROM link_days",
}


def joined_plant(folder: Path, batches: int = 3) -> Plant:
    """Monday 08:00, an order of some batches released on each of two lines, to be scanned on Tuesday."""
    plant = Plant(folder, JOIN_SITE)
    due = china("27 17:00") if batches < MANY else china("27 17:00") + 280 * DAY_MS
    for order, line, product in (("A-1", "shirts", "polo"), ("G-1", "gears", "gear")):
        plant.release(Order(order, line, product, 20 * batches, due))
    return plant


def again(template: Path, folder: Path) -> Plant:
    """A copy of a plant that was closed."""
    shutil.copytree(template, folder)
    return Plant(folder, JOIN_SITE)


def state(plant: Plant) -> dict[str, set[tuple[Any, ...]]]:
    """All that must not depend on the order in which scans came."""
    return {name: {tuple(row) for row in plant.ledger.rows(sql)} for name, sql in _STATE.items()}


def record(plant: Plant, scans: Sequence[Scan], now: Instant | None = None) -> list[Answer]:
    """Recorded in one commit, at an instant or each as it happens."""
    if now is None:
        return [answer for scan in scans for answer in record(plant, [scan], scan.arrived_at)]
    return [answer for answer in plant.recorder.record(scans, now) if answer is not None]


def numbered(moves: Sequence[tuple[str, str, Instant, int | None]]) -> list[Scan]:
    """Device, code, time and quantity as scans in the order of time, each device with ids and numbers of its own."""
    counted: dict[str, int] = {}
    scans = []
    for place, (device, code, at, quantity) in enumerate(sorted(moves, key=lambda move: move[2])):
        counted[device] = counted.get(device, 0) + 1
        scans.append(Scan(device, code, at, f"{place}-{device}", at, counted[device], quantity=quantity))
    return scans


def arriving(scans: Sequence[Scan], chance: Random, now: Instant) -> list[list[Scan]]:
    """The same scans out of buffers: each one to three times, in any order, in portions of any size."""
    late = [
        Scan(s.device, s.code, now, s.scan_id, s.device_at, s.seq, quantity=s.quantity)
        for s in scans
        for _ in range(chance.randint(1, 3))
    ]
    chance.shuffle(late)
    portions = []
    while late:
        size = chance.randint(1, 40)
        portions.append(late[:size])
        late = late[size:]
    return portions


def last_of(scans: Sequence[Scan]) -> Instant:
    """Some time after the last scan."""
    return max((scan.arrived_at for scan in scans), default=china("24 08:00")) + 90 * MINUTE_MS
