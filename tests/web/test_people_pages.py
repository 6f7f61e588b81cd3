"""The admins' pages: people, roles, badges, kiosks, the log."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest
from flask import Flask

from kiosk.identity import KIOSK_COOKIE
from ledger import audit, people
from shopfloor.codes import command_code
from tests.factory import Plant
from tests.web.secured import As, logged_in, register


@pytest.fixture
def admin(app: Flask, floor: Plant) -> As:
    return As(app, floor).person(register(floor, "admin"))


def add(admin: As, **fields: object) -> str:
    """Register somebody; the PIN that the page shows."""
    answer = admin.post("/people", data={"name": "Li Wei", "roles": "operator", **fields})
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    found = re.search(r"<b>(\d{6})</b>", answer.text)
    assert found is not None
    return found[1]


def change(admin: As, name: str, **fields: object) -> str:
    person = next(each for each in people.everybody(admin.plant.ledger) if each.name == name)
    answer = admin.post(f"/people/{person.id}", data=fields)
    assert answer.status_code == HTTPStatus.OK, answer.text
    return str(answer.text)


def test_somebody_is_registered_with_roles_and_a_pin_that_is_shown_once(app: Flask, admin: As) -> None:
    pin = add(admin, roles=["operator", "lead"], links=["shirts/sew", "shirts/cut"], language="zh")
    page = admin.get("/people").text
    assert "operator, lead (Cutting, Sewing)" in page
    assert pin not in page
    assert logged_in(app.test_client(), "Li Wei", pin).status_code == HTTPStatus.SEE_OTHER
    li = people.find(admin.plant.ledger, "Li Wei")
    assert li is not None
    assert li.language == "zh"


def test_what_is_wrong_is_told_and_what_was_typed_stays(admin: As) -> None:
    answer = admin.post("/people", data={"name": "Li Wei", "roles": "lead"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "A lead leads at least one link" in answer.text
    assert 'value="Li Wei"' in answer.text
    assert re.search(r'value="lead" checked', answer.text)
    for fields in (
        {"roles": "lead", "links": "shirts/none"},
        {"roles": "boss"},
        {"roles": "operator", "name": ""},
    ):
        assert (
            admin.post("/people", data={"name": "Li", **fields}).status_code
            == HTTPStatus.UNPROCESSABLE_ENTITY
        )
    assert (
        admin.post("/people", data={"name": "Li", "roles": "operator", "language": "tlh"}).status_code == 400
    )
    assert people.find(admin.plant.ledger, "Li") is None


def test_roles_badge_and_pin_are_changed_and_access_is_taken_and_given(app: Flask, admin: As) -> None:
    pin = add(admin)
    client = app.test_client()
    logged_in(client, "Li Wei", pin)
    assert client.get("/plan/new").status_code == HTTPStatus.FORBIDDEN
    change(admin, "Li Wei", act="roles", roles="sales")
    assert client.get("/plan/new").status_code == HTTPStatus.OK  # counts at once, for logins that are open
    assert "04A2B9" in change(admin, "Li Wei", act="badge", badge="04a2b9")
    found = re.search(r"<b>(\d{6})</b>", change(admin, "Li Wei", act="pin"))
    assert found is not None
    assert client.get("/me").status_code == HTTPStatus.SEE_OTHER
    assert logged_in(client, "04a2b9", found[1]).status_code == HTTPStatus.SEE_OTHER
    assert "is not let in" in change(admin, "Li Wei", act="revoke")
    assert client.get("/me").location == "/login?next=/me"
    found = re.search(r"<b>(\d{6})</b>", change(admin, "Li Wei", act="admit"))
    assert found is not None
    assert logged_in(client, "Li Wei", found[1]).status_code == HTTPStatus.SEE_OTHER


def test_the_only_admin_cannot_let_go(admin: As) -> None:
    for fields in ({"act": "revoke"}, {"act": "roles", "roles": "manager"}):
        answer = admin.post("/people/1", data=fields)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "is the only admin" in answer.text
    assert admin.post("/people/1", data={"act": "nothing"}).status_code == HTTPStatus.BAD_REQUEST
    assert admin.get("/people/99").status_code == HTTPStatus.NOT_FOUND


def test_kiosks_are_enrolled_by_a_code_or_here_and_revoked(app: Flask, admin: As) -> None:
    floor = admin.plant
    made = admin.post("/people/kiosks", data={"act": "code", "station": "sew-1"})
    found = re.search(r"<b>(\d{4} \d{4})</b>", made.text)
    assert found is not None
    tablet = As(app, floor)
    page = tablet.get("/kiosk/sew-1")
    assert (page.status_code, "not enrolled" in page.text) == (HTTPStatus.UNAUTHORIZED, True)
    assert tablet.post("/kiosk/sew-1/enrol", data={"code": "0000 0000"}).status_code == 422
    assert tablet.post("/kiosk/sew-1/enrol", data={"code": found[1]}).location == "/kiosk/sew-1"
    assert tablet.get("/kiosk/sew-1").status_code == HTTPStatus.OK
    other = tablet.get("/kiosk/cut-1")
    assert (other.status_code, other.headers["X-Interlock-Needs"]) == (HTTPStatus.UNAUTHORIZED, "enrolment")
    listed = admin.get("/people/kiosks").text
    number = re.search(r'name="kiosk" value="(\d+)"', listed)
    assert number is not None
    assert "Grace Admin" in listed
    admin.post("/people/kiosks", data={"act": "revoke", "kiosk": number[1]})
    assert tablet.get("/kiosk/sew-1").status_code == HTTPStatus.UNAUTHORIZED
    assert tablet.post("/kiosk/sew-1/scans", data={"code": "x"}).status_code == HTTPStatus.UNAUTHORIZED
    here = admin.post("/people/kiosks", data={"act": "here", "station": "pack-1"})
    (cookie,) = [line for line in here.headers.getlist("Set-Cookie") if line.startswith(KIOSK_COOKIE)]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=34560000" in cookie
    assert admin.post("/people/kiosks", data={"act": "revoke", "kiosk": "99"}).status_code == 422
    assert admin.post("/people/kiosks", data={"act": "code", "station": "none"}).status_code == 404


def test_the_log_tells_who_did_what_where_and_who_failed(app: Flask, admin: As) -> None:
    pin = add(admin)
    logged_in(app.test_client(), "Li Wei", "000001")
    logged_in(app.test_client(), "Li Wei", pin)
    change(admin, "Li Wei", act="roles", roles="manager")
    change(admin, "Li Wei", act="revoke")
    told = [(entry.what, entry.who, entry.by) for entry in audit.page(admin.plant.ledger)]
    assert told[:5] == [
        ("person revoked", "Li Wei", "Grace Admin"),
        ("roles changed", "Li Wei", "Grace Admin"),
        ("login", "Li Wei", ""),
        ("wrong PIN", "Li Wei", ""),
        ("person added", "Li Wei", "Grace Admin"),
    ]
    page = admin.get("/people/log").text
    assert "WRONG PIN" in page
    assert "address:127.0.0.1" in page
    assert "Nothing older" in admin.get("/people/log?before=1").text
    with admin.plant.ledger.write(admin.plant.now) as tx:
        for _ in range(60):
            audit.note(tx, "login", "Li Wei")
    older = re.search(r'href="(/people/log\?before=\d+)"', admin.get("/people/log").text)
    assert older is not None
    assert "WRONG PIN" in admin.get(older[1]).text


def test_names_are_shown_as_text(admin: As) -> None:
    add(admin, name="<script>alert(1)</script>")
    page = admin.get("/people").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("number", [str(2**63), "9" * 30])
def test_a_number_that_nobody_has_is_told_and_fails_nothing(app: Flask, floor: Plant, number: str) -> None:
    admin = As(app, floor).person(register(floor, "admin"))
    assert admin.get(f"/people/{number}").status_code == 404
    assert admin.get(f"/site/versions/{number}").status_code == 404
    assert admin.get(f"/people/cards?id={number}&id={'9' * 5_000}").status_code == 200
    assert admin.post("/people/kiosks", data={"act": "revoke", "kiosk": number}).status_code == 422
    assert admin.post("/me", data={"act": "revoke", "token": number}).status_code == 422


def test_what_is_a_batch_or_a_command_is_nobodys_badge(admin: As, floor: Plant) -> None:
    """Else scanning it would sign somebody in, and the batch could never be received."""
    for code in (floor.codes()[0].lower(), command_code("undo")):
        answer = admin.post(
            "/people", data={"name": "Bo", "roles": "operator", "badge": code, "language": ""}
        )
        assert answer.status_code == 422
        assert f"{code.upper()} is the code of a batch or a command; give another" in answer.text
