"""The worked example with people: one of each role, an enrolled kiosk, and what each of them sends along."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from kiosk.identity import CSRF_HEADER, KIOSK_COOKIE, SESSION
from ledger import api_tokens, kiosks, people, pins, sessions
from ledger.people import NewPerson, Person
from ledger.sessions import csrf_of
from shopfloor.rights import PERSON_ROLES, Action, PersonRole
from tests.factory import Plant

PIN = "402716"
PIN_HASH = pins.hashed(PIN)
"""Hashed once: it takes long on purpose."""
NAMES: dict[PersonRole, str] = {
    "operator": "Olga Operator",
    "lead": "Li Lead",
    "sales": "Sam Sales",
    "production": "Petra Production",
    "purchasing": "Paul Purchasing",
    "supervisor": "Sven Supervisor",
    "manager": "Maria Manager",
    "admin": "Grace Admin",
}
LED = "shirts/sew"


def register(plant: Plant, role: PersonRole, name: str = "", **told: Any) -> Person:
    """Somebody with one role; a lead leads Sewing."""
    told = {"links": (LED,) if role == "lead" else (), **told}
    with plant.ledger.write(plant.now) as tx:
        return people.add(tx, NewPerson(name or NAMES[role], (role,), **told), PIN_HASH, by="", own_pin=True)


def register_all(plant: Plant) -> dict[PersonRole, Person]:
    """One of each role."""
    return {role: register(plant, role) for role in PERSON_ROLES}


class As:
    """A client that is somebody: `As(app, plant).person(...)`, `.kiosk(...)`, `.token(...)` or nobody."""

    def __init__(self, app: Flask, plant: Plant) -> None:
        self.client: FlaskClient = app.test_client()
        self.plant = plant
        self.headers: dict[str, str] = {}

    def person(self, person: Person) -> As:
        with self.plant.ledger.write(self.plant.now) as tx:
            token = sessions.begin(tx, person, address="127.0.0.1", agent="test")
        return self._with(SESSION, token)

    def kiosk(self, station: str) -> As:
        with self.plant.ledger.write(self.plant.now) as tx:
            token = kiosks.enrol_here(tx, station, by="test", address="127.0.0.1", agent="test")
        return self._with(KIOSK_COOKIE, token)

    def token(self, person: Person, *actions: Action) -> As:
        with self.plant.ledger.write(self.plant.now) as tx:
            token = api_tokens.make(tx, person, "test", actions, by="test")
        self.headers["Authorization"] = f"Bearer {token}"
        return self

    def badge_in(self, person: Person) -> As:
        """The badge is read at the kiosk that this client is."""
        answer = self.post(f"/kiosk/{self.station}/scans", data={"code": person.badge})
        assert answer.status_code in (200, 303), answer.text
        return self

    def prove(self) -> As:
        """The PIN is typed at the kiosk that this client is."""
        answer = self.post(f"/kiosk/{self.station}/pin", data={"pin": PIN})
        assert answer.get_json() == {"ok": True, "text": ""}
        return self

    @property
    def station(self) -> str:
        return str(self.client.get("/identity").get_json()["station"])

    def get(self, path: str, **told: Any) -> Any:
        return self.client.get(path, headers={**self.headers, **told.pop("headers", {})}, **told)

    def post(self, path: str, **told: Any) -> Any:
        return self.client.post(path, headers={**self.headers, **told.pop("headers", {})}, **told)

    def ask(self, method: str, path: str, **told: Any) -> Any:
        return self.client.open(
            path, method=method, headers={**self.headers, **told.pop("headers", {})}, **told
        )

    def _with(self, cookie: str, token: str) -> As:
        self.client.set_cookie(cookie, token)
        self.headers[CSRF_HEADER] = csrf_of(token)
        return self


def logged_in(client: FlaskClient, who: str, pin: str = PIN) -> Any:
    """What the login page answers, with the token that its form carries."""
    form = client.get("/login").text
    csrf = re.search(r'name="csrf" value="(\w+)"', form)
    fields = {"who": who, "pin": pin, "next": "/"}
    if csrf is not None:
        fields["csrf"] = csrf[1]
    return client.post("/login", data=fields)


def session_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(SESSION)
    return "" if cookie is None else cookie.value
