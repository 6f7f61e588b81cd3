"""Countermeasures on their pages and through the API: made from a repeated reason, settled, and what they brought."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.identity import CSRF_HEADER
from tests.factory import Plant, china
from tests.web.secured import As, register_all
from tests.web.test_responsibility_pages import WEEK, late

__all__ = ["late"]  # a fixture

FORM = {
    "link": "shirts/cut",
    "reason": "tool",
    "what": "A second blade lies ready",
    "owner": "lead",
    "due": "2026-12-04",
    "person": "Chen",
    "tap_id": "tap-m",
}
BODY = {"line": "shirts", "link": "cut", "reason": "tool", "what": "A second blade lies ready", "owner": "cut",
        "due_on": "2026-12-04", "person": "Chen", "id": "m-1"}  # fmt: skip


def made(client: FlaskClient, form: dict[str, str] = FORM) -> int:
    answer = client.post("/countermeasures", data=form)
    assert answer.status_code == 303, answer.text
    return int(answer.location.partition("?")[0].rpartition("/")[2])


def one(client: FlaskClient, number: int) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"/api/v1/countermeasures/{number}").json
    return told


def test_before_any_the_page_says_where_they_come_from(client: FlaskClient) -> None:
    page = client.get("/countermeasures").text
    assert "There is none yet" in page
    assert 'name="reason"' in page


def test_it_is_made_once_and_stands_in_the_list_with_what_the_reason_costs(
    client: FlaskClient, late: Plant
) -> None:
    number = made(client)
    assert made(client) == number
    told = one(client, number)
    assert (told["state"], told["owner"], told["after"]) == ("open", "lead", None)
    # Two hours on ten handoffs.
    assert told["before"] == {"minutes": 120, "handoffs": 10, "per_hundred": 1200}
    page = client.get("/countermeasures?line=shirts").text
    assert "A second blade lies ready" in page
    assert "1,200 min per 100 handoffs so far" in page
    assert late.ledger.rows("SELECT COUNT(*) FROM countermeasures")[0][0] == 1


def test_in_effect_its_page_says_whether_the_minutes_went_down(client: FlaskClient, late: Plant) -> None:
    number = made(client)
    late.now = china("30 09:00")
    answer = client.post(
        f"/countermeasures/{number}",
        data={"to": "in_effect", "since": "2026-11-26", "person": "Chen", "tap_id": "t", "comment": ""},
    )
    assert answer.status_code == 303
    told = one(client, number)
    assert (told["state"], told["since_on"], told["went_down"]) == ("in_effect", "2026-11-26", None)
    assert "Nothing to compare yet." in client.get(f"/countermeasures/{number}").text
    with late.ledger.write(late.now) as tx:  # what a finished order of the days after would have counted
        tx.run(
            "INSERT INTO link_days (line, link, on_day, product, due, late) VALUES"
            " ('shirts', 'cut', '2026-11-27', 'polo', 20, 0)"
        )
    told = one(client, number)
    assert (told["after"]["per_hundred"], told["went_down"]) == (0, True)
    assert "Yes: from 1,200 to 0 min" in client.get(f"/countermeasures/{number}").text


def test_given_up_it_stays_with_the_reason_why(client: FlaskClient) -> None:
    number = made(client)
    refused = client.post(
        f"/countermeasures/{number}", data={"to": "dropped", "person": "Chen", "tap_id": "t"}
    )
    assert (refused.status_code, "Say why it is given up" in refused.text) == (422, True)
    form = {"to": "dropped", "person": "Chen", "tap_id": "t2", "comment": "too dear"}
    assert client.post(f"/countermeasures/{number}", data=form).status_code == 303
    page = client.get(f"/countermeasures/{number}").text
    assert "too dear" in page
    assert "It is in effect</button>" not in page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("what", "", "Say what is done"),
        ("due", "", "Say by which day"),
        ("due", "soon", "is no date"),
        ("owner", "Mr Li", "a role or a link, not to a person"),
        ("reason", "gossip", "is not a reason of this site"),
        ("link", "shirts/weave", "weave is no link of Shirts"),
        ("link", "nowhere/cut", "There is no line nowhere"),
        ("person", "", "Write your name"),
    ],
)
def test_what_is_refused_stands_where_it_was_typed(
    client: FlaskClient, field: str, value: str, says: str
) -> None:
    answer = client.post("/countermeasures", data={**FORM, field: value})
    assert answer.status_code == 422
    assert says.lower() in answer.text.lower()
    assert client.get("/api/v1/countermeasures").json == {"countermeasures": []}


def test_programs_make_and_settle_them(client: FlaskClient) -> None:
    answer = client.post("/api/v1/countermeasures", json=BODY)
    assert answer.status_code == 201
    number = answer.json["countermeasure"]
    again = client.post("/api/v1/countermeasures", json=BODY)
    assert again.json["countermeasure"] == number
    other = client.post("/api/v1/countermeasures", json={**BODY, "what": "another"})
    assert other.status_code == 422
    path = f"/api/v1/countermeasures/{number}/settle"
    settled = client.post(path, json={"to": "in_effect", "since_on": "2026-11-24", "person": "Chen"})
    assert (settled.status_code, settled.json["state"]) == (200, "in_effect")
    assert client.post(path, json={"to": "resting", "person": "Chen"}).status_code == 400
    assert client.get("/api/v1/countermeasures/999").status_code == 404
    assert client.get("/countermeasures/999").status_code == 404
    assert client.get("/countermeasures?line=nowhere").status_code == 404


def test_a_lead_makes_them_for_the_links_that_the_lead_leads(app: Flask, floor: Plant) -> None:
    people = register_all(floor)
    lead = As(app, floor).token(people["lead"])
    assert lead.ask("POST", "/api/v1/countermeasures", json=BODY).status_code == 403
    led = {**BODY, "link": "sew", "id": "m-2"}
    answer = lead.ask("POST", "/api/v1/countermeasures", json=led)
    assert answer.status_code == 201
    operator = As(app, floor).token(people["operator"])
    path = f"/api/v1/countermeasures/{answer.json['countermeasure']}/settle"
    told = {"to": "dropped", "comment": "x", "person": "Chen"}
    assert operator.ask("POST", path, json=told).status_code == 403
    assert As(app, floor).token(people["manager"]).ask("POST", path, json=told).status_code == 200


def test_a_form_of_a_login_without_its_token_is_refused(app: Flask, floor: Plant) -> None:
    supervisor = register_all(floor)["supervisor"]
    client = As(app, floor).person(supervisor)
    answer = client.post("/countermeasures", data=FORM, headers={CSRF_HEADER: "wrong"})
    assert (answer.status_code, answer.headers["X-Interlock-Needs"]) == (403, "csrf")


def test_the_page_of_responsibility_offers_one_for_what_repeats(client: FlaskClient, late: Plant) -> None:
    page = client.get(f"/responsibility?link=cut&{WEEK}").text
    assert "make a countermeasure" not in page  # once is not again and again
    made(client)
    page = client.get(f"/responsibility?link=cut&{WEEK}").text
    assert "1 countermeasure" in page
    assert late.now
