"""Corrections through the API: the same rules, the same answer for the same id."""

from __future__ import annotations

from flask.testing import FlaskClient

from ledger.checking import faults
from tests.factory import Plant

LEAD = {"station": "pack-1", "person": "Lead Chen", "reason": "scanner was down"}


def scanned(client: FlaskClient, device: str, code: str, scan_id: str) -> str:
    body = {"id": scan_id, "device": device, "code": code}
    return str(client.post("/api/v1/scans", json=body).json["result"])


def test_a_scan_is_undone_once_by_the_link_that_made_it(client: FlaskClient, floor: Plant) -> None:
    code = floor.codes()[9]
    assert scanned(client, "scanner-cut", code, "a/1") == "recorded"
    other = client.post("/api/v1/scans/a/1/undo", json={"station": "sew-1"})
    assert (other.status_code, other.json["error"][-20:]) == (422, "only cut-1 undoes it")
    body = {"station": "cut-1", "person": "Mei", "id": "u1"}
    answer = client.post("/api/v1/scans/a/1/undo", json=body)
    assert answer.json == {"text": f"undone: {code} received 15:10"}
    assert client.post("/api/v1/scans/a/1/undo", json=body).json == answer.json
    assert client.post("/api/v1/scans/a/1/undo", json={**body, "reason": "another"}).status_code == 422
    none = client.post("/api/v1/scans/none/undo", json={"station": "cut-1"})
    assert (none.status_code, none.json["error"]) == (422, "none is no scan that was recorded")
    assert client.post("/api/v1/scans/a/1/undo", json={}).status_code == 400
    assert faults(floor.ledger) == []


def test_scrap_is_told_with_its_reason(client: FlaskClient, floor: Plant) -> None:
    code = floor.codes()[9]
    scanned(client, "scanner-sew", code, "s1")
    body = {
        "station": "sew-1",
        "batch": code,
        "quantity": 2,
        "reason": "torn",
        "rejected_from": "cut",
        "id": "s2",
    }
    for _ in range(2):
        answer = client.post("/api/v1/scrap", json=body)
        assert answer.json == {"text": f"{code}: 2 scrapped as Cutting gave it 15:10: torn"}
    body["id"] = "s3"
    assert client.post("/api/v1/scrap", json={**body, "reason": ""}).status_code == 400
    assert client.post("/api/v1/scrap", json={**body, "quantity": 19}).status_code == 422
    assert client.post("/api/v1/scrap", json={**body, "station": "nowhere"}).status_code == 422


def test_a_batch_is_split_and_the_order_shows_both_parts(client: FlaskClient, floor: Plant) -> None:
    code = floor.codes()[9]
    scanned(client, "scanner-sew", code, "s1")
    body = {"station": "sew-1", "batch": code, "quantity": 8, "person": "Mei", "id": "split-1"}
    told = client.post("/api/v1/split", json=body).json
    assert told["text"] == f"{code}: 8 split off as {told['batch']} 15:10"
    assert client.post("/api/v1/split", json=body).json == told
    assert client.post("/api/v1/split", json={**body, "quantity": 7}).status_code == 422
    refused = client.post("/api/v1/split", json={**body, "id": "split-2", "quantity": 12})
    assert refused.status_code == 422
    assert refused.json["error"] == f"{code} has 12 units here; split off at least 1 and fewer than that"
    batches = {row["batch"]: row for row in client.get("/api/v1/orders/A-1").json["batches"]}
    assert (batches[code]["quantity"], batches[told["batch"]]["quantity"]) == (12, 8)
    assert (batches[code]["part_of"], batches[told["batch"]]["part_of"]) == (None, code)
    assert f"split off {code}" in client.get("/orders/A-1").text


def test_a_lead_forces_or_discards_a_refused_scan(client: FlaskClient, floor: Plant) -> None:
    first, second = floor.codes()[8:10]
    assert scanned(client, "scanner-pack", first, "p1") == "refused"
    assert scanned(client, "scanner-pack", second, "p2") == "refused"
    numbers = [row["id"] for row in floor.ledger.rows("SELECT id FROM refused ORDER BY id DESC LIMIT 2")]
    forced = client.post(f"/api/v1/refused/{numbers[1]}/force", json=LEAD)
    assert forced.json == {"text": f"{first} received 15:10 from Sewing"}
    assert client.post(f"/api/v1/refused/{numbers[0]}/discard", json=LEAD).json == {"text": "discarded"}
    again = client.post(f"/api/v1/refused/{numbers[0]}/force", json=LEAD)
    assert again.status_code == 422
    assert client.post(f"/api/v1/refused/{2**70}/force", json=LEAD).status_code == 422
    nobody = {name: LEAD[name] for name in ("station", "reason")}
    assert client.post(f"/api/v1/refused/{numbers[0]}/force", json=nobody).status_code == 400
