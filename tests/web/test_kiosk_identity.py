"""At a kiosk: the device is enrolled, a person badges in, and what commits somebody asks for the PIN."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kiosk.app import create_app
from kiosk.identity import CSRF_HEADER, NEEDS_HEADER
from ledger.badged_in import IDLE_MS, PROVED_MS
from ledger.people import Person
from shopfloor.instants import MINUTE_MS, utc_text
from tests.factory import WORKED_SITE, Plant, china, worked_order
from tests.web.conftest import services_of
from tests.web.secured import PIN, As, register, register_all

HTMX = {"HX-Request": "true"}
FLAG = {"against": "cut", "order": "A-1"}


@pytest.fixture
def people(floor: Plant) -> dict[Any, Person]:
    return dict(register_all(floor))


@pytest.fixture
def kiosk(app: Flask, floor: Plant, people: dict[Any, Person]) -> As:
    assert people  # somebody is registered, else no kiosk has to be enrolled
    return As(app, floor).kiosk("sew-1")


def needs(answer: Any) -> str | None:
    return None if answer.status_code < 400 else answer.headers.get(NEEDS_HEADER)


def persons(plant: Plant, kind: str) -> list[str | None]:
    return [
        row["person"]
        for row in plant.ledger.rows("SELECT person FROM events WHERE kind = ? ORDER BY sequence", (kind,))
    ]


def test_a_kiosk_takes_scans_from_anybody_and_names_who_has_badged_in(
    kiosk: As, floor: Plant, people: dict[Any, Person]
) -> None:
    first, second = floor.codes()[:2]
    kiosk.post("/kiosk/sew-1/scans", data={"code": first})
    said = kiosk.post("/kiosk/sew-1/scans", data={"code": people["operator"].badge}, headers=HTMX)
    assert "Olga Operator is here" in said.text
    assert "Olga Operator" in said.text.partition("kiosk-person")[2]
    kiosk.post("/kiosk/sew-1/scans", data={"code": second})
    assert persons(floor, "received") == [None, "Olga Operator"]


def test_a_badge_that_is_nobodys_is_refused_like_any_unknown_code(kiosk: As) -> None:
    said = kiosk.post("/kiosk/sew-1/scans", data={"code": "BADGE0000000"}, headers=HTMX)
    assert 'data-result="refused"' in said.text


def test_what_commits_somebody_asks_for_badge_right_and_pin(
    kiosk: As, floor: Plant, people: dict[Any, Person]
) -> None:
    def raised() -> Any:
        return kiosk.post("/kiosk/sew-1/flags", data=FLAG, headers=HTMX)

    assert (needs(raised()), raised().text) == ("badge", "Scan your badge first")
    kiosk.badge_in(people["operator"])
    assert (needs(raised()), raised().status_code) == ("right", HTTPStatus.FORBIDDEN)
    kiosk.badge_in(people["lead"])
    assert (needs(raised()), raised().text) == ("pin", "Li Lead, type your PIN")
    wrong = kiosk.post("/kiosk/sew-1/pin", data={"pin": "000001"})
    assert (wrong.status_code, wrong.get_json()["ok"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, False)
    assert needs(raised()) == "pin"
    assert persons(floor, "flag_raised") == []
    kiosk.prove()
    assert raised().status_code == HTTPStatus.OK
    assert persons(floor, "flag_raised") == ["Li Lead"]
    floor.now += PROVED_MS
    assert needs(raised()) == "pin"


def test_a_pin_that_was_typed_at_one_kiosk_counts_at_no_other(
    app: Flask, kiosk: As, floor: Plant, people: dict[Any, Person]
) -> None:
    second = As(app, floor).kiosk("sew-1")
    kiosk.badge_in(people["lead"]).prove()
    assert needs(second.post("/kiosk/sew-1/flags", data=FLAG)) == "pin"


def test_signing_out_by_tap_and_by_idleness(kiosk: As, floor: Plant, people: dict[Any, Person]) -> None:
    kiosk.badge_in(people["lead"]).prove()
    said = kiosk.post("/kiosk/sew-1/badge-out", headers=HTMX)
    assert "signed out" in said.text
    assert needs(kiosk.post("/kiosk/sew-1/flags", data=FLAG)) == "badge"
    kiosk.badge_in(people["lead"])
    assert needs(kiosk.post("/kiosk/sew-1/flags", data=FLAG)) == "pin"  # a new badge-in proves nothing
    floor.now += IDLE_MS
    assert needs(kiosk.post("/kiosk/sew-1/flags", data=FLAG)) == "badge"


def test_work_at_the_kiosk_keeps_its_person_there(kiosk: As, floor: Plant, people: dict[Any, Person]) -> None:
    kiosk.badge_in(people["operator"])
    for code in floor.codes()[:4]:
        floor.now += IDLE_MS - MINUTE_MS  # until the shift ends at 17:00
        kiosk.post("/kiosk/sew-1/scans", data={"code": code})
    assert persons(floor, "received") == [*["Olga Operator"] * 3, None]


def test_a_kiosk_acts_for_its_own_station_only(kiosk: As, floor: Plant, people: dict[Any, Person]) -> None:
    kiosk.badge_in(people["supervisor"]).prove()
    code = floor.codes()[0]
    assert needs(kiosk.post("/kiosk/cut-1/scans", data={"code": code})) == "enrolment"
    for scan in ({"station": "cut-1", "code": code}, {"device": "scanner-cut", "code": code}):
        assert needs(kiosk.post("/api/v1/scans", json=scan)) == "enrolment"
        assert (
            needs(kiosk.post("/api/v1/scans", json=[{"station": "sew-1", "code": code}, scan])) == "enrolment"
        )
    assert persons(floor, "received") == []
    assert needs(kiosk.post("/kiosk/pack-1/flags", data=FLAG)) == "enrolment"


def test_scans_that_waited_without_network_count_for_who_stood_there_then(
    kiosk: As, floor: Plant, people: dict[Any, Person]
) -> None:
    first, second, third = floor.codes()[:3]
    badged_at = floor.now
    kiosk.badge_in(people["operator"])
    floor.now += 5 * MINUTE_MS
    kiosk.post("/kiosk/sew-1/badge-out")
    floor.now += 90 * MINUTE_MS
    told = [
        {
            "id": "q-1",
            "station": "sew-1",
            "code": first,
            "at": utc_text(badged_at + MINUTE_MS),
            "person": "Eve",
        },
        {
            "id": "q-2",
            "station": "sew-1",
            "code": second,
            "at": utc_text(badged_at + 30 * MINUTE_MS),
            "person": "Eve",
        },
    ]
    assert kiosk.client.get("/identity").get_json()["person"] is None
    answer = kiosk.post("/api/v1/scans", json=told)
    assert [each["result"] for each in answer.get_json()] == ["recorded", "recorded"]
    assert persons(floor, "received") == ["Olga Operator", None]
    stale = {CSRF_HEADER: "of a page from before"}
    refused = kiosk.client.post("/api/v1/scans", json={"station": "sew-1", "code": third}, headers=stale)
    assert (refused.status_code, needs(refused)) == (HTTPStatus.FORBIDDEN, "csrf")
    fresh = {CSRF_HEADER: kiosk.client.get("/identity").get_json()["csrf"]}
    assert (
        kiosk.client.post(
            "/api/v1/scans", json={"station": "sew-1", "code": third}, headers=fresh
        ).status_code
        == 200
    )


def test_a_login_on_a_phone_acts_at_a_station_without_an_enrolment(
    app: Flask, floor: Plant, people: dict[Any, Person]
) -> None:
    phone = As(app, floor).person(people["lead"])
    assert phone.get("/kiosk/sew-1").status_code == HTTPStatus.OK
    assert phone.post("/kiosk/sew-1/flags", data=FLAG).status_code == HTTPStatus.SEE_OTHER
    assert persons(floor, "flag_raised") == ["Li Lead"]


def test_where_scans_need_a_badge_a_kiosk_alone_takes_none(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "strict", f'{WORKED_SITE}\n[access]\nscan = "badge"\n')
    plant.release(worked_order())
    plant.now = china("24 15:10")
    kiosk = As(create_app(services_of(plant)), plant)
    olga = register(plant, "operator")
    kiosk.kiosk("cut-1")
    code = plant.codes()[0]
    assert needs(kiosk.post("/kiosk/cut-1/scans", data={"code": code})) == "badge"
    scanned_at, scan = plant.now, {"station": "cut-1", "code": code}
    assert needs(kiosk.post("/api/v1/scans", json=scan)) == "badge"
    kiosk.badge_in(olga)
    kiosk.post("/kiosk/cut-1/scans", data={"code": code})
    assert persons(plant, "received") == ["Olga Operator"]
    plant.now += (
        2 * IDLE_MS
    )  # what was scanned before and waited is taken: the tablet asked for the badge then
    late = {**scan, "code": plant.codes()[1], "at": utc_text(scanned_at + MINUTE_MS), "id": "q-1"}
    assert kiosk.post("/api/v1/scans", json=late).get_json()["result"] == "recorded"
    assert persons(plant, "received") == ["Olga Operator"] * 2
    plant.close()


def test_the_kiosk_page_sends_its_own_token_along(kiosk: As) -> None:
    assert (
        f'<meta name="csrf-token" content="{kiosk.headers[CSRF_HEADER]}">' in kiosk.get("/kiosk/sew-1").text
    )


def test_pins_at_a_kiosk_are_throttled(kiosk: As, people: dict[Any, Person]) -> None:
    kiosk.badge_in(people["lead"])
    answers = [kiosk.post("/kiosk/sew-1/pin", data={"pin": "000001"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1].get_json()["text"] == "Too many wrong tries; wait 5 seconds and try again"
    assert kiosk.post("/kiosk/sew-1/pin", data={"pin": PIN}).status_code == 429


def test_a_tablet_names_nobody_who_did_not_badge_in(kiosk: As, floor: Plant) -> None:
    entry = {"id": "q-1", "seq": 1, "kind": "scan", "at": floor.now, "fields": {"code": floor.codes()[0]}}
    told = {"tablet": "0" * 32, "clock": floor.now, "entries": [{**entry, "person": "Eve"}]}
    answer = kiosk.post("/kiosk/sew-1/outbox", json=told)
    assert answer.get_json()["answers"][0]["result"] == "recorded"
    assert persons(floor, "received") == [None]
