"""A small plant that really runs: gateway and web server as processes, a real broker, the clock on the wall."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from interlock import clock
from interlock.plant import Part, Plant
from interlock.ports import free_port
from ledger import reading
from ledger.checking import faults
from ledger.plans import released_loads
from ledger.store import Ledger
from shopfloor.instants import HOUR_MS, MINUTE_MS, Instant, moment_of
from shopfloor.orders import Order
from shopfloor.planning import plan_orders
from tests.broker_fixtures import RunningBroker
from tests.factory import new_ledger, put_in_force
from tests.provision import find_program
from tests.waiting import wait_for

SITE = """
version = 1
[site]
id = "e2e"
name = "End to end"
timezone = "UTC"
[web]
port = {web}
[broker]
host = "127.0.0.1"
port = {mqtt}
[flags]
silence = "99h"
"""
"""Who is late here is meant to be: Interlock raises no flag of its own while something else is looked at."""
SHIFT = """
[[shift]]
id = "s{number}"
start = "{start}"
end = "{end}"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""
LINK = """
[[line.link]]
id = "{link}"
name = "{name}"
after = [{after}]
per_hour = 40
shifts = ["s0", "s1", "s2"]
"""
STATION = """
[[station]]
id = "{link}-1"
name = "{name} 1"
link = "parts/{link}"
[[device]]
id = "scanner-{link}"
station = "{link}-1"
"""
LINE = '[[line]]\nid = "parts"\nname = "Parts"\n'
PRODUCT = '[[product]]\nid = "part"\nline = "parts"\nbatch = 20\n'
LINKS = (("cut", "Cutting", ""), ("sew", "Sewing", '"cut"'), ("pack", "Packing", '"sew"'))


def site_text(now: Instant, web: int, mqtt: int) -> str:
    """Three links round the clock at 40 an hour; every hour begins half an hour away from now."""
    minute = (moment_of(now).minute + 30) % 60
    starts = [f"{hour:02d}:{minute:02d}" for hour in (0, 8, 16)]
    return "".join(
        (
            SITE.format(web=web, mqtt=mqtt),
            *(SHIFT.format(number=n, start=starts[n], end=starts[(n + 1) % 3]) for n in range(3)),
            LINE,
            *(LINK.format(link=link, name=name, after=after) for link, name, after in LINKS),
            PRODUCT,
            *(STATION.format(link=link, name=name) for link, name, _ in LINKS),
        )
    )


class Site:
    """The plant with one order of ten batches: by now cutting owes six, sewing four, packing two.

    `more` stands at the end of site.toml, `files` beside it.
    """

    def __init__(
        self, folder: Path, broker: RunningBroker, more: str = "", files: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.broker = broker
        self.web = free_port()
        now = clock.now()
        folder.mkdir()
        (folder / "site.toml").write_text(site_text(now, self.web, broker.port) + more)
        for name, content in (files or {}).items():
            (folder / name).write_text(content)
        self.plant = Plant(folder, log_folder=folder / "logs")
        self.ledger: Ledger = new_ledger(folder, checkpoints=False)
        hour = (now // MINUTE_MS - 30) * MINUTE_MS
        order = Order("A-1", "parts", "part", 200, hour + 4 * HOUR_MS + MINUTE_MS)
        self.codes = self.release(order, began=hour - 3 * HOUR_MS, now=now)

    @property
    def base(self) -> str:
        return self.plant.web_address

    def release(self, order: Order, *, began: Instant, now: Instant) -> list[str]:
        """Release an order as if it had been planned at an instant; the codes of its batches."""
        site = self.plant.config.site
        loads = released_loads(self.ledger, began)
        (plan,) = plan_orders(site, [order], now=began, loads=loads)
        put_in_force(self.ledger, site, [plan], at=began, now=now)
        return [row["batch"] for row in reading.batches(self.ledger, order.order)]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.base}{path}", timeout=5) as answer:  # noqa: S310  # the test's own server
            return json.load(answer)

    def link(self, link: str) -> dict[str, Any]:
        """The board's row of a link."""
        board = self.get("/api/v1/board/parts")
        return next(row for row in board["links"] if row["link"] == link)

    def publish(self, device: str, payload: str | bytes) -> None:
        """What a plant's electrician would type."""
        self._pub(device, payload.encode() if isinstance(payload, str) else payload, "-s")

    def publish_all(self, device: str, payloads: Sequence[str]) -> None:
        """One message for each, over one connection; back when the broker has taken them all."""
        self._pub(device, "".join(f"{payload}\n" for payload in payloads).encode(), "-l")

    def _pub(self, device: str, content: bytes, how: str) -> None:
        program = find_program("mosquitto_pub")
        assert program is not None
        where = ["-h", self.broker.host, "-p", str(self.broker.port), "-q", "1"]
        topic = ["-t", f"interlock/e2e/{device}/scan"]
        subprocess.run([program, *where, *topic, how], input=content, check=True, timeout=30)

    def part(self, name: str) -> Part:
        """The gateway's or the web server's process."""
        return next(part for part in self.plant.parts if part.name == name)

    def kill(self, name: str) -> None:
        """SIGKILL to one of them; back when it has ended."""
        part = self.part(name)
        assert part.pid is not None
        os.kill(part.pid, signal.SIGKILL)
        wait_for(lambda: not part.alive, what=f"the end of {name}")

    def is_back(self, name: str) -> bool:
        """Whether it runs; started again, as the site does it, when that is due."""
        part = self.part(name)
        part.restart_if_ended()
        return part.alive

    def log(self, name: str) -> str:
        """What a process has said so far."""
        return (self.folder / "logs" / f"{name}.log").read_text(errors="replace")

    def recorded(self, prefix: str) -> Counter[str]:
        """How often each event id with a prefix stands in the ledger."""
        rows = self.ledger.rows("SELECT event_id FROM events WHERE event_id LIKE ?", (f"{prefix}%",))
        return Counter(row["event_id"] for row in rows)

    def recorded_by(self, device: str) -> int:
        """How many batches the ledger has received from a device."""
        row = self.ledger.row("SELECT COUNT(*) FROM events WHERE source = ? AND kind = 'received'", (device,))
        return int(row[0])

    def is_whole(self) -> None:
        """The oracle: the record agrees with itself."""
        assert faults(self.ledger) == []


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """`make_site(broker)` starts gateway and web server; they are stopped, and the record checked, at the end.

    `only` names the parts that a test needs, where it does not need both.
    """
    started: list[Site] = []

    def make(
        broker: RunningBroker, more: str = "", files: Mapping[str, str] | None = None, *, only: str = ""
    ) -> Site:
        site = Site(tmp_path / "site", broker, more, files)
        started.append(site)
        if only:
            site.part(only).start()
        else:
            site.plant.start()
        return site

    yield make
    for site in started:
        site.plant.stop()
        try:
            site.is_whole()
        finally:
            site.ledger.close()


@pytest.fixture
def site(make_site: Callable[..., Site], broker: RunningBroker) -> Site:
    """Once with Mosquitto, once with the embedded broker."""
    return make_site(broker)
