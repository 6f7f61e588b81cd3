"""What the API of orders does not take: times that nobody means, other content under a known id, lost addresses."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factory import Plant

ORDER = {"order": "A-2", "product": "polo", "quantity": 200, "due": "2026-11-27T17:00", "person": "Mei"}
API = "/api/v1/orders"
CONFIRM = {"role": "sales", "person": "Mei", "seen": 1}
CHANGE = {"person": "Mei", "seen": 1}


@pytest.fixture
def drafted(client: FlaskClient) -> FlaskClient:
    assert client.post(API, json={**ORDER, "id": "K"}).status_code == 201
    return client


def events(floor: Plant) -> int:
    return int(floor.ledger.rows("SELECT COUNT(*) FROM events")[0][0])


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00", "1999-12-31T23:00", "2200-01-01"])
@pytest.mark.parametrize(
    ("where", "told", "field"),
    [
        ("/A-2/confirmations", CONFIRM, "may_move_to"),
        ("/A-2/confirmations", {**CONFIRM, "role": "purchasing"}, "material_at"),
        ("/A-2/change", CHANGE, "material_at"),
        ("/A-2/change", CHANGE, "due"),
        ("/A-1/plan-anew", {"person": "Mei", "why": "so"}, "due"),
        ("", {**ORDER, "order": "A-3"}, "due"),
    ],
)
def test_a_time_of_another_century_is_refused_and_all_orders_are_still_shown(
    drafted: FlaskClient, floor: Plant, at: str, where: str, told: dict[str, Any], field: str
) -> None:
    before = events(floor)
    answer = drafted.post(f"{API}{where}", json={**told, field: at})
    assert answer.status_code == 400
    assert f"{field}: '{at}' is not of this century or the next".lower() in answer.json["error"].lower() or (
        f"orders[0].{field}: '{at}' is not of this century" in answer.json["error"].lower()
    )
    assert events(floor) == before
    for page in (API, f"{API}/A-2", "/orders", "/orders/A-2"):
        assert drafted.get(page).status_code == 200


@pytest.mark.parametrize(
    "orders",
    [
        {**ORDER, "quantity": 999, "id": "K"},
        [{**ORDER, "id": "K"}, {**ORDER, "order": "B"}],
        [{**ORDER, "quantity": 999, "id": "K"}, {**ORDER, "order": "B"}],
    ],
)
def test_other_orders_under_a_known_id_are_refused(drafted: FlaskClient, floor: Plant, orders: Any) -> None:
    before = events(floor)
    answer = drafted.post(API, json=orders)
    assert (answer.status_code, events(floor)) == (422, before)
    assert "was used before for something else" in answer.json["error"]
    assert drafted.post(API, json={**ORDER, "id": "K"}).status_code == 201


def test_another_change_or_confirmation_under_a_known_id_is_refused(drafted: FlaskClient) -> None:
    def sent(what: str, told: dict[str, Any]) -> int:
        return drafted.post(f"{API}/A-2/{what}", json=told).status_code

    change = {**CHANGE, "due": "2026-11-28T17:00", "why": "so", "id": "C"}
    assert [sent("change", change), sent("change", change)] == [200, 200]
    for other in ({"due": "2026-11-29T17:00"}, {"quantity": 5}, {"priority": 7}, {"customer": "X"}):
        assert sent("change", {**change, **other}) == 422
    assert sent("change", {**change, "why": "else"}) == 422
    buy = {"role": "purchasing", "person": "Ana", "seen": 2, "material_at": "2026-11-24T16:00", "id": "P"}
    assert [sent("confirmations", buy), sent("confirmations", buy)] == [200, 200]
    assert sent("confirmations", {**buy, "material_at": "2026-11-24T17:00"}) == 422


@pytest.mark.parametrize("number", ["/A-1", "A-1/", "/", ".", "..", "A//1", "x/../A-1"])
def test_a_number_that_no_address_leads_to_is_refused(client: FlaskClient, number: str) -> None:
    answer = client.post(API, json={**ORDER, "order": number})
    assert answer.status_code == 400
    assert answer.json["faults"][0]["field"] == "order"


def test_an_address_with_two_slashes_leads_to_no_other_order(client: FlaskClient) -> None:
    for address in (f"{API}//A-1", "/orders//A-1", "//orders/A-1"):
        assert client.get(address).status_code == 404


def test_a_scan_counts_whatever_its_device_takes_the_time_to_be(client: FlaskClient, floor: Plant) -> None:
    told = {"device": "scanner-cut", "code": floor.codes()[-1], "at": "1970-01-01T00:00:07Z"}
    answer = client.post("/api/v1/scans", json=told)
    assert (answer.status_code, answer.json["result"]) == (200, "recorded")
