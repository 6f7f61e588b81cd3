"""What would help an order that is not feasible, and changes of a site to try. Answers worked by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from shopfloor import changes
from shopfloor.changes import CannotChange
from shopfloor.explaining import Way, ways_out
from shopfloor.floor import Floor
from shopfloor.orders import OrderPlan
from shopfloor.replanning import Progress
from shopfloor.site import Link, Product, Site
from tests.rules.planning_sites import at, days, hours, minutes, polos, shirts, site_of, work

NOW = at("11-23 08:00")
ONE_LINK = site_of(work("sew", 40))
MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)


def plan_of(site: Site, quantity: int, due: str) -> tuple[Floor, OrderPlan]:
    floor = Floor(site, now=NOW)
    (plan,) = floor.plan([polos(quantity, due)])
    return floor, plan


def test_one_more_station_at_the_link_that_is_short_ships_earlier() -> None:
    # 400 at 40 an hour end on Tuesday 10:00; at 80 an hour in five hours, on Monday 14:00.
    floor, plan = plan_of(ONE_LINK, 400, "11-23 12:00")
    assert plan.earliest_ship_at == at("11-24 10:00")
    assert ways_out(floor, plan) == (Way("shirts", "sew", at("11-23 14:00")),)


def test_the_way_is_beside_what_the_floor_has_taken() -> None:
    floor = Floor(ONE_LINK, now=NOW)
    first, late = floor.plan([polos(320, "11-23 17:00"), polos(400, "11-23 16:00", "A-2")])
    assert first.feasible
    # Monday's second station makes 320; the other 80 are the first hour of Tuesday with two.
    assert ways_out(floor, late) == (Way("shirts", "sew", at("11-24 09:00")),)


def test_what_is_given_already_needs_no_way() -> None:
    floor, _ = plan_of(ONE_LINK, 400, "11-23 12:00")
    (plan,) = floor.plan([polos(400, "11-23 12:00")], done={"A-1": {"sew": 80}})
    assert plan.earliest_ship_at == at("11-23 17:00")
    assert ways_out(floor, plan, Progress({"sew": 80})) == (Way("shirts", "sew", at("11-23 12:00")),)


def test_a_station_where_the_next_link_decides_is_no_way() -> None:
    # Cutting is short of time, but sewing one hour of 40 takes as long with two who cut.
    site = site_of(work("cut", 40), work("sew", 40, "cut"))
    floor, plan = plan_of(site, 40, "11-23 09:00")
    assert [short.link for short in plan.short] == ["cut"]
    assert plan.earliest_ship_at == at("11-23 10:00")
    assert ways_out(floor, plan) == ()


def test_there_is_no_way_for_a_milestone_or_for_an_order_that_is_feasible() -> None:
    material = Link("material", "Material", kind="milestone", lead=days(3), shifts=("day",))
    site = site_of(material, work("sew", 40, "material"))
    floor, plan = plan_of(site, 40, "11-24 17:00")
    assert [short.link for short in plan.short] == ["material"]
    assert ways_out(floor, plan) == ()
    floor, plan = plan_of(site, 40, "11-30 17:00")
    assert plan.feasible
    assert ways_out(floor, plan) == ()


def test_a_way_is_there_where_without_it_no_due_would_do() -> None:
    # Two years are about 520 days of 320: with one station too few for 200,000, with two enough.
    floor, plan = plan_of(ONE_LINK, 200_000, "11-24 17:00")
    assert plan.earliest_ship_at is None
    (way,) = ways_out(floor, plan)
    assert way.link == "sew"
    assert way.at < at("11-24 17:00") + 730 * 86_400_000


def test_of_many_ways_the_three_earliest_are_told() -> None:
    parts = [f"part{number}" for number in range(4)]
    site = site_of(*(work(part, 10) for part in parts), work("join", 100, *parts))
    floor, plan = plan_of(site, 100, "11-23 10:00")
    assert [short.link for short in plan.short] == parts
    # Each alone helps nothing: the other three stay as slow.
    assert ways_out(floor, plan) == ()
    every = replace(plan, earliest_ship_at=None)
    assert [way.link for way in ways_out(floor, every)] == parts[:3]


def test_a_further_station_gets_an_id_of_its_own() -> None:
    site = changes.with_station(changes.with_station(ONE_LINK, "shirts", "sew"), "shirts", "sew")
    assert len(site.stations) == 3
    assert len(site.stations_of("shirts", "sew")) == 3
    assert len(ONE_LINK.stations) == 1


def test_a_station_can_be_out_for_a_time_or_for_good() -> None:
    site = changes.with_station_out(ONE_LINK, "sew-0", NOW, at("11-23 12:00"))
    assert plan_of(site, 160, "11-23 17:00")[1].feasible
    assert not plan_of(site, 161, "11-23 17:00")[1].feasible
    gone = changes.with_station_out(site, "sew-0", at("11-23 13:00"))
    assert plan_of(gone, 1, "11-30 17:00")[1].earliest_ship_at is None


def test_overtime_makes_a_day_and_a_closed_day_takes_it_away_with_its_overtime() -> None:
    overtime = changes.with_overtime(ONE_LINK, "day", SATURDAY)
    assert plan_of(overtime, 6 * 320, "11-28 17:00")[1].feasible
    assert not plan_of(ONE_LINK, 6 * 320, "11-28 17:00")[1].feasible
    closed = changes.with_closed_day(overtime, SATURDAY)
    assert not plan_of(closed, 6 * 320, "11-28 17:00")[1].feasible
    assert not plan_of(changes.with_closed_day(ONE_LINK, MONDAY), 1, "11-23 17:00")[1].feasible


def test_overtime_on_a_holiday_works() -> None:
    closed = changes.with_closed_day(ONE_LINK, MONDAY)
    assert plan_of(changes.with_overtime(closed, "day", MONDAY), 320, "11-23 17:00")[1].feasible


def test_a_rate_is_the_links_or_that_of_one_product() -> None:
    faster = changes.with_rate(ONE_LINK, "shirts", "sew", Fraction(50))
    assert plan_of(faster, 400, "11-23 17:00")[1].feasible
    slower = changes.with_rate(faster, "shirts", "sew", Fraction(20), product="polo")
    assert plan_of(slower, 160, "11-23 17:00")[1].feasible
    assert not plan_of(slower, 161, "11-23 17:00")[1].feasible


def test_less_buffer_makes_the_earliest_due_earlier() -> None:
    site = shirts()
    earliest = plan_of(site, 200, "11-23 09:00")[1].earliest_ship_at
    assert earliest is not None
    for other in (
        changes.with_buffer(site, "shirts", "sew", minutes(0)),
        changes.with_ship_buffer(site, "shirts", minutes(0)),
    ):
        found = plan_of(other, 200, "11-23 09:00")[1].earliest_ship_at
        assert found is not None
        assert found < earliest


MILESTONE = Link("papers", "Papers", kind="milestone", shifts=("day",))
MIXED = site_of(MILESTONE, work("sew", 40, "papers"), products=[Product("hat", "hats", "Hat", 1)])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: changes.with_station(s, "shoes", "sew"), "no line 'shoes'; choose one of shirts."),
        (lambda s: changes.with_station(s, "shirts", "cut"), "line shirts: there is no link 'cut'; choose one"),
        (lambda s: changes.with_station(s, "shirts", "papers"), "shirts/papers is a milestone"),
        (lambda s: changes.with_overtime(s, "nights", SATURDAY), "no shift 'nights'; choose one of day."),
        (lambda s: changes.with_overtime(s, "day", MONDAY), "shift day works on 2026-11-23 already"),
        (lambda s: changes.with_station_out(s, "sew-9", NOW), "no station 'sew-9'; choose one of sew-0."),
        (lambda s: changes.with_station_out(s, "sew-0", NOW, NOW), "give a later end"),
        (lambda s: changes.with_rate(s, "shirts", "sew", Fraction(0)), "a rate of 0 at link shirts/sew"),
        (lambda s: changes.with_rate(s, "shirts", "papers", Fraction(1)), "milestone"),
        (lambda s: changes.with_rate(s, "shirts", "sew", Fraction(1), "hat"), "product 'hat'; choose one of polo"),
        (lambda s: changes.with_buffer(s, "shirts", "cut", hours(1)), "no link 'cut'"),
        (lambda s: changes.with_ship_buffer(s, "shoes", hours(1)), "no line 'shoes'"),
    ],
)  # fmt: skip
def test_a_change_that_the_site_cannot_have_is_refused_in_one_sentence(
    change: Callable[[Site], Site], sentence: str
) -> None:
    with pytest.raises(CannotChange) as refused:
        change(MIXED)
    assert sentence in str(refused.value)
    assert str(refused.value).count("\n") == 0
