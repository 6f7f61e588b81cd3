"""The HTTP API: the same rules as the screens, each fault one sentence."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk import api_order_shapes as orders
from kiosk import api_shapes as shapes
from kiosk.openapi import OPERATIONS
from kiosk.services import Services
from ledger.errors import LedgerUnavailable
from tests.factory import Plant, china

FLAG = {"station": "sew-1", "against": "cut", "order": "A-1"}


def refused(floor: Plant) -> int:
    return int(floor.ledger.row("SELECT COUNT(*) FROM refused")[0])


def flagged(client: FlaskClient) -> int:
    answer = client.post("/api/v1/flags", json=FLAG)
    assert answer.status_code == 201
    return int(answer.json["flag"])


def fits(answer: TestResponse, shape: Any) -> None:
    """The answer is what the document says: nothing more, nothing less."""
    assert answer.status_code < 300, answer.text
    value = msgspec.json.decode(answer.data, type=shape)
    assert msgspec.to_builtins(value) == answer.json


def test_one_scan_has_one_result(client: FlaskClient, floor: Plant) -> None:
    code = floor.codes()[0]
    answer = client.post("/api/v1/scans", json={"id": "s1", "device": "scanner-cut", "code": code})
    assert answer.status_code == 200
    assert answer.json == {"id": "s1", "result": "recorded", "text": f"{code} received 15:10"}


def test_a_station_scans_without_a_device(client: FlaskClient, floor: Plant) -> None:
    answer = client.post("/api/v1/scans", json={"station": "cut-1", "code": floor.codes()[0], "person": "Li"})
    assert answer.json["result"] == "recorded"
    row = floor.ledger.row("SELECT source, person FROM events ORDER BY sequence DESC LIMIT 1")
    assert tuple(row) == ("station:cut-1", "Li")


def test_the_same_scan_again_has_the_same_answer(client: FlaskClient, floor: Plant) -> None:
    scan = {"id": "s1", "device": "scanner-cut", "code": floor.codes()[0]}
    first = client.post("/api/v1/scans", json=scan).json
    again = client.post("/api/v1/scans", json=scan)
    assert again.status_code == 200
    assert again.json == {**first, "result": "duplicate"}


def test_the_same_id_for_another_scan_is_422(client: FlaskClient, floor: Plant) -> None:
    first, second = floor.codes()[:2]
    client.post("/api/v1/scans", json={"id": "s1", "device": "scanner-cut", "code": first})
    answer = client.post("/api/v1/scans", json={"id": "s1", "device": "scanner-cut", "code": second})
    assert answer.status_code == 422
    assert answer.json["result"] == "refused"
    assert "was used before" in answer.json["text"]
    described = client.get("/api/v1/openapi.json").json["paths"]["/scans"]["post"]["responses"]["422"]
    schema = described["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ScanResult"}


def test_a_refused_scan_is_an_answer_and_is_kept(client: FlaskClient, floor: Plant) -> None:
    answer = client.post("/api/v1/scans", json={"id": "s1", "device": "scanner-cut", "code": "NONE"})
    assert answer.status_code == 200
    assert answer.json == {"id": "s1", "result": "refused", "text": "NONE is no batch here"}
    assert refused(floor) == 1


def test_one_bad_scan_never_spoils_the_others(client: FlaskClient, floor: Plant) -> None:
    first, second = floor.codes()[:2]
    answer = client.post(
        "/api/v1/scans",
        json=[
            {"id": "a", "device": "scanner-cut", "code": first},
            {"id": "b", "device": "scanner-cut", "code": 7},
            "scan",
            {"id": "c", "device": "nobody", "code": first},
            {"id": "d", "device": "scanner-cut", "code": second, "quantity": 21},
            {"id": "e", "device": "scanner-cut", "code": second, "at": "2026-11-24T15:09:00+08:00"},
        ],
    )
    assert answer.status_code == 200
    assert [(one["id"], one["result"]) for one in answer.json] == [
        ("a", "recorded"),
        ("b", "refused"),
        (None, "refused"),
        ("c", "refused"),
        ("d", "refused"),
        ("e", "recorded"),
    ]
    assert answer.json[1]["text"] == "the scan cannot be read: code: expected `str`, got `int`"
    assert refused(floor) == 4


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b"7", "expected `object`, got `int`"),
        (b'"\xff"', "expected `object`"),
        (b'{"code": "\xff"}', "not UTF-8"),
        (b"{}", "missing required field `code`"),
        (b'{"code": "A"}', "names a device or a station, one of the two"),
        (b'{"code": "A", "device": "scanner-cut", "station": "cut-1"}', "one of the two"),
        (b'{"code": "", "device": "scanner-cut"}', "code: expected `str` of length >= 1"),
        (b'{"code": "  ", "device": "scanner-cut"}', "code is empty"),
        (b'{"code": "A", "device": "scanner-cut", "quantity": 0}', "quantity: expected `int` >= 1"),
        (b'{"code": "A", "device": "scanner-cut", "quantity": 1e400}', "quantity"),
        (b'{"code": "A", "device": "scanner-cut", "seq": 99999999999999999999}', "seq"),
        (b'{"code": "A", "device": "scanner-cut", "at": "noon"}', "at: 'noon' is no time"),
        (b'{"code": "A", "device": "scanner-cut", "at": "9999-12-31T23:59:60"}', "is no time"),
        (b'{"code": "A", "device": "scanner-cut", "colour": 1}', "unknown field `colour`"),
        (b'{"code": "A", "device": "scanner-cut", "id": "flag/2/resolved"}', "id: at most"),
        (b'{"code": "A", "device": "scanner-cut", "id": "\\u0000"}', "id: at most"),
        (b"[" * 20_000, "the list of scans"),
        (b"NaN", "JSON is malformed"),
        (b'{"code":' * 20_000, "the scan cannot be read"),
        (json.dumps([{"code": "A"}] * 501).encode(), "at most 500 scans are taken at once, not 501"),
    ],
)
def test_what_cannot_be_read_is_400_and_kept(
    client: FlaskClient, floor: Plant, body: bytes, sentence: str
) -> None:
    answer = client.post("/api/v1/scans", data=body)
    assert answer.status_code == 400
    assert sentence in answer.json["error"][:1].lower() + answer.json["error"][1:]
    row = floor.ledger.row("SELECT payload, size FROM refused")
    assert tuple(row) == (body[:2_000], len(body))


@pytest.mark.parametrize("at", ["0001-01-02T00:00:00+00:00", "1970-01-01T00:00:07Z", "9999-12-31T00:00:00Z"])
def test_a_clock_that_was_never_set_is_marked_and_not_believed(
    client: FlaskClient, floor: Plant, at: str
) -> None:
    scan = {"device": "scanner-cut", "code": floor.codes()[0], "at": at, "seq": 1}
    assert client.post("/api/v1/scans", json=scan).json["result"] == "recorded"
    (event,) = client.get("/api/v1/events?after=1").json["events"]
    assert event["occurred_at"] == "2026-11-24T07:10:00.000Z"
    assert event["detail"]["clock_suspect"]


def test_an_empty_list_has_no_results(client: FlaskClient) -> None:
    assert client.post("/api/v1/scans", json=[]).json == []


def test_without_a_ledger_nothing_is_confirmed(
    client: FlaskClient, web: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LedgerUnavailable(web.ledger.path, OSError("disk full"))

    monkeypatch.setattr(type(web.recorder), "record", full)
    answer = client.post("/api/v1/scans", json={"device": "scanner-cut", "code": "A"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert "nothing was recorded" in answer.json["error"]


def test_a_flag_is_raised_answered_and_shown_everywhere(client: FlaskClient) -> None:
    answer = client.post("/api/v1/flags", json={**FLAG, "id": "f1"})
    assert answer.status_code == 201
    flag = answer.json
    assert (flag["against"], flag["raised_by"], flag["quantity"], flag["state"]) == (
        "cut",
        "sew",
        40,
        "raised",
    )
    told = {"station": "cut-1", "promised_at": "2026-11-24T16:00", "comment": "blade"}
    answered = client.post(f"/api/v1/flags/{flag['flag']}/answer", json=told)
    assert answered.json["state"] == "answered"
    assert answered.json["promised_at"] == "2026-11-24T16:00:00+08:00"
    assert client.get("/api/v1/flags").json == {"flags": [answered.json]}


def test_the_same_flag_again_is_the_same_flag(client: FlaskClient, floor: Plant) -> None:
    first = client.post("/api/v1/flags", json={**FLAG, "id": "f1"})
    again = client.post("/api/v1/flags", json={**FLAG, "id": "f1"})
    assert (again.status_code, again.json) == (201, first.json)
    assert floor.ledger.row("SELECT COUNT(*) FROM events WHERE kind = 'flag_raised'")[0] == 1


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("flags", {**FLAG, "order": "A-2"}),
        ("flags", {**FLAG, "station": "pack-1", "against": "sew"}),
        ("flags/{flag}/answer", {"station": "cut-1", "promised_at": "2026-11-24T16:00"}),
        ("flags/{flag}/withdraw", {"station": "sew-1"}),
    ],
)
def test_the_id_of_one_act_is_422_for_another(client: FlaskClient, path: str, told: dict[str, str]) -> None:
    flag = client.post("/api/v1/flags", json={**FLAG, "id": "f1"}).json["flag"]
    answer = client.post(f"/api/v1/{path.format(flag=flag)}", json={**told, "id": "f1"})
    assert answer.status_code == 422
    assert "was used before" in answer.json["error"]


def test_an_answer_that_was_given_is_given_once(client: FlaskClient, floor: Plant) -> None:
    flag = flagged(client)
    told = {"station": "cut-1", "promised_at": "2026-11-24T16:00", "id": "a1"}
    for _ in range(2):
        assert client.post(f"/api/v1/flags/{flag}/answer", json=told).status_code == 200
    other = client.post(f"/api/v1/flags/{flag}/answer", json={**told, "comment": "or later"})
    assert other.status_code == 422
    assert floor.ledger.row("SELECT COUNT(*) FROM events WHERE kind = 'flag_answered'")[0] == 1


@pytest.mark.parametrize(
    ("told", "status", "sentence"),
    [
        ({**FLAG, "station": "bench"}, 422, "There is no station bench; known are cut-1, sew-1, pack-1."),
        ({**FLAG, "against": "pack"}, 422, "Pack is not a previous link of Sewing"),
        ({**FLAG, "order": "A-9"}, 422, "Cutting owes nothing of this order at this hour"),
        ({**FLAG, "at": "2026-11-24T15:13:00+08:00"}, 400, "At: lies more than 2 minutes ahead"),
        ({**FLAG, "at": "2020-01-01T00:00:00+08:00"}, 400, "At: lies more than a year back"),
        ({"station": "sew-1"}, 400, "missing required field `against`"),
    ],
)
def test_a_flag_that_cannot_be_raised_says_why(
    client: FlaskClient, told: dict[str, str], status: int, sentence: str
) -> None:
    answer = client.post("/api/v1/flags", json=told)
    assert answer.status_code == status
    assert sentence.lower() in answer.json["error"].lower()


def test_a_flag_counts_from_when_it_was_tapped(client: FlaskClient, floor: Plant) -> None:
    floor.now = china("24 16:20")
    answer = client.post("/api/v1/flags", json={**FLAG, "at": "2026-11-24T15:05:00+08:00"})
    assert answer.json["hour"]["end"] == "2026-11-24T15:00:00+08:00"
    assert answer.json["raised_at"] == "2026-11-24T15:05:00+08:00"


def test_a_flag_is_taken_back(client: FlaskClient) -> None:
    flag = flagged(client)
    answer = client.post(f"/api/v1/flags/{flag}/withdraw", json={"station": "sew-1"})
    assert (answer.status_code, answer.json["state"]) == (200, "withdrawn")
    assert client.get("/api/v1/flags").json == {"flags": []}


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/api/v1/board/hats", "There is no line hats; known are shirts."),
        ("/api/v1/orders/A-9", "There is no order A-9; known are A-1."),
        ("/api/v1/nothing", "There is no page /api/v1/nothing; begin at /."),
    ],
)
def test_an_unknown_name_is_404_with_those_that_exist(client: FlaskClient, path: str, sentence: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json) == (404, {"error": sentence})


@pytest.mark.parametrize("number", ["9", "99999999999999999999999"])
def test_an_unknown_flag_is_404(client: FlaskClient, number: str) -> None:
    answer = client.post(f"/api/v1/flags/{number}/answer", json={"station": "cut-1"})
    assert answer.status_code == 404
    assert answer.json["error"].endswith("there is none yet.")


def test_events_are_read_on_from_a_sequence(client: FlaskClient) -> None:
    flagged(client)
    first = client.get("/api/v1/events?limit=1").json
    assert [event["kind"] for event in first["events"]] == ["order_released"]
    rest = client.get(f"/api/v1/events?after={first['last']}").json
    assert [event["kind"] for event in rest["events"]] == ["flag_raised"]
    assert client.get(f"/api/v1/events?after={rest['last']}").json == {"events": [], "last": rest["last"]}


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=", "limit=0", "limit=1001", "after=9" * 9])
def test_a_number_that_is_none_is_400(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/events?{query}")
    assert answer.status_code == 400
    assert "is no whole number from" in answer.json["error"]


def test_every_answer_is_as_the_document_describes_it(client: FlaskClient, floor: Plant) -> None:
    floor.scan("scanner-cut", floor.codes()[0])
    flag = flagged(client)
    client.post(f"/api/v1/flags/{flag}/answer", json={"station": "cut-1", "promised_at": "2026-11-24T16:00"})
    fits(client.get("/api/v1/board/shirts"), shapes.Board)
    fits(client.get("/api/v1/orders"), orders.Orders)
    fits(client.get("/api/v1/orders/A-1"), orders.Order)
    fits(client.get("/api/v1/flags"), shapes.Flags)
    fits(client.get("/api/v1/events"), shapes.Events)
    fits(client.post(f"/api/v1/flags/{flag}/withdraw", json={"station": "sew-1"}), shapes.Flag)
    fits(client.post("/api/v1/scans", json={"station": "cut-1", "code": "A"}), shapes.ScanResult)


def test_the_document_covers_every_address_of_the_api(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    registered = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }
    assert described == registered
    assert len(described) == len(OPERATIONS)


def test_every_reference_of_the_document_leads_somewhere(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    document = answer.json
    assert document["openapi"].startswith("3.1.")
    names = [part.split('"')[0] for part in answer.text.split('"#/components/schemas/')[1:]]
    assert set(names) <= set(document["components"]["schemas"])
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
