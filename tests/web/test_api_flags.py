"""Flags through the API: the same rules as the screens; each act counts once."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.flag_clocks import FlagClocks
from tests.factory import Plant, china

FLAG = {"station": "sew-1", "against": "cut", "order": "A-1"}


@pytest.fixture
def flag(client: FlaskClient) -> int:
    """Sewing's flag against Cutting, raised on Tuesday at 15:10."""
    return int(client.post("/api/v1/flags", json=FLAG).json["flag"])


def post(client: FlaskClient, path: str, **body: Any) -> TestResponse:
    return client.post(f"/api/v1/flags/{path}", json=body)


def turn(floor: Plant, at: str) -> None:
    floor.now = china(at)
    FlagClocks(floor.ledger, floor.site).turn(floor.now)


def test_a_new_flag_says_which_clock_runs_and_who_is_told_next(client: FlaskClient, flag: int) -> None:
    told = client.get(f"/api/v1/flags/{flag}").json
    assert (told["kind"], told["batch"], told["silent"], told["chain"]) == ("hour", None, False, None)
    assert told["clock"] == {
        "name": "unanswered",
        "since": "2026-11-24T15:10:00+08:00",
        "told": None,
        "next_role": "lead",
        "next_at": "2026-11-24T15:20:00+08:00",
    }


def test_a_step_shows_who_was_told(client: FlaskClient, floor: Plant, flag: int) -> None:
    turn(floor, "24 15:41")
    clock = client.get(f"/api/v1/flags/{flag}").json["clock"]
    assert (clock["told"], clock["next_role"], clock["next_at"]) == (
        "supervisor",
        "manager",
        "2026-11-24T16:10:00+08:00",
    )


def test_passing_back_chains_the_links_own_flag(client: FlaskClient, floor: Plant) -> None:
    floor.now = china("25 09:05")
    first = client.post("/api/v1/flags", json={"station": "pack-1", "against": "sew", "order": "A-1"}).json[
        "flag"
    ]
    told = post(client, f"{first}/pass", station="sew-1", id="pass-1").json
    assert (told["state"], told["reason"]) == ("answered", "previous")
    (own,) = told["passed_to"]
    child = client.get(f"/api/v1/flags/{own}").json
    assert (child["against"], child["raised_by"], child["chain"]) == ("cut", "sew", first)
    assert post(client, f"{first}/pass", station="sew-1", id="pass-1").json["passed_to"] == [own]


def test_a_flag_for_a_batch_needs_nothing_else(client: FlaskClient, floor: Plant) -> None:
    code = floor.codes()[0]
    for at in ("24 10:00", "24 10:02"):
        floor.scan("scanner-cut", code, at)
    floor.now = china("24 10:20")
    body = {"station": "sew-1", "batch": code, "id": "b-1"}
    told = client.post("/api/v1/flags", json=body)
    assert told.status_code == 201
    assert (told.json["kind"], told.json["batch"], told.json["against"]) == ("batch", code, "cut")
    assert client.post("/api/v1/flags", json=body).json["flag"] == told.json["flag"]
    assert client.post("/api/v1/flags", json={**body, "kind": "short"}).status_code == 422


def test_the_kiosks_form_raises_a_flag_for_a_batch(client: FlaskClient, floor: Plant) -> None:
    code = floor.codes()[0]
    for at in ("24 10:00", "24 10:02"):
        floor.scan("scanner-cut", code, at)
    floor.now = china("24 10:20")
    assert client.post("/kiosk/sew-1/flags", data={"batch": code, "tap_id": "t-1"}).status_code == 303
    (row,) = floor.ledger.rows("SELECT kind, batch, quantity FROM flags")
    assert tuple(row) == ("batch", code, 20)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"station": "sew-1", "batch": "nothing"}, 422, "is no batch of this line"),
        ({"station": "sew-1", "against": "cut"}, 400, "missing required field `order`"),
        ({**FLAG, "kind": "short"}, 400, "a flag of kind short needs its `batch`"),
        ({**FLAG, "kind": "lost"}, 400, "kind"),
    ],
)
def test_a_flag_that_cannot_be_is_refused_in_a_sentence(
    client: FlaskClient, body: dict[str, str], status: int, sentence: str
) -> None:
    answer = client.post("/api/v1/flags", json=body)
    assert answer.status_code == status
    assert sentence in answer.json["error"]


