"""A scanner that types into a kiosk in a real browser, while somebody writes and while nobody does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.factory import Plant
from tests.waiting import wait_for
from tests.web.kiosk_visit import Kiosk

COMMENT = "#answer input[name=comment]"
FIELD = "#code-entry input[name=code]"


def answer_is_open(kiosk: Kiosk, comment: str) -> None:
    expect(kiosk.page.locator(COMMENT)).to_have_value(comment)
    assert [what for what, _ in kiosk.posts if what == "answer"] == []


# ---- a scan while somebody writes


def test_a_scan_into_the_comment_is_a_scan_and_leaves_the_comment(
    flagged: Callable[..., Kiosk], floor: Plant
) -> None:
    cutting = flagged()
    cutting.panel.locator("label", has_text="Machine stopped").click()
    comment = cutting.page.locator(COMMENT)
    comment.fill("the blade is worn")
    comment.evaluate("field => field.setSelectionRange(4, 9)")
    cutting.wedge(floor.codes()[0], "Enter")
    expect(cutting.message).to_have_attribute("data-result", "recorded")
    assert cutting.codes == [floor.codes()[0]]
    answer_is_open(cutting, "the blade is worn")
    assert comment.evaluate("field => [field.selectionStart, field.selectionEnd]") == [4, 9]


def test_enter_after_a_written_comment_sends_nothing(flagged: Callable[..., Kiosk]) -> None:
    cutting = flagged()
    cutting.panel.locator("label", has_text="Machine stopped").click()
    cutting.page.locator(COMMENT).focus()
    cutting.wedge("late cloth", "Enter", gap_ms=120)
    cutting.wedge("Enter", after_ms=500)
    answer_is_open(cutting, "late cloth")
    assert cutting.posts == []


def test_a_scan_replaces_nothing_that_is_half_typed(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    sewing = kiosk("sew-1")
    sewing.page.locator(FIELD).focus()
    sewing.wedge("00", gap_ms=150)
    sewing.wedge(floor.codes()[0], "Enter", after_ms=150)
    expect(sewing.message).to_have_attribute("data-result", "recorded")
    assert sewing.codes == [floor.codes()[0]]
    expect(sewing.page.locator(FIELD)).to_have_value("00")


def test_a_code_that_is_typed_slowly_is_sent_with_enter(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    sewing = kiosk("sew-1")
    sewing.page.locator(FIELD).focus()
    sewing.wedge(floor.codes()[0], "Enter", gap_ms=150)
    expect(sewing.message).to_have_attribute("data-result", "recorded")
    assert sewing.codes == [floor.codes()[0]]
    expect(sewing.page.locator(FIELD)).to_have_value("")


@pytest.mark.parametrize(("head", "stalls_ms"), [(4, 150), (7, 150), (7, 250)])
def test_a_scan_that_stalls_in_a_field_is_undone_and_told(
    kiosk: Callable[..., Kiosk], head: int, stalls_ms: float
) -> None:
    sewing = kiosk("sew-1")
    field = sewing.page.locator(FIELD)
    field.fill("half")
    sewing.wedge("7K3-0411-27"[:head])
    sewing.wedge("0411-27", "Enter", after_ms=stalls_ms)
    sewing.refuses_the_scan()
    expect(field).to_have_value("half")


def test_what_a_scanner_leaves_in_a_field_without_an_end_is_taken_out_and_its_rest_is_no_code(
    flagged: Callable[..., Kiosk],
) -> None:
    cutting = flagged()
    cutting.page.locator(COMMENT).fill("soon")
    cutting.wedge("7K3-0411")
    cutting.refuses_the_scan()
    answer_is_open(cutting, "soon")
    cutting.wedge("-27-0001", "Enter", after_ms=1500)
    cutting.refuses_the_scan()
    answer_is_open(cutting, "soon")


def test_a_key_that_is_held_down_in_a_field_is_typing(flagged: Callable[..., Kiosk]) -> None:
    cutting = flagged()
    cutting.page.locator(COMMENT).focus()
    for _ in range(10):
        cutting.page.keyboard.down("-")
    cutting.page.keyboard.up("-")
    cutting.page.keyboard.press("Enter")
    answer_is_open(cutting, "-" * 10)
    assert cutting.posts == []


# ---- a scan while nobody writes


@pytest.mark.parametrize("gap_ms", [2, 30, 90])
def test_a_scan_beside_every_field_may_be_slow(
    kiosk: Callable[..., Kiosk], floor: Plant, gap_ms: float
) -> None:
    sewing = kiosk("sew-1")
    sewing.wedge(floor.codes()[0], gap_ms=gap_ms)
    sewing.wedge("Enter", after_ms=250)
    expect(sewing.message).to_have_attribute("data-result", "recorded")
    assert sewing.codes == [floor.codes()[0]]
    expect(sewing.page.locator(FIELD)).to_have_value("")


def test_an_order_of_three_letters_is_scanned(kiosk: Callable[..., Kiosk]) -> None:
    sewing = kiosk("sew-1")
    sewing.wedge("A-1", "Enter")
    wait_for(lambda: sewing.codes == ["A-1"], what="the scan")


def test_the_keys_that_make_capitals_are_no_letters(kiosk: Callable[..., Kiosk]) -> None:
    sewing = kiosk("sew-1")
    sewing.wedge("Shift", "A", "Shift", "B", "Shift", "C", "1", "Enter", gap_ms=70)
    wait_for(lambda: sewing.codes == ["ABC1"], what="the scan")


def test_capitals_in_a_field_make_a_scan_no_slower(kiosk: Callable[..., Kiosk]) -> None:
    sewing = kiosk("sew-1")
    sewing.page.locator(FIELD).focus()
    sewing.wedge(*(key for letter in "ABCDEF" for key in ("Shift", letter)), "Enter", gap_ms=30)
    wait_for(lambda: sewing.codes == ["ABCDEF"], what="the scan")
    expect(sewing.page.locator(FIELD)).to_have_value("")


@pytest.mark.parametrize(
    ("head", "tail", "stalls_ms"),
    [
        ("0000", "017XY", 130),
        ("0000", "017XY", 3000),
        ("0000017XY", "", 400),
        ("A", "0000017", 200),
        ("", "A1", 0),
    ],
)
def test_half_a_code_is_told_and_never_sent(
    kiosk: Callable[..., Kiosk], head: str, tail: str, stalls_ms: float
) -> None:
    sewing = kiosk("sew-1")
    sewing.wedge(head)
    sewing.wedge(tail, "Enter", after_ms=stalls_ms)
    sewing.refuses_the_scan()
    expect(sewing.page.locator("body")).to_have_attribute("data-flash", "refused")


def test_after_half_a_code_the_next_scan_counts(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    sewing = kiosk("sew-1")
    sewing.wedge(floor.codes()[0][:5])
    sewing.wedge(floor.codes()[0][5:], "Enter", after_ms=200)
    sewing.refuses_the_scan()
    sewing.wedge(floor.codes()[0], "Enter")
    expect(sewing.message).to_have_attribute("data-result", "recorded")


def test_a_code_without_an_end_is_told(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    sewing = kiosk("sew-1")
    sewing.wedge(floor.codes()[0])
    sewing.refuses_the_scan()


def test_a_tap_into_a_field_during_a_scan_changes_nothing_of_it(
    kiosk: Callable[..., Kiosk], floor: Plant
) -> None:
    sewing = kiosk("sew-1")
    code = floor.codes()[0]
    sewing.wedge(code[:4])
    sewing.page.locator(FIELD).focus()
    sewing.wedge(code[4:], "Enter", gap_ms=1, after_ms=20)
    wait_for(lambda: sewing.codes == [code], what="the scan")
    expect(sewing.page.locator(FIELD)).to_have_value("")


def test_scans_in_a_row_are_all_sent(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    sewing = kiosk("sew-1")
    first, second, third = floor.codes()[:3]
    for code in (first, second, third):
        sewing.wedge(code, "Enter")
    wait_for(lambda: sewing.codes == [first, second, third], what="three scans")
