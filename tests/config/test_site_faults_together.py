"""Many faults in one file: each is told, none twice, and none that only follows from another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from station_config import Fault, SiteFaults, load

FaultsAfter = Callable[..., list[Fault]]


def test_five_different_faults_are_five_reports_in_the_order_of_the_file(faults_after: FaultsAfter) -> None:
    faults = faults_after(
        ('"Asia/Shanghai"', '"Asia/Shangri-La"'),
        ('start = "08:00"', 'start = "eight"'),
        ('["cut"]', '["cat"]'),
        ("batch = 20", "batch = 0"),
        ('mode = "auto"', 'mode = "both"'),
    )
    assert [(fault.line, fault.key) for fault in faults] == [
        (5, "site.timezone"),
        (10, "shift[0].start"),
        (34, "line[0].link[2].after[0]"),
        (41, "product[0].batch"),
        (56, "device[0].mode"),
    ]


def test_two_circles_are_two_faults(faults_in: Callable[[str], list[Fault]], good: str) -> None:
    links = "".join(
        f'[[line.link]]\nid = "{link}"\nkind = "milestone"\nshifts = ["day"]\nafter = {after}\n'
        for link, after in {"a": ["b"], "b": ["a"], "c": ["d", "b"], "d": ["c"]}.items()
    ).replace("'", '"')
    faults = faults_in(f'{good}[[line]]\nid = "loops"\n{links}')
    assert [fault.key for fault in faults] == ["line[1].link[0].after", "line[1].link[2].after"]


FOLLOW_UPS = [
    # a change that makes one fault, and could seem to make more
    ('"3d"\nshifts = ["day"]', '"3d"\nshift = ["day"]', "a misspelled shifts is not missing as well"),
    ('"3d"\nshifts = ["day"]', '"3d"\nshifts = "day"', "broken shifts are not missing as well"),
    ('kind = "milestone"', 'knid = "milestone"', "what kind it is decides whether a rate is missing"),
    ('kind = "milestone"', "kind = 1", "what kind it is decides whether a rate is missing"),
    ('id = "day"', 'id = "day#"', "a badly spelled id is not a missing one"),
    ('id = "cut"', 'id = "cut#"', "neither its station nor the link after it lead nowhere"),
    ('id = "shirts"', 'id = "shirts#"', "neither its stations nor its products lead nowhere"),
    ('id = "day"', 'di = "day"', "no shift can be called unknown while one has no id"),
    ('id = "day"', "id = 7", "no shift can be called unknown while one has no id"),
    ("[[shift]]", "[[shfit]]", "no shift can be called unknown while the list is misspelled"),
    ("[[line]]", "[[lnie]]", "no link can be called unknown while the line is misspelled"),
    ("[[product]]", "[[porduct]]", "the products are only misspelled"),
    ('[[line.link]]\nid = "sew"', '[[link]]\nid = "sew"', "the link is only in the wrong place"),
    ('id = "sew"\n', "", "no link can be called unknown while one has no id"),
    ('["cut"]', '["cat"]', "a link with a wrong after only seems to be the last"),
    ('"17:00"', '"17"', "a break cannot be outside of unknown times"),
    ('"shirts/sew"', "4", "the station may be the one that the link lacks"),
    ('"shirts/sew"', '"shirts/swe"', "the station is the one that the link lacks"),
    ('[[station]]\nid = "cut-1"', '[[station]]\nid = "cut 1"', "a badly spelled station is known"),
    ("per_hour = 40", "per_hour = 0.00001", "a rate that is refused is not too slow as well"),
    ("[site]", "[siet]", "the site is only misspelled"),
    ("[site]", "site = 3", "of a site that is no table nothing is missing"),
]


@pytest.mark.parametrize(("old", "new", "why"), FOLLOW_UPS)
def test_one_mistake_is_one_fault(faults_after: FaultsAfter, old: str, new: str, why: str) -> None:
    if new == "site = 3":
        old = '[site]\nid = "hz1"\ntimezone = "Asia/Shanghai"\nholidays = ["2026-10-01"]\n'
        new = "site = 3\n"
    assert len(faults_after((old, new))) == 1, why


def test_of_an_empty_file_the_parts_are_missing_that_a_site_consists_of(
    faults_in: Callable[[str], list[Fault]],
) -> None:
    assert [fault.key for fault in faults_in("")] == ["version", "site", "shift", "line"]


def test_a_fault_beside_a_broken_key_is_still_found(faults_after: FaultsAfter) -> None:
    faults = faults_after(("per_hour = 100", "per_hour = []"), ('transfer = "30min"', 'transfer = "x"'))
    assert [fault.key for fault in faults] == ["line[0].link[1].per_hour", "line[0].link[1].transfer"]


def test_shifts_of_one_link_must_not_overlap_past_midnight_on_sunday(faults_after: FaultsAfter) -> None:
    night = '[[shift]]\nid = "night"\nstart = "22:00"\nend = "09:00"\ndays = ["sun"]\n\n[[line]]\n'
    (fault,) = faults_after(
        ("[[line]]\n", night), ('"3d"\nshifts = ["day"]', '"3d"\nshifts = ["day", "night"]')
    )
    assert fault.key == "line[0].link[0].shifts"
    assert '"day" and "night" overlap on Monday 08:00-09:00' in fault.text


def test_shifts_that_follow_each_other_do_not_overlap(faults_after: FaultsAfter) -> None:
    night = '[[shift]]\nid = "night"\nstart = "17:00"\nend = "08:00"\ndays = ["mon", "sun"]\n\n[[line]]\n'
    assert not faults_after(
        ("[[line]]\n", night), ('"3d"\nshifts = ["day"]', '"3d"\nshifts = ["day", "night"]')
    )


def test_stations_together_must_make_a_unit_an_hour(faults_after: FaultsAfter) -> None:
    two = '[[station]]\nid = "sew-2"\nlink = "shirts/sew"\n\n[[device]]\n'
    assert not faults_after(("per_hour = 40", "per_hour = 0.5"), ("[[device]]\n", two))
    (fault,) = faults_after(("per_hour = 40", "per_hour = 0.4"), ("[[device]]\n", two))
    assert "its 2 stations together make 0.8 an hour" in fault.text
    assert "at least 0.5" in fault.text


def test_a_link_rate_that_every_product_replaces_may_be_slow(faults_after: FaultsAfter) -> None:
    assert not faults_after(("per_hour = 40", "per_hour = 0.5"), ("{ cut = 90 }", "{ cut = 90, sew = 2 }"))


def test_loading_raises_what_checking_reports(write: Callable[[str], Path], good: str) -> None:
    folder = write(good.replace("batch = 20", "batch = 0").replace('"1h"', '"1x"'))
    with pytest.raises(SiteFaults) as raised:
        load(folder)
    assert [fault.key for fault in raised.value.faults] == ["line[0].ship_buffer", "product[0].batch"]
    assert str(raised.value).count("\n") == 1
