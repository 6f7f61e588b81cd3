"""Refused scans can be looked at: what was read, why it was refused, and where."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kiosk.views.refused import SHOWN
from ledger import refusal_list
from ledger.checking import faults
from shopfloor.scans import Unreadable
from tests.factory import Plant
from tests.web.test_pages import HTMX


def test_before_anything_was_refused_it_says_so(client: FlaskClient) -> None:
    assert "Nothing was refused yet." in client.get("/refused").text


def test_a_refused_scan_and_noise_are_shown_with_their_reasons(client: FlaskClient, floor: Plant) -> None:
    floor.scan("scanner-cut", "<b>NOSUCH</b>", "24 15:11")
    noise = Unreadable(
        "scanner-sew", "interlock/hz1/scanner-sew/scan", floor.now, b'\x00{"code":', 300_000, "no JSON"
    )
    floor.recorder.record([noise], floor.now)
    page = client.get("/refused").text
    assert "2 since the ledger began" in page
    assert "&lt;b&gt;NOSUCH&lt;/b&gt; is no batch here" in page
    assert "·{&#34;code&#34;:" in page
    assert "300,000 bytes, no scan" in page
    assert "Cut-1" in page


LEAD = {
    "person": "Lead Chen",
    "why": "scanner at Sewing was down",
    "station": "pack-1",
    "sure": "yes",
    "tap_id": "t",
}


def skipped(floor: Plant, count: int = 1) -> list[int]:
    """Batches that Packing scanned though Sewing had not: the numbers of their refusals."""
    for code in floor.codes()[:count]:
        floor.scan("scanner-pack", code, "24 15:11")
    rows = floor.ledger.rows("SELECT id FROM refused ORDER BY id DESC LIMIT ?", (count,))
    return [row["id"] for row in rows]


def test_each_refused_scan_says_what_can_be_done(client: FlaskClient, floor: Plant) -> None:
    skipped(floor)
    floor.scan("scanner-cut", "NOSUCH", "24 15:12")
    floor.scan("scanner-cut", "0000018", "24 15:12")
    page = client.get("/refused").text
    assert "a lead forces it; else discard" in page
    assert "No batch of this site" in page
    assert "Misread: scan the label again" in page


def test_a_lead_forces_what_skipped_a_link_with_name_reason_and_confirmation(
    client: FlaskClient, floor: Plant
) -> None:
    (number,) = skipped(floor)
    form = client.get(f"/refused/{number}").text
    assert '<option value="pack-1" selected>' in form
    answer = client.post(f"/refused/{number}/force", data=LEAD)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/refused/{number}?told=t")
    code = floor.codes()[0]
    page = client.get(answer.headers["Location"]).text
    assert f"{code} counted at Packing: scanner at Sewing was down" in page
    assert "<form" not in page
    assert (
        floor.ledger.row("SELECT person, station, reason FROM events WHERE event_id = 't'")["person"]
        == "Lead Chen"
    )
    assert floor.ledger.row("SELECT received FROM positions WHERE link = 'pack'")["received"] == 20
    assert "Counted on a lead's word" in client.get("/refused?show=settled").text
    assert code not in client.get("/refused").text
    assert client.post(f"/refused/{number}/force", data=LEAD).status_code == 303  # the same tap again
    other = client.post(f"/refused/{number}/discard", data={**LEAD, "tap_id": "u"})
    assert other.status_code == 422
    assert "is settled already: forced" in other.text
    assert faults(floor.ledger) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"person": " "}, "Write your name"),
        ({"why": ""}, "Write why"),
        ({"station": ""}, "Choose the station that you act for"),
        ({"station": "nowhere"}, "nowhere is no station of this site"),
        ({"sure": ""}, "Tick that you have looked at the batch"),
        ({"why": "x" * 201}, "At most 200 characters"),
        ({"tap_id": "order/1"}, "Id: at most"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_settled(
    client: FlaskClient, floor: Plant, fields: dict[str, str], sentence: str
) -> None:
    (number,) = skipped(floor)
    for act in ("force", "discard"):
        answer = client.post(f"/refused/{number}/{act}", data={**LEAD, **fields})
        assert answer.status_code == 422
        assert sentence in answer.text
    row = floor.ledger.row("SELECT settled FROM refused WHERE id = ?", (number,))
    assert row["settled"] is None


def test_only_what_skipped_a_link_can_be_forced_and_all_can_be_discarded(
    client: FlaskClient, floor: Plant
) -> None:
    floor.scan("scanner-cut", "NOSUCH", "24 15:12")
    noise = Unreadable("scanner-sew", "t", floor.now, b"\x00", 1, "no JSON")
    floor.recorder.record([noise], floor.now)
    for number in (1, 2):
        assert "FORCE" not in client.get(f"/refused/{number}").text
        assert "can be forced" in client.post(f"/refused/{number}/force", data=LEAD).text
        done = client.post(f"/refused/{number}/discard", data={**LEAD, "tap_id": f"d{number}"})
        assert "discarded: scanner at Sewing was down" in client.get(done.headers["Location"]).text
    assert "All are settled." in client.get("/refused").text


def test_htmx_swaps_the_row_and_its_faults_in(client: FlaskClient, floor: Plant) -> None:
    (number,) = skipped(floor)
    row = client.get(f"/refused/{number}", headers=HTMX).text
    assert row.strip().startswith(f'<tbody id="refused-{number}"')
    fault = client.post(f"/refused/{number}/force", data={**LEAD, "person": ""}, headers=HTMX)
    assert fault.status_code == 200  # htmx swaps no refusal in
    assert "Write your name" in fault.text
    done = client.post(f"/refused/{number}/force", data=LEAD, headers=HTMX)
    assert "counted at Packing" in done.text
    assert done.headers["Set-Cookie"].startswith("person=")


def test_the_open_ones_come_first_in_pages_and_the_others_apart(client: FlaskClient, floor: Plant) -> None:
    for number in range(SHOWN + 3):
        floor.scan("scanner-cut", f"NO-{number:03}", "24 15:12")
    first = client.get("/refused").text
    assert f"NO-{SHOWN + 2:03}" in first
    older = re.search(r'href="(/refused\?show=open&amp;before=\d+)"', first)
    assert older is not None
    second = client.get(older[1].replace("&amp;", "&")).text
    listed = [re.findall(r">(NO-\d+)</a>", page) for page in (first, second)]
    assert [len(page) for page in listed] == [SHOWN, 3]
    assert len({*listed[0], *listed[1]}) == SHOWN + 3
    assert "Older" not in second
    assert "Nothing waits for a lead" in client.get("/refused?show=forcible").text
    assert "Nothing is settled yet." in client.get("/refused?show=settled").text
    assert client.get("/refused?show=all").status_code == 404
    assert client.get("/refused/999").status_code == 404
    assert client.get(f"/refused/{2**70}").status_code == 404


@pytest.mark.parametrize("show", ["open", "forcible", "settled"])
def test_the_lists_are_found_without_a_search(floor: Plant, show: refusal_list.Show) -> None:
    asked: list[str] = []

    class Asked:
        def rows(self, sql: str, values: tuple[object, ...]) -> list[object]:
            plan = floor.ledger.rows(f"EXPLAIN QUERY PLAN {sql}", values)
            asked.extend(row["detail"] for row in plan)
            return []

    refusal_list.page(Asked(), show, 50)  # type: ignore[arg-type]  # only what it asks with
    (plan,) = asked
    assert re.match(r"SEARCH refused USING INDEX refused_(settled|forcible) \(", plan), plan


def test_the_address_of_a_settling_loaded_again_leads_to_the_scan(client: FlaskClient) -> None:
    answer = client.get("/refused/7/force")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/refused/7")
