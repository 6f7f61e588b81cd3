"""Taps on a kiosk in a real browser: without an answer, with a late one, and the second tap."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from ledger.reading import open_flags
from tests.factory import Plant, china
from tests.waiting import wait_for
from tests.web.kiosk_visit import Kiosk
from tests.web.live_client import LiveServer

PATIENT = """() => {
  const passes = window.setTimeout;
  window.setTimeout = (act, ms, ...rest) => (ms === 400 ? 0 : passes(act, ms, ...rest));
}"""
"""The page then never tires of waiting for an answer: after 400 ms it says *saved* and takes the form away, and a busy
machine may need longer."""


def test_what_gets_no_answer_is_saved_and_sent_once_there_is_one(
    kiosk: Callable[..., Kiosk], floor: Plant
) -> None:
    sewing = kiosk("sew-1", forgive="ERR_|Failed to fetch")
    cut: list[int] = []

    def lose(route: Route) -> None:
        cut.append(len(json.loads(route.request.post_data or "")["entries"]))
        route.abort()

    sewing.page.route("**/kiosk/sew-1/outbox", lose)
    sewing.wedge(floor.codes()[0], "Enter")
    expect(sewing.message).to_have_attribute("data-result", "saved")
    sewing.page.locator("[data-first-tap=flag]").first.click()
    sewing.page.locator(".confirm-yes").click()
    expect(sewing.message).to_contain_text("NOT RECEIVED 40 from Cutting, order A-1")
    expect(sewing.page.locator("#outbox")).to_contain_text("2 saved since")
    sewing.waits(lambda: 2 in cut, what="both to be sent and lost: from now on they go one by one")
    sewing.page.unroute_all()
    expect(sewing.page.locator("#outbox")).to_be_hidden(timeout=15_000)
    expect(sewing.message).to_contain_text("2 that were saved on this tablet")
    assert [what for what, _ in sewing.posts] == ["scan", "flag"]
    kinds = [
        row["kind"] for row in floor.ledger.rows("SELECT kind FROM events WHERE source = 'station:sew-1/1'")
    ]
    assert sorted(kinds) == ["flag_raised", "given", "received"]


def test_without_a_network_an_ended_hour_can_be_flagged_and_is_judged_as_of_the_tap(
    floor: Plant, serve: Callable[..., LiveServer], new_page: Callable[..., Page]
) -> None:
    floor.turn(china("24 14:59"))  # Cutting owes 40 by 15:00
    server = serve()
    sewing = Kiosk(
        new_page(forgive="ERR_|Failed to fetch|aborted"), f"http://127.0.0.1:{server.port}/kiosk/sew-1"
    )
    offered = sewing.page.locator("[data-owed-at]")
    expect(offered).to_be_hidden()
    sewing.page.clock.install()
    server.process.send_signal(signal.SIGSTOP)
    try:
        sewing.page.clock.fast_forward(70_000)
        expect(sewing.page.locator("body[data-fresh=stale]")).to_be_attached()
        expect(offered).to_contain_text("owed by 15:00, missing 40 as last heard")
        offered.locator("button").click()
        sewing.page.locator(".confirm-yes").click()
        expect(sewing.message).to_contain_text("NOT RECEIVED 40 from Cutting")
        floor.turn(china("24 15:20"))
    finally:
        server.process.send_signal(signal.SIGCONT)
    sewing.page.clock.run_for(20_000)
    wait_for(lambda: floor.ledger.row("SELECT raised_at FROM flags") is not None, what="the flag")
    assert china("24 15:00") <= floor.ledger.row("SELECT raised_at FROM flags")[0] < china("24 15:02")


def test_a_tablet_that_is_turned_takes_the_question_back(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    """Its place was chosen for how the tablet was held: turned, it would lie under the finger of the first tap."""
    sewing = kiosk("sew-1")
    sewing.page.locator("[data-first-tap=flag]").first.click()
    expect(sewing.page.locator("#confirm")).to_be_visible()
    sewing.page.set_viewport_size({"width": 800, "height": 1280})
    expect(sewing.page.locator("#confirm")).to_be_hidden(timeout=2_000)
    sewing.page.locator("[data-first-tap=flag]").first.click()
    expect(sewing.page.locator("#confirm[data-place=top], #confirm[data-place=bottom]")).to_be_visible()
    assert open_flags(floor.ledger) == []


# ---- taps whose answers come after the stream has changed the page


def test_undo_is_told_though_its_button_is_gone_before_the_answer(kiosk: Callable[..., Kiosk]) -> None:
    sewing = kiosk("sew-1")
    sewing.page.locator("[data-first-tap=flag]").first.click()
    sewing.page.locator(".confirm-yes").click()
    undo = sewing.page.locator("[data-undo]")
    expect(undo).to_be_visible()

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        expect(undo).to_have_count(0)
        route.fulfill(response=answer)

    sewing.page.route("**/outbox", answer_late)
    undo.click()
    expect(sewing.message).to_contain_text("withdrawn")
    expect(sewing.message).to_be_visible()


def withdraw(server: LiveServer, kiosk: Kiosk) -> None:
    """Sewing takes its flag back."""
    flag = kiosk.page.locator("#kiosk-against").get_attribute("data-flags")
    assert server.post(f"/kiosk/sew-1/flags/{flag}/withdraw", "") == 303


def test_an_answer_that_nobody_waits_for_any_more_is_closed_with_a_notice(
    flagged: Callable[..., Kiosk], server: LiveServer
) -> None:
    cutting = flagged()
    withdraw(server, cutting)
    expect(cutting.page.locator("#answer")).to_have_count(0)
    expect(cutting.message).to_contain_text("Resolved meanwhile")
    expect(cutting.message).to_be_visible()


@pytest.mark.parametrize("is_fetched", [True, False])
def test_a_form_that_comes_after_its_flag_was_resolved_does_not_stay(
    kiosk: Callable[..., Kiosk], server: LiveServer, *, is_fetched: bool
) -> None:
    assert server.post("/kiosk/sew-1/flags", "against=cut&order=A-1") == 303
    cutting = kiosk("cut-1", forgive="404")

    def come_late(route: Route) -> None:
        form = route.fetch() if is_fetched else None
        withdraw(server, cutting)
        expect(cutting.page.locator(".button-answer")).to_have_count(0)
        route.fulfill(response=form) if form else route.continue_()

    cutting.page.route("**/answer", come_late)
    cutting.page.locator(".button-answer").click()
    expect(cutting.message).to_contain_text("Resolved meanwhile")
    expect(cutting.page.locator("#answer")).to_have_count(0)


# ---- the answer


def send(kiosk: Kiosk) -> dict[str, str]:
    """Press ANSWER; what was sent."""
    kiosk.panel.locator("[type=submit]").click()
    expect(kiosk.message).to_have_attribute("data-result", re.compile("."))
    wait_for(lambda: kiosk.codes == [] and "answer" in dict(kiosk.posts), what="the answer")
    return dict(kiosk.posts)["answer"]


def test_an_answer_says_which_state_it_answers_and_may_leave_the_time_open(
    flagged: Callable[..., Kiosk],
) -> None:
    cutting = flagged()
    cutting.panel.locator("label", has_text="Machine stopped").click()
    times = cutting.panel.locator(".chips-times label")
    times.first.click()
    cutting.panel.locator("label", has_text="no time yet").click()
    told = send(cutting)
    assert told["seen"] == "0"
    assert "promised_at" not in told  # an empty value says nothing
    expect(cutting.page.locator("#answer")).to_have_count(0)
    expect(cutting.message).to_contain_text("answer recorded")
    expect(cutting.page.locator("#kiosk-against")).to_contain_text("Machine stopped")


def overlap(one: Locator, other: Locator) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    assert a is not None
    assert b is not None
    apart_x = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
    apart_y = a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
    return not (apart_x or apart_y)


@pytest.mark.parametrize("viewport", [(1280, 800), (390, 844)])
def test_a_refused_answer_is_told_beside_the_button_that_closes(
    flagged: Callable[..., Kiosk], viewport: tuple[int, int], floor: Plant
) -> None:
    cutting = flagged(viewport=viewport)
    cutting.panel.locator("label", has_text="Machine stopped").click()
    cutting.panel.locator(".chips-times label").first.click()
    floor.turn(china("24 16:30"))
    expect(cutting.page.locator("[data-clock]")).to_have_text("16:30")
    cutting.page.evaluate(PATIENT)
    send(cutting)
    expect(cutting.message).to_contain_text("promised time has passed")
    close = cutting.panel.locator("[data-close-panel]")
    assert not overlap(cutting.message, close)
    close.click()
    expect(cutting.page.locator("#answer")).to_have_count(0)


def test_an_answer_without_a_reply_is_saved_and_its_form_goes(flagged: Callable[..., Kiosk]) -> None:
    cutting = flagged(forgive="ERR_|Failed to fetch")
    cutting.page.route("**/outbox", lambda route: route.abort())
    cutting.panel.locator("label", has_text="Machine stopped").click()
    send(cutting)
    expect(cutting.message).to_have_attribute("data-result", "saved")
    expect(cutting.page.locator("#answer")).to_have_count(0)
    cutting.page.unroute_all()
    expect(cutting.page.locator("#kiosk-against")).to_contain_text("Machine stopped", timeout=15_000)
    assert [what for what, _ in cutting.posts] == ["answer"]
