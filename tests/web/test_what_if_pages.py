"""What if, through Flask's test client; sentences worked by hand."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Services
from ledger import reading
from tests.factory import WORKED_SITE, Plant, worked_order
from tests.web.conftest import services_of
from tests.web.plan_visit import draft, get, said


@pytest.fixture
def browser(services: Services) -> FlaskClient:
    """On the plant on Monday 08:00 before any order; each test releases and drafts its own."""
    return create_app(services).test_client()


def test_one_more_station_makes_an_order_feasible_and_the_site_is_where_it_is_made_so(
    browser: FlaskClient, plant: Plant
) -> None:
    draft(plant, worked_order("D-2", 400, "24 15:00"))
    html = get(browser, "/plan/what-if?station=shirts/sew")
    told = said(html)
    assert "With one more station at Sewing" in told
    assert "1 order becomes feasible: D-2" in told
    assert "now not feasible, earliest ship date Tue 24 Nov 17:00 → feasible" in told
    assert 'href="/site?new%3A%3Alink=shirts%2Fsew"' in html


def test_a_closed_day_loses_hours_of_released_targets_which_stay(browser: FlaskClient, plant: Plant) -> None:
    plant.release(worked_order())
    before = reading.last_sequence(plant.ledger)
    html = get(browser, "/plan/what-if?closed_on=2026-11-25")
    told = said(html)
    assert "closed on Wed 25 Nov" in told
    assert "A-1 Sewing 200 Wed 25 Nov 08:00 - Wed 25 Nov 14:00 5 hours closed then" in told
    assert "Released orders keep their targets" in told
    assert "if it is planned anew" in told
    assert 'href="/site?site%3A%3Aholidays=2026-11-25"' in html
    assert reading.last_sequence(plant.ledger) == before


def test_another_date_moves_hours_and_leads_to_the_order(browser: FlaskClient, plant: Plant) -> None:
    draft(plant, worked_order())
    html = get(browser, "/plan/what-if?order=A-1&due=2026-11-26T17:00")
    told = said(html)
    assert "A-1 200 Polo, due Wed 25 Nov 17:00 → Thu 26 Nov 17:00 draft" in told
    assert "Sewing Wed 25 Nov 08-09 40 0" in told
    assert "Thu 26 Nov 13-14 0 40" in told
    assert 'href="/orders/A-1"' in html


def test_several_things_are_tried_at_once_and_stay_in_the_form(browser: FlaskClient, plant: Plant) -> None:
    plant.release(worked_order())
    html = get(
        browser,
        "/plan/what-if?station=shirts/sew&overtime_shift=day&overtime_on=2026-11-28"
        "&out=cut-1&out_from=2026-11-24T13:00&out_until=2026-11-24T17:00",
    )
    assert (
        "With one more station at Sewing, shift day also on Sat 28 Nov,"
        " Cut-1 out of service from Tue 24 Nov 13:00 until Tue 24 Nov 17:00" in said(html)
    )
    assert 'name="overtime_on" type="date" value="2026-11-28"' in html
    way = unescape(re.findall(r'href="(/site\?[^"]+)"', html)[0])
    form = get(browser, way)
    assert "2026-11-24T13:00/2026-11-24T17:00" in form
    assert re.search(r'name="shift:day:overtime" value="2026-11-28"', form)


@pytest.mark.parametrize(
    ("query", "field", "text"),
    [
        ("order=Z-9&due=2026-11-26T17:00", "order", "there is no open order and no draft Z-9"),
        ("due=2026-11-26T17:00", "order", "say which order has this other due"),
        ("order=A-1&due=2026-11-20T17:00", "due", "lies in the past"),
        ("order=A-1&due=soon", "due", "no day and time"),
        ("order=A-1&due=2026-11-25T17:00", "due", "is the due that the order has"),
        ("station=shirts/dye", "station", "there is no link 'dye'"),
        ("station=socks", "station", "there is no line 'socks'"),
        ("overtime_on=2026-11-24", "overtime_on", "works on 2026-11-24 already"),
        ("overtime_on=saturday", "overtime_on", "is no day like 2026-11-28"),
        ("overtime_shift=moon&overtime_on=2026-11-28", "overtime_on", "there is no shift 'moon'"),
        ("closed_on=2026-13-01", "closed_on", "is no day like 2026-11-28"),
        ("closed_on=9999-12-31", "closed_on", "is not of this century or the next"),
        ("out=bench", "out", "there is no station bench"),
        ("overtime_shift=day&overtime_on=2026-11-22", "overtime_on", "lies in the past"),
        ("closed_on=2026-11-20", "closed_on", "lies in the past"),
        ("closed_on=2026-11-28&overtime_shift=day&overtime_on=2026-11-28", "closed_on", "the overtime above"),
        ("out=cut-1&out_from=2026-11-22T13:00", "out_from", "lies in the past"),
        ("out=cut-1&out_until=2026-11-23T07:59", "out_until", "lies in the past"),
        ("rate=50", "rate_link", "say which link has this other rate"),
        ("rate_link=shirts/dye&rate=50", "rate_link", "there is no link shirts/dye"),
        ("rate_link=shirts/sew", "rate", "is no rate"),
        ("rate_link=shirts/sew&rate=much", "rate", "is no rate"),
        ("rate_link=shirts/sew&rate=0", "rate", "makes nothing"),
        ("rate_link=shirts/sew&rate=40.0", "rate", "is the rate that the link has"),
        ("buffer=2h", "buffer_link", "say which link has this other buffer"),
        ("buffer_link=shirts/dye&buffer=2h", "buffer_link", "there is no link shirts/dye"),
        ("buffer_link=socks&buffer=2h", "buffer_link", "there is no link socks"),
        ("buffer_link=shirts/sew&buffer=long", "buffer", "is not a duration"),
        ("buffer_link=shirts/sew", "buffer", "write for example 30min or 4h"),
        ("buffer_link=shirts/sew&buffer=60min", "buffer", "is the buffer that it has"),
        ("buffer_link=shirts&buffer=1h", "buffer", "is the buffer that it has"),
        ("out_from=2026-11-24T13:00", "out", "say which station is out of service"),
        ("out=cut-1&out_from=2026-11-24T13:00&out_until=2026-11-24T12:00", "out_until", "before it is out"),
    ],
)  # fmt: skip
def test_a_fault_names_its_field(
    browser: FlaskClient, plant: Plant, query: str, field: str, text: str
) -> None:
    plant.release(worked_order())
    html = get(browser, f"/plan/what-if?{query}", 422)
    found = re.search(rf'id="{field}-fault">(.*?)</p>', html)
    assert found, said(html)
    assert text in unescape(found[1])
    assert re.search(rf'name="{field}"[^>]*aria-describedby="{field}-fault"', html)
    assert "Nothing was tried: see the marked fields." in said(html)


def test_an_order_that_was_asked_about_elsewhere_is_filled_in_and_nothing_is_tried_yet(
    browser: FlaskClient, plant: Plant
) -> None:
    draft(plant, worked_order())
    html = get(browser, "/plan/what-if?line=shirts&order=A-1")
    assert 'name="order" type="text" value="A-1"' in html
    assert "How to make it so" not in html


def test_the_order_that_is_asked_about_is_answered_also_when_nothing_changes_for_it(
    browser: FlaskClient, plant: Plant
) -> None:
    draft(plant, worked_order("D-2", 400, "24 12:00"), worked_order("D-3", 20, "27 17:00"))
    told = said(get(browser, "/plan/what-if?order=D-2&due=2026-11-24T13:00"))
    assert "D-2 400 Polo, due Tue 24 Nov 12:00 → Tue 24 Nov 13:00 draft" in told
    assert "stays not feasible; earliest ship date Tue 24 Nov 17:00" in told
    told = said(get(browser, "/plan/what-if?order=D-3&station=shirts/cut"))
    assert "D-3 20 Polo, due Fri 27 Nov 17:00 draft stays feasible" in told
    told = said(get(browser, "/plan/what-if?station=shirts/cut"))
    assert "D-3" not in told[told.index("With one more station") :]


def test_another_rate_and_another_buffer_are_tried_and_lead_to_the_site(
    browser: FlaskClient, plant: Plant
) -> None:
    """At 50 an hour Sewing keeps pace with Packing: 400 by Tuesday 15:00 is then feasible."""
    draft(plant, worked_order("D-2", 400, "24 16:00"))
    html = get(browser, "/plan/what-if?rate_link=shirts/sew&rate=50")
    told = said(html)
    assert "With Sewing 50 an hour at each station" in told
    assert "1 order becomes feasible: D-2" in told
    way = unescape(re.findall(r'href="(/site\?[^"]+)"', html)[0])
    assert re.search(r'name="link:shirts/sew:per_hour" value="50"', get(browser, way))
    html = get(browser, "/plan/what-if?buffer_link=shirts/cut&buffer=2+h&rate_link=&rate=")
    assert "With buffer of Cutting 2h" in said(html)
    way = unescape(re.findall(r'href="(/site\?[^"]+)"', html)[0])
    assert re.search(r'name="link:shirts/cut:buffer" value="2h"', get(browser, way))
    html = get(browser, "/plan/what-if?buffer_link=shirts&buffer=30min")
    assert "With ship buffer of Shirts 30min" in said(html)
    way = unescape(re.findall(r'href="(/site\?[^"]+)"', html)[0])
    assert re.search(r'name="line:shirts:ship_buffer" value="30min"', get(browser, way))


def test_a_product_with_a_rate_of_its_own_keeps_it_and_that_is_said(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "own", WORKED_SITE.replace("batch = 20", "batch = 20\nper_hour = { sew = 30 }"))
    client = create_app(services_of(plant)).test_client()
    told = said(get(client, "/plan/what-if?rate_link=shirts/sew&rate=50"))
    plant.close()
    assert "Sewing 50 an hour at each station (Polo: its own rate as before)" in told


def test_a_closed_day_leads_to_a_site_that_works_no_overtime_on_it(tmp_path: Path) -> None:
    plant = Plant(
        tmp_path / "over",
        WORKED_SITE.replace(
            'breaks = ["12:00-13:00"]', 'breaks = ["12:00-13:00"]\novertime = ["2026-11-28", "2026-12-05"]'
        ),
    )
    client = create_app(services_of(plant)).test_client()
    html = get(client, "/plan/what-if?closed_on=2026-11-28")
    assert "closed on Sat 28 Nov, without the overtime of day" in said(html)
    way = unescape(re.findall(r'href="(/site\?[^"]+)"', html)[0])
    form = get(client, way)
    plant.close()
    assert re.search(r'name="site::holidays" value="2026-11-28"', form)
    assert re.search(r'name="shift:day:overtime" value="2026-12-05"', form)
