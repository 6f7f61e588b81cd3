"""Pages and taps, through Flask's test client and the real templates."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import UndefinedError

from kiosk import pages
from kiosk.services import Services
from ledger.errors import LedgerUnavailable
from tests.factory import Plant
from tests.web.planner_visit import said
from tests.web.test_live_streams import KIOSK

HTMX = {"HX-Request": "true"}
FLAG = {"against": "cut", "order": "A-1", "tap_id": "tap-1"}


def flagged(client: FlaskClient) -> int:
    client.post("/kiosk/sew-1/flags", data=FLAG, headers=HTMX)
    (flag,) = client.get("/api/v1/flags").json["flags"]
    return int(flag["flag"])


@pytest.mark.parametrize("path", ["/", "/board/shirts", "/kiosk/sew-1", "/kiosk/cut-1"])
def test_every_page_is_fresh_and_allows_only_what_is_ours(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    styles = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    hashes = [b64encode(sha256(style.encode()).digest()).decode() for style in styles]
    known = "".join(f"; style-src 'self' 'sha256-{each}'" for each in hashes)
    assert len(styles) == path.startswith("/kiosk")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        + known
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "HX-Request" in answer.headers["Vary"]
    assert not re.search(r"<script>|<style\s|\sstyle=|\son\w+=", answer.text)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/board/hats", "There is no line hats; known are shirts."),
        ("/board/hats/stream", "There is no line hats; known are shirts."),
        ("/kiosk/bench", "There is no station bench; known are cut-1, sew-1, pack-1."),
        ("/kiosk/bench/stream", "There is no station bench; known are cut-1, sew-1, pack-1."),
        ("/nowhere", "There is no page /nowhere; begin at /."),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_exist(
    client: FlaskClient, path: str, sentence: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert sentence in said(answer.text)


def test_a_name_out_of_an_address_is_shown_and_never_run(client: FlaskClient) -> None:
    answer = client.get("/board/<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_screen_that_cannot_choose_is_told_its_theme(client: FlaskClient) -> None:
    assert re.search(r'<html lang="en" [^>]*data-theme="dark">', client.get("/board/shirts?theme=dark").text)
    assert "data-theme" not in client.get("/board/shirts?theme=purple").text


def test_static_files_are_kept_for_ever_under_their_version_only(client: FlaskClient) -> None:
    found = re.search(r'href="(/static/base\.css\?v=[0-9a-f]{12})"', client.get("/").text)
    assert found
    with client.get(found[1]) as current:
        assert current.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with client.get("/static/base.css?v=000000000000") as old:
        assert old.headers["Cache-Control"] == "no-cache"


def test_a_template_that_asks_for_what_nobody_supplies_fails(app: Flask) -> None:
    with pytest.raises(UndefinedError):
        app.jinja_env.from_string("{{ nothing }}").render()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/kiosk/sew-1/flags", "/api/v1/flags"])
def test_what_another_sites_page_sends_is_refused(
    client: FlaskClient, floor: Plant, path: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, data=FLAG, headers=headers)
    assert answer.status_code == 403
    assert floor.ledger.row("SELECT COUNT(*) FROM flags")[0] == 0


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}, {}],
)
def test_what_our_own_pages_and_programs_send_is_taken(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/kiosk/sew-1/flags", data=FLAG, headers=HTMX | headers).status_code == 200


def test_not_received_is_told_at_once_in_every_live_part_of_the_kiosk(client: FlaskClient) -> None:
    answer = client.post("/kiosk/sew-1/flags", data=FLAG, headers=HTMX)
    assert re.findall(r'<hx-partial hx-target="#([^"]+)" hx-swap="outerMorph">', answer.text) == [
        "message",
        *KIOSK,
    ]
    assert 'data-result="recorded"' in answer.text
    assert "Cutting flagged: 40 of A-1 not received" in answer.text


def test_a_refused_tap_is_a_message_and_no_error(client: FlaskClient, floor: Plant) -> None:
    answer = client.post("/kiosk/pack-1/flags", data={"against": "cut", "order": "A-1"}, headers=HTMX)
    assert answer.status_code == 200
    assert 'data-result="refused"' in answer.text
    assert "cut is not a previous link of Pack" in answer.text
    assert floor.ledger.row("SELECT COUNT(*) FROM flags")[0] == 0


def test_the_same_tap_again_counts_once(client: FlaskClient, floor: Plant) -> None:
    for _ in range(2):
        answer = client.post("/kiosk/sew-1/flags", data=FLAG, headers=HTMX)
        assert 'data-result="recorded"' in answer.text
    assert floor.ledger.row("SELECT COUNT(*) FROM flags")[0] == 1


def test_a_tap_with_the_id_of_another_is_refused(client: FlaskClient, floor: Plant) -> None:
    flagged(client)
    answer = client.post(
        "/kiosk/cut-1/scans", data={"code": floor.codes()[0], "tap_id": "tap-1"}, headers=HTMX
    )
    assert "was used before" in answer.text


def test_a_form_without_scripts_leads_back_to_its_kiosk(client: FlaskClient) -> None:
    answer = client.post("/kiosk/sew-1/flags", data=FLAG)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk/sew-1")
    for path in ("flags", "scans", "flags/1/withdraw"):
        assert client.get(f"/kiosk/sew-1/{path}").headers["Location"] == "/kiosk/sew-1"


def test_the_flagged_link_answers_with_a_reason_and_a_time(client: FlaskClient, floor: Plant) -> None:
    flag = flagged(client)
    sheet = client.get(f"/kiosk/cut-1/flags/{flag}/answer").text
    reason = re.search(r'name="reason" value="([^"]+)"', sheet)
    promise = re.search(r'name="promised_at" value="([^"]+)"', sheet)
    assert reason
    assert promise
    told = {"reason": reason[1], "promised_at": promise[1], "comment": "blade", "tap_id": "tap-2"}
    answer = client.post(f"/kiosk/cut-1/flags/{flag}/answer", data=told, headers=HTMX)
    assert 'data-result="recorded"' in answer.text
    row = floor.ledger.row("SELECT state, reason, comment FROM flags")
    assert tuple(row) == ("answered", reason[1], "blade")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({}, "an answer needs a reason or a promised time"),
        ({"reason": "weather"}, "is not a reason of this site"),
        ({"promised_at": "soon"}, "soon is no time"),
        ({"promised_at": "2026-11-24T15:00:00+08:00"}, "has passed already"),
        ({"promised_at": "9999-12-31T23:59:59+08:00"}, "more than a year ahead"),
        ({"promised_at": "0001-01-01T00:00:00+08:00"}, "has passed already"),
        ({"promised_at": "2026-11-24T16:00", "comment": "x" * 501}, "say it shorter"),
        ({"promised_at": "2026-11-24T16:00", "tap_id": "x" * 101}, "at most 100 printable characters"),
        ({"promised_at": "2026-11-24T16:00", "tap_id": "flag/2/resolved"}, "do not begin with"),
    ],
)
def test_an_answer_that_does_not_count_says_why(
    client: FlaskClient, floor: Plant, told: dict[str, str], sentence: str
) -> None:
    flag = flagged(client)
    answer = client.post(f"/kiosk/cut-1/flags/{flag}/answer", data=told, headers=HTMX)
    assert answer.status_code == 200
    assert sentence in said(answer.text)
    assert floor.ledger.row("SELECT state FROM flags")[0] == "raised"


def test_there_is_no_sheet_for_a_flag_against_somebody_else(client: FlaskClient) -> None:
    flag = flagged(client)
    assert client.get(f"/kiosk/pack-1/flags/{flag}/answer").status_code == 404


def test_who_raised_a_flag_takes_it_back(client: FlaskClient, floor: Plant) -> None:
    flag = flagged(client)
    refused = client.post(f"/kiosk/cut-1/flags/{flag}/withdraw", headers=HTMX)
    assert "only who raised it withdraws it" in refused.text
    assert 'data-result="recorded"' in client.post(f"/kiosk/sew-1/flags/{flag}/withdraw", headers=HTMX).text
    assert floor.ledger.row("SELECT state FROM flags")[0] == "withdrawn"


@pytest.mark.parametrize("code", ["", "  ", "\x00\x1d" * 2_500, "X" * 5_000, "é<b>"])
def test_a_scan_of_nonsense_is_a_visible_refusal(client: FlaskClient, code: str) -> None:
    answer = client.post("/kiosk/cut-1/scans", data={"code": code}, headers=HTMX)
    assert answer.status_code == 200
    assert 'data-result="refused"' in answer.text
    assert "é<b>" not in answer.text


def test_a_scan_at_a_kiosk_is_recorded_for_its_station(client: FlaskClient, floor: Plant) -> None:
    told = {"code": f" {floor.codes()[0]}\r\n", "tap_id": "scan-1"}
    first = client.post("/kiosk/cut-1/scans", data=told, headers=HTMX)
    again = client.post("/kiosk/cut-1/scans", data=told, headers=HTMX)
    assert 'data-result="recorded"' in first.text
    assert 'data-result="duplicate"' in again.text
    row = floor.ledger.row("SELECT source, station, event_id FROM events ORDER BY sequence DESC LIMIT 1")
    assert tuple(row) == ("station:cut-1", "cut-1", "scan-1")


def test_a_tap_that_could_not_be_written_is_never_confirmed(
    client: FlaskClient, web: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LedgerUnavailable(web.ledger.path, OSError("disk full"))

    monkeypatch.setattr("kiosk.taps.flags.raise_flag", lambda *_, **__: full())
    answer = client.post("/kiosk/sew-1/flags", data=FLAG, headers=HTMX)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert "nothing was recorded" in said(answer.text)


def test_a_fault_of_ours_is_one_sentence_without_a_traceback(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(pages, "board_page", broken)
    answer = client.get("/board/shirts")
    assert answer.status_code == 500
    assert "This server failed at that request" in said(answer.text)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_a_request_larger_than_any_of_ours_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/scans", data=b" " * (1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.json == {"error": "The request is too large; send fewer things at once."}


def test_what_is_not_for_a_page_says_so(client: FlaskClient) -> None:
    answer = client.post("/board/shirts")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_every_page_of_the_example_sites_can_be_shown(
    every_example: Callable[[], list[FlaskClient]],
) -> None:
    for client in every_example():
        links = re.findall(r'href="(/(?:board|kiosk)/[^"]+)"', client.get("/").text)
        assert len(links) > 4
        for link in links:
            assert client.get(link).status_code == 200, link


def test_the_first_page_leads_to_every_page_of_a_planner(client: FlaskClient) -> None:
    page = client.get("/").text
    for address in ("/board/shirts", "/orders", "/plan", "/site"):
        assert f'<a href="{address}">' in page
    assert '<b aria-current="page">Hangzhou Shirts</b>' in page
