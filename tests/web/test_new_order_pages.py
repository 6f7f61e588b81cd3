"""Orders come in, through Flask's test client: by the form with its promise, and from a file."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.app import create_app
from kiosk.services import Services
from ledger import drafts, reading
from tests.factory import WORKED_SITE, Plant, worked_order
from tests.web.conftest import services_of
from tests.web.planner_visit import LARGE, NEW, fault, said, take_in

HEADER = "order,line,product,quantity,due,customer\n"


@pytest.fixture
def browser(services: Services) -> FlaskClient:
    return create_app(services).test_client()


# --- a new order


def test_the_promise_stands_beside_the_form_as_one_types(browser: FlaskClient) -> None:
    assert "the earliest ship date then stands here" in said(browser.get("/plan/new").text)
    part = browser.get("/plan/new/promise?product=polo&quantity=700&due=2026-11-24T17:00").text
    assert "</html>" not in part
    words = said(part)
    assert "Due Tue 24 Nov 17:00 not feasible" in words
    assert re.search(r"(Cutting|Sewing|Packing) lacks \d+ before \w{3} \d+ Nov \d\d:\d\d\.", words)
    assert "With one more station at Sewing:" in words


def test_the_promise_can_be_taken_over_without_a_script(browser: FlaskClient) -> None:
    page = browser.get("/plan/new?order=N-1&product=polo&quantity=700&due=2026-11-24T17:00").text
    (link,) = re.findall(r'class="button" href="(/plan/new\?[^"]+)"', page)
    taken = browser.get(html.unescape(link)).text
    assert 'value="N-1"' in taken
    assert re.search(r"Due \w{3} \d+ Nov \d\d:\d\d feasible Begins", said(taken))
    assert "not feasible" not in said(taken)


@pytest.mark.parametrize(
    "query", ["", "product=polo", "product=hat&quantity=3", "product=polo&quantity=", "due=2026-11-25T17:00"]
)
def test_what_cannot_be_read_yet_promises_nothing(browser: FlaskClient, query: str) -> None:
    answer = browser.get(f"/plan/new/promise?{query}")
    assert answer.status_code == 200
    assert "Choose a product and a quantity" in said(answer.text)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("product=polo&quantity=-3", "Quantity: '-3' is no whole number from 1 to"),
        ("quantity=many", "Quantity: 'many' is no whole number from 1 to"),
        ("product=polo&quantity=20&due=2026-11-23T07:59", "Due: is in the past"),
        ("product=polo&quantity=20&due=soon", "Due: 'soon' is no day and time"),
    ],
)
def test_the_promise_says_what_is_wrong_with_what_was_typed(
    browser: FlaskClient, query: str, sentence: str
) -> None:
    words = said(browser.get(f"/plan/new/promise?{query}").text)
    assert sentence in words
    assert "Choose a product" not in words
    assert ("Earliest" in words) == ("quantity=20" in query)


def test_a_promise_beside_drafts_that_differs_from_the_one_alone_says_which_is_which(
    browser: FlaskClient, services: Services
) -> None:
    asked = "/plan/new/promise?product=polo&quantity=400&due=2026-11-24T17:00"
    assert "alone" not in said(browser.get(asked).text)
    take_in(services, worked_order("A-2", 400, "24 17:00"))
    words = said(browser.get(asked).text)
    # Sewing makes 320 a day: two of 400 before Tuesday evening are one too many.
    assert "Earliest alone Tue 24 Nov" in words
    assert "Beside the other drafts: Thu 26 Nov 10:00." in words
    assert "feasible, not with the other drafts" in words
    assert "Feasible alone; beside the other drafts the earliest is Thu 26 Nov 10:00." in words


def test_a_way_out_says_what_it_gains(browser: FlaskClient) -> None:
    words = said(browser.get("/plan/new/promise?product=polo&quantity=700&due=2026-11-24T17:00").text)
    earliest = re.search(r"Earliest: \w{3} (\d+) Nov (\d\d):(\d\d)", words)
    way = re.search(r"station at Sewing: \w{3} (\d+) Nov (\d\d):(\d\d), (\d+) h earlier\.", words)
    assert earliest
    assert way
    days, hours, mins = (int(earliest[n]) - int(way[n]) for n in (1, 2, 3))
    assert round(24 * days + hours + mins / 60) == int(way[4]) > 1


def test_a_new_order_is_a_draft_and_counts_once(browser: FlaskClient, plant: Plant) -> None:
    answer = browser.post("/plan/new", data=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/orders/N-1?note=drafted")
    assert "person=" in answer.headers["Set-Cookie"]
    assert browser.post("/plan/new", data=NEW).headers["Location"] == "/orders/N-1?note=drafted"
    (draft,) = drafts.drafts(plant.ledger)
    assert (draft.order, draft.person) == (replace(worked_order("N-1"), customer="Lotus"), "Li Na")
    page = browser.get("/orders/N-1?note=drafted").text
    assert "Drafted. It is released when everybody below has confirmed." in said(page)
    assert "feasible begins Tue 24 Nov 14:00, ends Wed 25 Nov 16:00" in said(page)
    assert 'name="person" type="text" value="Li Na"' in page


def test_a_name_is_remembered_in_whatever_script_it_is_written(browser: FlaskClient) -> None:
    browser.post("/plan/new", data={**NEW, "person": "李娜 <Müller>"})
    assert 'name="person" type="text" value="李娜 &lt;Müller&gt;"' in browser.get("/plan/new").text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("order", "", "it is empty"),
        ("order", "x" * 61, "write 60 at most"),
        ("product", "hat", "Choose what is to be made"),
        ("quantity", "0", "no whole number from 1"),
        ("quantity", "many", "'many' is no whole number"),
        ("due", "", "say when it is due"),
        ("due", "soon", "'soon' is no day and time"),
        ("due", "2026-11-23T07:59", "is in the past"),
        ("due", "2126-11-25T17:00", "more than ten years"),
        ("order", "/lead", "cannot be part of an address"),
        ("quantity", "200001", "10,001 batches, and an order has at most 10,000"),
        ("customer", "a\nb", "line break"),
        ("priority", "high", "no whole number"),
        ("person", " ", "write your name"),
    ],
)
def test_a_refused_order_names_the_field_and_keeps_what_was_typed(
    browser: FlaskClient, plant: Plant, field: str, value: str, sentence: str
) -> None:
    answer = browser.post("/plan/new", data={**NEW, field: value})
    assert answer.status_code == 422
    at = fault(answer.text, field) if field != "product" else said(answer.text)
    assert sentence in at
    for name in {"order", "quantity", "due"} - {field}:
        assert f'value="{NEW[name]}"' in answer.text
    assert drafts.drafts(plant.ledger) == []


def test_a_number_that_is_taken_stands_at_its_field(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order("N-1"))
    answer = browser.post("/plan/new", data=NEW)
    assert answer.status_code == 422
    assert fault(answer.text, "order") == "order N-1 is a draft already; change or confirm that one"


# --- a file


def upload(browser: FlaskClient, content: str, **fields: Any) -> TestResponse:
    file = {"file": (io.BytesIO(content.encode()), "orders.csv")} if content else {}
    return browser.post("/plan/import", data={"person": "Li Na", "tap_id": "t-1", **file, **fields})


ROWS = HEADER + "A-1,shirts,polo,200,2026-11-25T17:00,Lotus\nB-2,shirts,polo,700,2026-11-24T17:00,\n"


def test_a_file_comes_in_as_drafts_and_says_what_is_not_feasible(browser: FlaskClient, plant: Plant) -> None:
    answer = upload(browser, ROWS)
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    words = said(page)
    assert "2 orders came in" in words
    assert "not feasible: 1" in words
    assert re.search(r"B-2 700 Polo .* not feasible \w+ lacks \d+ before .*Earliest:", words)
    assert 'href="/orders/A-1"' in page
    assert upload(browser, ROWS).headers["Location"] == answer.headers["Location"]
    assert [draft.order.order for draft in drafts.drafts(plant.ledger)] == ["B-2", "A-1"]


def test_an_import_tells_what_fits_alone_from_what_does_not_at_all(browser: FlaskClient) -> None:
    more = "A-2,shirts,polo,300,2026-11-25T17:00,\nA-3,shirts,polo,300,2026-11-25T17:00,\n"
    answer = upload(browser, ROWS + more)
    words = said(browser.get(answer.headers["Location"]).text)
    assert "4 orders came in not feasible: 1 not with the other drafts: 1" in words
    assert words.count("feasible, not with the other drafts") == 1
    assert words.index("B-2 700") < words.index("feasible, not with")


def test_a_pasted_text_is_read_as_a_file(browser: FlaskClient) -> None:
    answer = upload(browser, "", text=ROWS.replace(",", ";"))
    assert "2 orders came in" in said(browser.get(answer.headers["Location"]).text)


def test_faults_of_a_file_name_their_rows_and_nothing_comes_in(browser: FlaskClient, plant: Plant) -> None:
    bad = ROWS + "C-3,shirts,hat,0,soon,\n"
    answer = upload(browser, bad, text="")
    words = said(answer.text)
    assert answer.status_code == 422
    assert "Nothing was imported: 3 faults." in words
    assert words.count("Row 4:") == 3
    assert drafts.drafts(plant.ledger) == []


def test_numbers_that_are_taken_are_named_with_their_row(browser: FlaskClient, services: Services) -> None:
    take_in(services, LARGE)
    answer = upload(browser, ROWS)
    assert answer.status_code == 422
    assert "Row 3: order: B-2 is a draft already; change or confirm that one" in said(answer.text)
    assert drafts.draft(services.ledger, "A-1") is None


def test_one_person_may_confirm_them_all_and_they_are_released(browser: FlaskClient, plant: Plant) -> None:
    answer = upload(browser, HEADER + ROWS.splitlines()[1], confirmed="1")
    again = upload(browser, HEADER + ROWS.splitlines()[1], confirmed="1")
    assert answer.headers["Location"] == again.headers["Location"]
    assert "released, 10 batches" in said(browser.get(answer.headers["Location"]).text)
    assert len(plant.codes()) == 10
    page = said(browser.get("/orders/A-1").text)
    assert "Sales Li Na Mon 23 Nov 08:00 Ships 200 by Wed 25 Nov 17:00." in page
    assert "Purchasing Li Na Mon 23 Nov 08:00 Material for 200 arrives Tue 24 Nov 14:00" in page


def test_who_confirms_them_all_cannot_release_what_is_not_feasible(
    browser: FlaskClient, plant: Plant
) -> None:
    answer = upload(browser, ROWS, confirmed="1")
    assert answer.status_code == 422
    assert "Row 3: order B-2 is not feasible" in said(answer.text)
    assert not reading.has_orders(plant.ledger)


def test_nothing_chosen_and_nothing_written_is_a_fault_of_the_field(browser: FlaskClient) -> None:
    answer = upload(browser, "")
    assert answer.status_code == 422
    assert "Choose a file, or write the orders below" in answer.text


def test_a_file_may_be_larger_than_other_requests_but_not_too_large(browser: FlaskClient) -> None:
    fields = b'--x\r\nContent-Disposition: form-data; name="person"\r\n\r\nLi Na\r\n'
    begin = b'--x\r\nContent-Disposition: form-data; name="file"; filename="orders.csv"\r\n\r\n'

    def send(content: bytes) -> TestResponse:
        body = fields + begin + content + b"\r\n--x--\r\n"
        return browser.post("/plan/import", data=body, content_type="multipart/form-data; boundary=x")

    assert send(ROWS.encode() + b"\r\n" * 700_000).status_code == 303
    for size in (2_000_001, 4_000_000):
        answer = send(b"x" * size)
        assert answer.status_code == 422
        assert "larger than 2 MB" in said(answer.text)
        assert "interlock import" in said(answer.text)


def test_a_file_of_more_orders_than_a_page_takes_is_refused_at_once(
    browser: FlaskClient, plant: Plant
) -> None:
    answer = upload(
        browser, HEADER + "".join(f"A-{n},shirts,polo,20,2026-11-25T17:00,\n" for n in range(5001))
    )
    assert answer.status_code == 422
    assert "it has 5,001 orders, and at most 5,000 come in here at once" in said(answer.text)
    rows = "".join(f"A-{n},shirts,polo,20,2026-11-25T17:00,\n" for n in range(1001))
    assert "at most 1,000 come in here" in said(upload(browser, HEADER + rows, confirmed="1").text)
    assert drafts.drafts(plant.ledger) == []


def test_every_fault_of_a_file_is_told_at_once(browser: FlaskClient, services: Services) -> None:
    take_in(services, LARGE)
    rows = [
        "A/../B,shirts,polo,many,2026-11-25T17:00,",
        "A-1,shirts,polo,20,2026-11-20T17:00,",
        "A-1,shirts,polo,20,2126-11-20T17:00,",
        "A-3,shirts,polo,400000,2026-11-25T17:00,",
    ]
    answer = upload(browser, ROWS + "".join(f"{row}\n" for row in rows))
    words = said(answer.text)
    assert "Nothing was imported: 8 faults." in words
    for sentence in (
        "Row 3: order: B-2 is a draft already; change or confirm that one",
        "Row 4: order: 'A/../B' cannot be part of an address",
        "Row 4: quantity: 'many' is not a whole number",
        "Row 5: due: 2026-11-20T17:00 is in the past",
        "Row 5: order: 'A-1' is in row 2 already",
        "Row 6: order: 'A-1' is in row 2 already",
        "Row 6: due: 2126-11-20T17:00 is more than ten years from now",
        "Row 7: quantity: 400,000 in batches of 20 would be 20,000 batches",
    ):
        assert sentence in words


def test_the_sample_can_be_imported_as_it_is(browser: FlaskClient) -> None:
    found = re.search(r'<pre class="sample"><code>(.*?)</code>', browser.get("/plan/import").text, re.DOTALL)
    assert found
    answer = upload(browser, html.unescape(found[1]))
    assert "all of them together are feasible" in said(browser.get(answer.headers["Location"]).text)


def test_an_unknown_import_is_not_found(browser: FlaskClient) -> None:
    assert browser.get("/plan/import/t-9").status_code == 404


def test_where_nobody_has_to_confirm_an_order_is_released_at_once(tmp_path: Any) -> None:
    alone = Plant(tmp_path / "alone", WORKED_SITE + "\n[agreement]\nroles = []\n")
    browser = create_app(services_of(alone)).test_client()
    page = browser.get("/plan/new").text
    assert "Release the order" in page
    assert "I confirm them all" not in browser.get("/plan/import").text
    answer = browser.post("/plan/new", data=NEW)
    assert answer.headers["Location"] == "/orders/N-1?note=released"
    assert "Released: 10 batches have codes." in said(browser.get(answer.headers["Location"]).text)
    refused = browser.post(
        "/plan/new", data={**NEW, "order": "N-2", "quantity": "700", "due": "2026-11-24T17:00"}
    )
    assert "order N-2 is not feasible" in fault(refused.text, "due")
    alone.close()
