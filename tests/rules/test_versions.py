"""What moved between two plans of an order: by hand."""

from dataclasses import replace

from shopfloor.orders import HourTarget, LinkTargets
from shopfloor.planning import plan_orders
from shopfloor.versions import MovedHour, MovedLink, moved, moved_links
from tests.rules.planning_sites import at, polos, shirts

NOW = at("11-23 08:00")
DAY = "2026-11-24/day"


def hour(start: str, give: int) -> HourTarget:
    start_at = at(start)
    return HourTarget(start_at, start_at + 3_600_000, DAY, give, give, give, start_at)


def link(name: str, *hours: HourTarget) -> LinkTargets:
    return LinkTargets(name, hours)


def test_an_hour_moved_when_it_gives_another_quantity_and_nothing_stands_for_no_target() -> None:
    before = [link("sew", hour("11-24 08:00", 40), hour("11-24 09:00", 40), hour("11-24 10:00", 20))]
    after = [link("sew", hour("11-24 09:00", 40), hour("11-24 10:00", 40), hour("11-24 11:00", 20))]
    assert moved(before, after, NOW) == (
        MovedHour("sew", at("11-24 08:00"), at("11-24 09:00"), DAY, 40, 0),
        MovedHour("sew", at("11-24 10:00"), at("11-24 11:00"), DAY, 20, 40),
        MovedHour("sew", at("11-24 11:00"), at("11-24 12:00"), DAY, 0, 20),
    )


def test_hours_that_have_begun_have_not_moved() -> None:
    before = [link("sew", hour("11-24 08:00", 40), hour("11-24 09:00", 40))]
    (found,) = moved(before, [], at("11-24 08:01"))
    assert found.start_at == at("11-24 09:00")
    assert len(moved(before, [], at("11-24 08:00"))) == 2


def test_hours_come_in_the_order_of_the_links_of_the_newer_plan_and_then_those_that_only_the_older_has() -> (
    None
):
    one = hour("11-24 08:00", 40)
    before = [link("cut", one), link("iron", one), link("sew", one)]
    after = [link("sew"), link("pack", one), link("cut")]
    assert [each.link for each in moved(before, after, NOW)] == ["sew", "pack", "cut", "iron"]


def test_a_target_that_only_makes_otherwise_has_not_moved() -> None:
    one = hour("11-24 08:00", 40)
    assert moved([link("sew", one)], [link("sew", replace(one, make=10, latest_at=0))], NOW) == ()


def test_the_worked_example_an_hour_earlier_begins_and_ends_an_hour_earlier_at_every_link() -> None:
    (before,) = plan_orders(shirts(), [polos(200, "11-25 17:00")], now=NOW)
    (after,) = plan_orders(shirts(), [polos(200, "11-25 16:00")], now=NOW)
    assert moved_links(before.links, after.links, NOW) == (
        MovedLink("cut", at("11-24 14:00"), at("11-24 13:00"), at("11-25 10:00"), at("11-25 09:00")),
        MovedLink("sew", at("11-25 08:00"), at("11-24 16:00"), at("11-25 14:00"), at("11-25 12:00")),
        MovedLink("pack", at("11-25 11:00"), at("11-25 10:00"), at("11-25 16:00"), at("11-25 15:00")),
    )
    assert moved_links(before.links, before.links, NOW) == ()


def test_a_link_that_loses_its_hours_begins_and_ends_at_no_time() -> None:
    before = [link("sew", hour("11-24 08:00", 40))]
    assert moved_links(before, [], NOW) == (
        MovedLink("sew", at("11-24 08:00"), None, at("11-24 09:00"), None),
    )


def test_of_a_plan_that_has_begun_the_hours_left_decide_when_a_link_begins() -> None:
    before = [link("sew", hour("11-24 08:00", 40), hour("11-24 09:00", 40))]
    after = [link("sew", hour("11-24 09:00", 80))]
    assert moved_links(before, after, at("11-24 08:30")) == ()
