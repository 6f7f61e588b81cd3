"""From a real scanner's message to the number on the board: nothing of ours on the sending side."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from interlock import clock
from shopfloor.instants import SECOND_MS, utc_text
from tests.live_site import Site
from tests.provision import find_program
from tests.waiting import wait_for


@pytest.fixture
def answers(site: Site, tmp_path: Path) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What a subscriber to the `ack` topics has heard so far."""
    program = find_program("mosquitto_sub")
    assert program is not None
    heard = tmp_path / "answers"
    where = ["-h", site.broker.host, "-p", str(site.broker.port), "-q", "1"]
    # A retained message on a second topic tells that the subscription stands.
    publisher = find_program("mosquitto_pub")
    assert publisher is not None
    subprocess.run([publisher, *where, "-r", "-t", "test/ready", "-m", "ready"], check=True, timeout=10)
    with heard.open("wb") as output:
        topics = ["-t", "interlock/e2e/+/ack", "-t", "test/ready"]
        listener = subprocess.Popen([program, *where, *topics], stdout=output)
    try:
        wait_for(lambda: b"ready" in heard.read_bytes(), what="the subscription to answers")
        yield lambda: [json.loads(line) for line in heard.read_text().splitlines() if line.startswith("{")]
    finally:
        listener.terminate()
        listener.wait()


def given_now(site: Site, link: str) -> int:
    hours = site.link(link)["hours"]
    return sum(hour["given"] for hour in hours)


@pytest.mark.mosquitto
def test_a_published_scan_is_answered_and_stands_on_the_board_within_a_second(
    site: Site, answers: Callable[[], list[dict[str, Any]]], new_page: Callable[..., Page]
) -> None:
    first, second = site.codes[:2]
    page = new_page(viewport=(1920, 1080))
    page.goto(f"{site.base}/board/parts")
    row = page.locator("#row-cut")
    expect(row).to_contain_text("Cutting")
    expect(page.locator("body[data-fresh=live]")).to_be_attached()
    before = row.inner_text()

    # Sewing's scan of a batch that Cutting has not scanned out: given by Cutting and received in one.
    site.publish("scanner-sew", json.dumps({"id": "t1", "code": first}))
    published_s = time.monotonic()
    page.wait_for_function(
        "before => document.querySelector('#row-cut').innerText !== before", arg=before, timeout=5000
    )
    assert time.monotonic() - published_s < 1.0
    wait_for(lambda: len(answers()) == 1, what="the answer")
    assert (answers()[0]["id"], answers()[0]["result"]) == ("t1", "recorded")
    assert given_now(site, "cut") == 20

    site.publish("scanner-sew", json.dumps({"id": "t1", "code": first}))
    wait_for(lambda: len(answers()) == 2, what="the second answer")
    assert (answers()[1]["id"], answers()[1]["result"]) == ("t1", "duplicate")
    assert given_now(site, "cut") == 20

    site.publish("scanner-sew", second)
    wait_for(lambda: given_now(site, "cut") == 40, what="the bare code")


@pytest.mark.mosquitto
def test_noise_is_counted_under_refused_and_nothing_stops(
    site: Site, answers: Callable[[], list[dict[str, Any]]]
) -> None:
    site.publish("scanner-cut", '{"code":')
    site.publish("scanner-cut", bytes(range(256)) * 1200)
    site.publish("scanner-cut", '{"id":"n1","code":"NOSUCH"}')
    wait_for(lambda: site.get("/api/v1/board/parts")["refused"] == 3, what="three refused")
    site.publish("scanner-cut", json.dumps({"id": "t2", "code": site.codes[0]}))
    wait_for(
        lambda: [a["result"] for a in answers() if a["id"] == "t2"] == ["recorded"],
        what="the scan after the noise",
    )


@pytest.mark.mosquitto
def test_a_station_with_nothing_but_a_scanner_flags_and_takes_back(
    site: Site, answers: Callable[[], list[dict[str, Any]]]
) -> None:
    now = clock.now()
    said = [
        ("n1", "CMDABSENT8", -5),
        ("n2", "CMDABSENT8", -2),
        ("n2", "CMDABSENT8", -2),
        ("s1", site.codes[0], -1),
    ]
    for scan_id, code, seconds in [*said, ("u1", "CMDBACKS", 0)]:
        at = utc_text(now + seconds * SECOND_MS)
        site.publish("scanner-sew", json.dumps({"id": scan_id, "code": code, "at": at}))
    wait_for(lambda: len(answers()) == 5, what="five answers")
    asked, flagged, again, _, undone = answers()
    assert (asked["result"], asked["text"]) == (
        "refused",
        "scan again within 10 s to flag Cutting for 120 of A-1",
    )
    assert (flagged["result"], flagged["text"]) == ("recorded", "Cutting flagged: 120 of A-1 not received")
    assert (again["result"], again["text"]) == ("duplicate", flagged["text"])
    assert undone["text"].startswith(f"undone: {site.codes[0]} received")
    assert [flag["quantity"] for flag in site.get("/api/v1/flags")["flags"]] == [120]
    assert given_now(site, "cut") == 0


@pytest.mark.mosquitto
def test_not_received_is_tapped_answered_seen_by_both_and_resolved_by_the_late_batch(
    site: Site, new_page: Callable[..., Page]
) -> None:
    sewing = new_page(viewport=(1280, 800))
    sewing.goto(f"{site.base}/kiosk/sew-1")
    cutting = new_page(viewport=(1280, 800))
    cutting.goto(f"{site.base}/kiosk/cut-1")
    board = new_page(viewport=(1920, 1080))
    board.goto(f"{site.base}/board/parts")
    for page in (sewing, cutting, board):
        expect(page.locator("body[data-fresh=live]")).to_be_attached()

    site.publish("scanner-sew", site.codes[0])
    expect(sewing.locator("#kiosk-incoming")).to_contain_text("100")

    sewing.locator("#kiosk-incoming [data-order]").first.click()
    sewing.locator("#confirm .confirm-yes").click()
    tapped_s = time.monotonic()
    expect(cutting.locator("#kiosk-against")).to_contain_text("Sewing", timeout=2000)
    assert time.monotonic() - tapped_s < 1.0
    expect(board.locator("#row-cut")).to_contain_text("NOT RECEIVED", ignore_case=True)

    cutting.locator("#kiosk-against .button-answer").click()
    panel = cutting.locator("#panel")
    panel.locator("label", has_text="Machine stopped").click()
    panel.locator(".chips-times label").nth(1).click()
    panel.locator("[type=submit]").click()
    for place in (board.locator("#row-cut"), sewing.locator("#kiosk-mine")):
        expect(place).to_contain_text("Machine stopped")
        expect(place).to_contain_text("by ")

    for code in site.codes[1:6]:
        site.publish("scanner-sew", code)
    expect(board.locator("#row-cut")).not_to_contain_text("Machine stopped")
    (flag,) = [e for e in site.get("/api/v1/events?after=0")["events"] if e["kind"] == "flag_resolved"]
    assert flag["order"] == "A-1"
