"""`/responsibility` over a year of two million handoffs, beside the same page over nothing."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Pulse, Services
from shopfloor.calendar_book import CalendarBook
from shopfloor.instants import DAY_MS, MINUTE_MS
from tests.bench.measure import Row, median_s
from tests.factory import Plant

DAYS, LINKS, PRODUCTS = 365, ("cut", "sew", "pack"), 3
HANDOFFS = 2_000_000
PARTS = 100_000
"""Parts of orders: one for each twenty handoffs."""
FLAGS = 20_000


def responsibility(folder: Path) -> list[Row]:
    """The page and the API; both answer out of read models."""
    plant = Plant(folder / "responsibility")
    _write_year(plant)
    now = plant.now
    services = Services(
        plant.ledger, plant.config, plant.recorder, CalendarBook(plant.site), lambda: now, Pulse()
    )
    client = create_app(services).test_client()
    year, nothing = "from=2025-11-24&to=2026-11-23", "from=2030-01-01&to=2030-12-31"
    rows = [
        _row("page", client, f"/responsibility?{year}", f"/responsibility?{nothing}"),
        _row(
            "API",
            client,
            f"/api/v1/responsibility/shirts?{year}",
            f"/api/v1/responsibility/shirts?{nothing}",
        ),
    ]
    plant.close()
    return rows


def _row(what: str, client: FlaskClient, address: str, baseline: str) -> Row:
    taken, least = (median_s(lambda a=each: client.get(a)) for each in (address, baseline))
    return (
        f"responsibility, {what}: a year of {HANDOFFS:,} handoffs / nothing, ms",
        f"{taken * 1e3:.1f}",
        f"{least * 1e3:.1f}",
        f"{taken / least:.2f}",
    )


def _write_year(plant: Plant) -> None:
    chance = random.Random(1)  # noqa: S311  # the same year each time
    days = [(date(2026, 11, 23) - timedelta(days=n)).isoformat() for n in range(DAYS)]
    due = HANDOFFS // (DAYS * len(LINKS) * PRODUCTS) + 1
    with plant.ledger.write(plant.now) as tx:
        tx.run_many(
            "INSERT INTO link_days (line, link, on_day, product, due, late, own_min, recovered_min, inherited_min,"
            " shared_min, silent_min) VALUES ('shirts', ?, ?, ?, ?, ?, ?, 5, 30, ?, 10)",
            [
                (link, day, f"p{product}", due, chance.randint(0, 60), chance.randint(20, 90), 10)
                for link in LINKS
                for day in days
                for product in range(PRODUCTS)
            ],
        )
        tx.run_many(
            'INSERT INTO delays ("order", link, line, product, planned_at, planned_on, planned_hour, finished_at,'
            " late_min, buffer_min, inherited_min, own_min, absorbed_min, previous, handoffs)"
            " VALUES (?, ?, 'shirts', 'polo', ?, ?, ?, ?, 12, 60, 0, ?, 0, '[]', '[]')",
            [_part(plant, chance, days, number) for number in range(PARTS)],
        )
        tx.run_many(
            'INSERT INTO flags (flag, line, link, raised_by, station, "order", start_at, end_at, quantity,'
            " cumulative, state, reason, raised_at, answered_at, closed_at, answers, silent) VALUES"
            " (?, 'shirts', ?, 'pack', 'pack-1', ?, 0, 0, 20, 40, 'resolved', ?, ?, ?, ?, 1, ?)",
            [_flag(plant, chance, number) for number in range(FLAGS)],
        )


def _part(plant: Plant, chance: random.Random, days: list[str], number: int) -> tuple[object, ...]:
    link, day = LINKS[number % len(LINKS)], chance.randrange(DAYS)
    at = plant.now - day * DAY_MS
    own_min = chance.choice((0, 0, 0, 0, -5, 12, 40))
    return f"O-{number // len(LINKS)}", link, at, days[day], number % 24, at, own_min


def _flag(plant: Plant, chance: random.Random, number: int) -> tuple[object, ...]:
    at = plant.now - chance.randrange(DAYS * DAY_MS)
    reason = chance.choice(("machine", "material", "tool", None))
    order = f"O-{chance.randrange(PARTS // len(LINKS))}"
    return (
        number + 1,
        LINKS[number % 2],
        order,
        reason,
        at,
        at + MINUTE_MS,
        at + 60 * MINUTE_MS,
        number % 7 == 0,
    )
