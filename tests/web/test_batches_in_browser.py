"""Batches by tap in a real browser: choosing, the pad, the second tap, and how large and far apart everything is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from interlock.wake import WakeSender
from tests.factory import Plant, china, kept_whole
from tests.ledger.recorded import joined_plant
from tests.waiting import wait_for
from tests.web.conftest import served
from tests.web.kiosk_visit import Kiosk
from tests.web.live_client import LiveServer

SIZES = [(1280, 800), (800, 1280)]
MM = 5.9
"""Pixels of the stylesheet's millimetre on a tablet."""


@pytest.fixture
def given(floor: Plant) -> list[str]:
    """Eight batches that Cutting gave at 14:50; Sewing has received the first two."""
    codes = floor.codes()[:8]
    for number, code in enumerate(codes):
        floor.scan("scanner-cut", code, f"24 14:{number:02}:00")
        floor.scan("scanner-cut", code, f"24 14:50:{number:02}")
    for code in codes[:2]:
        floor.scan("scanner-sew", code, "24 15:00")
    floor.now = china("24 15:10")
    return codes


@pytest.fixture
def server(floor: Plant, given: list[str], serve: Callable[..., LiveServer]) -> Iterator[LiveServer]:
    """A server at Tuesday 15:10, told of each commit."""
    assert given
    floor.turn(floor.now)
    with closing(WakeSender(floor.folder)) as sender:
        floor.ledger.listeners.append(sender.changed)
        yield serve()


@pytest.fixture
def kiosk(server: LiveServer, new_page: Callable[..., Page]) -> Callable[..., Kiosk]:
    def visit(station: str = "sew-1", **options: Any) -> Kiosk:
        return Kiosk(new_page(**options), f"http://127.0.0.1:{server.port}/kiosk/{station}")

    return visit


def lot(kiosk: Kiosk, name: str) -> Locator:
    """The list of what is on its way (received), or of what is here (given)."""
    return kiosk.page.locator(f"[data-lot={name}]")


def open_batches(kiosk: Kiosk) -> Kiosk:
    kiosk.page.locator("[data-open-batches]").click()
    expect(kiosk.page.locator("#batches")).to_be_visible()
    return kiosk


def open_sheet(kiosk: Kiosk, name: str, code: str) -> Locator:
    lot(open_batches(kiosk), name).locator(f"[data-batch='{code}'] .card-open").click()
    sheet = kiosk.page.locator("#sheet")
    expect(sheet).to_be_visible()
    return sheet


def told(kiosk: Kiosk, text: str, result: str = "recorded") -> None:
    expect(kiosk.message).to_contain_text(text)
    expect(kiosk.message).to_have_attribute("data-result", result)


def test_several_are_received_with_one_tap_and_then_stand_with_what_is_here(
    kiosk: Callable[..., Kiosk], given: list[str]
) -> None:
    sewing = open_batches(kiosk())
    coming = lot(sewing, "received")
    act = coming.locator("[data-act]")
    expect(act).to_be_disabled()
    for code in given[2:5]:
        coming.locator(f"[data-batch='{code}'] [data-choose]").click()
    expect(act).to_contain_text("RECEIVED 60 batches: 3")
    coming.locator(f"[data-batch='{given[4]}'] [data-choose]").click()
    act.click()
    told(sewing, "2 batches received")
    expect(lot(sewing, "given").locator(".card:visible")).to_have_count(4)
    expect(act).to_be_disabled()
    assert [sent["batches"] for what, sent in sewing.posts if what == "received"] == [
        " ".join(sorted(given[2:4]))
    ]


def test_what_is_chosen_outlives_the_news_of_others(
    kiosk: Callable[..., Kiosk], floor: Plant, given: list[str]
) -> None:
    sewing = open_batches(kiosk())
    coming = lot(sewing, "received")
    for code in given[2:4]:
        coming.locator(f"[data-batch='{code}'] [data-choose]").click()
    floor.scan("scanner-sew", given[3], "24 15:10:30")
    expect(coming.locator(f"[data-batch='{given[3]}']")).to_have_count(0)
    expect(coming.locator("[aria-pressed=true]")).to_have_count(1)
    expect(coming.locator("[data-act]")).to_contain_text("RECEIVED 20 batches: 1")


