"""What the tests of the planners' pages share: reading a page, and sending its forms."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.services import Services
from ledger.drafts import By
from shopfloor.orders import Order
from tests.factory import worked_order

LARGE = worked_order("B-2", 700, "24 17:00")
"""Sewing can make 40 an hour: 700 take more than the two days until then."""
NEW = {"order": "N-1", "product": "polo", "quantity": "200", "due": "2026-11-25T17:00", "customer": "Lotus",
       "priority": "", "person": "Li Na", "tap_id": "t-1"}  # fmt: skip
"""The form of a new order, filled in."""


def said(page: str) -> str:
    """The words of a page without its tags."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))).strip()


def tap(page: str) -> str:
    found = re.search(r'name="tap_id" value="([^"]+)"', page)
    assert found
    return found[1]


def fault(page: str, field: str) -> str:
    """The sentence that stands at a field, with a small letter first."""
    found = re.search(rf'id="[\w-]+-{field}-fault">([^<]+)<', page)
    sentence = html.unescape(found[1]) if found else ""
    return sentence[:1].lower() + sentence[1:]


def card(page: str, role: str) -> str:
    """The words of one of the three cards."""
    found = re.search(rf'<section class="card" data-role="{role}".*?</section>', page, re.DOTALL)
    assert found
    return said(found[0])


def take_in(services: Services, *orders: Order, confirmed: bool = False) -> None:
    services.desk.take_in(
        orders, By("Chen", "test", services.clock()), confirmed=confirmed, now=services.clock()
    )


def act(browser: FlaskClient, number: str, name: str, **fields: Any) -> TestResponse:
    """Send one form of an order's page as it stands now."""
    page = browser.get(f"/orders/{number}").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    told = {"act": name, "tap_id": tap(page), "person": "Li Na", "seen": seen[1] if seen else ""}
    return browser.post(f"/orders/{number}", data={**told, **fields})


def confirm_all(browser: FlaskClient, number: str) -> TestResponse:
    act(browser, number, "confirm", role="sales", person="Li Na")
    act(browser, number, "confirm", role="production", person="Wang")
    return act(browser, number, "confirm", role="purchasing", person="Zhao", material_at="2026-11-24T08:00")
