"""Enrolling, badging in, the PIN pad and logging in, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from interlock.wake import WakeSender
from kiosk.identity import KIOSK_COOKIE, SESSION
from ledger import badged_in, kiosks, people
from ledger.people import Person
from shopfloor.rights import PersonRole
from tests.factory import Plant, china
from tests.waiting import wait_for
from tests.web.kiosk_visit import Kiosk
from tests.web.live_client import LiveServer
from tests.web.secured import PIN, register, register_all

REFUSED = r"the server responded with a status of 4\d\d"
PHONE, TABLET, UPRIGHT = (390, 844), (1280, 800), (800, 1280)


@pytest.fixture
def crew(floor: Plant) -> dict[PersonRole, Person]:
    return register_all(floor)


@pytest.fixture
def server(floor: Plant, crew: object, serve: Callable[..., LiveServer]) -> Iterator[LiveServer]:
    """A server with people at Tuesday 15:10, told of each commit."""
    assert crew
    floor.turn(china("24 15:10"))
    with closing(WakeSender(floor.folder)) as sender:
        floor.ledger.listeners.append(sender.changed)
        yield serve()


@pytest.fixture
def visit(server: LiveServer, new_page: Callable[..., Page]) -> Callable[..., Page]:
    def open_page(path: str, **options: object) -> Page:
        page = new_page(base_url=f"http://127.0.0.1:{server.port}", forgive=REFUSED, **options)
        page.goto(path)
        return page

    return open_page


@pytest.fixture
def enrolled(server: LiveServer, floor: Plant, new_page: Callable[..., Page]) -> Callable[..., Kiosk]:
    """A kiosk that was enrolled to its station before."""

    def open_kiosk(station: str, **options: object) -> Kiosk:
        address = f"http://127.0.0.1:{server.port}"
        with floor.ledger.write(floor.now) as tx:
            token = kiosks.enrol_here(tx, station, by="test", address="a", agent="b")
        page = new_page(forgive=REFUSED, **options)
        page.context.add_cookies([{"name": KIOSK_COOKIE, "value": token, "url": address}])
        return Kiosk(page, f"{address}/kiosk/{station}")

    return open_kiosk


def log_in(page: Page, who: str, pin: str = PIN) -> None:
    page.get_by_label("Your name, or scan your badge").fill(who)
    page.get_by_label("PIN, 6 digits").fill(pin)
    page.get_by_role("button", name="Log in").click()


def type_pin(page: Page, pin: str) -> None:
    for digit in pin:
        page.locator(f"#pin-pad [data-digit='{digit}']").click()


def not_received(kiosk: Kiosk) -> None:
    kiosk.page.locator("[data-first-tap=flag]").first.click()
    kiosk.page.locator(".confirm-yes").click()


def flags(floor: Plant, kind: str = "flag_raised") -> list[str]:
    return [row["person"] for row in floor.ledger.rows("SELECT person FROM events WHERE kind = ?", (kind,))]


def test_a_tablet_is_enrolled_by_the_code_on_the_supervisors_screen(visit: Callable[..., Page]) -> None:
    desk = visit("/people/kiosks")
    log_in(desk, "Sven Supervisor")
    desk.get_by_label("Station").select_option("sew-1")
    desk.get_by_role("button", name="Make a code").click()
    code = desk.locator(".once b").inner_text()
    tablet = visit("/kiosk/sew-1")
    tablet.get_by_label("Code, 8 digits").fill("00000000")
    tablet.get_by_role("button", name="Enrol this kiosk").click()
    expect(tablet.get_by_role("alert")).to_contain_text("not valid here")
    tablet.get_by_label("Code, 8 digits").fill(code)
    tablet.get_by_role("button", name="Enrol this kiosk").click()
    expect(tablet.locator("body[data-fresh=live]")).to_be_attached()
    desk.reload()
    desk.get_by_role("button", name="Revoke").click()
    tablet.reload()
    expect(tablet.get_by_label("Code, 8 digits")).to_be_visible()


@pytest.mark.parametrize("size", [TABLET, UPRIGHT, PHONE])
def test_a_flag_is_raised_with_badge_and_pin_once_in_the_leads_name(
    enrolled: Callable[..., Kiosk], floor: Plant, crew: dict[PersonRole, Person], size: tuple[int, int]
) -> None:
    sewing = enrolled("sew-1", viewport=size)
    pad = sewing.page.locator("#pin-pad")
    not_received(sewing)
    expect(sewing.message).to_contain_text("Scan your badge first")
    sewing.wedge(crew["lead"].badge, "Enter")
    expect(sewing.page.locator(".kiosk-person b")).to_have_text("Li Lead")
    not_received(sewing)
    expect(pad).to_be_visible()
    expect(pad).to_contain_text("Li Lead, type your PIN")
    type_pin(sewing.page, "000001")
    expect(pad.get_by_role("alert")).to_contain_text("That is another PIN")
    assert flags(floor) == []
    type_pin(sewing.page, PIN)
    expect(pad).to_be_hidden()
    wait_for(lambda: flags(floor) == ["Li Lead"], what="the flag")
    sewing.page.locator("[data-withdraw]").first.click()  # the PIN counts for a while
    wait_for(lambda: flags(floor, "flag_withdrawn") == ["Li Lead"], what="the flag to be withdrawn")
    sewing.page.locator("button[data-badge-out]").click()
    expect(sewing.page.locator(".kiosk-nobody")).to_be_visible()
    expect(sewing.page.locator(".kiosk-person b")).to_have_count(0)


def test_an_answer_asks_for_the_pin_before_it_is_filled_in(
    enrolled: Callable[..., Kiosk], floor: Plant, crew: dict[PersonRole, Person]
) -> None:
    register(floor, "lead", "Carl Cutting", links=("shirts/cut",))
    carl = people.find(floor.ledger, "carl cutting")
    assert carl is not None
    sewing, cutting = enrolled("sew-1"), enrolled("cut-1")
    sewing.wedge(crew["lead"].badge, "Enter")
    not_received(sewing)
    type_pin(sewing.page, PIN)
    cutting.wedge(carl.badge, "Enter")
    expect(cutting.page.locator(".kiosk-person b")).to_have_text("Carl Cutting")
    cutting.page.locator(".button-answer").click()
    type_pin(cutting.page, PIN)
    expect(cutting.page.locator("#answer")).to_be_visible()
    cutting.panel.locator("label", has_text="Machine stopped").click()
    cutting.page.locator("#answer button[type=submit]").click()
    wait_for(lambda: flags(floor, "flag_answered") == ["Carl Cutting"], what="the answer")
    expect(cutting.page.locator("#answer")).to_have_count(0)


def test_a_badge_closes_the_pad_of_the_person_before_and_no_key_of_a_scanner_types_a_pin(
    enrolled: Callable[..., Kiosk], floor: Plant, crew: dict[PersonRole, Person]
) -> None:
    sewing = enrolled("sew-1")
    sewing.wedge(crew["lead"].badge, "Enter")
    not_received(sewing)
    expect(sewing.page.locator("#pin-pad")).to_be_visible()
    sewing.wedge(crew["operator"].badge, "Enter")
    expect(sewing.page.locator(".kiosk-person b")).to_have_text("Olga Operator")
    expect(sewing.page.locator("#pin-pad")).to_be_hidden()
    assert flags(floor) == []


def test_a_page_whose_token_is_too_old_takes_a_new_one_and_does_what_was_tapped(
    enrolled: Callable[..., Kiosk], floor: Plant, crew: dict[PersonRole, Person]
) -> None:
    sewing = enrolled("sew-1")
    sewing.wedge(crew["lead"].badge, "Enter")
    expect(sewing.page.locator(".kiosk-person b")).to_have_text("Li Lead")
    badged = badged_in.who_is_at(floor.ledger, "sew-1", floor.now)
    assert badged is not None
    (kiosk,) = kiosks.enrolled(floor.ledger)
    with floor.ledger.write(floor.now) as tx:
        badged_in.prove(tx, badged, kiosk.device)
        token = kiosks.enrol_here(tx, "sew-1", by="test", address="a", agent="b")
        tx.run("UPDATE badged_in SET proved_on = ?", (f"kiosk:{kiosk.id + 1}",))
    address = sewing.page.url.partition("/kiosk/")[0]
    sewing.page.context.add_cookies([{"name": KIOSK_COOKIE, "value": token, "url": address}])
    not_received(sewing)
    wait_for(lambda: flags(floor) == ["Li Lead"], what="the flag")


def test_a_planner_logs_in_plans_and_logs_out(visit: Callable[..., Page], floor: Plant) -> None:
    page = visit("/plan/new")
    log_in(page, "Sam Sales", "000001")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    log_in(page, "Sam Sales")
    expect(page).to_have_url(re.compile(r"/plan/new$"))
    expect(page.get_by_label("Your name")).to_have_value("Sam Sales")
    page.get_by_role("link", name="Sam Sales").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()
    assert SESSION not in {cookie.get("name") for cookie in page.context.cookies()}
    assert not floor.ledger.rows("SELECT 1 FROM sessions")


def test_a_badge_turns_the_whole_kiosk_to_the_language_of_who_stands_there(
    enrolled: Callable[..., Kiosk], floor: Plant
) -> None:
    reader = register(floor, "operator", "Wang Fang", language="zh")
    sewing = enrolled("sew-1")
    document = sewing.page.locator("html")
    expect(document).to_have_attribute("lang", "en")
    sewing.page.evaluate(
        "code => htmx.ajax('POST', '/kiosk/sew-1/scans',"
        " {source: document.getElementById('confirm'), swap: 'none', values: {code}})",
        reader.badge,
    )
    expect(document).to_have_attribute("lang", "zh-Hans")
    expect(sewing.page.locator("button[data-badge-out]")).to_have_text("退出")
    sewing.page.locator("button[data-badge-out]").click()
    expect(document).to_have_attribute("lang", "en")