def test_all_are_given_at_once_also_those_on_the_next_page(kiosk: Callable[..., Kiosk], floor: Plant) -> None:
    for code in floor.codes()[2:8]:
        floor.scan("scanner-sew", code, "24 15:05")
    sewing = open_batches(kiosk())
    here = lot(sewing, "given")
    expect(here.locator(".card:visible")).to_have_count(5)
    turn = here.locator("[data-turn]")
    expect(turn).to_contain_text("1/2")
    turn.click()
    expect(here.locator(".card:visible")).to_have_count(3)
    here.locator("[data-choose-all]").click()
    here.locator("[data-act]").click()
    told(sewing, "8 batches given")
    expect(here.locator(".card-none")).to_be_visible()


def test_a_batch_comes_short_after_a_second_tap_at_another_place(
    kiosk: Callable[..., Kiosk], floor: Plant, given: list[str]
) -> None:
    sewing = kiosk()
    sheet = open_sheet(sewing, "received", given[2])
    for key in ("1", "7"):
        sheet.locator(f"[data-key='{key}']").click()
    do = sheet.locator(".sheet-do")
    expect(do).to_contain_text("RECEIVED 17")
    do.click()
    assert [what for what, _ in sewing.posts if what == "received"] == []
    yes = sewing.page.locator(".confirm-yes")
    expect(yes).to_contain_text("Yes: 17 of 20 came")
    assert apart(do, yes) > 0
    yes.click()
    told(sewing, "3 missing")
    expect(sheet).to_have_count(0)
    assert (
        floor.ledger.row("SELECT received FROM positions WHERE batch = ? AND link = 'sew'", (given[2],))[0]
        == 17
    )


def test_the_pad_takes_digits_back_and_all_again(kiosk: Callable[..., Kiosk], given: list[str]) -> None:
    sheet = open_sheet(kiosk(), "given", given[0])
    do = sheet.locator(".sheet-do")
    for key, shown in (("back", "2"), ("back", "0"), ("5", "5"), ("0", "50"), ("all", "20")):
        sheet.locator(f"[data-key={key}]" if not key.isdigit() else f"[data-key='{key}']").click()
        expect(do.locator(".sheet-count")).to_have_text(shown)
        expect(do).to_be_enabled(enabled=shown != "0")


def test_what_was_given_by_tap_is_undone_by_tap(kiosk: Callable[..., Kiosk], given: list[str]) -> None:
    sewing = kiosk()
    sheet = open_sheet(sewing, "given", given[0])
    expect(sheet.locator(".sheet-do")).to_contain_text("GIVEN 20")
    sheet.locator(".sheet-do").click()
    told(sewing, f"{given[0]} given 15:10 to Packing")
    sewing.page.locator("[data-close-batches]").click()
    undo = sewing.page.locator("#kiosk-last button")
    undo.click()
    told(sewing, f"undone: {given[0]} given 15:10")
    assert [len(sent["tap_id"]) for what, sent in sewing.posts if what == "undo"] == [32]


def test_a_reject_needs_a_reason_and_a_second_tap_and_names_who_gave_it(
    kiosk: Callable[..., Kiosk], given: list[str], floor: Plant
) -> None:
    sewing = kiosk()
    sheet = open_sheet(sewing, "given", given[0])
    sheet.locator("label", has_text="reject").click()
    sheet.locator("[data-key='3']").click()
    do = sheet.locator(".sheet-do")
    do.click()
    told(sewing, "Choose a reason first.", "refused")
    sheet.locator("label", has_text="Broken or torn").click()
    do.click()
    confirm = sewing.page.locator("#confirm")
    expect(confirm).to_contain_text(f"{given[0]}, from Cutting")
    confirm.locator(".confirm-no").click()
    assert [what for what, _ in sewing.posts] == []
    do.click()
    sewing.page.locator(".confirm-yes").click()
    told(sewing, "3 scrapped as Cutting gave it")
    row = floor.ledger.row("SELECT charged, quantity, reason FROM scraps")
    assert tuple(row) == ("cut", 3, "broken")


def test_scrap_is_told_with_one_tap_and_a_refusal_leaves_the_sheet_open(
    kiosk: Callable[..., Kiosk], given: list[str]
) -> None:
    sewing = kiosk()
    sheet = open_sheet(sewing, "given", given[0])
    sheet.locator("label", has_text="scrap").click()
    sheet.locator("label", has_text="Other").click()
    for key in ("9", "9"):
        sheet.locator(f"[data-key='{key}']").click()
    sheet.locator(".sheet-do").click()
    told(sewing, "has 20 units here, not 99", "refused")
    expect(sheet).to_be_visible()
    sheet.locator("[data-key=all]").click()
    sheet.locator("[data-key='2']").click()
    sheet.locator(".sheet-do").click()
    told(sewing, "2 scrapped")
    expect(sheet).to_have_count(0)


