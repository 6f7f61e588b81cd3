"""Capacity of a link whose stations are out of service at times. Answers worked by hand."""

from dataclasses import replace

import pytest

from shopfloor.floor import Floor
from shopfloor.instants import Instant
from shopfloor.site import Site
from tests.rules.planning_sites import at, polos, rows, site_of, work

NOW = at("11-23 08:00")
Span = tuple[Instant, Instant | None]


def sewing(*spans: Span, stations: int = 1) -> Site:
    """Sewing at 3600 an hour, so that a unit is a second; its first station is out of service."""
    site = site_of(work("sew", 3600), batch=1, stations={"sew": stations})
    out = replace(site.stations["sew-0"], out_of_service=spans)
    return replace(site, stations={**site.stations, "sew-0": out})


def seconds(site: Site) -> list[int]:
    """What Monday's hours hold, from 08:00 on."""
    sew = Floor(site, now=NOW).hours("shirts", "sew")
    first = sew.first
    return [left // sew.unit_cost["polo"] for left in sew.left[first : first + 8]]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([("11-23 09:30", "11-23 10:15")], [3600, 1800, 2700, 3600, 3600, 3600, 3600, 3600]),
        ([("11-23 09:00", "11-23 10:00")], [3600, 0, 3600, 3600, 3600, 3600, 3600, 3600]),
        ([("11-23 11:30", "11-23 13:30")], [3600, 3600, 3600, 1800, 1800, 3600, 3600, 3600]),
        ([("11-23 12:05", "11-23 12:55")], [3600] * 8),
        ([("11-22 03:00", "11-23 08:00:01")], [3599, *[3600] * 7]),
        ([("11-23 15:00", None)], [*[3600] * 6, 0, 0]),
        ([("11-23 09:00", "11-23 09:40"), ("11-23 09:20", "11-23 09:50")], [3600, 600, *[3600] * 6]),
        ([("11-23 16:59:59", None), ("11-23 16:00", "11-23 16:00:01")], [*[3600] * 7, 3598]),
    ],
)
def test_an_hour_has_the_working_time_in_which_the_station_is_in_service(
    spans: list[tuple[str, str | None]], expected: list[int]
) -> None:
    assert (
        seconds(sewing(*((at(begin), None if end is None else at(end)) for begin, end in spans))) == expected
    )


def test_the_other_stations_of_the_link_work_on() -> None:
    span = at("11-23 09:30"), at("11-23 10:15")
    assert seconds(sewing(span, stations=2)) == [7200, 5400, 6300, *[7200] * 5]


def test_an_outage_counts_to_the_millisecond() -> None:
    site = sewing((at("11-23 09:00"), at("11-23 09:00") + 1))
    assert seconds(site)[1] == 3599
    sew = Floor(site, now=NOW).hours("shirts", "sew")
    assert sew.total[sew.first] - sew.total[sew.first + 1] == sew.unit_cost["polo"] // 1000


def test_an_order_goes_round_an_outage() -> None:
    site = sewing((at("11-23 15:00"), at("11-23 16:30")))
    (plan,) = Floor(site, now=NOW).plan([polos(3000, "11-23 17:00")])
    assert [(start, make) for start, make, *_ in rows(plan, "sew")] == [
        ("11-23 14:00", 1200),
        ("11-23 16:00", 1800),
    ]


def test_a_station_more_works_also_while_the_others_are_out() -> None:
    floor = Floor(sewing((at("11-23 08:00"), None)), now=NOW)
    assert floor.promise("polo", 1) is None
    assert floor.with_station("shirts", "sew").promise("polo", 1) == at("11-23 09:00")
