"""Logging in and out, setting a site up, tokens against other sites' pages, one's own page."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kiosk.addresses import local_address
from kiosk.app import create_app
from kiosk.identity import CSRF_HEADER, SESSION
from ledger import kiosks, people, sessions
from ledger.sessions import IDLE_MS, csrf_of
from shopfloor.instants import MINUTE_MS
from shopfloor.rights import FIRST_ROLES
from tests.factory import WORKED_SITE, Plant
from tests.web.conftest import services_of
from tests.web.secured import PIN, As, logged_in, register, session_of

SETUP = {"name": "Grace Hopper", "pin": PIN, "again": PIN}


def said(answer: Any) -> str:
    """What a page complains of."""
    found = re.search(r'role="alert">([^<]*)<', answer.text)
    return found[1] if found else ""


def cookie(answer: Any, name: str) -> str:
    return next((line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")), "")


# --- setting up


def test_the_first_person_is_registered_on_this_machine_and_security_is_on(app: Flask, floor: Plant) -> None:
    client = app.test_client()
    assert client.get("/people").location == "/setup"
    assert "code" not in client.get("/setup").text.partition("<form")[2]
    answer = client.post("/setup", data=SETUP)
    assert (answer.status_code, answer.location) == (HTTPStatus.SEE_OTHER, "/people")
    assert "Grace Hopper" in client.get("/people").text
    grace = people.find(floor.ledger, "grace hopper")
    assert grace is not None
    assert grace.rights.roles == set(FIRST_ROLES)
    assert As(app, floor).get("/people").location == "/login?next=/people"
    assert client.get("/setup").status_code == HTTPStatus.NOT_FOUND
    assert As(app, floor).post("/setup", data=SETUP).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "told",
    [
        {"environ_base": {"REMOTE_ADDR": "10.0.0.7"}},
        {"headers": {"X-Forwarded-For": "10.0.0.7"}},
        {"headers": {"Host": "evil.example"}},
    ],
    ids=["another machine", "through a proxy", "under another name"],
)
def test_from_another_machine_the_first_person_needs_the_code_that_was_printed(
    app: Flask, floor: Plant, told: dict[str, Any]
) -> None:
    client = app.test_client()
    refused = client.post("/setup", data=SETUP, **told)
    assert (refused.status_code, people.anybody(floor.ledger)) == (HTTPStatus.UNPROCESSABLE_ENTITY, False)
    with floor.ledger.write(floor.now) as tx:
        code = kiosks.make_setup_code(tx)
    assert client.post("/setup", data={**SETUP, "code": "12345678"}, **told).status_code == 422
    made = client.post("/setup", data={**SETUP, "code": f"{code[:4]} {code[4:]}"}, **told)
    assert (made.status_code, people.anybody(floor.ledger)) == (HTTPStatus.SEE_OTHER, True)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"name": " "}, "A name has 1 to 60 characters that can be printed"),
        ({"pin": "123456", "again": "123456"}, "That PIN would be tried first by anybody"),
        ({"pin": "4027"}, "A PIN has 6 digits"),
        ({"again": "402717"}, "The two PINs differ"),
    ],
)
def test_what_cannot_be_registered_is_told_and_nobody_is(
    app: Flask, floor: Plant, fields: dict[str, str], text: str
) -> None:
    answer = app.test_client().post("/setup", data={**SETUP, **fields})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert text in said(answer)
    assert not people.anybody(floor.ledger)


# --- logging in


@pytest.mark.parametrize("how", ["name", "badge"])
def test_a_login_is_by_name_or_badge_and_leads_on(app: Flask, floor: Plant, how: str) -> None:
    sam = register(floor, "sales")
    client = app.test_client()
    there = client.get("/plan/new").location
    assert there == "/login?next=/plan/new"
    assert 'name="next" value="/plan/new"' in client.get(there).text
    who = "  sam SALES " if how == "name" else sam.badge.lower()
    answer = client.post("/login", data={"who": who, "pin": PIN, "next": "/plan/new"})
    assert (answer.status_code, answer.location) == (HTTPStatus.SEE_OTHER, "/plan/new")
    assert client.get("/plan/new").status_code == HTTPStatus.OK


def test_a_login_has_a_cookie_that_no_script_reads_and_no_other_site_sends(app: Flask, floor: Plant) -> None:
    register(floor, "sales")
    client = app.test_client()
    plain = cookie(logged_in(client, "Sam Sales"), SESSION)
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    assert "Expires" not in plain
    secure = app.test_client().post(
        "/login", data={"who": "Sam Sales", "pin": PIN}, base_url="https://localhost"
    )
    assert "Secure" in cookie(secure, SESSION)


def test_each_login_has_a_new_token_and_the_old_one_is_nothing(app: Flask, floor: Plant) -> None:
    register(floor, "sales")
    client = app.test_client()
    client.set_cookie(SESSION, "chosen-by-somebody-else")
    logged_in(client, "Sam Sales")
    first = session_of(client)
    assert first != "chosen-by-somebody-else"
    logged_in(client, "Sam Sales")
    assert session_of(client) != first
    assert sessions.of_token(floor.ledger, first, floor.now) is None


def test_a_logout_ends_the_login_and_takes_the_cookie_away(app: Flask, floor: Plant) -> None:
    who = As(app, floor).person(register(floor, "sales"))
    token = session_of(who.client)
    assert who.post("/logout").location == "/"
    assert session_of(who.client) == ""
    assert sessions.of_token(floor.ledger, token, floor.now) is None


def test_a_login_ends_by_idleness_and_pages_that_ask_by_themselves_do_not_prolong_it(
    app: Flask, floor: Plant
) -> None:
    who = As(app, floor).person(register(floor, "admin"))
    for _ in range(3):
        floor.now += IDLE_MS - MINUTE_MS
        assert who.get("/me").status_code == HTTPStatus.OK
    for _ in range(3):
        floor.now += IDLE_MS // 2
        answer = who.get("/devices/inspector/messages", headers={"HX-Request": "true"})
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert who.get("/me").location == "/login?next=/me"


def test_a_wrong_pin_says_nothing_of_the_name_and_too_many_have_to_wait(app: Flask, floor: Plant) -> None:
    register(floor, "sales")
    client = app.test_client()
    answers = [client.post("/login", data={"who": "Sam Sales", "pin": "000001"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert said(answers[0]) == "That name and PIN do not belong together; try again"
    assert said(client.post("/login", data={"who": "nobody", "pin": PIN})) == said(answers[0])
    assert answers[-1].headers["Retry-After"] == "5"
    assert 'value="000001"' not in answers[0].text
    floor.now += 5_000
    assert client.post("/login", data={"who": "Sam Sales", "pin": PIN}).status_code == HTTPStatus.SEE_OTHER


def test_somebody_elses_pin_is_changed_first(app: Flask, floor: Plant) -> None:
    admin = As(app, floor).person(register(floor, "admin"))
    made = admin.post("/people", data={"name": "Bo", "roles": "operator"})
    found = re.search(r"<b>(\d{6})</b>", made.text)
    assert found is not None
    client = app.test_client()
    assert logged_in(client, "Bo", found[1]).location == "/me"
    assert "Choose one that only you know" in client.get("/me").text
    headers = {CSRF_HEADER: csrf_of(session_of(client))}
    change = {"act": "pin", "old": found[1], "pin": PIN, "again": PIN}
    assert client.post("/me", data={**change, "old": "000001"}, headers=headers).status_code == 422
    other = app.test_client()
    logged_in(other, "Bo", found[1])
    assert client.post("/me", data=change, headers=headers).location == "/me?done=pin"
    assert other.get("/me").location == "/login?next=/me"
    assert "Choose one that only you know" not in client.get("/me").text
    assert logged_in(app.test_client(), "Bo", found[1]).status_code == 422


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "",
        "/a\nb",
    ],
)
def test_a_login_leads_to_no_other_site(app: Flask, floor: Plant, address: str) -> None:
    register(floor, "sales")
    answer = app.test_client().post("/login", data={"who": "Sam Sales", "pin": PIN, "next": address})
    assert answer.location == "/"
    assert local_address("/orders?x=1#y") == "/orders?x=1#y"


def test_a_form_that_needs_a_login_asks_for_it_and_leads_back_to_its_page(app: Flask, floor: Plant) -> None:
    register(floor, "sales")
    client = app.test_client()
    page = {"Referer": "http://localhost/orders/A-1?note=x"}
    answer = client.post("/orders/A-1", data={"act": "propose"}, headers=page)
    assert (answer.status_code, said(answer)) == (401, "Log in first, and then do that once more")
    assert 'name="next" value="/orders/A-1"' in answer.text


# --- other sites' pages


def test_a_change_needs_the_token_of_our_own_page(app: Flask, floor: Plant) -> None:
    who = As(app, floor).person(register(floor, "admin"))
    fields = {"name": "Bo", "roles": "operator"}
    token = who.headers.pop(CSRF_HEADER)
    for wrong in ({}, {"csrf": "x" * 32}, {"csrf": csrf_of("another login")}, {"csrf": "é"}):
        refused = who.post("/people", data={**fields, **wrong})
        assert refused.status_code == HTTPStatus.FORBIDDEN
        assert refused.headers["X-Interlock-Needs"] == "csrf"
    assert people.find(floor.ledger, "Bo") is None
    page = who.get("/people").text
    assert f'<input type="hidden" name="csrf" value="{token}">' in page
    assert who.post("/people", data={**fields, "csrf": token}).status_code == HTTPStatus.CREATED
    assert who.client.get("/identity").get_json()["csrf"] == token


def test_every_form_that_changes_something_carries_the_token(app: Flask) -> None:
    folder = Path(app.root_path) / "templates"
    missing = [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*.html"))
        for form in re.findall(
            r'<form\b[^>]*method="post"[^>]*>(?:\{% include "_csrf.html" %\})?', path.read_text()
        )
        if "_csrf.html" not in form
    ]
    assert {name.partition("/")[0] for name in missing} == {"kiosk"}  # sent by scripts, with the header


def test_a_script_of_another_site_gets_no_further_than_before(app: Flask, floor: Plant) -> None:
    who = As(app, floor).person(register(floor, "admin"))
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert who.post("/people", data={"name": "Bo"}, headers=headers).status_code == HTTPStatus.FORBIDDEN


def test_a_file_of_orders_is_checked_for_the_token_too(app: Flask, floor: Plant) -> None:
    who = As(app, floor).person(register(floor, "sales"))
    token = who.headers.pop(CSRF_HEADER)
    text = "order,line,product,quantity,due\nF-1,shirts,polo,20,2026-12-11T17:00\n"
    assert who.post("/plan/import", data={"text": text}).status_code == HTTPStatus.FORBIDDEN
    assert not floor.ledger.rows("SELECT 1 FROM drafts")
    answer = who.post("/plan/import", data={"text": text, "csrf": token})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    (row,) = floor.ledger.rows("SELECT person FROM drafts")
    assert row["person"] == "Sam Sales"
    released = who.post(
        "/plan/import", data={"text": text.replace("F-1", "F-2"), "csrf": token, "confirmed": "1"}
    )
    assert released.status_code == HTTPStatus.FORBIDDEN  # sales alone does not confirm for all three


# --- the API


def test_a_token_is_shown_once_and_does_what_it_was_made_for(app: Flask, floor: Plant) -> None:
    sven = register(floor, "supervisor")
    who = As(app, floor).person(sven)
    made = who.post("/me", data={"act": "token", "name": "MES", "actions": ["scan", "people"]})
    found = re.search(r"interlock_[\w-]{43}", made.text)
    assert found is not None
    assert found[0] not in who.get("/me").text
    program = As(app, floor)
    program.headers["Authorization"] = f"Bearer {found[0]}"
    scan = {"station": "cut-1", "code": floor.codes()[0], "person": "somebody else"}
    assert program.post("/api/v1/scans", json=scan).get_json()["result"] == "recorded"
    (event,) = floor.ledger.rows("SELECT person FROM events WHERE kind = 'received'")
    assert event["person"] == "Sven Supervisor"
    flag = {"station": "sew-1", "against": "cut", "order": "A-1"}
    assert program.post("/api/v1/flags", json=flag).status_code == HTTPStatus.FORBIDDEN
    assert (
        program.get("/people").status_code == HTTPStatus.FORBIDDEN
    )  # a token gives nothing that its person has not
    number = re.search(r'name="token" value="(\d+)"', who.get("/me").text)
    assert number is not None
    assert who.post("/me", data={"act": "revoke", "token": number[1]}).location == "/me?done=revoked"
    refused = program.post("/api/v1/scans", json=scan)
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (HTTPStatus.UNAUTHORIZED, "Bearer")


@pytest.mark.parametrize(
    "told", ["Bearer nothing", "Bearer ", "Basic c2FtOnNhbQ==", "interlock_x", "Bearer \xff"]
)
def test_a_token_that_is_none_is_refused_whatever_else_is_open(app: Flask, floor: Plant, told: str) -> None:
    register(floor, "sales")
    who = As(app, floor)
    who.headers["Authorization"] = told
    assert who.get("/api/v1/orders").status_code == HTTPStatus.UNAUTHORIZED
    assert who.get("/api/v1/orders").get_json() == {"error": "That token is not valid; make another one"}


def test_as_long_as_nobody_is_registered_the_api_asks_for_nothing(app: Flask, floor: Plant) -> None:
    scan = {"station": "cut-1", "code": floor.codes()[0], "person": "anybody"}
    assert As(app, floor).post("/api/v1/scans", json=scan).get_json()["result"] == "recorded"
    (event,) = floor.ledger.rows("SELECT person FROM events WHERE kind = 'received'")
    assert event["person"] == "anybody"


def test_in_the_demo_a_visitor_needs_no_login_and_one_who_logs_in_acts_in_that_name(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "demo", f'{WORKED_SITE}\n[access]\nwithout_login = "everything"\n')
    app = create_app(services_of(plant))
    sam = register(plant, "sales")
    order = {"product": "polo", "quantity": "20", "due": "2026-11-27T17:00"}
    visitor = As(app, plant)
    assert visitor.post("/plan/new", data={**order, "order": "V-1", "person": "A visitor"}).status_code == 303
    assert As(app, plant).person(sam).post("/plan/new", data={**order, "order": "V-2"}).status_code == 303
    drafted = plant.ledger.rows('SELECT "order", person FROM drafts ORDER BY "order"')
    assert [tuple(row) for row in drafted] == [("V-1", "A visitor"), ("V-2", "Sam Sales")]
    plant.close()


def test_a_form_from_a_page_without_an_address_leads_to_the_login_all_the_same(
    app: Flask, floor: Plant
) -> None:
    register(floor, "admin")
    answer = app.test_client().post("/people", data={"name": "x"}, headers={"Referer": "http://["})
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert 'name="next" value="/"' in answer.text