def test_units_are_split_off_with_the_pad_and_put_back_by_undo(
    kiosk: Callable[..., Kiosk], given: list[str], floor: Plant
) -> None:
    sewing = kiosk()
    sheet = open_sheet(sewing, "given", given[0])
    sheet.locator("label", has_text="split").click()
    do = sheet.locator(".sheet-do")
    expect(do).to_be_disabled()  # all of it is no part
    for key in ("2", "1"):
        sheet.locator(f"[data-key='{key}']").click()
    expect(do).to_be_disabled()
    for key in ("back", "back", "5"):
        sheet.locator(f"[data-key='{key}']").click()
    expect(do).to_contain_text("SPLIT OFF 5")
    do.click()
    told(sewing, f"{given[0]}: 5 split off as")
    expect(sheet).to_have_count(0)
    (part,) = floor.ledger.rows("SELECT batch, quantity FROM batches WHERE quantity = 5")
    expect(lot(sewing, "given")).to_contain_text(part["batch"])
    sewing.page.locator("[data-close-batches]").click()
    sewing.page.locator("#kiosk-last button").click()
    told(sewing, "undone")
    expect(lot(sewing, "given").locator(f"[data-batch='{part['batch']}']")).to_have_count(0)
    expect(lot(sewing, "given").locator(f"[data-batch='{given[0]}']")).to_have_attribute("data-units", "20")


def test_the_question_is_answered_with_came(kiosk: Callable[..., Kiosk], given: list[str]) -> None:
    sewing = kiosk()
    asked = sewing.page.locator("#kiosk-asked")
    expect(asked).to_contain_text("On its way since 14:50: 20 of A-1")
    asked.locator(".button-first").click()
    told(sewing, f"{given[2]} received 15:10 from Cutting")
    expect(asked).to_contain_text(given[3])


def test_the_question_is_answered_with_not_received_by_a_second_tap(
    kiosk: Callable[..., Kiosk], given: list[str]
) -> None:
    sewing = kiosk()
    sewing.page.locator("#kiosk-asked .button-flag").click()
    sewing.page.locator(".confirm-yes").click()
    wait_for(lambda: any(what == "flags" for what, _ in sewing.posts), what="the flag")
    sent = next(sent for what, sent in sewing.posts if what == "flags")
    assert (sent["against"], sent["order"], sent["batch"]) == ("cut", "A-1", given[2])


def test_a_scan_while_batches_are_open_is_a_scan_and_presses_nothing(
    kiosk: Callable[..., Kiosk], given: list[str]
) -> None:
    sewing = kiosk()
    sheet = open_sheet(sewing, "given", given[0])
    sewing.wedge(given[2], "Enter")
    told(sewing, f"{given[2]} received 15:10")
    expect(sheet).to_be_visible()
    assert [what for what, _ in sewing.posts] == ["scan"]


# ---- sizes and gaps

RECTS = """screen => [...screen.querySelectorAll('button, label.chip, input:not([type=radio]):not([type=hidden])')]
    .filter(each => each.checkVisibility({ visibilityProperty: true }))
    .map(each => {
      const { left, top, right, bottom } = each.getBoundingClientRect();
      const name = each.innerText || each.ariaLabel || each.name;
      return [left, top, right, bottom, each.classList.contains('button-first'), name];
    })"""
Rect = tuple[float, float, float, float, bool, str]


def gap(one: Rect, other: Rect) -> float:
    """Between two rectangles, straight across; below zero they overlap."""
    across = max(other[0] - one[2], one[0] - other[2])
    down = max(other[1] - one[3], one[1] - other[3])
    return max(across, down)


