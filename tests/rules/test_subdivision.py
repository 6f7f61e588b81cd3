"""One order backward over a line. Every answer here is worked by hand from the rules."""

from fractions import Fraction

from shopfloor.orders import OrderPlan, Shortage
from shopfloor.planning import plan_orders
from shopfloor.site import Link, Site
from tests.rules.planning_sites import (
    BERLIN,
    NIGHT,
    at,
    days,
    hours,
    minutes,
    polos,
    rows,
    shirts,
    site_of,
    work,
)


def planned(site: Site, quantity: int, due: str, now: str = "11-23 08:00") -> OrderPlan:
    (plan,) = plan_orders(site, [polos(quantity, due)], now=at(now))
    return plan


def test_the_worked_example_comes_out_to_the_letter() -> None:
    plan = planned(shirts(), 200, "11-25 17:00")
    assert plan.feasible
    assert [link.link for link in plan.links] == ["cut", "sew", "pack"]
    assert rows(plan, "pack") == [
        ("11-25 11:00", 50, 40, 40, "11-25 17:00"),
        ("11-25 13:00", 50, 60, 100, "11-25 17:00"),
        ("11-25 14:00", 50, 40, 140, "11-25 17:00"),
        ("11-25 15:00", 50, 60, 200, "11-25 17:00"),
    ]
    assert rows(plan, "sew") == [
        ("11-25 08:00", 40, 40, 40, "11-25 11:00"),
        ("11-25 09:00", 40, 40, 80, "11-25 12:00"),
        ("11-25 10:00", 40, 40, 120, "11-25 14:00"),
        ("11-25 11:00", 40, 40, 160, "11-25 15:00"),
        ("11-25 13:00", 40, 40, 200, "11-25 15:00"),
    ]
    assert rows(plan, "cut") == [
        ("11-24 14:00", 40, 40, 40, "11-24 16:30"),
        ("11-24 15:00", 40, 40, 80, "11-25 08:30"),
        ("11-24 16:00", 40, 40, 120, "11-25 09:30"),
        ("11-25 08:00", 40, 40, 160, "11-25 10:30"),
        ("11-25 09:00", 40, 40, 200, "11-25 11:30"),
    ]
    assert {hour.shift for link in plan.links for hour in link.hours} == {"2026-11-24/day", "2026-11-25/day"}


def test_the_last_batch_of_an_order_may_be_smaller() -> None:
    plan = planned(site_of(work("sew", 40)), 50, "11-25 17:00")
    assert rows(plan, "sew") == [
        ("11-25 15:00", 10, 0, 0, "11-25 17:00"),
        ("11-25 16:00", 40, 50, 50, "11-25 17:00"),
    ]


def test_what_is_due_is_rounded_up_to_whole_batches_so_that_nothing_is_late() -> None:
    # Packing starts 30 at 15:00 and 60 at 16:00: sewing owes two batches of 20 by 15:00, not one.
    # The latest of 40 is when packing first needs at least 40, which is when it starts the other 30.
    plan = planned(site_of(work("sew", 100), work("pack", 30, "sew")), 60, "11-25 17:00")
    assert rows(plan, "sew") == [
        ("11-25 14:00", 40, 40, 40, "11-25 16:00"),
        ("11-25 15:00", 20, 20, 60, "11-25 16:00"),
    ]


def test_a_slow_rate_leaves_the_part_of_an_hour_that_holds_no_whole_unit() -> None:
    # 7.5 an hour is 480 s a unit: 7 in an hour of 3600 s, and 15 with two stations.
    alone = planned(site_of(work("sew", Fraction(15, 2)), batch=1), 10, "11-25 17:00")
    assert [(start, make) for start, make, *_ in rows(alone, "sew")] == [
        ("11-25 15:00", 3),
        ("11-25 16:00", 7),
    ]
    two = planned(site_of(work("sew", Fraction(15, 2)), batch=1, stations={"sew": 2}), 20, "11-25 17:00")
    assert [(start, make) for start, make, *_ in rows(two, "sew")] == [
        ("11-25 15:00", 5),
        ("11-25 16:00", 15),
    ]


