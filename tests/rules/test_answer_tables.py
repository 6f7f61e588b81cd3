"""Plans against tables worked with a pencil: tests/rules/answers, with the steps in its README."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from fractions import Fraction
from pathlib import Path

import pytest

from shopfloor.floor import Floor
from shopfloor.instants import NO_TIME, Instant, instant_from_text
from shopfloor.orders import Order, OrderPlan
from shopfloor.planning import promise
from shopfloor.site import Link, Product, Site
from tests.rules.plan_cases import rows_of
from tests.rules.plan_reference import Row
from tests.rules.planning_sites import BERLIN, DAY, NIGHT, at, days, hours, minutes, polos, site_of, work

ANSWERS = Path(__file__).parent / "answers"
Table = dict[tuple[str, str], list[Row]]
"""Per order and link its hours."""


@dataclass
class Worked:
    site: Site
    orders: Sequence[Order]
    now: Instant
    done: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def plans(self) -> list[OrderPlan]:
        return Floor(self.site, now=self.now).plan(self.orders, self.done)


def nights() -> Site:
    """A bakery in Berlin that works from 22:00 to 06:00 with a break from 02:00 to 02:30."""
    return site_of(
        work("mix", 30, transfer=minutes(30), buffer=hours(1), shifts=("night",)),
        work("bake", 20, "mix", shifts=("night",)),
        batch=10,
        ship_buffer=hours(1),
        zone=BERLIN,
        shifts=[replace(NIGHT, breaks=((time(2), time(2, 30)),))],
    )


def of_the_night(quantity: int, due: str) -> list[Order]:
    return [replace(polos(quantity, "01-01 00:00"), due_at=at(due, BERLIN))]


def milestone(link_id: str, *after: str, lead_days: int, buffer_hours: int) -> Link:
    lead, buffer = days(lead_days), hours(buffer_hours)
    return Link(
        link_id,
        link_id,
        kind="milestone",
        after=after,
        lead=lead,
        buffer=buffer,
        shifts=("day",),
        transfer=NO_TIME,
    )


def with_one_sewing_station_out(site: Site, begin: str, end: str) -> Site:
    station = replace(site.stations["sew-1"], out_of_service=((at(begin), at(end)),))
    return replace(site, stations={**site.stations, station.id: station})


CASES = {
    "join": Worked(
        site_of(
            work("body", 30, buffer=minutes(30)),
            work("collar", 10, transfer=hours(1)),
            work("assemble", 40, "body", "collar", lead=minutes(30)),
            stations={"collar": 2},
            ship_buffer=hours(1),
        ),
        [polos(100, "11-24 17:00")],
        at("11-23 08:00"),
    ),
    "milestone": Worked(
        site_of(
            milestone("fabric", lead_days=3, buffer_hours=4),
            work("cut", 40, "fabric", transfer=hours(1), buffer=minutes(30)),
            milestone("papers", "cut", lead_days=1, buffer_hours=1),
            work("sew", 20, "papers"),
        ),
        [polos(60, "11-24 17:00")],
        at("11-17 12:00"),
    ),
    "night_autumn": Worked(nights(), of_the_night(140, "10-25 06:00"), at("10-23 12:00", BERLIN)),
    "night_spring": Worked(nights(), of_the_night(100, "03-29 06:00"), at("03-27 12:00", BERLIN)),
    "shared": Worked(
        site_of(
            work("cut", 60),
            work("sew", 40, "cut"),
            products=[Product("tee", "shirts", "Tee", 10, {"cut": Fraction(45), "sew": Fraction(60)})],
        ),
        [
            polos(90, "11-24 16:30", "A-2", product="tee"),
            polos(40, "11-24 17:00", "A-3", priority=200),
            polos(100, "11-24 17:00", "A-1"),
        ],
        at("11-23 08:00"),
    ),
    "infeasible": Worked(
        site_of(work("cut", 50), work("sew", 40, "cut"), ship_buffer=minutes(30)),
        [
            polos(120, "11-24 08:30", "A-1"),
            polos(200, "11-23 14:30", "A-2"),
            polos(360, "11-23 17:30", "A-3"),
        ],
        at("11-23 08:00"),
    ),
    "remainder": Worked(
        site_of(work("sew", 30), work("pack", 40, "sew"), batch=24),
        [polos(100, "11-24 17:00")],
        at("11-23 08:00"),
    ),
    "overtime": Worked(
        with_one_sewing_station_out(
            site_of(
                work("cut", 40, buffer=hours(1)),
                work("sew", 20, "cut"),
                stations={"sew": 2},
                shifts=[replace(DAY, overtime=frozenset([date(2026, 11, 28)]))],
                holidays=[date(2026, 11, 27)],
            ),
            "11-28 09:30",
            "11-28 11:00",
        ),
        [polos(320, "11-30 10:00")],
        at("11-23 08:00"),
    ),
    "begun": Worked(
        site_of(work("sew", 40), work("pack", 50, "sew")),
        [polos(200, "11-25 17:00")],
        at("11-25 12:00"),
        done={"A-1": {"sew": 110, "pack": 60}},
    ),
}


def read(name: str) -> list[dict[str, str]]:
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(name: str) -> Table:
    answer: Table = {}
    for row in read(name):
        start_at, end_at, latest_at = (instant_from_text(row[key]) for key in ("start", "end", "latest"))
        make, give, cumulative = (int(row[key]) for key in ("make", "give", "cumulative"))
        hour = start_at, end_at, row["shift"], make, give, cumulative, latest_at
        answer.setdefault((row["order"], row["link"]), []).append(hour)
    return answer


@pytest.mark.parametrize("name", CASES)
def test_a_plan_is_the_table_that_was_worked_by_hand(name: str) -> None:
    planned: Table = {
        (plan.order.order, link): rows for plan in CASES[name].plans() for link, rows in rows_of(plan).items()
    }
    assert planned == table(name)


def test_what_is_short_and_the_earliest_ship_are_those_worked_by_hand() -> None:
    worked = CASES["infeasible"]
    told = [
        (plan.order.order, short.link, short.quantity, plan.earliest_ship_at)
        for plan in worked.plans()
        if not plan.feasible
        for short in plan.short
    ]
    assert told == [
        (row["order"], row["link"], int(row["short"]), instant_from_text(row["earliest_ship"]))
        for row in read("infeasible_short")
    ]


def test_the_lead_of_the_first_milestone_fits_to_the_minute() -> None:
    worked = CASES["milestone"]
    (plan,) = replace(worked, now=at("11-17 12:01")).plans()
    assert [(short.link, short.quantity) for short in plan.short] == [("fabric", 60)]


def test_no_due_before_the_table_of_the_remainder_would_do_if_sewing_began_with_it() -> None:
    # Its first hour is Tuesday 11:00; an hour earlier, 12 would have to be sewn before it.
    site = CASES["remainder"].site
    assert promise(site, product="polo", quantity=100, now=at("11-24 11:00")) == at("11-24 17:00")


def test_every_table_has_its_case() -> None:
    assert {path.stem for path in ANSWERS.glob("*.csv")} == {*CASES, "infeasible_short"}
