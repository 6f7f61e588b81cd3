"""Several orders on one floor, the earliest ship date and the promise. Answers worked by hand."""

from dataclasses import replace
from datetime import time
from fractions import Fraction

import pytest

from shopfloor.instants import SECOND_MS
from shopfloor.orders import Load, Shortage
from shopfloor.planning import CannotPlan, loads_of, plan_orders, promise
from shopfloor.site import Product, Site
from tests.rules.planning_sites import DAY, at, days, hours, polos, rows, shirts, site_of, work

NOW = at("11-23 08:00")
ONE_LINK = site_of(work("sew", 40))


def makes(site: Site, *orders: object, loads: tuple[Load, ...] = ()) -> list[list[tuple[str, int]]]:
    plans = plan_orders(site, orders, now=NOW, loads=loads)  # type: ignore[arg-type]  # only orders are given
    return [[(start, make) for start, make, *_ in rows(plan, "sew")] for plan in plans]


def test_the_order_with_the_latest_due_takes_its_hours_first() -> None:
    early, late = polos(40, "11-24 16:30", "A-1"), polos(40, "11-24 17:00", "A-2")
    assert makes(ONE_LINK, early, late) == [[("11-24 15:00", 40)], [("11-24 16:00", 40)]]
    assert makes(ONE_LINK, late, replace(early, due_at=at("11-24 17:00"), order="A-3")) == [
        [("11-24 16:00", 40)],
        [("11-24 15:00", 40)],
    ]


def test_of_orders_due_together_the_lower_priority_number_goes_first_then_the_order_number() -> None:
    due = "11-24 17:00"
    orders = [polos(40, due, "A-3", 5), polos(40, due, "A-2", 5), polos(40, due, "A-9", 1)]
    assert makes(ONE_LINK, *orders) == [[("11-24 14:00", 40)], [("11-24 15:00", 40)], [("11-24 16:00", 40)]]


def test_what_released_orders_took_is_not_there_any_more() -> None:
    load = Load("shirts", "sew", at("11-24 16:00"), "polo", 30)
    (plan,) = plan_orders(ONE_LINK, [polos(40, "11-24 17:00")], now=NOW, loads=[load])
    assert rows(plan, "sew") == [
        ("11-24 15:00", 30, 20, 20, "11-24 17:00"),
        ("11-24 16:00", 10, 20, 40, "11-24 17:00"),
    ]


def test_products_share_an_hour_by_the_time_their_units_take() -> None:
    # Half of the hour went into 20 polos at 40 an hour: 30 tees at 60 an hour fit the rest.
    tee = Product("tee", "shirts", "Tee", 1, {"sew": Fraction(60)})
    site = site_of(work("sew", 40), products=[tee])
    order = replace(polos(40, "11-24 17:00"), product="tee")
    load = Load("shirts", "sew", at("11-24 16:00"), "polo", 20)
    assert makes(site, order, loads=(load,)) == [[("11-24 15:00", 10), ("11-24 16:00", 30)]]


def test_a_load_of_what_the_configuration_no_longer_has_takes_nothing() -> None:
    loads = (
        Load("shirts", "gone", at("11-24 16:00"), "polo", 40),
        Load("shirts", "sew", at("11-24 16:00"), "gone", 40),
        Load("shirts", "sew", at("11-24 12:00"), "polo", 40),
        Load("gone", "sew", at("11-24 16:00"), "polo", 40),
    )
    assert makes(ONE_LINK, polos(40, "11-24 17:00"), loads=loads) == [[("11-24 16:00", 40)]]


def test_a_load_of_more_than_an_hour_holds_takes_the_hour_and_no_other() -> None:
    load = Load("shirts", "sew", at("11-24 16:00"), "polo", 90)
    assert makes(ONE_LINK, polos(40, "11-24 17:00"), loads=(load,)) == [[("11-24 15:00", 40)]]


