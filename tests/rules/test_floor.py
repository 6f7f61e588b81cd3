"""A floor that is kept: what it has left, copies to try something on, and one more station. Worked by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from shopfloor.floor import PROMISE_HORIZON_MS, Floor
from shopfloor.instants import DAY_MS, HOUR_MS
from shopfloor.orders import Load, Order, Shortage
from shopfloor.planning import CannotPlan
from shopfloor.site import Product, Site
from tests.rules.planning_sites import at, hours, polos, rows, site_of, work

NOW = at("11-23 08:00")
ONE_LINK = site_of(work("sew", 40))
TEE = Product("tee", "shirts", "Tee", 1, {"sew": Fraction(70, 3)})


def load(start: str, make: int, product: str = "polo") -> Load:
    return Load("shirts", "sew", at(start), product, make)


def hours_of(floor: Floor, order: Order) -> list[tuple[str, int]]:
    (plan,) = floor.plan([order])
    return [(start, make) for start, make, *_ in rows(plan, "sew")]


def used(floor: Floor, start: str) -> Fraction:
    sew = floor.hours("shirts", "sew")
    hour = sew.calendar.hour_at(at(start))
    assert hour is not None
    return Fraction(sew.total[hour] - sew.left[hour], sew.total[hour])


def test_a_floor_keeps_what_a_copy_takes() -> None:
    floor = Floor(ONE_LINK, now=NOW)
    order = polos(40, "11-23 17:00")
    trial = floor.copy()
    assert hours_of(trial, order) == [("11-23 16:00", 40)]
    assert hours_of(trial, order) == [("11-23 15:00", 40)]
    assert hours_of(floor.copy(), order) == [("11-23 16:00", 40)]


def test_a_copy_does_not_get_what_the_floor_takes_later() -> None:
    floor = Floor(ONE_LINK, now=NOW)
    trial = floor.copy()
    floor.take([load("11-23 16:00", 40)])
    assert hours_of(trial, polos(40, "11-23 17:00")) == [("11-23 16:00", 40)]
    assert hours_of(floor, polos(40, "11-23 17:00")) == [("11-23 15:00", 40)]


def test_what_is_given_back_is_there_again() -> None:
    floor = Floor(ONE_LINK, now=NOW, loads=[load("11-23 15:00", 30), load("11-23 16:00", 40)])
    order = polos(40, "11-23 17:00")
    trial = floor.copy()
    trial.give_back([load("11-23 16:00", 40)])
    assert hours_of(trial, order) == [("11-23 16:00", 40)]
    assert hours_of(floor.copy(), order) == [("11-23 14:00", 30), ("11-23 15:00", 10)]


def test_a_copy_that_has_become_full_hides_no_room_of_the_floor() -> None:
    floor = Floor(ONE_LINK, now=NOW, loads=[load("11-23 16:00", 40)])
    trial, order = floor.copy(), polos(40, "11-23 17:00")
    assert hours_of(trial, order) == [("11-23 15:00", 40)]
    assert hours_of(trial, order) == [("11-23 14:00", 40)]
    assert hours_of(floor, order) == [("11-23 15:00", 40)]


def test_room_that_a_station_more_makes_is_found_in_hours_that_were_full() -> None:
    floor = Floor(ONE_LINK, now=NOW, loads=[load("11-23 16:00", 40), load("11-23 15:00", 40)])
    order = polos(80, "11-23 17:00")
    assert hours_of(floor.copy(), order) == [("11-23 13:00", 40), ("11-23 14:00", 40)]
    assert floor.promise("polo", 80) == at("11-23 10:00")
    assert hours_of(floor.with_station("shirts", "sew"), order) == [("11-23 15:00", 40), ("11-23 16:00", 40)]


def test_hours_that_have_begun_count_no_more_when_time_goes_on() -> None:
    floor = Floor(ONE_LINK, now=NOW)
    early = polos(40, "11-23 10:00")
    floor.move_to(at("11-23 09:00"))
    assert floor.promise("polo", 40) == at("11-23 10:00")
    floor.move_to(at("11-23 09:00") + 1)
    (plan,) = floor.plan([early])
    assert plan.short == (Shortage("sew", 40, at("11-23 10:00")),)
    assert plan.earliest_ship_at == floor.promise("polo", 40) == at("11-23 11:00")


def test_one_more_station_adds_its_working_time_to_every_hour() -> None:
    floor = Floor(ONE_LINK, now=NOW, loads=[load("11-23 16:00", 30)])
    more = floor.with_station("shirts", "sew")
    assert hours_of(more, polos(80, "11-23 17:00")) == [("11-23 15:00", 30), ("11-23 16:00", 50)]
    assert hours_of(floor, polos(40, "11-23 17:00")) == [("11-23 15:00", 30), ("11-23 16:00", 10)]


def test_one_more_station_works_off_first_what_was_too_much_for_those_there_are() -> None:
    floor = Floor(ONE_LINK, now=NOW, loads=[load("11-23 16:00", 90)])
    assert used(floor, "11-23 16:00") == Fraction(90, 40)
    assert hours_of(floor.with_station("shirts", "sew"), polos(10, "11-23 17:00")) == [("11-23 15:00", 10)]
    two = floor.with_station("shirts", "sew", more=2)
    assert hours_of(two, polos(40, "11-23 17:00")) == [("11-23 15:00", 10), ("11-23 16:00", 30)]


def test_what_is_used_of_an_hour_can_be_read_exactly() -> None:
    site = site_of(work("sew", 40), products=[TEE])
    floor = Floor(site, now=NOW, loads=[load("11-23 15:00", 10), load("11-23 15:00", 7, "tee")])
    floor.plan([polos(40, "11-23 17:00")])
    assert used(floor, "11-23 16:00") == 1
    assert used(floor, "11-23 15:00") == Fraction(10, 40) + 7 / Fraction(70, 3)
    assert used(floor, "11-23 14:00") == 0
    sew = floor.hours("shirts", "sew")
    assert sew.total[0] // sew.unit_cost["tee"] == 23


def test_a_product_that_was_not_expected_costs_what_it_does_anyway() -> None:
    site = site_of(work("sew", 40), products=[TEE])
    loads = [load("11-23 16:00", 7, "tee")]
    unexpected = Floor(site, now=NOW, products=["polo"])
    copy = unexpected.copy()
    expected = Floor(site, now=NOW, loads=loads)
    unexpected.take(loads)
    assert used(unexpected, "11-23 16:00") == used(expected, "11-23 16:00") == 7 / Fraction(70, 3)
    order = polos(60, "11-23 17:00")
    assert (
        hours_of(unexpected, order) == hours_of(expected, order) == [("11-23 15:00", 32), ("11-23 16:00", 28)]
    )
    assert used(copy, "11-23 16:00") == 0
    assert hours_of(copy, order) == [("11-23 15:00", 20), ("11-23 16:00", 40)]


def test_a_missing_rate_matters_only_to_who_asks_for_the_product() -> None:
    unrated = site_of(replace(work("sew", 40), per_hour=None), products=[TEE])
    floor = Floor(unrated, now=NOW, loads=[load("11-23 16:00", 7, "tee"), load("11-23 16:00", 7)])
    assert floor.promise("tee", 1) == at("11-23 09:00")
    for ask in (lambda: floor.promise("polo", 1), lambda: floor.plan([polos(1, "11-23 17:00")])):
        with pytest.raises(CannotPlan, match="link shirts/sew has no per_hour for product polo; set one"):
            ask()


def test_a_floor_says_which_dues_its_calendars_reach() -> None:
    floor = Floor(ONE_LINK, now=NOW)
    far_at = NOW + 3 * PROMISE_HORIZON_MS
    assert floor.covers(NOW + PROMISE_HORIZON_MS)
    assert not floor.covers(far_at)
    far = replace(polos(40, "11-23 17:00"), due_at=far_at)
    with pytest.raises(ValueError, match="beyond the calendars"):
        floor.plan([far])
    wide = Floor(ONE_LINK, now=NOW, until_at=far_at)
    assert wide.covers(far_at)
    (plan,) = wide.plan([far])
    assert 0 <= far_at - plan.links[0].hours[-1].end_at < 4 * DAY_MS


def test_a_floor_of_one_line_takes_nothing_for_another() -> None:
    line = ONE_LINK.lines["shirts"]
    coats = replace(line, id="coats")
    site: Site = replace(ONE_LINK, lines={"shirts": line, "coats": coats})
    floor = Floor(site, now=NOW, lines=["shirts"], loads=[Load("coats", "sew", NOW, "polo", 40)])
    assert used(floor, "11-23 08:00") == 0


def test_a_floor_refuses_an_order_that_the_site_cannot_know() -> None:
    floor = Floor(ONE_LINK, now=NOW)
    with pytest.raises(CannotPlan, match="no product 'hat'"):
        floor.plan([polos(1, "11-23 17:00", product="hat")])
    with pytest.raises(CannotPlan, match="no product 'hat'; it has polo"):
        floor.promise("hat", 1)


def test_most_is_short_by_the_moment_of_an_early_need_when_later_ones_find_time_enough() -> None:
    # Packing is busy from 11:00 to 16:00 and for 80 of its last 100: it starts 100 at 10:00 and 20 at 16:00.
    # Sewing makes 80 of those 100 by 10:00; by 16:00 it could make 240 and owes 120.
    site = site_of(work("sew", 40), work("pack", 100, "sew"), ship_buffer=hours(0))
    busy = [("11:00", 100), ("13:00", 100), ("14:00", 100), ("15:00", 100), ("16:00", 80)]
    loads = [Load("shirts", "pack", at(f"11-23 {start}"), "polo", make) for start, make in busy]
    (plan,) = Floor(site, now=NOW, loads=loads).plan([polos(120, "11-23 17:00")])
    assert plan.short == (Shortage("sew", 20, at("11-23 10:00")),)


def test_what_was_due_before_all_calendars_is_short_by_its_due() -> None:
    (plan,) = Floor(ONE_LINK, now=NOW).plan([polos(40, "08-04 10:00")])
    assert plan.short == (Shortage("sew", 40, at("08-04 10:00")),)
    assert plan.earliest_ship_at == NOW + HOUR_MS