def apart(one: Locator, other: Locator) -> float:
    boxes = [box for box in (one.bounding_box(), other.bounding_box()) if box]
    a, b = ((b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"], True, "") for b in boxes)
    return gap(a, b)


def measure(page: Page, screen: str, viewport: tuple[int, int]) -> list[Rect]:
    """What can be tapped on a screen, having checked its sizes and gaps."""
    rects: list[Rect] = [tuple(each) for each in page.locator(screen).evaluate(RECTS)]
    assert rects, "nothing can be tapped"
    for each in rects:
        least = 20 if each[4] else 14
        assert each[3] - each[1] >= least * MM - 0.5, f"{each[5]}: lower than {least} mm"
        assert each[2] - each[0] >= 14 * MM - 0.5, f"{each[5]}: narrower than 14 mm"
        assert each[0] >= 0, each[5]
        assert each[2] <= viewport[0], f"{each[5]}: beyond the edge"
        assert each[3] <= viewport[1], f"{each[5]}: below the edge"
    for number, one in enumerate(rects):
        for other in rects[number + 1 :]:
            least_px = 13 * MM - 0.5 if one[4] or other[4] else 11.5
            assert gap(one, other) >= least_px, f"{one[5]} and {other[5]}: {gap(one, other):.0f} px apart"
    assert sum(each[4] for each in rects) <= 4
    return rects


@pytest.mark.parametrize("viewport", SIZES)
def test_every_control_of_the_lists_is_large_and_apart(
    kiosk: Callable[..., Kiosk], viewport: tuple[int, int]
) -> None:
    for station in ("sew-1", "cut-1"):
        at = open_batches(kiosk(station, viewport=viewport))
        measure(at.page, "#batches", viewport)


@pytest.mark.parametrize("viewport", SIZES)
def test_at_a_join_what_waits_for_a_part_is_opened_and_cannot_be_chosen(
    tmp_path: Path, new_page: Callable[..., Page], viewport: tuple[int, int]
) -> None:
    with ExitStack() as stack:
        plant = stack.enter_context(kept_whole(joined_plant(tmp_path / "site")))
        whole, half, _ = plant.codes("G-1")
        for device, code, at in (
            ("scanner-cast", whole, "24 09:00"),
            ("scanner-cast", half, "24 09:01"),
            ("scanner-turn", whole, "24 09:02"),
        ):
            plant.scan(device, code, at)
            plant.scan(device, code, at.replace(":0", ":1"))
        plant.scan("scanner-fit", whole, "24 09:20")
        plant.scan("scanner-fit", half, "24 09:21")
        plant.turn(china("24 09:40"))
        server = served(stack, plant)
        at_fitting = Kiosk(new_page(viewport=viewport), f"http://127.0.0.1:{server.port}/kiosk/fit-1")
        here = lot(open_batches(at_fitting), "given")
        expect(here.locator("h2 b")).to_have_text("1")
        expect(here.locator(".card")).to_have_count(2)
        expect(here.locator(".card").last).to_contain_text("waits for Turning")
        measure(at_fitting.page, "#batches", viewport)
        widths = {
            round(each.evaluate("card => card.offsetWidth")) for each in here.locator(".card-open").all()
        }
        assert len(widths) == 1
        here.locator(f"[data-batch='{half}'] .card-open").click()
        expect(at_fitting.page.locator("#sheet")).to_contain_text("Not here yet: it waits for Turning.")


@pytest.mark.parametrize("viewport", SIZES)
def test_every_control_of_the_question_and_the_last_actions_is_large_and_apart(
    kiosk: Callable[..., Kiosk], viewport: tuple[int, int]
) -> None:
    page = kiosk(viewport=viewport).page
    assert len(measure(page, "#kiosk-asked", viewport)) == 2
    assert len(measure(page, ".kiosk-bottom", viewport)) == 5


@pytest.mark.parametrize("viewport", SIZES)
@pytest.mark.parametrize("what", ["give", "scrap", "split", "reject"])
def test_every_control_of_the_sheet_is_large_and_apart(
    kiosk: Callable[..., Kiosk], given: list[str], viewport: tuple[int, int], what: str
) -> None:
    at = kiosk(viewport=viewport)
    sheet = open_sheet(at, "given", given[0])
    sheet.locator("label", has_text=what).click()
    expect(sheet).to_have_attribute("data-what", {"give": "given"}.get(what, what))
    measure(at.page, "#sheet", viewport)


@pytest.mark.parametrize("viewport", SIZES)
def test_every_control_of_a_coming_batch_is_large_and_apart(
    kiosk: Callable[..., Kiosk], given: list[str], viewport: tuple[int, int]
) -> None:
    at = kiosk(viewport=viewport)
    open_sheet(at, "received", given[2])
    measure(at.page, "#sheet", viewport)
