"""An order divided again when its links have given a part of it. Answers worked by hand."""

from collections.abc import Mapping

from shopfloor.floor import Floor
from shopfloor.orders import Order, OrderPlan, Shortage
from shopfloor.site import Link, Site
from tests.rules.planning_sites import at, days, hours, polos, rows, shirts, site_of, work

ORDER = polos(200, "11-25 17:00")


def again(site: Site, given: Mapping[str, int], now: str, order: Order = ORDER) -> OrderPlan:
    (plan,) = Floor(site, now=at(now)).plan([order], {order.order: given})
    return plan


def test_a_link_makes_what_it_has_not_given_and_counts_on_from_there() -> None:
    # The worked example on Wednesday morning, all as planned: cutting gave 120 on Tuesday.
    plan = again(shirts(), {"cut": 120}, "11-25 08:00")
    assert rows(plan, "cut") == [
        ("11-25 08:00", 40, 40, 160, "11-25 10:30"),
        ("11-25 09:00", 40, 40, 200, "11-25 11:30"),
    ]
    assert [cumulative for *_, cumulative, _ in rows(plan, "sew")] == [40, 80, 120, 160, 200]
    assert [cumulative for *_, cumulative, _ in rows(plan, "pack")] == [40, 100, 140, 200]


def test_a_next_link_needs_only_what_it_has_not_given_itself() -> None:
    # At nine sewing has given its first 40 too, so what is left of cutting is needed as it was.
    plan = again(shirts(), {"cut": 160, "sew": 40}, "11-25 09:00")
    assert rows(plan, "cut") == [("11-25 09:00", 40, 40, 200, "11-25 11:30")]
    assert rows(plan, "sew")[0] == ("11-25 09:00", 40, 40, 80, "11-25 12:00")
    assert len(rows(plan, "sew")) == 4


def test_a_link_that_is_ahead_waits_until_more_is_needed() -> None:
    # Packing starts 25 at 15:00 and 25 at 16:00; sewing gave 40 already, the last 10 are needed at 16:00.
    site = site_of(work("sew", 40), work("pack", 25, "sew"))
    plan = again(site, {"sew": 40}, "11-25 08:00", polos(50, "11-25 17:00"))
    assert rows(plan, "sew") == [("11-25 15:00", 10, 10, 50, "11-25 16:00")]


def test_whole_batches_follow_a_smaller_one_that_went_first() -> None:
    # Batches of 20, 20 and 10, and the 10 are given. The 25 that packing starts at 15:00 are those and one
    # batch of 20; the 50 at 16:00 all of them.
    site = site_of(work("sew", 40), work("pack", 25, "sew"))
    plan = again(site, {"sew": 10}, "11-25 08:00", polos(50, "11-25 17:00"))
    assert rows(plan, "sew") == [
        ("11-25 14:00", 20, 20, 30, "11-25 16:00"),
        ("11-25 15:00", 20, 20, 50, "11-25 16:00"),
    ]


def test_a_link_that_has_given_everything_has_no_hours() -> None:
    plan = again(shirts(), {"cut": 200}, "11-25 08:00")
    assert plan.feasible
    assert rows(plan, "cut") == []
    assert sum(make for _, make, *_ in rows(plan, "sew")) == 200
    finished = again(shirts(), {"cut": 200, "sew": 200, "pack": 200}, "11-27 08:00")
    assert finished.feasible
    assert not any(link.hours for link in finished.links)


def test_what_nobody_needs_any_more_is_not_planned() -> None:
    # By the records sewing has given more than it got: 100 of cutting are missing, and nobody waits for them.
    plan = again(shirts(), {"cut": 100, "sew": 200}, "11-25 08:00")
    assert plan.feasible
    assert rows(plan, "cut") == []


def test_more_than_the_order_counts_as_all_of_it() -> None:
    assert again(shirts(), {"cut": 240}, "11-25 08:00") == again(shirts(), {"cut": 200}, "11-25 08:00")


def test_a_milestone_that_has_come_has_nothing_to_do_and_its_lead_is_over() -> None:
    fabric = Link("fabric", "Fabric in", kind="milestone", lead=days(3), buffer=hours(4), shifts=("day",))
    site = site_of(fabric, work("cut", 100, "fabric"))
    due = polos(200, "11-24 17:00")
    late = again(site, {}, "11-24 08:00", due)
    assert late.short == (Shortage("fabric", 200, at("11-24 10:00")),)
    plan = again(site, {"fabric": 200}, "11-24 08:00", due)
    assert plan.feasible
    assert rows(plan, "fabric") == []


def test_what_is_missing_at_a_milestone_comes_at_once_by_the_first_need() -> None:
    # Cutting starts 100 at 15:00 and 100 at 16:00. Papers for 120 have come, so the rest is needed at 16:00,
    # and printing, that comes before them, owes the last 50 of all 200 by the end of the papers' hour.
    papers = Link("papers", "Papers", kind="milestone", after=("print",), shifts=("day",))
    site = site_of(work("print", 100), papers, work("cut", 100, "papers"))
    plan = again(site, {"print": 150, "papers": 120}, "11-24 08:00", polos(200, "11-24 17:00"))
    assert rows(plan, "papers") == [("11-24 15:00", 0, 80, 200, "11-24 16:00")]
    assert rows(plan, "print") == [("11-24 15:00", 50, 50, 200, "11-24 16:00")]


def test_orders_alike_ship_the_earlier_the_more_was_given_of_them() -> None:
    # 400 from Monday 08:00 on end on Tuesday at 10:00, 340 at 09:00.
    orders = [polos(400, "11-23 17:00", number) for number in ("A-1", "A-2", "A-3")]
    floor = Floor(site_of(work("sew", 40)), now=at("11-23 08:00"))
    plans = floor.plan(orders, {"A-2": {"sew": 60}, "A-3": {"sew": 0}})
    assert [plan.earliest_ship_at for plan in plans] == [
        at("11-24 10:00"),
        at("11-24 09:00"),
        at("11-24 10:00"),
    ]


def test_only_what_is_left_can_be_short_and_it_ships_the_earlier() -> None:
    # Monday holds 320.
    site, order = site_of(work("sew", 40)), polos(400, "11-23 17:00")
    new, begun = again(site, {}, "11-23 08:00", order), again(site, {"sew": 60}, "11-23 08:00", order)
    assert new.short == (Shortage("sew", 80, at("11-23 17:00")),)
    assert begun.short == (Shortage("sew", 20, at("11-23 17:00")),)
    assert (new.earliest_ship_at, begun.earliest_ship_at) == (at("11-24 10:00"), at("11-24 09:00"))
    floor = Floor(site, now=at("11-23 08:00"))
    assert floor.earliest_due(order, {"sew": 60}) == begun.earliest_ship_at
    assert floor.earliest_due(order) == new.earliest_ship_at == floor.promise("polo", 400)
