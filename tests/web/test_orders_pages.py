"""The list of orders and the page of one, through Flask's test client; numbers worked by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Services
from kiosk.views.orders import SHOWN_ORDERS
from ledger.flags import Tap, answer_flag, raise_flag
from shopfloor.instants import HOUR_MS
from tests.factory import Plant, china, worked_order
from tests.web.planner_visit import said

LOTUS = replace(worked_order(), customer="Lotus <Stores>")


@pytest.fixture
def browser(services: Services) -> FlaskClient:
    """On the plant before any order; each test releases its own."""
    return create_app(services).test_client()


def table(html: str) -> list[str]:
    """The words of each row of released orders or of links, without the line of headings."""
    (found,) = re.findall(r'<table class="list(?: links)?">(.*?)</table>', html, re.DOTALL)
    return [said(row) for row in re.findall(r"<tr.*?</tr>", found, re.DOTALL)[1:]]


def batches(html: str) -> list[str]:
    """The words of each batch."""
    found = re.search(r'<ol class="batches">(.*?)</ol>', html, re.DOTALL)
    assert found
    return [said(batch) for batch in re.findall(r"<li.*?</li>", found[1], re.DOTALL)]


def begun(plant: Plant) -> list[str]:
    """A-1 on Tuesday: of ten batches one is at Sewing, one on its way there, one at Cutting; their codes."""
    plant.release(LOTUS)
    codes = plant.codes()
    plant.scan("scanner-cut", codes[0], "24 14:02")
    plant.scan("scanner-cut", codes[1], "24 14:05")
    plant.scan("scanner-cut", codes[2], "24 14:10")
    plant.scan("scanner-cut", codes[0], "24 14:30")
    plant.scan("scanner-sew", codes[0], "24 14:40")
    plant.scan("scanner-cut", codes[1], "24 14:50")
    return codes


def flag_cutting(plant: Plant, at: str) -> int:
    plant.now = china(at)
    tap = Tap("f1", "sew-1", plant.now)
    return raise_flag(plant.ledger, plant.site, tap, against="cut", order="A-1", now=plant.now)


def ship(plant: Plant, order: str, at: str) -> None:
    """Each batch of a small order through every link in one morning."""
    plant.now = china(at)
    for code in plant.codes(order):
        for scanner in ("scanner-cut", "scanner-sew", "scanner-pack"):
            for _ in ("received", "given"):
                plant.now += HOUR_MS // 2
                plant.scan(scanner, code)


def test_before_any_order_the_list_says_what_to_do_next(browser: FlaskClient) -> None:
    answer = browser.get("/orders")
    assert answer.status_code == 200
    assert "interlock plan DIR --orders orders.csv" in answer.text
    assert "interlock import DIR orders.csv" in answer.text
    assert "<table" not in answer.text


def test_the_list_has_the_open_orders_by_due_and_then_the_shipped(browser: FlaskClient, plant: Plant) -> None:
    plant.release(LOTUS, worked_order("B-2", 20, "24 17:00"), worked_order("C-3", 40, "24 16:00"))
    ship(plant, "B-2", "23 10:00")
    plant.now = china("23 14:00")
    assert table(browser.get("/orders").text) == [
        "C-3 Polo Shirts 0 / 40 due Tue 24 Nov 16:00 on target",
        "A-1 Polo Shirts 0 / 200 Lotus <Stores> due Wed 25 Nov 17:00 on target",
        "B-2 Polo Shirts 20 / 20 due Tue 24 Nov 17:00 shipped",
    ]
    page = said(browser.get("/orders").text)
    assert "Monday 23 November, as of 14:00" in page
    assert "2 open orders none is behind" in page


def test_the_list_names_the_link_that_is_behind_and_its_minutes(browser: FlaskClient, plant: Plant) -> None:
    begun(plant)
    plant.now = china("24 16:20")
    # Cutting owed 80 by 16:00 and gave 40; Sewing needs them on Wednesday 08:30, so it is within its buffer.
    (row,) = table(browser.get("/orders").text)
    assert row.endswith("LATE 20 min Cutting")
    flag_cutting(plant, "24 16:25")
    page = browser.get("/orders").text
    assert table(page)[0].endswith("NOT RECEIVED Cutting is late 25 min")
    assert "1 open order behind: 1 unanswered: 1" in said(page)


def test_the_list_says_how_many_orders_it_shows_at_most(browser: FlaskClient, plant: Plant) -> None:
    plant.release(LOTUS)
    assert f"{SHOWN_ORDERS} at most" in browser.get("/orders").text


def test_an_order_shows_what_each_link_received_gave_and_owes_next(
    browser: FlaskClient, plant: Plant
) -> None:
    begun(plant)
    plant.now = china("24 16:20")
    page = browser.get("/orders/A-1").text
    assert table(page) == [
        "Cutting received 60 given 40 missing 40 LATE 20 min next target 40 by 16:00",
        "Sewing received 20 given 0 on target next target 40 by Wed 09:00",
        "Packing received 0 given 0 on target next target 40 by Wed 12:00",
    ]
    for fact in ("Product 200 Polo", "Due Wed 25 Nov 17:00", "Shipped 0 / 200", "as of 16:20"):
        assert fact in said(page)


def test_the_bar_of_a_link_is_drawn_in_thousandths_of_the_order(browser: FlaskClient, plant: Plant) -> None:
    begun(plant)
    plant.now = china("24 16:20")
    cutting = re.findall(r'<svg class="part".*?</svg>', browser.get("/orders/A-1").text, re.DOTALL)[0]
    # Of 200: 60 received are 300, 40 given are 200, and 40 missing follow them.
    assert '<rect class="part-in" width="300"' in cutting
    assert '<rect class="part-given" width="200"' in cutting
    assert '<rect class="part-missing" x="200" width="200"' in cutting


def test_each_batch_stands_with_its_code_and_where_it_is(browser: FlaskClient, plant: Plant) -> None:
    codes = begun(plant)
    page = browser.get("/orders/A-1").text
    assert batches(page) == [
        f"{codes[0]} 20 at Sewing",
        f"{codes[1]} 20 on its way to Sewing",
        f"{codes[2]} 20 at Cutting",
        *(f"{code} 20 waiting" for code in codes[3:]),
    ]
    assert "Batches 7 waiting 2 in work 1 on its way" in said(page)


def test_a_shipped_order_is_quiet_and_says_so(browser: FlaskClient, plant: Plant) -> None:
    plant.release(worked_order("B-2", 20, "24 17:00"))
    ship(plant, "B-2", "23 10:00")
    page = browser.get("/orders/B-2").text
    assert [row.split(" missing")[0] for row in table(page)] == [
        f"{name} received 20 given 20 all given" for name in ("Cutting", "Sewing", "Packing")
    ]
    assert batches(page) == [f"{plant.codes('B-2')[0]} 20 shipped"]
    assert "B-2 shipped Product 20 Polo" in said(page)
    assert not re.search(r"badge-(late|stands_still|flagged|answered)", page)


def test_an_open_flag_stands_on_its_order_until_what_was_missing_arrives(
    browser: FlaskClient, plant: Plant
) -> None:
    codes = begun(plant)
    flag = flag_cutting(plant, "24 16:20")
    plant.now = china("24 16:26")
    page = said(browser.get("/orders/A-1").text)
    assert "unanswered 6 min Sewing misses 40 of Cutting owed by 16:00" in page
    tap = Tap("a1", "cut-1", plant.now)
    promise = china("24 16:40")
    answer_flag(plant.ledger, plant.site, tap, flag=flag, reason="machine", promised_at=promise,
                comment="blade <changed>", now=plant.now)  # fmt: skip
    page = said(browser.get("/orders/A-1").text)
    assert "answered Sewing misses 40 of Cutting owed by 16:00" in page
    assert "by 16:40 “blade <changed>”" in page
    plant.now = china("24 16:41")
    assert "PROMISE BROKEN" in browser.get("/orders/A-1").text
    # Two more batches make up the 80 that were owed.
    plant.scan("scanner-sew", codes[2], "24 16:42")
    plant.scan("scanner-sew", codes[3], "24 16:43")
    page = said(browser.get("/orders/A-1").text)
    assert "misses" not in page
    assert "PROMISE BROKEN" not in page


def test_an_unknown_order_is_answered_with_those_that_exist(browser: FlaskClient, plant: Plant) -> None:
    assert "There is no order A-2; there is none yet." in said(browser.get("/orders/A-2").text)
    plant.release(LOTUS)
    answer = browser.get("/orders/A-2")
    assert answer.status_code == 404
    assert "There is no order A-2; known are A-1." in said(answer.text)


@pytest.mark.parametrize("number", ["PO/7", "A 1?x#y", "50% <b>", "Aufträge & mehr", "100%2F3"])
def test_the_list_leads_to_every_order_whatever_its_number(
    browser: FlaskClient, plant: Plant, number: str
) -> None:
    plant.release(worked_order(number))
    (address,) = re.findall(r'href="(/orders/[^"]+)"', browser.get("/orders").text)
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "<b>" not in re.findall(r"<h1>(.*?)</h1>", answer.text)[0]


def test_the_pages_lead_to_each_other(browser: FlaskClient, plant: Plant) -> None:
    assert 'href="/orders"' in browser.get("/").text
    plant.release(LOTUS)
    assert 'href="/orders/A-1"' in browser.get("/orders").text
    page = browser.get("/orders/A-1").text
    for address in ("/", "/orders", "/board/shirts"):
        assert f'href="{address}"' in page
        assert browser.get(address).status_code == 200


def test_no_kiosk_leads_away_to_orders(browser: FlaskClient, plant: Plant) -> None:
    begun(plant)
    flag_cutting(plant, "24 16:20")
    for station in ("cut-1", "sew-1", "pack-1"):
        assert 'href="/orders' not in browser.get(f"/kiosk/{station}").text


@pytest.mark.parametrize("path", ["/orders", "/orders/A-1"])
def test_both_pages_are_fresh_and_have_no_script_and_no_style_inside(
    browser: FlaskClient, plant: Plant, path: str
) -> None:
    begun(plant)
    answer = browser.get(f"{path}?theme=dark")
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'data-theme="dark"' in answer.text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", answer.text)


def test_a_next_target_that_is_a_week_off_has_its_date(browser: FlaskClient, plant: Plant) -> None:
    plant.release(worked_order(due="30 17:00"))  # it is Monday the 23rd: a bare Monday would be read as today
    by = {row.split()[0]: row.partition("next target ")[2] for row in table(browser.get("/orders/A-1").text)}
    assert by["Packing"].endswith("by Mon 30 Nov 12:00")