def test_lead_is_counted_in_the_receiving_links_working_time_and_transfer_in_the_giving_links() -> None:
    # Baking works nights. Its 22:00 hour of Tuesday less an hour of its own lead is Tuesday 05:00;
    # an hour of mixing's day shift before that, Monday 16:00.
    site = site_of(
        work("mix", 100, transfer=hours(1)),
        work("bake", 20, "mix", lead=hours(1), shifts=("night",)),
        shifts=[*shirts().shifts.values(), NIGHT],
    )
    plan = planned(site, 20, "11-24 23:00")
    assert rows(plan, "bake") == [("11-24 22:00", 20, 20, 20, "11-24 23:00")]
    assert rows(plan, "mix") == [("11-23 15:00", 20, 20, 20, "11-23 16:00")]


def test_two_previous_links_each_owe_the_full_quantity() -> None:
    site = site_of(
        work("body", 40),
        work("collar", 10, transfer=hours(1)),
        work("sew", 20, "body", "collar"),
        batch=10,
    )
    plan = planned(site, 40, "11-24 17:00")
    assert rows(plan, "body") == [
        ("11-24 14:00", 20, 20, 20, "11-24 15:00"),
        ("11-24 15:00", 20, 20, 40, "11-24 16:00"),
    ]
    assert rows(plan, "collar") == [
        ("11-24 10:00", 10, 10, 10, "11-24 14:00"),
        ("11-24 11:00", 10, 10, 20, "11-24 14:00"),
        ("11-24 13:00", 10, 10, 30, "11-24 15:00"),
        ("11-24 14:00", 10, 10, 40, "11-24 15:00"),
    ]


def test_of_several_next_links_the_highest_requirement_counts_at_every_instant() -> None:
    # Bodies are started 20 by 14:00 and 40 by 15:00, collars 10 by 10:00, 20 by 11:00, 30 by 13:00
    # (12:00 in working time) and 40 by 14:00: the collars decide throughout.
    site = site_of(
        work("cut", 40),
        work("body", 40, "cut"),
        work("collar", 10, "cut", transfer=hours(1)),
        work("sew", 20, "body", "collar"),
        batch=10,
    )
    plan = planned(site, 40, "11-24 17:00")
    assert rows(plan, "cut") == [
        ("11-24 09:00", 10, 10, 10, "11-24 10:00"),
        ("11-24 10:00", 10, 10, 20, "11-24 11:00"),
        ("11-24 11:00", 10, 10, 30, "11-24 12:00"),
        ("11-24 13:00", 10, 10, 40, "11-24 14:00"),
    ]


FABRIC = Link("fabric", "Fabric in", kind="milestone", lead=days(3), buffer=hours(4), shifts=("day",))
WITH_FABRIC = site_of(
    FABRIC,
    work("cut", 100, "fabric", transfer=minutes(30), buffer=minutes(60)),
    work("sew", 40, "cut", buffer=minutes(60)),
    work("pack", 50, "sew"),
    ship_buffer=hours(1),
)


def test_a_milestone_gives_everything_by_the_first_need_and_its_lead_has_to_fit() -> None:
    # Cutting begins on Tuesday at 14:00; four working hours before that is 09:00; three days before, Saturday.
    plan = planned(WITH_FABRIC, 200, "11-25 17:00", now="11-21 09:00")
    assert rows(plan, "fabric") == [("11-24 08:00", 0, 200, 200, "11-24 14:00")]
    late = planned(WITH_FABRIC, 200, "11-25 17:00", now="11-21 09:01")
    assert late.short == (Shortage("fabric", 200, at("11-24 09:00")),)


