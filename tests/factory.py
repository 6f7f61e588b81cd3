"""A small plant for tests: the line of the worked example, its orders and its scans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.badged_in import StationBadges
from ledger.checking import faults
from ledger.damage import head_path
from ledger.plans import released_loads
from ledger.recorder import Recorder
from ledger.releasing import released
from ledger.store import Ledger
from shopfloor.instants import Instant, instant_from_text
from shopfloor.orders import Order, OrderPlan
from shopfloor.planning import plan_orders
from shopfloor.scans import Answer, Scan
from shopfloor.site import Site
from station_config import SiteConfig, load

WORKED_SITE = """
version = 1

[site]
id = "hz1"
name = "Hangzhou Shirts"
timezone = "Asia/Shanghai"

[[shift]]
id = "day"
start = "08:00"
end = "17:00"
days = ["mon", "tue", "wed", "thu", "fri"]
breaks = ["12:00-13:00"]

[[line]]
id = "shirts"
name = "Shirts"
ship_buffer = "1h"

[[line.link]]
id = "cut"
name = "Cutting"
per_hour = 100
transfer = "30min"
buffer = "60min"
shifts = ["day"]

[[line.link]]
id = "sew"
name = "Sewing"
after = ["cut"]
per_hour = 40
buffer = "60min"
shifts = ["day"]

[[line.link]]
id = "pack"
name = "Packing"
after = ["sew"]
per_hour = 50
shifts = ["day"]

[[product]]
id = "polo"
line = "shirts"
batch = 20

[[station]]
id = "cut-1"
link = "shirts/cut"

[[station]]
id = "sew-1"
link = "shirts/sew"

[[station]]
id = "pack-1"
link = "shirts/pack"

[[device]]
id = "scanner-cut"
station = "cut-1"

[[device]]
id = "scanner-sew"
station = "sew-1"

[[device]]
id = "scanner-pack"
station = "pack-1"
"""

LEDGER = "ledger.db"
_FIRST = '[[line.link]]\nid = "cut"\nname = "Cutting"\n'
MONDAY = "2026-11-23T08:00:00+08:00"
"""The start of the week in which the worked example is due on Wednesday."""


def china(text: str) -> Instant:
    """An instant from a day and time in Hangzhou, for example `24 14:30` in November 2026."""
    day, clock = text.split()
    return instant_from_text(
        f"2026-11-{day}T{clock}:00+08:00" if clock.count(":") == 1 else f"2026-11-{day}T{clock}+08:00"
    )


def behind_milestone(link: str, name: str, keys: str = "") -> str:
    """The worked site with a milestone before cutting, and its station `buy-1`; `keys` are more of the link's."""
    assert _FIRST in WORKED_SITE
    milestone = (
        f'[[line.link]]\nid = "{link}"\nname = "{name}"\nkind = "milestone"\nshifts = ["day"]\n{keys}\n'
    )
    station = f'\n[[station]]\nid = "buy-1"\nlink = "shirts/{link}"\n'
    return WORKED_SITE.replace(_FIRST, f'{milestone}\n{_FIRST}after = ["{link}"]\n') + station


def site_folder(folder: Path, text: str = WORKED_SITE) -> Path:
    """A site folder with that site.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.toml").write_text(text, encoding="utf-8")
    return folder


@cache
def blank_ledger() -> bytes:
    """A ledger in which nothing is recorded: its schema is made once, and each plant begins with a copy."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / LEDGER
        Ledger(path, create=True).close()
        return path.read_bytes()


def new_ledger(folder: Path, **how: bool) -> Ledger:
    """The ledger of a site folder; a blank one if there is none."""
    path = folder / LEDGER
    if not (path.exists() or head_path(path).exists()):
        path.write_bytes(blank_ledger())
    return Ledger(path, create=True, **how)


def worked_order(order: str = "A-1", quantity: int = 200, due: str = "25 17:00") -> Order:
    """The order of the worked example."""
    return Order(order, "shirts", "polo", quantity, china(due))


def put_in_force(
    ledger: Ledger, site: Site, plans: Sequence[OrderPlan], *, at: Instant, now: Instant
) -> None:
    """Release plans as if everybody had agreed."""
    assert [plan.order.order for plan in plans if not plan.feasible] == []
    with ledger.write(now) as tx:
        for plan in plans:
            tx.append(released(tx, site, plan, source="test", at=at, person=None))


class Plant:
    """A loaded site with its ledger on disk and a clock that the test turns."""

    def __init__(self, folder: Path, text: str = WORKED_SITE, now: str = "23 08:00") -> None:
        self.folder = site_folder(folder, text)
        self.config: SiteConfig = load(self.folder)
        self.site = self.config.site
        self.ledger = new_ledger(self.folder)
        self.recorder = Recorder(self.ledger, self.site, StationBadges(self.site))
        self.now: Instant = china(now)

    def release(self, *orders: Order) -> None:
        """Plan the orders beside what is released, and put them in force."""
        loads = released_loads(self.ledger, self.now)
        plans = plan_orders(self.site, list(orders), now=self.now, loads=loads)
        put_in_force(self.ledger, self.site, plans, at=self.now, now=self.now)

    def codes(self, order: str = "A-1") -> list[str]:
        """The codes of an order's batches."""
        rows = self.ledger.rows('SELECT batch FROM batches WHERE "order" = ? ORDER BY number', (order,))
        return [row["batch"] for row in rows]

    def scan(
        self,
        device: str,
        code: str,
        at: str | None = None,
        *,
        scan_id: str | None = None,
        quantity: int | None = None,
    ) -> Answer:
        """One scan that arrives at once, at a time of day in Hangzhou."""
        if at is not None:
            self.now = china(at)
        (answer,) = self.recorder.record(
            [Scan(device, code, self.now, scan_id=scan_id, quantity=quantity)], self.now
        )
        assert answer is not None
        return answer

    def turn(self, now: Instant) -> None:
        """Turn the clock, and that of a server of this folder: it may read at any moment, hence the rename."""
        self.now = now
        new = self.folder / "now.new"
        new.write_text(str(now))
        new.rename(self.folder / "now")

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()


@contextmanager
def kept_whole(plant: Plant) -> Iterator[Plant]:
    """A plant until its test is over: then what it recorded agrees with itself, and its ledger is closed."""
    yield plant
    assert faults(plant.ledger) == []
    plant.close()
