"""axe finds nothing on any page that is read, light and dark: the pages are found by asking every address there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from kiosk.app import create_app
from kiosk.identity import SESSION
from ledger import sessions
from tests.factory import Plant
from tests.web.axe import violations
from tests.web.conftest import served, services_of
from tests.web.greek_plant import busy, gets_of, greek_site
from tests.web.kiosk_site import FORGIVE
from tests.web.secured import As, register_all
from tests.web.test_every_route_with_each_role import VALUES

pytestmark = pytest.mark.axe
BEFORE_ANYBODY = "/setup"
MORE = (
    "/login",
    "/me",
    "/people",
    "/people/1",
    "/people/log",
    "/people/kiosks",
    "/reports/shift.html",
    "/site/versions/1",
    "/nowhere",
    "/refused?show=all",
)


@pytest.fixture
def greek(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "greek", greek_site())
    busy(plant)
    (plant.folder / "now").write_text(str(plant.now))
    yield plant
    plant.close()


def addresses(app: Flask, plant: Plant) -> list[str]:
    """One for each page: those that others visit, too, and then whatever else answers with a page."""
    known = [address for address in (*gets_of(plant), *MORE) if address != BEFORE_ANYBODY]
    at = app.url_map.bind("localhost")
    named = {at.match(address.partition("?")[0])[0] for address in known if address != "/nowhere"}
    values = {**VALUES, "order": "1-1", "flag": plant.ledger.row("SELECT MIN(flag) FROM flags")[0]}
    values["batch"] = plant.codes("1-1")[1]
    known += [
        str(at.build(rule.endpoint, {name: values[name] for name in rule.arguments}))
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in named
    ]
    return known


def is_page(admin: As, address: str) -> bool:
    """A whole page, and no part of one, no data, and no address that leads elsewhere."""
    with admin.get(address, buffered=False) as answer:
        if answer.status_code == HTTPStatus.SEE_OTHER or answer.mimetype != "text/html":
            return False
        return bool(re.match(r"\s*<!doctype", answer.text, re.IGNORECASE))


@pytest.mark.timeout(300)  # some sixty pages
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(greek: Plant, new_page: Callable[..., Page], theme: str) -> None:
    app = create_app(services_of(greek))
    with ExitStack() as running:
        base = f"http://127.0.0.1:{served(running, greek).port}"
        page = new_page(color_scheme=theme, forgive=FORGIVE)
        page.goto(base + BEFORE_ANYBODY)
        found = {BEFORE_ANYBODY: violations(page)}
        admin = register_all(greek)["admin"]
        with greek.ledger.write(greek.now) as tx:
            token = sessions.begin(tx, admin, address="127.0.0.1", agent="test")
        page.context.add_cookies([{"name": SESSION, "value": token, "url": base}])
        who = As(app, greek).person(admin)
        pages = [address for address in addresses(app, greek) if is_page(who, address)]
        for address in pages:
            page.goto(base + address)
            if "hx-sse:connect" in page.content():
                expect(page.locator("body[data-fresh=live]")).to_be_attached()
            found[address] = violations(page)
    faults = [f"{address}: {fault}" for address, each in found.items() for fault in each]
    assert not faults, "\n".join(faults)
    assert len(pages) > 45


def test_a_page_that_comes_new_is_among_them(greek: Plant) -> None:
    app = create_app(services_of(greek))
    app.add_url_rule("/forgotten", "forgotten", lambda: "<!DOCTYPE html>there")
    who = As(app, greek)
    assert "/forgotten" in addresses(app, greek)
    assert is_page(who, "/forgotten")
    assert not is_page(who, "/api/v1/orders")


def test_what_others_would_stumble_over_is_found(page: Page) -> None:
    page.set_content("<!doctype html><html lang=en><title>t</title><main><h1>h</h1><button></button>")
    assert [fault.partition(" ")[0] for fault in violations(page)] == ["button-name"]
