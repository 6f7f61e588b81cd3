"""What every answer carries, and what no request gets, whoever sends it."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from flask import Flask

from kiosk.identity import SESSION
from ledger import people
from tests.factory import Plant
from tests.web.secured import PIN, As, register, register_all

PAGES = ("/", "/board/shirts", "/login", "/orders", "/api/v1/orders", "/nowhere", "/me")
INJECTIONS = (
    "' OR 1=1 --",
    '" OR ""="',
    "Sam Sales'--",
    "%",
    "_",
    "x\x00y",
    "\U0001f600" * 60,
    "../../etc/passwd",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_what_a_browser_should_not_do(app: Flask, floor: Plant, path: str) -> None:
    register(floor, "sales")
    answer = As(app, floor).get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "charset=utf-8" in answer.content_type or answer.content_type == "application/json"


def test_over_tls_browsers_are_told_to_stay_there_and_cookies_are_secure(app: Flask, floor: Plant) -> None:
    register(floor, "sales")
    client = app.test_client()
    assert "Strict-Transport-Security" not in client.get("/login").headers
    assert (
        client.get("/login", base_url="https://localhost").headers["Strict-Transport-Security"]
        == "max-age=2592000"
    )
    through = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.7"}
    answer = client.post("/login", data={"who": "Sam Sales", "pin": PIN}, headers=through)
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(SESSION)]
    assert "Secure" in cookie
    (session,) = floor.ledger.rows("SELECT address FROM sessions")
    assert session["address"] == "10.0.0.7"


def test_what_another_machine_says_about_itself_is_not_believed(app: Flask, floor: Plant) -> None:
    register(floor, "sales")
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
    answer = app.test_client().post(
        "/login",
        data={"who": "Sam Sales", "pin": PIN},
        headers=told,
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert "Secure" not in answer.headers["Set-Cookie"]
    (session,) = floor.ledger.rows("SELECT address FROM sessions")
    assert session["address"] == "10.0.0.9"


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_is_text_wherever_it_is_sent(app: Flask, floor: Plant, text: str) -> None:
    everybody = register_all(floor)
    before = len(people.everybody(floor.ledger))
    client = app.test_client()
    assert client.post("/login", data={"who": text, "pin": text}).status_code in (422, 429)
    admin = As(app, floor).person(everybody["admin"])
    for path, data in (
        ("/people", {"name": text, "roles": text, "links": text, "badge": text}),
        ("/people/1", {"act": "badge", "badge": text * 3}),
        ("/people/kiosks", {"act": "code", "station": text}),
        ("/me", {"act": "token", "name": "", "actions": text}),
        ("/me", {"act": "revoke", "token": text}),
    ):
        assert admin.post(path, data=data).status_code < 500
    assert admin.get(f"/people/log?before={text}").status_code == HTTPStatus.OK
    assert len(people.everybody(floor.ledger)) == before
    floor.ledger.rows("SELECT 1 FROM people, events, audit LIMIT 1")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "X"])
def test_methods_that_no_page_has_are_refused(app: Flask, floor: Plant, method: str) -> None:
    admin = As(app, floor).person(register(floor, "admin"))
    for path in ("/people", "/me", "/login", "/api/v1/flags"):
        assert admin.ask(method, path).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_request_that_is_too_large_is_refused_and_nothing_is_done(app: Flask, floor: Plant) -> None:
    admin = As(app, floor).person(register(floor, "admin"))
    answer = admin.post("/people", data={"name": "x" * 2_000_000, "roles": "operator"})
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert len(people.everybody(floor.ledger)) == 1


def test_a_failure_tells_a_visitor_nothing_of_the_inside(
    app: Flask, floor: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("secret of the inside")

    monkeypatch.setattr("kiosk.pages.home_page", fail)
    app.testing = False
    answer = As(app, floor).get("/")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_pages_with_personal_data_are_kept_by_no_browser(app: Flask, floor: Plant) -> None:
    admin = As(app, floor).person(register(floor, "admin"))
    for path in ("/me", "/people", "/people/1", "/people/kiosks", "/people/log", "/identity", "/login"):
        assert admin.get(path).headers["Cache-Control"] == "no-store", path


def test_tokens_and_pins_stand_in_no_address(app: Flask) -> None:
    secret = {"pin", "token", "csrf", "code", "session", "old", "again"}
    for rule in app.url_map.iter_rules():
        assert not secret & set(rule.arguments), rule.rule
