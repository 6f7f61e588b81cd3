"""What plans cost on the long line: hours of targets, one more order, and the whole command."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from interlock.orders_file import read_orders_file
from shopfloor.floor import Floor
from shopfloor.instants import HOUR_MS, instant_from_text
from shopfloor.orders import Load, Order, OrderPlan
from shopfloor.planning import loads_of
from shopfloor.site import Site
from station_config import load
from tests.bench.long_line import NOW, write_long_line, write_orders
from tests.bench.measure import ROUNDS, Row, median_s, plain_rows

YEAR = 10_000
"""Orders of a year."""
SIZES = (53, 530, 5_300)
"""Orders of about 1,000, 10,000 and 100,000 hours of targets."""
_COMMAND = """
import atexit, pathlib, re, sys
from interlock.__main__ import main

def tell_peak_memory():
    status = pathlib.Path("/proc/self/status").read_text()
    print(re.search(r"VmHWM:\\s+(\\d+)", status)[1], file=sys.stderr)

atexit.register(tell_peak_memory)
main()
"""


def planning(folder: Path) -> list[Row]:
    """All of them; ratios to a plain loop over as many rows."""
    folder = write_long_line(folder / "planning")
    site, now = load(folder).site, instant_from_text(NOW)
    # Before a year of plans lies in memory: the collector of garbage would look through it again and again.
    growth = _growth(site, folder)
    *most, last = read_orders_file(write_orders(folder / "year.csv", YEAR + 1), site)
    plans = Floor(site, now=now).plan(most)
    hours = sum(len(link.hours) for plan in plans for link in plan.links)
    return [*_command(folder, hours), *growth, *_one_more(site, plans, last)]


def _command(folder: Path, hours: int) -> list[Row]:
    """The command on a file of a year's orders, JSON into a file."""
    orders = write_orders(folder / "orders.csv", YEAR)
    taken_s, used_s, peak_mb = _run("plan", str(folder), "--orders", str(orders), "--now", NOW, "--json")
    _, _, least_mb = _run("plan", "--help")
    plain_s = median_s(partial(plain_rows, hours), rounds=3)
    what = f"interlock plan, {YEAR:,} orders: s / plain loop over its {hours:,} hours"
    return [
        (what, f"{taken_s:.2f} ({used_s:.2f} CPU)", f"{plain_s:.3f}", f"{taken_s / plain_s:.0f}"),
        ("its peak memory / that of its --help, MB", f"{peak_mb:.0f}", f"{least_mb:.0f}", f"{peak_mb / least_mb:.1f}"),
    ]  # fmt: skip


def _run(*arguments: str) -> tuple[float, float, float]:
    """Seconds by the clock and of processor time, and peak megabytes of a command."""
    start_s, before_s = time.perf_counter(), _used_s()
    command = [sys.executable, "-c", _COMMAND, *arguments]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return time.perf_counter() - start_s, _used_s() - before_s, int(done.stderr.split()[-1]) / 1024


def _used_s() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _growth(site: Site, folder: Path) -> list[Row]:
    """Ten and a hundred times as many hours of targets should take ten and a hundred times as long."""
    now = instant_from_text(NOW)
    empty = Floor(site, now=now)
    found: list[Row] = []
    fewest_us = 0.0
    for count in SIZES:
        orders = read_orders_file(write_orders(folder / f"{count}.csv", count), site)
        hours = sum(len(link.hours) for plan in empty.copy().plan(orders) for link in plan.links)
        floors = [empty.copy() for _ in range(ROUNDS)]
        all_s = median_s(partial(_plan_on_the_next, floors, orders), clock=time.process_time)
        plain_s = median_s(partial(plain_rows, hours), clock=time.process_time)
        each_us, plain_us = all_s / hours * 1e6, plain_s / hours * 1e6
        if not found:
            fewest_us = each_us
            what = f"one of {hours:,} hours of targets / one row of a plain loop, us"
            found.append((what, f"{each_us:.1f}", f"{plain_us:.2f}", f"{each_us / plain_us:.0f}"))
        what = f"{hours:,} hours of targets, s / as many at the cost of the fewest"
        least_s = fewest_us * hours / 1e6
        found.append((what, f"{all_s:.3f}", f"{least_s:.3f}", f"{all_s / least_s:.2f}"))
    return found


def _plan_on_the_next(floors: list[Floor], orders: Sequence[Order]) -> None:
    floors.pop().plan(orders)


def _one_more(site: Site, plans: list[OrderPlan], last: Order) -> list[Row]:
    """One order beside all that are released, on a floor that is kept; and what it takes to make that floor."""
    taken: Counter[tuple[str, str, int, str]] = Counter()
    for each in (each for plan in plans for each in loads_of(plan)):
        taken[each.line, each.link, each.start_at, each.product] += each.make
    loads = [Load(*key, make) for key, make in taken.items()]
    now = instant_from_text(NOW)
    floors = [Floor(site, now=now) for _ in range(3)]
    kept = floors[0]
    take_s = median_s(lambda: floors.pop().take(loads), rounds=3)

    def add() -> None:
        kept.move_to(kept.now + HOUR_MS)
        kept.copy().plan([last])

    add_s = median_s(add, rounds=20)
    loop_s, orders_s = (median_s(partial(plain_rows, n), rounds=3) for n in (len(loads), len(plans)))
    return [
        (
            f"one order added to {len(plans):,} released / plain loop over those, ms",
            f"{add_s * 1e3:.2f}",
            f"{orders_s * 1e3:.2f}",
            f"{add_s / orders_s:.1f}",
        ),
        (
            f"{len(loads):,} loads taken / plain loop over those, s",
            f"{take_s:.3f}",
            f"{loop_s:.3f}",
            f"{take_s / loop_s:.1f}",
        ),
    ]
