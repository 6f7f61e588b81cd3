"""The hour-by-hour sheet: what an hour owed and gave, why, whose it is, and who signed the shift."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.checking import faults
from shopfloor.instants import DAY_MS
from tests.factory import Plant, china

TUESDAY = "2026-11-24/day"
CUT = "/hours/shirts/cut"


def row(page: str, label: str) -> list[str]:
    """The texts of one hour's cells."""
    found = re.search(rf'<th scope="row">{label}</th>(.*?)</tr>', page, re.DOTALL)
    assert found is not None, page
    cells = re.findall(r"<td.*?</td>", found[1], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def note(client: FlaskClient, start: str = "24 14:00", seen: int = 0, **fields: str) -> TestResponse:
    told = {
        "act": "note",
        "shift": TUESDAY,
        "start": str(china(start)),
        "seen": str(seen),
        "person": "Li",
        "tap_id": "t",
    }
    return client.post(CUT, data={**told, **fields})


def test_a_shift_shows_plan_and_actual_of_each_hour_and_their_sums(client: FlaskClient, floor: Plant) -> None:
    for code in floor.codes()[:1]:
        floor.scan("scanner-cut", code, "24 14:20")
        floor.scan("scanner-cut", code, "24 14:40")
    floor.now = china("24 15:10")
    page = client.get(CUT).text
    assert row(page, "13-14")[:3] == ["", "", ""]
    assert row(page, "14-15")[:6] == [
        "plan 40",
        "actual 20",
        "difference \u221220",
        "plan, sum 40",
        "actual, sum 20",
        "difference, sum \u221220",
    ]
    assert "reason missing 10 min" in row(page, "14-15")[6]
    assert row(page, "16-17")[:4] == ["plan 40", "", "", "plan, sum 120"]


def test_the_sheet_of_a_shift_of_months_ago_is_still_there(client: FlaskClient, floor: Plant) -> None:
    floor.now = china("24 15:10") + 200 * DAY_MS
    page = client.get(f"{CUT}?shift={TUESDAY}")
    assert page.status_code == 200
    assert row(page.text, "14-15")[0] == "plan 40"
    assert client.get(f"{CUT}?shift=2026-11-22/day").status_code == 404  # a Sunday


def test_the_rate_that_is_needed_for_the_rest_of_the_shift_is_told(client: FlaskClient) -> None:
    page = client.get(CUT).text
    # 40 are missing at 15:10 and 80 more are due by 17:00: 120 in 110 minutes.
    assert "to catch up: 40" in page
    assert "66 an hour until the end of the shift" in page


def test_a_note_says_why_and_whose_it_is(client: FlaskClient, floor: Plant) -> None:
    answer = note(
        client, reason="tool", action="blade changed", prevention="spare blade at the table", owner="Cutting",
        due="2026-11-24T16:00",
    )  # fmt: skip
    assert answer.status_code == 303
    assert answer.location.endswith(f"?shift={TUESDAY}#hour-{china('24 14:00')}")
    cells = row(client.get(CUT).text, "14-15")
    assert cells[6] == next(reason.name for reason in floor.site.reasons if reason.id == "tool")
    assert cells[7].startswith("blade changed spare blade at the table")
    assert cells[8] == "Cutting by 16:00 Li"
    assert faults(floor.ledger) == []


def test_a_second_note_needs_to_have_seen_the_first(client: FlaskClient, floor: Plant) -> None:
    assert note(client, action="first").status_code == 303
    refused = note(client, action="second", tap_id="other")
    assert refused.status_code == 422
    assert "Somebody has noted this hour meanwhile" in refused.text
    assert note(client, action="second", seen=1, tap_id="third").status_code == 303
    assert "second" in row(client.get(CUT).text, "14-15")[7]
    assert floor.ledger.rows("SELECT COUNT(*) FROM events WHERE kind = 'hour_noted'")[0][0] == 2


def test_the_same_note_sent_twice_counts_once(client: FlaskClient, floor: Plant) -> None:
    for _ in range(2):
        assert note(client, action="blade").status_code == 303
    assert floor.ledger.rows("SELECT COUNT(*) FROM events WHERE kind = 'hour_noted'")[0][0] == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "The note is empty"),
        ({"reason": "bad luck"}, "Is none of"),
        ({"action": "x", "person": ""}, "Write your name"),
        ({"action": "x" * 201}, "At most 200 characters"),
        ({"action": "x", "due": "soon"}, "is no day and time"),
    ],
)
def test_a_note_that_says_nothing_of_use_is_refused(
    client: FlaskClient, floor: Plant, fields: dict[str, str], says: str
) -> None:
    answer = note(client, **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert floor.ledger.rows("SELECT COUNT(*) FROM hour_notes")[0][0] == 0


def test_an_hour_that_has_not_begun_cannot_be_noted(client: FlaskClient, floor: Plant) -> None:
    assert note(client, "24 16:00", action="later").status_code == 422
    assert note(client, "23 14:00", action="another shift").status_code == 422
    assert floor.ledger.rows("SELECT COUNT(*) FROM hour_notes")[0][0] == 0


def sign(client: FlaskClient, person: str, side: str, remark: str = "") -> Any:
    sent = {"act": "sign", "shift": TUESDAY, "person": person, "remark": remark, "tap_id": person}
    return client.post(CUT, data={**sent, **({"side": side} if side else {})})


def test_one_person_does_not_sign_both_sides_and_says_which(client: FlaskClient, floor: Plant) -> None:
    assert "Say whether you hand over or take over" in sign(client, "Li", "").text
    assert sign(client, "Li", "over").status_code == 303
    answer = sign(client, "Li", "taken")
    assert answer.status_code == 422
    assert "Somebody else has to sign" in answer.text
    assert "one signature is missing" in client.get(f"{CUT}?shift={TUESDAY}").text
    assert floor.ledger.rows("SELECT side FROM shift_signs")[0]["side"] == "over"


def test_a_handover_names_open_flags_with_their_promises_and_the_signature_keeps_them(
    client: FlaskClient, floor: Plant
) -> None:
    told = client.post("/kiosk/sew-1/flags", data={"against": "cut", "order": "A-1", "tap_id": "f"})
    assert told.status_code == 303
    (flag,) = floor.ledger.rows("SELECT flag FROM flags")
    answer = {
        "reason": "machine",
        "promised_at": "2026-11-24T16:30",
        "comment": "blade",
        "seen": "0",
        "tap_id": "a",
    }
    assert client.post(f"/kiosk/cut-1/flags/{flag['flag']}/answer", data=answer).status_code == 303
    page = client.get(CUT).text
    assert f'href="/flags/{flag["flag"]}"' in page
    assert "Sewing misses 40" in page
    assert "promised for 16:30" in page
    assert "blade" in page
    assert "we miss 40 from Cutting" in client.get("/hours/shirts/sew").text
    assert sign(client, "Li", "over").status_code == 303
    (event,) = floor.ledger.rows("SELECT detail FROM events WHERE kind = 'shift_signed'")
    assert json.loads(event["detail"])["flags"] == [flag["flag"]]


def test_a_shift_is_signed_by_both_leads(client: FlaskClient, floor: Plant) -> None:
    for person, side, remark in (("Li", "over", "blade is dull"), ("Bo", "taken", "")):
        assert "handed over and taken over" not in client.get(f"{CUT}?shift={TUESDAY}").text
        assert sign(client, person, side, remark).status_code == 303
        assert sign(client, person, side, remark).status_code == 303  # a second click
    page = client.get(f"{CUT}?shift={TUESDAY}").text
    assert all(word in page for word in ("Li", "Bo", "blade is dull", "handed over and taken over"))
    assert floor.ledger.rows("SELECT COUNT(*) FROM events WHERE kind = 'shift_signed'")[0][0] == 2
    assert "Nobody has signed" not in page
    assert faults(floor.ledger) == []


def test_other_shifts_are_a_tap_away(client: FlaskClient) -> None:
    page = client.get(CUT).text
    assert 'href="/hours/shirts/cut?shift=2026-11-23/day"' in page
    assert 'href="/hours/shirts/cut?shift=2026-11-25/day"' in page
    assert 'href="/hours/shirts/sew?shift=2026-11-24/day"' in page
    wednesday = client.get(f"{CUT}?shift=2026-11-25/day").text
    assert "write a note" not in wednesday


@pytest.mark.parametrize(
    "address", ["/hours/nowhere/cut", "/hours/shirts/nowhere", f"{CUT}?shift=2026-11-22/day"]
)
def test_what_the_site_does_not_have_says_what_there_is(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "known are" in answer.text


def test_outside_of_shifts_the_last_one_is_shown(client: FlaskClient, floor: Plant) -> None:
    floor.now = china("24 22:00")
    page = client.get(CUT).text
    assert "Tue 24 Nov, day 08:00-17:00" in page
    assert "to catch up" not in page
