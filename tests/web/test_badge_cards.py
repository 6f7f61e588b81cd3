"""Badge cards: printed for who was ticked, read back by a scanner, and shown to admins alone."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page

from kiosk.identity import SESSION
from ledger import people, sessions
from tests.factory import Plant
from tests.web.live_client import LiveServer
from tests.web.secured import As, register, register_all
from tests.web.test_paper import both, seen_on


def test_cards_of_who_was_ticked_are_read_back_from_the_print(
    new_page: Callable[..., Page], serve: Callable[..., LiveServer], floor: Plant
) -> None:
    everybody = register_all(floor)
    long = register(floor, "operator", "Maria-Magdalena von und zu Hohenlohe-Waldenburg 李")
    with floor.ledger.write(floor.now) as tx:
        token = sessions.begin(tx, everybody["admin"], address="a", agent="b")
    (floor.folder / "now").write_text(str(floor.now))
    address = f"http://127.0.0.1:{serve().port}"
    page = new_page()
    page.context.add_cookies([{"name": SESSION, "value": token, "url": address}])
    page.goto(f"{address}/people")
    chosen = [everybody["lead"], everybody["operator"], long]
    for person in chosen:
        page.get_by_label(f"a card for {person.name}").check()
    page.get_by_role("button", name="Print badge cards").click()
    page.get_by_role("heading", name=long.name).wait_for()
    assert page.locator(".card-id h2").count() == 3
    for whole in page.locator(".card-id, .card-id h2").all():
        assert whole.evaluate("(each) => each.scrollHeight <= each.clientHeight + 1")
    printed = page.pdf(prefer_css_page_size=True)
    assert seen_on(printed) == sorted(symbol for person in chosen for symbol in both(person.badge))


def test_cards_are_for_admins_and_not_of_who_was_revoked(app: Flask, floor: Plant) -> None:
    everybody = register_all(floor)
    gone = register(floor, "operator", "Gone Away")
    with floor.ledger.write(floor.now) as tx:
        people.revoke(tx, gone, by="test")
    path = f"/people/cards?id={gone.id}&id={everybody['lead'].id}&id=x"
    assert As(app, floor).person(everybody["supervisor"]).get(path).status_code == 403
    text = As(app, floor).person(everybody["admin"]).get(path).text
    assert everybody["lead"].badge in text
    assert gone.badge not in text
    assert "Nobody is chosen" in As(app, floor).person(everybody["admin"]).get("/people/cards").text