def test_a_milestone_that_cannot_come_in_time_moves_the_ship_date_by_its_lead() -> None:
    # From Monday 08:00 three days lead to Thursday, where the first hour ends at 09:00. So cutting begins
    # on Thursday at 14:00: the same plan as for Wednesday 17:00, two days later.
    plan = planned(WITH_FABRIC, 200, "11-25 17:00")
    assert not plan.feasible
    assert plan.earliest_ship_at == at("11-27 17:00")


def test_before_a_milestone_the_whole_quantity_is_needed_its_lead_before_the_end_of_its_hour() -> None:
    # Pressing starts 20 on Wednesday at 15:00; papers in the hour to 15:00, a day before that Tuesday 15:00.
    papers = Link("papers", "Papers", kind="milestone", after=("cut",), lead=days(1), shifts=("day",))
    plan = planned(site_of(work("cut", 40), papers, work("press", 20, "papers")), 40, "11-25 17:00")
    assert rows(plan, "papers") == [("11-25 14:00", 0, 40, 40, "11-25 15:00")]
    assert rows(plan, "cut") == [("11-24 14:00", 40, 40, 40, "11-24 15:00")]


def test_an_order_that_would_have_to_begin_before_now_names_what_is_short() -> None:
    # From Monday 08:00 to Wednesday 16:00 packing has 8 + 8 + 7 hours of 50.
    plan = planned(shirts(), 1200, "11-25 17:00")
    assert (plan.feasible, plan.links) == (False, ())
    assert plan.short == (Shortage("pack", 50, at("11-25 16:00")),)


def test_only_links_whose_own_work_does_not_fit_are_short_and_nothing_before_them() -> None:
    # 100 by 10:00: sewing's two hours hold 40 of the bodies. Cutting before it is not looked at; collars fit.
    site = site_of(
        work("cut", 10),
        work("body", 20, "cut"),
        work("collar", 100),
        work("sew", 100, "body", "collar"),
    )
    plan = planned(site, 100, "11-23 11:00")
    assert plan.short == (Shortage("body", 60, at("11-23 10:00")),)


def test_two_branches_can_be_short_at_once() -> None:
    site = site_of(work("body", 20), work("collar", 30), work("sew", 100, "body", "collar"))
    plan = planned(site, 100, "11-23 11:00")
    assert plan.short == (Shortage("body", 60, at("11-23 10:00")), Shortage("collar", 40, at("11-23 10:00")))


def test_an_hour_that_has_begun_counts_no_more() -> None:
    site = site_of(work("sew", 40))
    assert planned(site, 40, "11-24 09:00", now="11-24 08:00").feasible
    late = planned(site, 40, "11-24 09:00", now="11-24 08:00:00.001")
    assert late.short == (Shortage("sew", 40, at("11-24 09:00")),)


def test_a_night_of_seven_or_nine_hours_holds_as_much_as_it_has() -> None:
    site = site_of(work("bake", 10, shifts=("night",)), batch=1, zone=BERLIN, shifts=[NIGHT])
    for begin, end, most in (("03-28 22:00", "03-29 06:00", 70), ("10-24 22:00", "10-25 06:00", 90)):
        for quantity, short in ((most, ()), (most + 1, (Shortage("bake", 1, at(end, BERLIN)),))):
            order = polos(quantity, end)
            order = type(order)(order.order, order.line, order.product, quantity, at(end, BERLIN))
            (plan,) = plan_orders(site, [order], now=at(begin, BERLIN))
            assert plan.short == short
            assert sum(give for _, _, give, _, _ in rows(plan, "bake", BERLIN)) == (0 if short else quantity)


def test_a_line_written_in_another_order_gives_the_same_plan() -> None:
    links = shirts().lines["shirts"].links
    turned = site_of(*reversed(links), ship_buffer=hours(1))
    assert planned(turned, 200, "11-25 17:00") == planned(shirts(), 200, "11-25 17:00")
