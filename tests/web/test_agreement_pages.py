"""Agreement on the planners' pages, through Flask's test client: who commits to what, and what is refused where."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Services
from kiosk.views.agreement import SHOWN_DRAFTS
from ledger import drafts, reading
from ledger.plans import plan_versions
from tests.factory import Plant, china, worked_order
from tests.web.planner_visit import LARGE, act, card, confirm_all, fault, said, take_in, tap


@pytest.fixture
def browser(services: Services) -> FlaskClient:
    return create_app(services).test_client()


# --- agreement


def test_each_of_the_three_sees_what_they_commit_to(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order())
    page = browser.get("/orders/A-1").text
    assert "Ships 200 by Wed 25 Nov 17:00." in card(page, "sales")
    production = card(page, "production")
    assert "Begins Tue 24 Nov 14:00; ends Wed 25 Nov 16:00." in production
    assert "Cutting 5 hours Tue 24 Nov 14:00 to Wed 25 Nov 10:00" in production
    assert "First needed Tue 24 Nov 14:00 at Cutting." in card(page, "purchasing")


def test_the_third_confirmation_releases_and_everything_says_who_and_when(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    take_in(services, worked_order())
    first = act(browser, "A-1", "confirm", role="sales", person="Li Na", may_move_to="2026-11-26T17:00")
    assert first.headers["Location"] == "/orders/A-1?note=confirmed&roles=sales"
    page = browser.get(first.headers["Location"]).text
    assert "Confirmed for sales." in said(page)
    assert (
        "Li Na Mon 23 Nov 08:00 Ships 200 by Wed 25 Nov 17:00. The customer would take it until Thu 26"
        in said(page)
    )
    assert "waits for production, purchasing" in said(page)
    act(browser, "A-1", "confirm", role="production", person="Wang")
    assert "Confirm and release" in card(browser.get("/orders/A-1").text, "purchasing")
    assert not reading.has_orders(plant.ledger)
    last = act(browser, "A-1", "confirm", role="purchasing", person="Zhao", material_at="2026-11-24T08:00")
    assert last.headers["Location"] == "/orders/A-1?note=released"
    words = said(browser.get(last.headers["Location"]).text)
    assert "Released: 10 batches have codes." in words
    for who in (
        "Sales Li Na Mon 23 Nov 08:00",
        "Production Wang Mon 23 Nov 08:00",
        "Purchasing Zhao Mon 23 Nov 08:00",
    ):
        assert who in words
    assert "Plan 1 in force due Wed 25 Nov 17:00 Mon 23 Nov 08:00, Zhao" in words


def test_a_second_click_counts_once_and_says_the_same(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    take_in(services, worked_order())
    fields = {"act": "confirm", "role": "sales", "person": "Li Na", "seen": "1", "tap_id": "t-1"}
    places = {browser.post("/orders/A-1", data=fields).headers["Location"] for _ in range(2)}
    assert places == {"/orders/A-1?note=confirmed&roles=sales"}
    act(browser, "A-1", "confirm", role="production")
    last = {**fields, "role": "purchasing", "material_at": "2026-11-24T08:00"}
    places = {browser.post("/orders/A-1", data=last).headers["Location"] for _ in range(2)}
    assert places == {"/orders/A-1?note=released"}
    kinds = [row["kind"] for row in reading.events_after(plant.ledger, 0, 100)]
    assert kinds == ["order_drafted", *["order_confirmed"] * 3, "order_released"]


def test_another_form_of_the_same_page_is_another_act(
    browser: FlaskClient, services: Services, plant: Plant
) -> None:
    """A browser that goes back shows the page with the id that it had."""
    take_in(services, worked_order())
    told = {"act": "confirm", "person": "Li Na", "seen": "1", "tap_id": "t-1"}
    for role in ("sales", "production"):
        browser.post("/orders/A-1", data={**told, "role": role})
    draft = drafts.draft(plant.ledger, "A-1")
    assert draft is not None
    assert list(draft.confirmations) == ["sales", "production"]


@pytest.mark.parametrize(
    ("role", "fields", "field", "sentence"),
    [
        ("sales", {"may_move_to": "2026-11-25T16:00"}, "may_move_to", "before the due, Wed 25 Nov 17:00"),
        ("sales", {"person": ""}, "person", "write your name"),
        ("purchasing", {}, "material_at", "say when the material arrives"),
        ("purchasing", {"material_at": "2026-11-24T14:01"}, "material_at", "is needed at Tue 24 Nov 14:00"),
        ("purchasing", {"material_at": "later"}, "material_at", "is no day and time"),
    ],
)
def test_what_cannot_be_confirmed_stands_at_its_field(
    browser: FlaskClient, services: Services, role: str, fields: dict[str, str], field: str, sentence: str
) -> None:
    take_in(services, worked_order())
    answer = act(browser, "A-1", "confirm", role=role, **fields)
    assert answer.status_code == 422
    assert sentence in fault(answer.text, field)
    draft = drafts.draft(services.ledger, "A-1")
    assert draft is not None
    assert not draft.confirmations


def test_an_infeasible_draft_explains_itself_and_moves_to_the_promise(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, LARGE)
    page = browser.get("/orders/B-2").text
    words = said(page)
    assert re.search(r"lacks \d+ before", words)
    assert "With one more station at" in words
    assert "production can confirm when the due or the floor is changed" in card(page, "production")
    assert "Confirm" not in card(page, "production").replace("confirm when", "")
    act(browser, "B-2", "confirm", role="sales")
    due = re.search(r'name="due" value="(2026[^"]+\+08:00)"', page)
    assert due
    answer = act(browser, "B-2", "change", form="move", due=due[1])
    assert answer.headers["Location"] == "/orders/B-2?note=changed&roles=sales"
    page = said(browser.get(answer.headers["Location"]).text)
    assert "Changed. This withdrew the confirmation of sales." in page
    assert "not feasible" not in page
    assert "feasible begins" in page


def test_a_change_says_afterwards_which_confirmations_it_withdrew(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, worked_order())
    act(browser, "A-1", "confirm", role="sales")
    act(browser, "A-1", "confirm", role="production")
    page = browser.get("/orders/A-1").text
    assert "withdr" not in said(page)
    answer = act(browser, "A-1", "change", customer="Orchid", priority="5", why="sold on")
    assert "No confirmation was touched." in said(browser.get(answer.headers["Location"]).text)
    answer = act(browser, "A-1", "change", quantity="220")
    assert answer.headers["Location"] == "/orders/A-1?note=changed&roles=sales.production"
    draft = drafts.draft(services.ledger, "A-1")
    assert draft is not None
    assert (draft.order.quantity, draft.order.customer, draft.order.priority) == (220, "Orchid", 5)


def test_a_confirmation_is_taken_back_with_a_reason(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order())
    act(browser, "A-1", "confirm", role="sales")
    answer = act(browser, "A-1", "withdraw", role="sales", why="")
    assert fault(answer.text, "why") == "write why it is taken back"
    answer = act(browser, "A-1", "withdraw", role="sales", why="the customer called")
    assert "Taken back for sales." in said(browser.get(answer.headers["Location"]).text)
    assert "waits for sales, production, purchasing" in said(browser.get("/orders/A-1").text)


def test_who_saw_an_older_state_is_told_so_and_sees_the_page_as_it_is(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, worked_order())
    act(browser, "A-1", "change", quantity="220")
    answer = act(browser, "A-1", "confirm", role="sales", seen="1")
    assert answer.status_code == 422
    assert "Order A-1 was changed meanwhile; look at it again" in said(answer.text)
    assert "Ships 220 by" in card(answer.text, "sales")
    answer = act(browser, "A-1", "change", quantity="240", seen="1")
    assert 'value="220"' in answer.text


def test_a_discarded_draft_is_gone_and_the_list_says_so(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order())
    page = browser.get("/orders/A-1").text
    told = {"act": "discard", "person": "Li Na", "seen": "1", "tap_id": tap(page)}
    for _ in range(2):
        answer = browser.post("/orders/A-1", data=told)
        assert answer.headers["Location"] == "/orders?note=discarded"
    assert "The draft was discarded" in said(browser.get("/orders?note=discarded").text)
    assert browser.get("/orders/A-1").status_code == 404


@pytest.mark.parametrize("path", ["/orders?note=%3Cb%3E", "/orders?note=released&roles=boss"])
def test_a_note_is_one_of_ours_and_never_a_text_of_the_address(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    page = answer.text
    assert "&lt;b&gt;" not in page
    assert "boss" not in page
    assert 'role="status"' not in page


def test_what_is_no_act_is_refused(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order())
    assert browser.post("/orders/A-1", data={"act": "ship"}).status_code == 400
    assert act(browser, "A-1", "confirm", role="boss").status_code == 422


def test_another_sites_page_cannot_confirm(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order())
    answer = browser.post("/orders/A-1", data={"act": "confirm"}, headers={"Origin": "http://elsewhere"})
    assert answer.status_code == 403


# --- a released order, planned anew


@pytest.fixture
def released(browser: FlaskClient, services: Services) -> FlaskClient:
    """A-1 is agreed by three and in force."""
    take_in(services, worked_order())
    confirm_all(browser, "A-1")
    return browser


def test_another_due_is_proposed_and_the_plan_in_force_stays_until_it_is_agreed(
    released: FlaskClient, plant: Plant
) -> None:
    before = [tuple(row) for row in reading.targets(plant.ledger, "A-1")]
    answer = act(released, "A-1", "propose", due="2026-11-26T17:00", why="the lorry comes later", seen="")
    page = released.get(answer.headers["Location"]).text
    words = said(page)
    assert "Proposed: due Thu 26 Nov 17:00 in force: Wed 25 Nov 17:00" in words
    assert "Until it is agreed, the plan in force stays" in words
    assert "It waits for sales, production." in words
    assert "Zhao" in card(page, "purchasing")
    assert [tuple(row) for row in reading.targets(plant.ledger, "A-1")] == before
    assert "change waits for sales, production" in said(released.get("/orders").text)
    act(released, "A-1", "confirm", role="sales")
    last = act(released, "A-1", "confirm", role="production", person="Wang")
    assert last.headers["Location"] == "/orders/A-1?note=in-force"
    words = said(released.get(last.headers["Location"]).text)
    assert "The changed plan is in force." in words
    assert "Plan 2 in force due Thu 26 Nov 17:00" in words
    assert "the lorry comes later" in words
    assert "3 links moved Cutting Wed 25 Nov" in words
    assert len(plan_versions(plant.ledger, "A-1")) == 2
    assert len(plant.codes()) == 10


def test_a_discarded_proposal_leaves_the_plan_in_force(released: FlaskClient, plant: Plant) -> None:
    act(released, "A-1", "propose", due="2026-11-26T17:00", why="later", seen="")
    answer = act(released, "A-1", "discard")
    assert answer.headers["Location"] == "/orders/A-1?note=change-discarded"
    assert "the plan in force stays" in said(released.get(answer.headers["Location"]).text)
    assert len(plan_versions(plant.ledger, "A-1")) == 1


def test_a_proposal_that_is_not_feasible_moves_to_what_is(released: FlaskClient, plant: Plant) -> None:
    plant.now = china("23 09:30")
    act(released, "A-1", "propose", due="2026-11-23T15:00", why="the customer begs", seen="")
    page = released.get("/orders/A-1").text
    assert "not feasible" in said(page)
    due = re.search(r'name="due" value="(2026[^"]+\+08:00)"', page)
    assert due
    answer = act(released, "A-1", "change", form="move", due=due[1])
    words = said(released.get(answer.headers["Location"]).text)
    assert "not feasible" not in words
    assert "in force: Wed 25 Nov 17:00" in words
    assert "show the proposed plan" in words
    assert "Proposed plan" in said(released.get("/orders/A-1?show=change").text)


def test_a_proposal_needs_a_due_and_a_reason(released: FlaskClient) -> None:
    answer = act(released, "A-1", "propose", due="", why=" ", seen="")
    assert answer.status_code == 422
    assert fault(answer.text, "why") == "write why it is planned anew"
    assert fault(answer.text, "due") == "say when it is to be due"


# --- the list


def test_the_list_says_what_each_draft_waits_for_and_whether_it_is_feasible(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, worked_order("A-1", 200), worked_order("A-2", 200, "24 17:00"), LARGE)
    act(browser, "A-1", "confirm", role="sales", person="Li Na")
    found = re.search(r'<table class="list drafts">(.*?)</table>', browser.get("/orders").text, re.DOTALL)
    assert found
    rows = [said(row) for row in re.findall(r"<tr>.*?</tr>", found[1], re.DOTALL)[1:]]
    assert rows[-1].startswith(
        "A-1 200 Polo Shirts due Wed 25 Nov 17:00 feasible Sales Li Na, Mon 23 Nov 08:00"
    )
    assert rows[-1].endswith("waits for production, purchasing")
    assert any(row.startswith("B-2 700 Polo") and "not feasible earliest" in row for row in rows)


def test_a_long_list_of_drafts_is_shortened_and_can_be_shown_whole(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, *(worked_order(f"A-{n}", 20, "27 17:00") for n in range(SHOWN_DRAFTS + 1)))
    page = browser.get("/orders").text
    assert f"The first {SHOWN_DRAFTS} of {SHOWN_DRAFTS + 1} by due." in said(page)
    assert page.count('class="l-marks"') == SHOWN_DRAFTS
    assert browser.get("/orders?drafts=all").text.count('class="l-marks"') == SHOWN_DRAFTS + 1


def test_drafts_that_fit_alone_but_not_together_say_so(browser: FlaskClient, services: Services) -> None:
    take_in(services, worked_order("A-1", 400, "24 17:00"), worked_order("A-2", 400, "24 17:00"))
    words = said(browser.get("/orders").text)
    assert words.count("feasible, not with the other drafts") == 1
    assert words.count("not feasible") == 0


@pytest.mark.parametrize("path", ["/orders", "/orders/A-1", "/plan/import", "/plan/new"])
def test_every_page_of_the_planners_is_fresh_and_has_nothing_inline(
    browser: FlaskClient, services: Services, path: str
) -> None:
    take_in(services, worked_order())
    answer = browser.get(f"{path}?theme=dark")
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'data-theme="dark"' in answer.text
    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", answer.text)
    for address in ("/", "/board/shirts", "/orders", "/plan", "/site"):
        assert f'href="{address}"' in answer.text or address == path


def test_each_id_stands_once_and_every_label_has_its_field(released: FlaskClient, services: Services) -> None:
    take_in(services, LARGE, worked_order("C-3", 60, "27 17:00"))
    act(released, "A-1", "propose", due="2026-11-26T17:00", why="later", seen="")
    for path in ("/orders", "/orders/A-1", "/orders/B-2", "/orders/C-3", "/plan/new", "/plan/import"):
        page = released.get(path).text
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path
        assert set(re.findall(r'<label for="([^"]+)"', page)) <= set(ids), path


def test_a_draft_of_a_line_that_is_gone_can_only_be_discarded(
    browser: FlaskClient, services: Services
) -> None:
    take_in(services, worked_order())
    site = services.config.site
    services.adopt(replace(services.config, site=replace(site, products={})))
    page = said(browser.get("/orders/A-1").text)
    assert "no longer has this line or product" in page
    assert browser.get("/orders").status_code == 200
    assert act(browser, "A-1", "discard").status_code == 303
