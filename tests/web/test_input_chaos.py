"""Whatever a scanner types into a kiosk becomes exactly one event or a refusal that is seen, and presses nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factory import Plant
from tests.waiting import wait_for
from tests.web.kiosk_visit import Kiosk
from tests.web.live_client import LiveServer

FIELD = "#code-entry input[name=code]"
FRENCH = dict(zip("1234567890", "&é\"'(-è_çà", strict=True))
TABLET = "station:sew-1/1"


@pytest.fixture
def framed(
    floor: Plant, serve: Callable[..., LiveServer], new_page: Callable[..., Page]
) -> Callable[..., Kiosk]:
    """A kiosk of a site whose scanners begin with F8."""
    site = floor.folder / "site.toml"
    site.write_text(f'{site.read_text()}\n[kiosk]\nscanner_prefix = "F8"\n')
    floor.turn(floor.now)

    def visit(**options: Any) -> Kiosk:
        return Kiosk(new_page(**options), f"http://127.0.0.1:{serve().port}/kiosk/sew-1")

    return visit


def received(floor: Plant) -> list[str]:
    rows = floor.ledger.rows(
        "SELECT batch FROM events WHERE kind = 'received' AND source = ? ORDER BY sequence", (TABLET,)
    )
    return [row["batch"] for row in rows]


def refused(floor: Plant) -> list[tuple[str, str]]:
    return [tuple(row) for row in floor.ledger.rows("SELECT word, reason FROM refused ORDER BY id")]


def nothing_was_pressed(kiosk: Kiosk) -> None:
    assert [what for what, _ in kiosk.posts if what != "scan"] == []
    expect(kiosk.page.locator("#confirm")).to_be_hidden()
    expect(kiosk.panel).to_be_empty()


def test_a_scan_while_somebody_types_leaves_what_was_typed(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    sewing = kiosk("sew-1")
    sewing.page.locator(FIELD).focus()
    sewing.wedge("00", gap_ms=150)
    sewing.wedge(floor.codes()[0], "Enter", after_ms=60)
    expect(sewing.message).to_have_attribute("data-result", "recorded")
    assert received(floor) == [floor.codes()[0]]
    expect(sewing.page.locator(FIELD)).to_have_value("00")
    nothing_was_pressed(sewing)


def test_scans_while_the_stream_replaces_the_page_all_count(
    kiosk: Callable[..., Kiosk], floor: Plant
) -> None:
    """Each scan changes regions, whose swaps come in the middle of the next scan's keys."""
    sewing = kiosk("sew-1")
    codes = floor.codes()[:6]
    for code in codes:
        sewing.wedge(code[:3])
        floor.scan("station:cut-1", code)
        sewing.wedge(code[3:], "Enter", after_ms=20)
    wait_for(lambda: received(floor) == codes, what="all six")
    nothing_was_pressed(sewing)


def test_two_scans_within_50_ms_are_two(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    sewing = kiosk("sew-1")
    first, second = floor.codes()[:2]
    sewing.wedge(first, "Enter", second, "Enter", gap_ms=3)
    wait_for(lambda: received(floor) == [first, second], what="both")
    nothing_was_pressed(sewing)


def test_two_that_are_kept_at_the_same_moment_have_a_number_each(
    kiosk: Callable[..., Kiosk], floor: Plant
) -> None:
    sewing, codes = kiosk("sew-1"), floor.codes()[:2]
    at_once = "(codes) => Promise.all(codes.map((code) => outbox.put('scan', { code }, code)))"
    numbers = [entry["seq"] for entry in sewing.page.evaluate(at_once, codes)]
    assert len(set(numbers)) == 2
    wait_for(lambda: received(floor) == codes, what="both")


def test_another_keyboard_layout_is_told_and_records_nothing(
    kiosk: Callable[..., Kiosk], floor: Plant
) -> None:
    sewing = kiosk("sew-1")
    code = next(code for code in floor.codes() if code.isdecimal())
    sewing.wedge("".join(FRENCH[digit] for digit in code), "Enter")
    expect(sewing.message).to_have_attribute("data-result", "refused")
    expect(sewing.message).to_contain_text("types for another keyboard layout")
    assert received(floor) == []
    assert [word for word, _ in refused(floor)] == ["layout"]
    nothing_was_pressed(sewing)


def nameless(kiosk: Kiosk, text: str, *, composing: bool) -> None:
    """Keys that have no names, as Android's keyboard and input methods send them, one each 5 ms."""
    keys = kiosk.page.context.new_cdp_session(kiosk.page)
    began_s = time.time()
    for number, sign in enumerate(text, 1):
        keys.send(
            "Input.dispatchKeyEvent",
            {
                "type": "rawKeyDown",
                "key": "Process",
                "windowsVirtualKeyCode": 229,
                "code": "",
                "timestamp": began_s + number * 0.005,
            },
        )
        if composing:
            composed = {"text": text[:number], "selectionStart": number, "selectionEnd": number}
            keys.send("Input.imeSetComposition", composed)
        else:
            keys.send("Input.insertText", {"text": sign})
    if composing:
        keys.send("Input.insertText", {"text": text})
    keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "Enter", "windowsVirtualKeyCode": 13})


