"""Every screen of a kiosk in every state, opened as people open it, on a plant that has something of everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from ledger import flags
from ledger.flags import Tap
from shopfloor.orders import Order
from tests.factory import Plant, behind_milestone, china
from tests.web.kiosk_visit import Kiosk
from tests.web.secured import PIN

REST = """
[[consequence]]
id = "talk"
name = "A word at the morning meeting"
kind = "word"

[flags]
silence = "40h"
"""
SITE = behind_milestone("fabric", "Purchasing", 'lead = "2h"\nbuffer = "60min"') + REST
NOW = "25 10:25"
BEHIND = "A-1"
"""The order of which every link owes something."""


def busy(plant: Plant) -> None:
    """Batches everywhere on their way, and flags in each state: raised, answered, answered and broken."""
    plant.release(Order(BEHIND, "shirts", "polo", 200, china("25 17:00"), "Northern Outfitters"))
    for number, due in enumerate(("25 17:00", "26 17:00", "27 17:00", "30 17:00"), 2):
        plant.release(Order(f"B-{number}", "shirts", "polo", 60, china(due), "A customer"))
    plant.scan("station:buy-1", BEHIND, "24 08:30")
    plant.scan("station:buy-1", "B-2", "24 08:40")
    codes = plant.codes(BEHIND)
    for number, code in enumerate(codes[:7]):
        plant.scan("scanner-cut", code, f"24 14:{number:02}:00")
        plant.scan("scanner-cut", code, f"24 15:{number:02}:00")
    for number, code in enumerate(plant.codes("B-2")[:2]):
        plant.scan("scanner-cut", code, f"24 15:1{number}:00")
        plant.scan("scanner-cut", code, f"24 15:2{number}:00")
    for code in codes[:4]:
        plant.scan("scanner-sew", code, f"24 16:0{codes.index(code)}:00")
    for code in codes[:2]:
        plant.scan("scanner-sew", code, f"25 09:1{codes.index(code)}:00")
    plant.now = china("25 09:20")
    raised = flag(plant, "sew-1", "cut", "f1")
    answer(plant, "cut-1", raised, "25 09:40")
    plant.now = china(NOW)
    flag(plant, "pack-1", "sew", "f2")


def at_join(plant: Plant) -> None:
    """Both links before owe something, one is flagged and has answered; parts are on their way, here, and half here."""
    for number, due in ((1, "25 13:00"), (2, "25 16:00")):
        plant.release(Order(f"G-{number}", "gears", "gear", 100, china(due), "Northern Outfitters"))
        plant.scan("station:steel-1", f"G-{number}", "24 08:30")
    first, second, third, *_ = plant.codes("G-1")
    for minute, (device, code) in enumerate(
        (
            ("scanner-cast", first),
            ("scanner-turn", first),
            ("scanner-cast", second),
            ("scanner-turn", third),
            ("scanner-cast", plant.codes("G-2")[0]),
        )
    ):
        for hour in (14, 15):
            plant.scan(device, code, f"24 {hour}:0{minute}")
    plant.scan("scanner-fit", first, "24 15:30")
    plant.scan("scanner-fit", second, "24 15:31")
    plant.now = china("25 10:20")
    raised = flag(plant, "fit-1", "turn", "f1", order="G-1")
    answer(plant, "turn-1", raised, "25 10:50")
    plant.now = china(NOW)


def flag(plant: Plant, station: str, against: str, tap: str, order: str = BEHIND) -> int:
    """Raise what a link before owes of an order that is behind."""
    return flags.raise_flag(
        plant.ledger, plant.site, Tap(tap, station, plant.now), against=against, order=order, now=plant.now
    )


def answer(plant: Plant, station: str, flag: int, promised: str) -> None:
    flags.answer_flag(
        plant.ledger,
        plant.site,
        Tap(f"answer-{flag}", station, plant.now),
        flag=flag,
        reason="machine",
        promised_at=china(promised),
        comment="the blade comes at eleven",
        now=plant.now,
    )


@dataclass(frozen=True)
class Screen:
    """A state of one station's kiosk, and how to get to it from the page as it loads."""

    name: str
    station: str
    open: Callable[[Kiosk], object] = bool
    shown: str = "#kiosk"
    """What lies uppermost then."""


def first_tap(kiosk: Kiosk) -> None:
    ask_again(kiosk.page)


def ask_again(page: Page) -> None:
    """The second tap, as it stands for five seconds."""
    page.evaluate("document.querySelector('#confirm .confirm-no').click()")
    page.locator("[data-first-tap]").first.click()
    expect(page.locator("#confirm")).to_be_visible()


def batches(kiosk: Kiosk) -> None:
    kiosk.page.locator("[data-open-batches]").click()
    expect(kiosk.page.locator("#batches")).to_be_visible()


def some_chosen(kiosk: Kiosk) -> None:
    batches(kiosk)
    kiosk.page.locator("[data-choose]:visible").first.click()


