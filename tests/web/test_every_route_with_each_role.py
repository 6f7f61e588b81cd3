"""Every address with each role and with none: who may do what is the table's word, whatever asks."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from kiosk.app import create_app
from kiosk.gate import READING
from kiosk.needs import ADDRESSES_OF_FORMS, NEEDS
from shopfloor.rights import KIOSK, MAY, PERSON_ROLES, PersonRole, Rights
from tests.factory import WORKED_SITE, Plant, china
from tests.web.conftest import services_of
from tests.web.secured import LED, As, register_all

VALUES = {"station": "sew-1", "line": "shirts", "flag": 1, "order": "A-1", "number": 1, "refused": 1,
          "event_id": "e1", "import_id": "i1", "filename": "base.css", "batch": "0000017", "link": "sew",
          "name": "shift", "form": "csv", "channel": "none", "act": "force"}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {  # of what looks at its station, or its role, before it says yes
    "api.scans": {"station": "sew-1", "code": "nothing"},
    "api.undo": {"station": "sew-1"},
    "api.scrap": {"station": "sew-1", "batch": "B", "quantity": 1, "reason": "r"},
    "api.force": {"station": "sew-1", "person": "x", "reason": "r"},
    "api.discard": {"station": "sew-1", "person": "x", "reason": "r"},
    "api.raise_flag": {"station": "sew-1", "against": "cut", "order": "none"},
    "api.answer": {"station": "sew-1", "reason": "other"},
    "api.withdraw": {"station": "sew-1"},
    "api.split": {"station": "sew-1", "batch": "B", "quantity": 1},
    "api.pass_back": {"station": "sew-1"},
    "api.dispute": {"station": "sew-1", "comment": "c"},
    "api.choose": {"station": "sew-1", "consequence": "word"},
    "api.contest": {"station": "sew-1", "comment": "c"},
    "api.make_measure": {
        "line": "shirts",
        "link": "sew",
        "reason": "tool",
        "what": "w",
        "owner": "lead",
        "due_on": "2030-01-01",
        "person": "x",
    },
}
REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def is_refused(answer: Any) -> bool:
    """By right; nothing else is answered so."""
    answer.close()
    to_login = answer.status_code == HTTPStatus.SEE_OTHER and answer.location.startswith("/login?")
    assert (answer.status_code in REFUSALS) == ("X-Interlock-Needs" in answer.headers)
    return answer.status_code in REFUSALS or to_login


def requests(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and an address of each."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, address(app, rule)


def address(app: Flask, rule: Rule) -> str:
    values = {name: VALUES[name] for name in rule.arguments}
    if rule.endpoint.startswith("order_pages."):
        values["number"] = "A-1"
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def ask(who: As, endpoint: str, method: str, path: str) -> bool:
    """Whether it is let through."""
    body = BODIES.get(endpoint, {}) if path.startswith("/api/") else None
    return not is_refused(who.ask(method, path, json=body) if body is not None else who.ask(method, path))


def test_every_address_names_the_action_that_it_needs(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - set(NEEDS) == set()
    assert set(NEEDS) - endpoints == set()


def test_an_address_that_names_none_is_nobodys(app: Flask, floor: Plant) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "there")
    assert As(app, floor).get("/forgotten").text == "there"  # as long as nobody is registered
    admin = register_all(floor)["admin"]
    assert As(app, floor).person(admin).get("/forgotten").status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("role", PERSON_ROLES)
@pytest.mark.parametrize("by", ["person", "token"])
def test_with_each_role_an_address_is_as_its_table_says(
    app: Flask, floor: Plant, role: PersonRole, by: str
) -> None:
    person = register_all(floor)[role]
    who = As(app, floor)
    who = who.person(person) if by == "person" else who.token(person)
    rights = Rights(frozenset({role}), frozenset({LED} if role == "lead" else ()))
    wrong = []
    for endpoint, method, path in requests(app):
        if endpoint in ("people_pages.logout", "people_pages.set_up", "people_pages.setup"):
            continue  # ends what is tried; is there only before the first person
        need = NEEDS[endpoint]
        if need == "person":
            expected = by == "person"
        elif need == "open":
            expected = True
        else:
            action = "kiosk" if method in READING and endpoint in ADDRESSES_OF_FORMS else need
            expected = action == "read" or rights.may(action, LED)
        if ask(who, endpoint, method, path) != expected:
            wrong.append((endpoint, method, expected))
    assert wrong == []


def test_with_no_role_at_all_boards_can_be_read_and_nothing_else(app: Flask, floor: Plant) -> None:
    register_all(floor)
    nobody = As(app, floor)
    through = {
        (endpoint, method) for endpoint, method, path in requests(app) if ask(nobody, endpoint, method, path)
    }
    for endpoint, method in through:
        assert NEEDS[endpoint] in ("read", "open"), (endpoint, method)
    expected = {
        (endpoint, method) for endpoint, method, _ in requests(app) if NEEDS[endpoint] in ("read", "open")
    }
    assert through == expected


def test_where_reading_needs_a_login_nothing_is_left_but_the_login(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "closed", f'{WORKED_SITE}\n[access]\nwithout_login = "nothing"\n')
    app = create_app(services_of(plant))
    register_all(plant)
    nobody = As(app, plant)
    for endpoint, method, path in requests(app):
        assert ask(nobody, endpoint, method, path) == (NEEDS[endpoint] == "open"), (endpoint, method)
    plant.close()


def test_a_kiosk_without_a_person_may_do_what_a_device_may(app: Flask, floor: Plant) -> None:
    register_all(floor)
    kiosk = As(app, floor).kiosk("sew-1")
    for endpoint, method, path in requests(app):
        need = NEEDS[endpoint]
        action = "kiosk" if method in READING and endpoint in ADDRESSES_OF_FORMS else need
        assert ask(kiosk, endpoint, method, path) == (need == "open" or action in KIOSK), (endpoint, method)


def test_in_a_demo_everything_but_people_and_kiosks_goes_without_a_login(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "demo", f'{WORKED_SITE}\n[access]\nwithout_login = "everything"\n')
    app = create_app(services_of(plant))
    register_all(plant)
    visitor = As(app, plant)
    for endpoint, method, path in requests(app):
        allowed = NEEDS[endpoint] not in ("people", "kiosks", "person")
        assert ask(visitor, endpoint, method, path) == allowed, (endpoint, method)
    plant.close()


def test_before_anybody_is_registered_everybody_may_do_everything(app: Flask, floor: Plant) -> None:
    stranger = As(app, floor)
    for endpoint, method, path in requests(app):
        if NEEDS[endpoint] != "person":
            assert ask(stranger, endpoint, method, path), (endpoint, method)


def test_a_lead_acts_for_the_links_that_the_lead_leads_only(app: Flask, floor: Plant) -> None:
    people = register_all(floor)
    lead = As(app, floor).person(people["lead"])
    supervisor = As(app, floor).person(people["supervisor"])
    flag = {"against": "cut", "order": "A-1"}
    assert lead.post("/kiosk/pack-1/flags", data=flag).status_code == HTTPStatus.FORBIDDEN
    told = lead.post("/api/v1/flags", json={**flag, "station": "pack-1"})
    assert (told.status_code, told.get_json()["error"]) == (
        403,
        "Li Lead does not lead pack; its lead may do that",
    )
    assert supervisor.post("/api/v1/flags", json={**flag, "station": "pack-1"}).status_code == 422
    made = lead.post("/api/v1/flags", json={**flag, "station": "sew-1"})
    assert made.status_code == HTTPStatus.CREATED
    (event,) = floor.ledger.rows("SELECT person FROM events WHERE kind = 'flag_raised'")
    assert event["person"] == "Li Lead"


@pytest.mark.parametrize("role", PERSON_ROLES)
@pytest.mark.parametrize("party", ["sales", "production", "purchasing"])
def test_only_its_planner_confirms_for_a_party(plant: Plant, role: PersonRole, party: str) -> None:
    app = create_app(services_of(plant))
    plant.now = china("23 08:00")
    order = {"order": "B-1", "product": "polo", "quantity": 20, "due": "2026-11-27T17:00", "person": "x"}
    assert As(app, plant).post("/api/v1/orders", json=order).status_code == HTTPStatus.CREATED
    people = register_all(plant)
    who = As(app, plant).token(people[role])
    body = {"role": party, "person": "somebody else", "seen": 1}
    if party == "purchasing":
        body["material_at"] = "2026-11-24T08:00"
    answer = who.post("/api/v1/orders/B-1/confirmations", json=body)
    may = f"confirm:{party}" in MAY[role]
    assert (answer.status_code == HTTPStatus.OK) == may, answer.text
    assert (answer.status_code == HTTPStatus.FORBIDDEN) == (not may)
    confirmed = plant.ledger.rows("SELECT person FROM events WHERE kind = 'order_confirmed'")
    assert [row["person"] for row in confirmed] == ([people[role].name] if may else [])