def test_a_dispute_and_its_ruling(client: FlaskClient, floor: Plant, flag: int) -> None:
    told = post(client, f"{flag}/dispute", station="cut-1", comment="both are on the trolley", id="d-1").json
    assert (told["state"], told["dispute"], told["clock"]) == ("disputed", "both are on the trolley", None)
    again = post(client, f"{flag}/dispute", station="cut-1", comment="something else", id="d-1")
    assert (again.status_code, "was used before" in again.json["error"]) == (422, True)
    for _ in range(2):
        ruled = post(client, f"{flag}/ruling", person="Chen", ruling="overturned", id="r-1")
        assert (ruled.status_code, ruled.json["state"], ruled.json["ruling"]) == (
            200,
            "overturned",
            "overturned",
        )
    assert len(floor.ledger.rows("SELECT 1 FROM events WHERE kind = 'flag_ruled'")) == 1
    assert post(client, f"{flag}/ruling", person="Li", ruling="overturned", id="r-1").status_code == 422


@pytest.mark.parametrize(
    "body", [{"person": "Chen", "ruling": "maybe"}, {"person": "", "ruling": "upheld"}, {}]
)
def test_a_ruling_that_cannot_be_read_changes_nothing(
    client: FlaskClient, flag: int, body: dict[str, str]
) -> None:
    assert post(client, f"{flag}/ruling", **body).status_code == 400


def test_a_consequence_from_an_empty_catalogue_is_refused(
    client: FlaskClient, floor: Plant, flag: int
) -> None:
    turn(floor, "24 15:25")
    answer = post(client, f"{flag}/consequence", station="sew-1", consequence="points")
    assert (answer.status_code, "the catalogue is empty" in answer.json["error"]) == (422, True)


def test_the_page_of_flags_before_any_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/flags")
    assert page.status_code == 200
    assert "No flag is open" in page.text


def test_the_page_of_flags_is_of_one_line_and_link_if_asked(client: FlaskClient, flag: int) -> None:
    assert f"/flags/{flag}" in client.get("/flags?line=shirts&link=cut").text
    assert f"/flags/{flag}" not in client.get("/flags?line=shirts&link=pack").text
    assert client.get("/flags?line=nowhere").status_code == 404
    assert client.get("/flags?line=shirts&link=nowhere").status_code == 404
    assert client.get("/flags/999").status_code == 404
    assert client.get("/flags/99999999999999999999").status_code == 404


def test_a_ruling_on_the_page_needs_a_name_and_remembers_it(client: FlaskClient, flag: int) -> None:
    post(client, f"{flag}/dispute", station="cut-1", comment="they are here")
    refused = client.post(f"/flags/{flag}/ruling", data={"ruling": "upheld", "tap_id": "p-1"})
    assert refused.status_code == 422
    assert "write your name" in refused.text
    form = {"ruling": "upheld", "tap_id": "p-1", "person": "Chen"}
    assert client.post(f"/flags/{flag}/ruling", data=form).status_code == 303
    assert client.post(f"/flags/{flag}/ruling", data=form).status_code == 303
    page = client.get(f"/flags/{flag}?ruled=upheld").text
    assert "Ruled: upheld." in page
    assert "f-ruling" not in page


def test_what_is_shown_of_a_silent_link(client: FlaskClient, floor: Plant) -> None:
    turn(floor, "24 16:45")
    (told,) = client.get("/api/v1/flags").json["flags"]
    assert (told["silent"], told["station"]) == (True, None)
    assert "You kept silent" in client.get("/kiosk/sew-1").text
    assert "raised by Interlock" in client.get("/kiosk/cut-1").text
    assert "KEPT SILENT" in client.get("/board/shirts").text
    assert "Sewing kept silent" in client.get("/flags").text