def sheet(lot: str, what: str) -> Callable[[Kiosk], None]:
    def open_sheet(kiosk: Kiosk) -> None:
        batches(kiosk)
        kiosk.page.locator(f"[data-lot={lot}] .card-open").first.click()
        if what != "received":
            kiosk.page.locator(f"#sheet input[name=what][value={what}]").check(force=True)
        expect(kiosk.page.locator("#sheet")).to_have_attribute("data-what", what)

    return open_sheet


def answering(kiosk: Kiosk) -> None:
    kiosk.page.locator(".button-answer").click()
    expect(kiosk.page.locator("#answer")).to_be_visible()


def holding_to_account(kiosk: Kiosk) -> None:
    kiosk.page.locator("#kiosk-mine [hx-get*=consequence]").first.click()
    expect(kiosk.page.locator("#consequence")).to_be_visible()


def menu(kiosk: Kiosk) -> None:
    kiosk.page.locator(".kiosk-menu summary").click()


def recorded(kiosk: Kiosk) -> None:
    kiosk.page.locator("#kiosk-asked .button-first").click()
    expect(kiosk.page.locator("#message-place[data-shown] .message.recorded")).to_be_visible()


def refused(kiosk: Kiosk) -> None:
    kiosk.wedge("7K3-0000", "Enter")
    expect(kiosk.page.locator("#message-place[data-shown] .message.refused")).to_be_visible()


def list_of_refused(kiosk: Kiosk) -> None:
    refused(kiosk)
    Kiosk(kiosk.page, kiosk.page.url)  # without the message, which lies over it for a while
    kiosk.page.locator("#outbox").click()
    expect(kiosk.page.locator("#outbox-list [data-state=refused]").first).to_be_visible()


BUSY = (
    Screen("full", "sew-1"),
    Screen("full of the first link", "cut-1"),
    Screen("full of the last link", "pack-1"),
    Screen("orders", "buy-1"),
    Screen("second tap", "sew-1", first_tap, "#confirm"),
    Screen("second tap of an order", "buy-1", first_tap, "#confirm"),
    Screen("batches", "sew-1", batches, "#batches"),
    Screen("batches of the first link", "cut-1", some_chosen, "#batches"),
    Screen("sheet of a coming batch", "sew-1", sheet("received", "received"), "#sheet"),
    Screen("sheet to give", "sew-1", sheet("given", "given"), "#sheet"),
    Screen("sheet to scrap", "sew-1", sheet("given", "scrap"), "#sheet"),
    Screen("sheet to reject", "sew-1", sheet("given", "reject"), "#sheet"),
    Screen("answer", "sew-1", answering, "#answer"),
    Screen("consequence", "sew-1", holding_to_account, "#consequence"),
    Screen("menu", "sew-1", menu, ".kiosk-menu"),
    Screen("refused", "sew-1", refused),
    Screen("list of refused", "sew-1", list_of_refused, "#outbox-list"),
    Screen("recorded", "sew-1", recorded),  # last: what is received is not on its way any more
)
EMPTY = tuple(Screen(f"empty {station}", station) for station in ("buy-1", "cut-1", "sew-1", "pack-1"))


AT_JOIN = (Screen("full of a join", "fit-1"), Screen("batches of a join", "fit-1", batches, "#batches"))


def pin_pad(kiosk: Kiosk) -> None:
    kiosk.page.locator("[data-first-tap=flag]").first.click()
    kiosk.page.locator(".confirm-yes").click()
    expect(kiosk.page.locator("#pin-pad")).to_be_visible()


def wrong_pin(kiosk: Kiosk) -> None:
    pin_pad(kiosk)
    for digit in reversed(PIN):
        kiosk.page.locator(f"#pin-pad [data-digit='{digit}']").click()
    expect(kiosk.page.locator("#pin-pad .pin-wrong")).not_to_be_empty()


def signed_in(kiosk: Kiosk) -> None:
    expect(kiosk.page.locator(".kiosk-person button")).to_be_visible()


SIGNED_IN = (
    Screen("signed in", "sew-1", signed_in),
    Screen("PIN", "sew-1", pin_pad, "#pin-pad"),
    Screen("wrong PIN", "sew-1", wrong_pin, "#pin-pad"),
)


def cut_off(kiosk: Kiosk) -> None:
    """What two minutes without a server leave: to be called while it is stopped.

    The codes are typed: a page whose clock is a test's takes its keys' times from that, and not from a scanner.
    """
    for code in ("A-1", "B-2"):
        kiosk.page.locator("#code-entry input[name=code]").fill(code)
        kiosk.page.locator("#code-entry [type=submit]").click()
        expect(kiosk.message).to_contain_text(code)
        expect(kiosk.message).to_have_attribute("data-result", "saved")
    kiosk.page.clock.fast_forward(150_000)
    expect(kiosk.page.locator("body[data-outbox=old][data-fresh=stale]")).to_be_attached()


def cut_off_list(kiosk: Kiosk) -> None:
    kiosk.page.locator("#outbox").click()
    expect(kiosk.page.locator("#outbox-list")).to_be_visible()


CUT_OFF = (
    Screen("cut off", "sew-1", cut_off),
    Screen("what a tablet holds", "sew-1", cut_off_list, "#outbox-list"),
)
"""In this order, one page: the second goes on from the first."""