def test_an_order_that_is_not_feasible_takes_nothing_and_ships_beside_those_that_are() -> None:
    # Tuesday's eight hours belong to A-1. A-2 finds 320 on Monday, and its other 80 on Wednesday.
    orders = [
        polos(320, "11-24 17:00", "A-1"),
        polos(400, "11-23 17:00", "A-2"),
        polos(40, "11-23 16:00", "A-3"),
    ]
    taken, late, beside = plan_orders(ONE_LINK, orders, now=NOW)
    assert taken.feasible
    assert (late.feasible, late.links, late.short) == (False, (), (Shortage("sew", 80, at("11-23 17:00")),))
    assert rows(beside, "sew") == [
        ("11-23 15:00", 40, 40, 40, "11-23 16:00"),
    ]
    # A-3 took 40 of Monday too.
    assert late.earliest_ship_at == at("11-25 11:00")


def test_the_promise_is_the_end_of_the_last_hour_that_an_order_needs() -> None:
    assert promise(ONE_LINK, product="polo", quantity=400, now=NOW) == at("11-24 10:00")
    assert promise(ONE_LINK, product="polo", quantity=1, now=NOW) == at("11-23 09:00")
    assert promise(ONE_LINK, product="polo", quantity=1, now=NOW + 1) == at("11-23 10:00")


def test_the_promise_leaves_room_for_the_ship_buffer() -> None:
    # 480 end on Tuesday at 12:00; an hour of working time later it is 14:00.
    site = site_of(work("sew", 40), ship_buffer=hours(1))
    assert promise(site, product="polo", quantity=480, now=NOW) == at("11-24 14:00")
    site = site_of(work("sew", 40), ship_buffer=days(1))
    assert promise(site, product="polo", quantity=480, now=NOW) == at("11-25 12:00")


def test_the_promise_is_beside_what_is_planned() -> None:
    loads = [
        load
        for plan in plan_orders(ONE_LINK, [polos(320, "11-24 17:00")], now=NOW)
        for load in loads_of(plan)
    ]
    assert promise(ONE_LINK, product="polo", quantity=400, now=NOW, loads=loads) == at("11-25 10:00")


def test_the_promise_of_the_worked_example_is_its_due_when_cutting_can_begin_on_tuesday_at_two() -> None:
    # Finished an hour earlier, packing would start 50 by Wednesday 10:00, so sewing 40 on Tuesday
    # from 16:00 on; less 30 minutes and an hour, cutting would owe those by 14:30: the hour before two.
    assert promise(shirts(), product="polo", quantity=200, now=at("11-24 14:00")) == at("11-25 17:00")


def test_an_hour_that_ends_within_a_break_is_done_only_after_it() -> None:
    # 11:30 to 12:30 works until 12:00, and the due at 12:30 is 12:00 in working time: too early for it.
    half_past = replace(DAY, start=time(7, 30), breaks=((time(12), time(12, 30)),))
    site = site_of(work("sew", 40), shifts=[half_past])
    now = at("11-23 07:30")
    promised_at = promise(site, product="polo", quantity=180, now=now)
    assert promised_at == at("11-23 12:30:01")
    for due_at, feasible in ((promised_at, True), (promised_at - SECOND_MS, False)):
        (plan,) = plan_orders(site, [replace(polos(180, "11-23 17:00"), due_at=due_at)], now=now)
        assert plan.feasible is feasible


def test_there_is_no_promise_when_two_years_are_not_enough() -> None:
    assert promise(ONE_LINK, product="polo", quantity=1_000_000, now=NOW) is None
    never = site_of(work("sew", 40, shifts=()))
    assert promise(never, product="polo", quantity=1, now=NOW) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"product": "hat"}, "no product 'hat'"),
        ({"line": "shoes"}, "no line 'shoes'"),
        ({"quantity": 0}, "a quantity of 0"),
        ({"due_at": at("11-24 17:00") + 3700 * 86_400_000}, "more than ten years"),
    ],
)
def test_an_order_that_the_site_cannot_know_is_refused_before_planning(
    change: dict[str, object], words: str
) -> None:
    order = replace(polos(40, "11-24 17:00", "A-7"), **change)  # type: ignore[arg-type]  # names of its fields
    with pytest.raises(CannotPlan, match=words) as refused:
        plan_orders(ONE_LINK, [polos(40, "11-24 17:00"), order, order], now=NOW)
    assert str(refused.value).count("order A-7") == 2


def test_a_promise_for_an_unknown_product_is_refused() -> None:
    with pytest.raises(CannotPlan, match="no product 'hat'; it has polo"):
        promise(ONE_LINK, product="hat", quantity=1, now=NOW)
