"""Orders through the API: the rules of the screens, each fault with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from interlock.__main__ import main
from kiosk import api_order_shapes as shapes
from kiosk.app import create_app
from kiosk.services import Services
from ledger.checking import faults
from tests.factory import WORKED_SITE, Plant, china
from tests.web.conftest import services_of

ORDER = {"order": "A-2", "product": "polo", "quantity": 200, "due": "2026-11-27T17:00", "person": "Mei"}
API = "/api/v1"
ROLES = ("sales", "production", "purchasing")


def sent(client: FlaskClient, what: str, told: Any, number: str = "A-2") -> TestResponse:
    return client.post(f"{API}/orders/{number}/{what}", json=told)


def confirmation(role: str, **more: Any) -> dict[str, Any]:
    extra = {"material_at": "2026-11-25T08:00"} if role == "purchasing" else {}
    return {"role": role, "person": role.title(), "seen": 1, **extra, **more}


def agree(client: FlaskClient, number: str = "A-2", seen: int = 1) -> dict[str, Any]:
    waits = client.get(f"{API}/orders/{number}").json["agreeing"]["waits_for"]
    for role in waits:
        answer = sent(client, "confirmations", confirmation(role, seen=seen), number)
        assert answer.status_code == 200, answer.text
    return answer.json


@pytest.fixture
def drafted(client: FlaskClient) -> FlaskClient:
    assert client.post(f"{API}/orders", json=ORDER).status_code == 201
    return client


def events(floor: Plant) -> int:
    return int(floor.ledger.rows("SELECT COUNT(*) FROM events")[0][0])


def fits(answer: TestResponse, shape: Any) -> Any:
    assert answer.status_code < 300, answer.text
    assert msgspec.to_builtins(msgspec.json.decode(answer.data, type=shape)) == answer.json
    return answer.json


def test_an_order_that_is_taken_in_is_a_draft(client: FlaskClient, floor: Plant) -> None:
    answer = client.post(f"{API}/orders", json={**ORDER, "customer": "Lotus", "priority": 50})
    assert answer.status_code == 201
    (one,) = fits(answer, shapes.Orders)["orders"]
    assert (one["state"], one["line"], one["customer"], one["priority"]) == ("draft", "shirts", "Lotus", 50)
    assert (one["feasible"], one["earliest_ship"]) == (True, None)
    assert (one["confirmations"], one["waits_for"]) == ([], list(ROLES))
    listed = fits(client.get(f"{API}/orders"), shapes.Orders)["orders"]
    assert [(each["order"], each["state"]) for each in listed] == [("A-1", "released"), ("A-2", "draft")]
    alone = fits(client.get(f"{API}/orders/A-2"), shapes.Order)
    assert (alone["plan_version"], alone["links"], alone["batches"]) == (None, [], [])
    assert [link["link"] for link in alone["planned"]] == ["cut", "sew", "pack"]
    assert alone["agreeing"]["needed_at"] == alone["planned"][0]["hours"][0]["start"]
    assert floor.codes("A-2") == []


def test_what_is_not_feasible_says_what_it_lacks_and_when_it_could_ship(client: FlaskClient) -> None:
    told = {**ORDER, "quantity": 3000}
    (one,) = client.post(f"{API}/orders", json=told).json["orders"]
    assert one["feasible"] is False
    assert one["agreeing"]["short"][0]["quantity"] > 0
    change = {"person": "Mei", "seen": 1, "due": one["earliest_ship"]}
    changed = fits(sent(client, "change", change), shapes.Order)
    assert (changed["feasible"], changed["agreeing"]["revision"]) == (True, 2)


def test_three_confirmations_release_it(drafted: FlaskClient, floor: Plant) -> None:
    first = fits(
        sent(drafted, "confirmations", confirmation("sales", may_move_to="2026-11-28T12:00")), shapes.Order
    )
    assert (first["state"], first["waits_for"]) == ("draft", ["production", "purchasing"])
    assert first["confirmations"][0]["may_move_to"] == "2026-11-28T12:00:00+08:00"
    done = agree(drafted)
    assert (done["state"], done["plan_version"], done["agreeing"]) == ("released", 1, None)
    assert [(each["role"], each["person"]) for each in done["confirmations"]] == [
        (role, role.title()) for role in ROLES
    ]
    assert len(done["batches"]) == 10
    assert done["versions"][0]["person"] == "Purchasing"
    assert faults(floor.ledger) == []


def test_a_confirmation_that_is_sent_twice_counts_once(drafted: FlaskClient, floor: Plant) -> None:
    for role in ROLES:
        answers = [sent(drafted, "confirmations", confirmation(role, id=role)) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json == answers[1].json
    answer = sent(drafted, "confirmations", confirmation("sales", id="production"))
    assert answer.status_code == 422
    assert "was used before for something else" in answer.json["error"]
    assert len(floor.codes("A-2")) == 10


@pytest.mark.parametrize(
    ("told", "status", "sentence"),
    [
        ({"role": "boss"}, 400, "Role: invalid enum value 'boss'"),
        ({"person": " "}, 400, "Person: write something"),
        ({"person": ""}, 400, "length >= 1"),
        ({"seen": 2}, 422, "Order A-2 was changed meanwhile; look at it again"),
        ({"material_at": "noon"}, 400, "Material_at: 'noon' is no time"),
        ({"material_at": "2026-11-25T08:00"}, 400, "Material_at: only purchasing says that"),
        ({"may_move_to": "2026-11-27T16:00"}, 422, "the customer cannot move to a time before the due"),
        ({"role": "purchasing"}, 422, "Order A-2 has no material date"),
        (
            {"role": "purchasing", "material_at": "2026-11-27T08:00"},
            422,
            "the material arrives after it is first needed",
        ),
        ({"colour": 1}, 400, "unknown field `colour`"),
    ],
)
def test_a_confirmation_that_does_not_count_says_why(
    drafted: FlaskClient, floor: Plant, told: dict[str, Any], status: int, sentence: str
) -> None:
    before = events(floor)
    answer = sent(drafted, "confirmations", {"role": "sales", "person": "Mei", "seen": 1, **told})
    assert (answer.status_code, events(floor)) == (status, before)
    assert sentence.lower() in answer.json["error"].lower()


def test_a_confirmation_is_taken_back(drafted: FlaskClient) -> None:
    sent(drafted, "confirmations", confirmation("sales"))
    told = {"role": "sales", "person": "Mei", "why": "a slip", "id": "back"}
    for _ in range(2):
        assert fits(sent(drafted, "withdraw", told), shapes.Order)["confirmations"] == []
    assert sent(drafted, "withdraw", {**told, "id": "again"}).status_code == 422
    assert sent(drafted, "withdraw", {**told, "why": " "}).json["error"].startswith("Why: write something")


def test_a_change_withdraws_what_it_touches(drafted: FlaskClient) -> None:
    sent(drafted, "confirmations", confirmation("sales"))
    sent(drafted, "confirmations", confirmation("purchasing"))
    told = {"person": "Bo", "seen": 1, "due": "2026-11-27T18:00", "customer": "Lotus", "id": "later"}
    changed = fits(sent(drafted, "change", told), shapes.Order)
    assert [each["role"] for each in changed["confirmations"]] == ["purchasing"]
    assert (changed["customer"], changed["agreeing"]["revision"]) == ("Lotus", 2)
    assert sent(drafted, "change", told).json == changed
    assert sent(drafted, "change", {**told, "id": "other"}).status_code == 422
    wrong = sent(drafted, "change", {**told, "customer": "a\nb", "seen": 2, "id": "wrong"})
    assert wrong.status_code == 400
    assert wrong.json["error"].startswith("Customer: ")


def test_a_draft_is_given_up_and_its_number_is_free(drafted: FlaskClient) -> None:
    told = {"person": "Mei", "seen": 1, "why": "cancelled", "id": "no"}
    for _ in range(2):
        assert fits(sent(drafted, "discard", told), shapes.GivenUp) == {"order": "A-2", "state": "discarded"}
    assert drafted.get(f"{API}/orders/A-2").status_code == 404
    assert drafted.post(f"{API}/orders", json=ORDER).status_code == 201


def test_a_released_order_is_planned_anew(client: FlaskClient, floor: Plant) -> None:
    told = {"due": "2026-11-26T17:00", "why": "the customer asked", "person": "Mei", "id": "anew"}
    for _ in range(2):
        proposed = fits(sent(client, "plan-anew", told, "A-1"), shapes.Order)
    assert (proposed["state"], proposed["due"], proposed["plan_version"]) == (
        "released",
        "2026-11-25T17:00:00+08:00",
        1,
    )
    assert proposed["agreeing"]["due"] == "2026-11-26T17:00:00+08:00"
    (listed,) = client.get(f"{API}/orders").json["orders"]
    assert listed["agreeing"]["why"] == "the customer asked"
    done = agree(client, "A-1")
    assert (done["due"], done["plan_version"]) == ("2026-11-26T17:00:00+08:00", 2)
    assert [each["version"] for each in done["versions"]] == [1, 2]
    assert faults(floor.ledger) == []
    sent(client, "plan-anew", {**told, "id": "more"}, "A-1")
    kept = sent(client, "discard", {"person": "Mei", "seen": 1}, "A-1")
    assert fits(kept, shapes.GivenUp)["state"] == "released"


def test_a_number_may_hold_slashes(client: FlaskClient, floor: Plant) -> None:
    number = "2026/11/A-2"
    client.post(f"{API}/orders", json={**ORDER, "order": number})
    assert agree(client, number)["state"] == "released"
    assert len(floor.codes(number)) == 10


# All or none


def test_a_list_is_taken_in_as_one_act(client: FlaskClient, floor: Plant) -> None:
    told = [{**ORDER, "id": "list"}, {**ORDER, "order": "A-3", "person": ""}]
    for _ in range(2):
        answer = client.post(f"{API}/orders", json=told)
        assert [each["order"] for each in answer.json["orders"]] == ["A-2", "A-3"]
    assert [row["person"] for row in floor.ledger.rows("SELECT person FROM drafts")] == ["Mei", "Mei"]


def test_every_fault_of_a_list_is_told_with_its_index_and_field(client: FlaskClient, floor: Plant) -> None:
    before = events(floor)
    answer = client.post(
        f"{API}/orders",
        json=[
            ORDER,
            {**ORDER, "order": "", "due": "soon"},
            {**ORDER, "order": "A-4", "quantity": 0},
            {**ORDER, "order": "A-5", "product": "hat", "customer": "x" * 201},
            {**ORDER, "order": "A-6", "line": "hats", "person": "Bo", "id": "other"},
            7,
        ],
    )
    assert answer.status_code == 400
    places = [(fault["index"], fault["field"]) for fault in answer.json["faults"]]
    assert sorted(places[:2]) == [(1, "due"), (1, "order")]
    assert places[2] == (2, None)
    assert sorted(places[3:5]) == [(3, "customer"), (3, "product")]
    assert sorted(places[5:8]) == [(4, "id"), (4, "line"), (4, "person")]
    assert places[8:] == [(5, None)]
    assert "Orders[1].order: it is empty" in answer.json["error"]
    assert "orders[2]: the order cannot be read: quantity: expected `int` >= 1" in answer.json["error"]
    assert "orders[5]: " in answer.json["error"]
    assert answer.json["error"].endswith("Nothing was taken in.")
    assert events(floor) == before


def test_a_number_that_is_taken_keeps_all_out(drafted: FlaskClient, floor: Plant) -> None:
    before = events(floor)
    told = [{**ORDER, "order": number} for number in ("A-3", "A-2", "A-1", "A-4", "A-3")]
    answer = drafted.post(f"{API}/orders", json=told)
    assert answer.status_code == 422
    assert [(fault["index"], fault["error"]) for fault in answer.json["faults"]] == [
        (1, "order A-2 is a draft already; change or confirm that one"),
        (2, "order A-1 is released already"),
        (4, "order A-3 is there twice; take one out"),
    ]
    assert events(floor) == before


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"[]", "from 1 to 500 orders are taken at once, not 0"),
        (json.dumps([ORDER] * 501).encode(), "not 501"),
        (b"", "truncated"),
        (b"[", "truncated"),
        (b"{}", "missing required field `order`"),
        (b'{"order": "\xff"}', "not UTF-8"),
    ],
)
@pytest.mark.parametrize("path", ["orders", "plan"])
def test_what_is_no_order_is_400(client: FlaskClient, path: str, body: bytes, sentence: str) -> None:
    answer = client.post(f"{API}/{path}", data=body)
    assert answer.status_code == 400
    assert sentence.lower() in answer.json["error"].lower()


def test_a_due_in_ten_years_is_a_slip(client: FlaskClient) -> None:
    answer = client.post(f"{API}/orders", json={**ORDER, "due": "2046-11-27T17:00"})
    assert answer.status_code == 422
    assert "more than ten years" in answer.json["faults"][0]["error"]


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("confirmations", {"role": "sales", "person": "Mei", "seen": 1}),
        ("withdraw", {"role": "sales", "person": "Mei", "why": "a slip"}),
        ("change", {"person": "Mei", "seen": 1, "quantity": 5}),
        ("discard", {"person": "Mei", "seen": 1}),
        ("release", {"person": "Mei", "seen": 1}),
        ("plan-anew", {"due": "2026-11-27T17:00", "why": "so", "person": "Mei"}),
    ],
)
def test_an_unknown_order_is_404_and_a_settled_one_is_422(
    drafted: FlaskClient, what: str, told: dict[str, Any]
) -> None:
    answer = sent(drafted, what, told, "A-9")
    assert (answer.status_code, answer.json["error"]) == (404, "There is no order A-9; known are A-1, A-2.")
    settled = "A-2" if what == "plan-anew" else "A-1"
    answer = sent(drafted, what, told, settled)
    assert answer.status_code == 422
    sentence = "Order A-2 is not released" if what == "plan-anew" else "Nothing of order A-1 is being agreed"
    assert answer.json["error"].startswith(sentence)


def test_roles_are_configuration_here_too(tmp_path: Path) -> None:
    plant = Plant(tmp_path / "nobody", f"{WORKED_SITE}\n[agreement]\nroles = []\n")
    client = create_app(services_of(plant)).test_client()
    (one,) = client.post(f"{API}/orders", json=ORDER).json["orders"]
    assert (one["state"], one["waits_for"]) == ("released", [])
    refused = client.post(f"{API}/orders", json={**ORDER, "order": "A-3", "quantity": 9000})
    assert refused.status_code == 422
    assert "order A-3 is not feasible: Packing lacks" in refused.json["faults"][0]["error"]
    plant.close()


@pytest.mark.usefixtures("drafted")
def test_what_waits_for_nobody_any_more_is_released(floor: Plant) -> None:
    plant = Plant(floor.folder, f"{WORKED_SITE}\n[agreement]\nroles = []\n")
    plant.now = floor.now
    client = create_app(services_of(plant)).test_client()
    answer = sent(client, "release", {"person": "Mei", "seen": 1})
    assert fits(answer, shapes.Order)["state"] == "released"
    plant.close()


# What would be


def test_a_promise_is_what_the_command_prints(client: FlaskClient, floor: Plant) -> None:
    found = fits(client.get(f"{API}/promise?product=polo&quantity=400"), shapes.Promise)
    ask = ["promise", str(floor.folder), "--product", "polo", "--quantity", "400", "--json"]
    told = CliRunner().invoke(main, [*ask, "--now", found["now"]])
    assert json.loads(told.stdout) == found
    feasible = {**ORDER, "quantity": 400, "due": found["promise"]}
    assert client.post(f"{API}/orders", json=feasible).json["orders"][0]["feasible"] is True


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("quantity=5", 400, "Product: say of what"),
        ("product=polo", 400, "Quantity: '' is no whole number from 1"),
        ("product=polo&quantity=0", 400, "Quantity: '0' is no whole number"),
        ("product=polo&quantity=99999999999", 400, "is no whole number"),
        ("product=hat&quantity=5", 422, "has no product 'hat'"),
    ],
)
def test_a_promise_of_nothing_says_why(client: FlaskClient, query: str, status: int, sentence: str) -> None:
    answer = client.get(f"{API}/promise?{query}")
    assert answer.status_code == status
    assert sentence in answer.json["error"]


def test_a_plan_is_what_the_command_prints_and_stores_nothing(client: FlaskClient, floor: Plant) -> None:
    before = events(floor)
    orders = [ORDER, {**ORDER, "order": "A-3", "quantity": 4000}]
    found = fits(client.post(f"{API}/plan", json=orders), shapes.Plan)
    rows = [f"{one['order']},shirts,polo,{one['quantity']},{one['due']}" for one in orders]
    file = floor.folder / "orders.csv"
    file.write_text("\n".join(["order,line,product,quantity,due", *rows]))
    told = CliRunner().invoke(
        main, ["plan", str(floor.folder), "--orders", str(file), "--json", "--now", found["now"]]
    )
    assert json.loads(told.stdout) == found
    assert [one["feasible"] for one in found["orders"]] == [True, False]
    assert events(floor) == before


def test_a_plan_of_a_released_order_is_without_itself(client: FlaskClient) -> None:
    told = {**ORDER, "quantity": 400, "due": "2026-11-26T17:00"}
    (beside,) = client.post(f"{API}/plan", json=told).json["orders"]
    (instead,) = client.post(f"{API}/plan", json={**told, "order": "A-1"}).json["orders"]
    assert (beside["feasible"], instead["feasible"]) == (False, True)


def test_a_plan_says_which_order_cannot_be_planned(client: FlaskClient) -> None:
    answer = client.post(f"{API}/plan", json=[ORDER, {**ORDER, "order": "A-3", "due": "x"}])
    assert answer.status_code == 400
    assert [(fault["index"], fault["field"]) for fault in answer.json["faults"]] == [(1, "due")]


def test_pages_and_api_tell_the_same_draft(
    drafted: FlaskClient, web: Services, every_example: Callable[[], list[FlaskClient]]
) -> None:
    assert "A-2" in drafted.get("/orders").text
    assert web.desk.look_at("A-2", china("24 15:10")).plan.feasible
    for client in every_example():
        fits(client.get(f"{API}/orders"), shapes.Orders)