def test_an_input_method_that_swallows_a_scan_is_told_and_its_words_are_taken_out(
    kiosk: Callable[..., Kiosk], floor: Plant
) -> None:
    sewing = kiosk("sew-1")
    field = sewing.page.locator(FIELD)
    field.fill("half")
    nameless(sewing, "shuqianzi", composing=True)
    expect(sewing.message).to_have_attribute("data-result", "refused")
    expect(sewing.message).to_contain_text("composes words from keys")
    expect(field).to_have_value("half")
    assert floor.ledger.rows("SELECT 1 FROM refused") == []
    nothing_was_pressed(sewing)


ANDROID = "Mozilla/5.0 (Linux; Android 14; Tablet) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0"


def test_nameless_keys_of_an_android_tablet_are_a_scan(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    sewing = kiosk("sew-1", user_agent=ANDROID)
    expect(sewing.page.locator("#scan-sink")).to_be_focused()
    first, second = floor.codes()[:2]
    nameless(sewing, first, composing=False)
    expect(sewing.message).to_have_attribute("data-result", "recorded")
    sewing.page.locator(FIELD).click()
    sewing.page.locator("h1").click()
    expect(sewing.page.locator("#scan-sink")).to_be_focused()
    nameless(sewing, second, composing=False)
    wait_for(lambda: received(floor) == [first, second], what="both")
    nothing_was_pressed(sewing)


def test_a_code_of_4_kb_is_one_refusal(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    sewing = kiosk("sew-1")
    sewing.wedge("X" * 4_096, "Enter", gap_ms=1, ups=False)
    expect(sewing.message).to_have_attribute("data-result", "refused", timeout=30_000)
    wait_for(lambda: len(refused(floor)) == 1, what="the refusal")
    nothing_was_pressed(sewing)


# ---- with a prefix


@pytest.mark.parametrize("place", ["body", FIELD])
def test_a_frame_is_one_code_wherever_the_cursor_is_and_however_slow(
    framed: Callable[..., Kiosk], floor: Plant, place: str
) -> None:
    sewing = framed()
    sewing.page.locator(FIELD).fill("half")
    sewing.page.locator(FIELD).blur()
    if place != "body":
        sewing.page.locator(place).focus()
    sewing.wedge("F8", floor.codes()[0], "Enter", gap_ms=250)
    expect(sewing.message).to_have_attribute("data-result", "recorded")
    assert sewing.codes == [floor.codes()[0]]
    expect(sewing.page.locator(FIELD)).to_have_value("half")
    nothing_was_pressed(sewing)


def test_a_frame_that_stalls_is_told_and_its_rest_is_no_code(
    framed: Callable[..., Kiosk], floor: Plant
) -> None:
    sewing = framed()
    sewing.wedge("F8", floor.codes()[0][:4])
    sewing.wedge(floor.codes()[0][4:], "Enter", after_ms=400)
    sewing.refuses_the_scan()
    sewing.wedge("F8", floor.codes()[0], "Enter")
    expect(sewing.message).to_have_attribute("data-result", "recorded")


def test_the_prefix_alone_does_nothing(framed: Callable[..., Kiosk]) -> None:
    sewing = framed()
    sewing.wedge("F8")
    sewing.wedge("F8", "Enter")
    expect(sewing.message).to_be_hidden()
    assert sewing.codes == []
    nothing_was_pressed(sewing)
